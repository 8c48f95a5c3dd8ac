"""Writes vectors/runtime_code.tsv: runtime code and what docs/specs/runtime-code.md says of it. Every module is put
together here byte by byte from the WebAssembly recommendation, without our own reader or writer.

Run: python3 vectors/runtime_code.py > vectors/runtime_code.tsv"""

I32, I64, F32 = b"\x7f", b"\x7e", b"\x7d"


def leb(value):
    out = b""
    while value >= 128:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def vec(items):
    return leb(len(items)) + b"".join(items)


def name(text):
    return leb(len(text)) + text.encode()


def section(number, content):
    return bytes([number]) + leb(len(content)) + content


def custom(label, content):
    return section(0, name(label) + content)


def compact(value):
    assert value < 64
    return bytes([value << 2])


VERSION = (compact(4) + b"test" + compact(4) + b"impl" + (1).to_bytes(4, "little") + (7).to_bytes(4, "little")
           + (2).to_bytes(4, "little"))
TAIL = (3).to_bytes(4, "little") + b"\x01"
APIS = bytes.fromhex("df6acb689907609b") + (5).to_bytes(4, "little")
DECLARED = custom("runtime_version", VERSION + compact(0) + TAIL) + custom("runtime_apis", APIS)
ANSWER = VERSION + compact(1) + APIS + TAIL


def body(code, groups=()):
    inner = vec([leb(count) + I32 for count in groups]) + code + b"\x0b"
    return leb(len(inner)) + inner


def module(functions=(), types=(b"\x60\x00\x00",), imports=(), memory=b"\x00\x01", exports=None, extra=b"",
           declared=DECLARED, heap=b"\x7f\x00\x41\x80\x08\x0b"):
    if exports is None:
        exports = [name("memory") + b"\x02\x00", name("__heap_base") + b"\x03\x00"]
    out = b"\0asm\1\0\0\0" + section(1, vec(types))
    if imports:
        out += section(2, vec(imports))
    if functions:
        out += section(3, vec([b"\0"] * len(functions)))
    if memory:
        out += section(5, vec([memory]))
    out += section(6, vec([heap])) + section(7, vec(exports)) + extra
    if functions:
        out += section(10, vec(functions))
    return out + declared


def raw_frame(content, magic="28b52ffd"):
    """RFC 8878: a frame of one segment, its size in two bytes, one raw block."""
    assert 256 <= len(content) < 65536 + 256
    size = (len(content) - 256).to_bytes(2, "little")
    block = (len(content) << 3 | 1).to_bytes(3, "little")
    return bytes.fromhex(magic) + b"\x60" + size + block + content


PACKED = bytes.fromhex("52bc537646db8e05")
PLAIN = module()
BASE = name("__heap_base") + b"\x03\x00"
LARGE = module(functions=[body(b"\x01" * 300)])


def cases():
    yield "plain", PLAIN, True
    yield "with_functions", LARGE, True
    yield "packed", PACKED + raw_frame(LARGE), True
    yield "imported_memory", module(imports=[name("env") + name("memory") + b"\x02\x00\x01"], memory=None,
                                    exports=[BASE]), True
    yield "unknown_import", module(imports=[name("env") + name("ext_not_of_this_release_version_9") + b"\0\0"]), True
    yield "maximum_with_room", module(memory=b"\x01\x01" + leb(2049)), True
    yield "locals_at_the_bound", module(functions=[body(b"", [2048])]), True
    yield "depth_at_the_bound", module(functions=[body(b"\x02\x40" * 1024 + b"\x0b" * 1024)]), True
    yield "blocks_at_the_bound", module(functions=[body(b"\x02\x40\x0b" * 4096)]), True
    yield "loops_at_the_bound", module(functions=[body(b"\x03\x40\x0b" * 1024)]), True
    yield "targets_at_the_bound", module(functions=[body(b"\x0c\x00" * 16384)]), True
    yield "parameters_at_the_bound", module(types=[b"\x60" + vec([I32] * 64) + b"\0"]), True

    yield "empty", b"", False
    yield "not_wasm", b"\0asm\2\0\0\0", False
    yield "cut", PLAIN[:-1], False
    yield "byte_behind", PLAIN + b"\0", False
    yield "no_version", module(declared=custom("runtime_apis", APIS)), False
    yield "no_apis", module(declared=custom("runtime_version", VERSION + compact(0) + TAIL)), False
    yield "version_cut", module(declared=custom("runtime_version", VERSION) + custom("runtime_apis", APIS)), False
    yield "version_with_more", module(declared=custom("runtime_version", VERSION + compact(0) + TAIL + b"\0")
                                      + custom("runtime_apis", APIS)), False
    yield "apis_cut", module(declared=custom("runtime_version", VERSION + compact(0) + TAIL)
                             + custom("runtime_apis", APIS[:-1])), False
    yield "packed_cut", (PACKED + raw_frame(LARGE))[:-1], False
    yield "packed_with_more", PACKED + raw_frame(LARGE) + b"\0", False
    yield "packed_twice", PACKED + raw_frame(LARGE) + raw_frame(LARGE), False
    yield "skippable_frame", PACKED + bytes.fromhex("502a4d1800000000") + raw_frame(LARGE), False
    yield "zstd_0_7", PACKED + raw_frame(LARGE, "27b52ffd"), False
    yield "float_type", module(types=[b"\x60\x00\x00", b"\x60" + vec([F32]) + b"\0"]), False
    yield "float_instruction", module(functions=[body(b"\x43\0\0\0\0\x1a")]), False
    yield "memory_grow", module(functions=[body(b"\x41\0\x40\0\x1a")]), False
    yield "sign_extension", module(functions=[body(b"\x41\0\xc0\x1a")]), False
    yield "two_results", module(types=[b"\x60\x00\x02" + I32 + I32]), False
    yield "ill_typed", module(functions=[body(b"\x1a")]), False
    yield "ill_typed_result", module(types=[b"\x60\x00\x01" + I64], functions=[body(b"\x41\0")]), False
    yield "start_function", module(functions=[body(b"")], extra=section(8, b"\0")), False
    yield "foreign_import", module(imports=[name("wasi") + name("f") + b"\0\0"]), False
    yield "import_under_two_types", module(types=[b"\x60\x00\x00", b"\x60" + vec([I32]) + b"\0"],
                                           imports=[name("env") + name("f") + b"\0\0",
                                                    name("env") + name("f") + b"\0\1"]), False
    yield "no_memory", module(memory=None, exports=[BASE]), False
    yield "maximum_without_room", module(memory=b"\x01\x01" + leb(2048)), False
    yield "minimum_without_room", module(memory=b"\x00" + leb(65536 - 2047)), False
    yield "no_heap_base", module(exports=[name("memory") + b"\x02\x00"]), False
    yield "variable_heap_base", module(heap=b"\x7f\x01\x41\x80\x08\x0b"), False
    yield "locals_above_the_bound", module(functions=[body(b"", [2049])]), False
    yield "locals_in_two_groups", module(functions=[body(b"", [2048, 1])]), False
    yield "depth_above_the_bound", module(functions=[body(b"\x02\x40" * 1025 + b"\x0b" * 1025)]), False
    yield "blocks_above_the_bound", module(functions=[body(b"\x02\x40\x0b" * 4097)]), False
    yield "loops_above_the_bound", module(functions=[body(b"\x03\x40\x0b" * 1025)]), False
    yield "targets_above_the_bound", module(functions=[body(b"\x0c\x00" * 16385)]), False
    yield "flow_above_the_bound", module(functions=[body(b"\x0c\x00" * 8192, [63])]), False
    yield "spread_above_the_bound", module(functions=[body(b"\x01" * 8196, [2046])]), False
    yield "parameters_above_the_bound", module(types=[b"\x60" + vec([I32] * 65) + b"\0"]), False


print("# origin\tvectors/runtime_code.py, from docs/specs/runtime-code.md: name, code, the version answered or none")
for label, code, taken in cases():
    print(label, code.hex(), ANSWER.hex() if taken else "none", sep="\t")
