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


def module(import_name="ext_logging_max_level_version_1", body=b"\x42\x00\x0b"):
    """One import () -> i32, the memory, __heap_base, and an entry point with these instructions."""
    types = section(1, b"\x02" b"\x60\x00\x01\x7f" b"\x60\x02\x7f\x7f\x01\x7e")
    imports = section(2, b"\x02" + name("env") + name(import_name) + b"\x00\x00" + name("env") + name("memory") +
                      b"\x02\x00\x01")
    functions = section(3, b"\x01\x01")
    heap_base = section(6, b"\x01\x7f\x00\x41\x80\x08\x0b")
    exports = section(7, b"\x02" + name("__heap_base") + b"\x03\x00" + name("Core_version") + b"\x00\x01")
    code = section(10, b"\x01" + number(len(body) + 1) + b"\x00" + body)
    return b"\0asm\x01\0\0\0" + types + imports + functions + heap_base + exports + code


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

    def test_a_runtime_is_accepted(self):
        code, words = self.check(module())
        self.assertEqual(code, 0, words)
        self.assertIn("1 functions, 2 instructions, 1 imports, 1 exports, heap from 1024", words)

    def test_a_refusal_names_the_instruction_and_its_place(self):
        sign_extension = b"\x41\x00\xc0\x1a\x42\x00\x0b"
        code, words = self.check(module(body=sign_extension))
        self.assertEqual(code, 1, words)
        self.assertIn("i32.extend8_s", words)
        self.assertIn(f"at byte {module(body=sign_extension).index(0xC0)} in the code section", words)

    def test_imports_are_those_of_the_list_or_begin_with_ext(self):
        self.assertEqual(self.check(module("fd_write"))[0], 1)
        allowed = self.file("allowed", b"ext_logging_max_level_version_1\next_other\n")
        self.assertEqual(self.check(module(), "--imports", allowed)[0], 0)
        code, words = self.check(module("ext_strange"), "--imports", allowed)
        self.assertEqual(code, 1)
        self.assertIn("env.ext_strange", words)

    def test_sections_and_compression_are_written_and_checked_again(self):
        version, apis = self.file("version", b"\x01\x02"), self.file("apis", b"")
        out = pathlib.Path(self.folder.name) / "out.wasm"
        code, words = self.check(module(), "--version-section", version, "--apis-section", apis, "-o", str(out))
        self.assertEqual(code, 0, words)
        added = section(0, name("runtime_version") + b"\x01\x02") + section(0, name("runtime_apis"))
        self.assertEqual(out.read_bytes(), module() + added)
        plain = out.read_bytes()
        packed = pathlib.Path(self.folder.name) / "packed.wasm"
        self.assertEqual(self.check(plain, "--compress", "-o", str(packed))[0], 0)
        self.assertEqual(packed.read_bytes()[:8], bytes.fromhex("52bc537646db8e05"))
        self.assertEqual(self.check(packed.read_bytes())[0], 0)

    def test_what_cannot_be_read_is_no_verdict(self):
        done = subprocess.run([PROGRAM, self.folder.name + "/none"], capture_output=True)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(subprocess.run([PROGRAM, "--compress"], capture_output=True).returncode, 2)


if __name__ == "__main__":
    unittest.main()
