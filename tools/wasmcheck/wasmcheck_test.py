"""Runs wasmcheck on binaries made by hand: python3 wasmcheck_test.py PROGRAM"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)


def number(value):
    """Unsigned LEB128."""
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def section(identity, content):
    return bytes([identity]) + number(len(content)) + content


def name(text):
    return number(len(text)) + text.encode()


API = bytes(range(8)) + (5).to_bytes(4, "little")
TAIL = (1).to_bytes(4, "little") + b"\x01"

MEMORY_IMPORT = name("env") + name("memory") + b"\x02\x00\x01"
HEAP_BASE = b"\x7f\x00\x41\x80\x08\x0b"
HEAP_BASE_EXPORT = name("__heap_base") + b"\x03\x00"
SPAN = b"\x42"  # i64.const


def signed(value):
    """Signed LEB128 of a number that is not negative."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        if value == 0 and not byte & 0x40:
            return bytes(out) + bytes([byte])
        out.append(byte | 0x80)


def vector(items):
    return number(len(items)) + b"".join(items)


def compact(value):
    """SCALE's compact form of numbers below 64."""
    return bytes([value << 2])


def scale_text(text):
    return compact(len(text)) + text.encode()


def version(apis=(API,)):
    numbers = b"".join(n.to_bytes(4, "little") for n in (1, 7, 0))
    return scale_text("zkp") + scale_text("test") + numbers + compact(len(apis)) + b"".join(apis) + TAIL


def returns(data_at, size):
    """A body that returns a pointer and a size."""
    return SPAN + signed(data_at | size << 32) + b"\x0b"


def module(imports=None, body=None, memory=None, globals_=None, exports=None, types=(), before_code=b"", data=None):
    """A runtime that answers Core_version. Each argument spoils one part of it."""
    data = version() if data is None else data
    type_list = [b"\x60\x00\x01\x7f", b"\x60\x02\x7f\x7f\x01\x7e", *types]
    import_list = [name("env") + name("ext_logging_max_level_version_1") + b"\x00\x00"] if imports is None else imports
    functions = len(import_list)
    memory = MEMORY_IMPORT if memory is None else memory
    export_list = [HEAP_BASE_EXPORT, name("Core_version") + b"\x00" + number(functions)] if exports is None else exports
    body = returns(16, len(data)) if body is None else body
    return b"".join([
        b"\0asm\x01\0\0\0",
        section(1, vector(type_list)),
        section(2, vector(import_list + ([memory] if memory else []))),
        section(3, vector([b"\x01"])),
        section(6, vector([HEAP_BASE] if globals_ is None else globals_)),
        section(7, vector(export_list)),
        before_code,
        section(10, vector([number(len(body) + 1) + b"\x00" + body])),
        section(11, vector([b"\x00\x41\x10\x0b" + number(len(data)) + data])) if memory else b"",
    ])


class WasmcheckTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, called, content):
        path = pathlib.Path(self.folder.name) / called
        path.write_bytes(content)
        return str(path)

    def check(self, content, *options):
        done = subprocess.run([PROGRAM, self.file("in.wasm", content), *options], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def refused(self, content, *words, options=()):
        code, said = self.check(content, *options)
        self.assertEqual(code, 1, said)
        for word in words:
            self.assertIn(word, said)

    def completed(self, content):
        """What -o writes; what --compressed writes is the same once unpacked."""
        plain, packed = (pathlib.Path(self.folder.name) / each for each in ("out.wasm", "packed.wasm"))
        code, words = self.check(content, "-o", str(plain), "--compressed", str(packed))
        self.assertEqual(code, 0, words)
        self.assertEqual(packed.read_bytes()[:8], bytes.fromhex("52bc537646db8e05"))
        again = pathlib.Path(self.folder.name) / "again.wasm"
        code, words = self.check(packed.read_bytes(), "-o", str(again))
        self.assertEqual(code, 0, words)
        self.assertEqual(again.read_bytes(), plain.read_bytes())
        return plain.read_bytes()

    def test_a_runtime_is_accepted(self):
        code, words = self.check(module())
        self.assertEqual(code, 0, words)
        self.assertIn("1 functions, 2 instructions, 1 imports, 1 exports, heap from 1024", words)

    def test_its_version_becomes_custom_sections(self):
        added = (section(0, name("runtime_version") + version(apis=())) + section(0, name("runtime_apis") + API))
        self.assertEqual(self.completed(module()), module() + added)

    def test_a_refusal_names_the_instruction_and_its_place(self):
        sign_extension = module(body=b"\x41\x00\xc0\x1a\x42\x00\x0b")
        at = sign_extension.index(b"\x41\x00\xc0\x1a") + 2
        self.refused(sign_extension, "i32.extend8_s", f"at byte {at} in the code section")

    def test_every_rule_refuses_with_its_reason(self):
        function = lambda of, called, kind=0: name(of) + name(called) + b"\x00" + bytes([kind])
        float_type = b"\x60\x01\x7d\x00"
        rules = {
            "a float in a type": (module(types=[float_type]), "floating point", "f32"),
            "a float instruction": (module(body=b"\x43\0\0\0\0\x1a\x42\x00\x0b"), "floating point", "f32.const"),
            "memory.copy": (module(body=b"\x41\0\x41\0\x41\0\xfc\x0a\0\0\x42\0\x0b"), "not WebAssembly 1.0"),
            "two results": (module(types=[b"\x60\x00\x02\x7f\x7f"]), "not WebAssembly 1.0", "multi-value"),
            "a mutable global outside": (module(globals_=[b"\x7f\x01\x41\x80\x08\x0b"]), "mutable global"),
            "memory.grow": (module(body=b"\x41\x01\x40\x00\x1a\x42\x00\x0b"), "memory.grow"),
            "an unknown function": (module([function("env", "ext_strange")]), "does not offer", "env.ext_strange"),
            "a known function, otherwise": (module([function("env", "ext_storage_get_version_1")]),
                                            "another signature", "env.ext_storage_get_version_1"),
            "another module": (module([function("wasi", "fd_write")]), "not a function or the memory of env"),
            "no heap base": (module(exports=[name("Core_version") + b"\x00\x01"]),
                             "no constant i32 global __heap_base"),
            "no memory": (module(memory=b""), "--import-memory"),
            "a small memory": (module(memory=name("env") + name("memory") + b"\x02\x01\x01\x40"), "too little heap"),
            "a start function": (module(before_code=section(8, b"\x01")), "a start function"),
            "a damaged file": (module()[:-3], "damaged"),
            "no wasm": (b"#!/bin/sh\n", "not a WebAssembly 1 binary"),
            "damaged compression": (bytes.fromhex("52bc537646db8e05") + b"1234", "the compressed code is damaged"),
        }
        for rule, (content, *words) in rules.items():
            with self.subTest(rule):
                self.refused(content, *words)

    def test_what_does_not_answer_is_not_written(self):
        out = ["-o", self.folder.name + "/never.wasm"]
        self.refused(module(exports=[HEAP_BASE_EXPORT]), "Core_version", options=out)
        self.refused(module(body=b"\x00\x0b"), "Core_version: unreachable", options=out)
        self.refused(module(data=b"\xff"), "no RuntimeVersion", options=out)
        self.refused(module(body=b"\x41\x00\x0b"), options=out)  # an i32 where an i64 is due
        self.assertFalse(pathlib.Path(out[1]).exists())

    def test_the_place_of_the_metadata_hash_is_there_once_and_is_filled_from_the_metadata(self):
        out = ["-o", self.folder.name + "/never.wasm"]
        place = b"\x00zkp: metadata hash, put in later\x12\x03ZKP"
        answer = returns(16, len(version()))
        twice = module(data=version() + place + place, body=answer)
        self.refused(twice, "twice", options=out)
        cut = module(data=version() + place[:-4] + b"\xff", body=answer)
        self.refused(cut, "names no token", options=out)
        self.refused(module(data=version() + place, body=answer), "Metadata_metadata_at_version", options=out)

    def test_what_cannot_be_read_is_no_verdict(self):
        done = subprocess.run([PROGRAM, self.folder.name + "/none"], capture_output=True)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(subprocess.run([PROGRAM, "--compressed", "x"], capture_output=True).returncode, 2)


if __name__ == "__main__":
    unittest.main()
