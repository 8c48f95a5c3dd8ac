"""python3 fuzz/make_chain_corpus.py: seeds of the targets scale, header, extrinsic and justification, from
vectors/primitives.tsv. Small: accepted inputs, and cuts and changes of them. Inputs that a fuzzer found stay."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
TAKEN = {
    "header": ["header_empty", "header_full", "block"],
    "extrinsic": ["extrinsic_signed", "extrinsic_bare", "era", "validity_valid", "validity_custom", "runtime_version"],
    "justification": ["grandpa_justification"],
}
SCALE = {
    "compact_16": "03feff0300",
    "compact_64": "0413000064a7b3b6e00d",
    "compact_padded": "041300000000000000" + "00" * 2,
    "nodes": "00c80c00a8010900130000000001000000000202c800",
    "mixed": "0104044108" + "ff" * 32 + "0801000200" + "245301" + "0c000102" + "000100000002000000",
    "set_unsorted": "0100080200010000000000" + "00" * 8,
    "bools": "050c010001",
    "bools_wrong": "050c010002",
    "bytes": "060c010203080405" + "0848c3",
    "long_claim": "07feffffff",
    "pairs": "0708a80401feff030000",
}


def write(target, name, data):
    folder = ROOT / "fuzz/corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def main():
    lines = (ROOT / "vectors/primitives.tsv").read_text().splitlines()
    golden = dict(line.split("\t", 1) for line in lines)
    for target, names in TAKEN.items():
        for name in names:
            data = bytes.fromhex(golden[name])
            write(target, name, data)
            write(target, f"{name}_cut", data[: len(data) * 2 // 3])
            write(target, f"{name}_trailing", data + b"\0")
            write(target, f"{name}_changed", data[:-1] + bytes([data[-1] ^ 0x55]))
    write("extrinsic", "address", golden["ss58_42"].encode())
    write("extrinsic", "address_long_prefix", golden["ss58_1284"].encode())
    for name, text in SCALE.items():
        write("scale", name, bytes.fromhex(text))
    write("scale", "deep", b"\0" + b"\2" * 300)


if __name__ == "__main__":
    main()
