"""python3 fuzz/make_chain_corpus.py: seeds of the targets scale, header, extrinsic and justification, from
vectors/primitives.tsv, of protocols, and of trie_proof, from its own seeds with real hashes. Small: accepted inputs,
and cuts and changes of them. Inputs that a fuzzer found stay."""

import hashlib
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

HASH, SIGNATURE = "07" * 32, "08" * 64 + "09" * 32
VOTE = "01" + HASH + "05000000" + SIGNATURE
HEADER = HASH + "1c" + "02" * 32 + "03" * 32 + "00"
PROTOCOLS = {
    "announces_handshake": "04" + "02010000" + HASH * 2,
    "announce": HEADER + "01" + "00",
    "role": "04",
    "transactions": "08" + "0c010203" + "00",
    "neighbor": "02" + "01" + "01" + "00" * 7 + "02" + "00" * 7 + "03000000",
    "vote": "00" + "01" + "00" * 7 + "02" + "00" * 7 + VOTE,
    "commit": "0101" + "00" * 7 + "02" + "00" * 7 + HASH + "05000000" + "04" + HASH + "05000000" + "04" + SIGNATURE,
    "catch_up_request": "03" + "01" + "00" * 7 + "02" + "00" * 7,
    "catch_up": "04" + "02" + "00" * 7 + "01" + "00" * 7 + "00" + "04" + VOTE[2:] + HASH + "05000000",
    "block_request": "088080809801" + "1220" + HASH + "2801" + "3005" + "3801",
    "block_request_number": "0880808008" + "1a0402010000",
    "block_response": "0a2f" + "0a20" + HASH + "12020102" + "1a0103" + "3202" + "0607" + "3801",
    "warp_request": HASH,
    "warp_proof": "04" + HEADER + "03" + "00" * 7 + HASH + "05000000" + "04" + VOTE[2:] + "04" + HEADER + "01",
    "light_call": "0a32" + "1220" + HASH + "1a0c" + "436f72655f76657273696f6e" + "2200",
    "light_read": "1227" + "1220" + HASH + "1a013a" + "1a00",
    "light_read_child": "223f" + "1220" + HASH + "1a18" + b":child_storage:default:".hex() + "09" + "320107",
    "light_response": "0a04" + "12020102",
    "light_nothing": "1200",
    "state_request": "0a20" + HASH + "120101" + "120102" + "1801",
    "state_response": "0a10" + "1206" + "0a0101" + "120102" + "1204" + "0a00" + "1200" + "1801" + "1201" + "04",
}


def write(target, name, data):
    folder = ROOT / "fuzz/corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def link(data):
    """Nodes with references to later ones as trie_proof.cpp's marks, so that changes of them stay linked."""
    nodes = []
    while data:
        size = int.from_bytes(data[:2], "little")
        nodes.append(data[2 : 2 + size])
        data = data[2 + size :]
    hashes = [hashlib.blake2b(node, digest_size=32).digest() for node in nodes]
    for place, found in enumerate(hashes):
        nodes[:place] = [node.replace(found, b"LINK" + bytes([place]) + bytes(27)) for node in nodes[:place]]
    return b"".join(len(node).to_bytes(2, "little") + node for node in nodes)


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
    for name, text in PROTOCOLS.items():
        write("protocols", name, bytes.fromhex(text))
    for proof in sorted((ROOT / "fuzz/corpus/trie_proof").glob("case*_nodes")):
        linked = link(proof.read_bytes())
        if b"LINK" in linked:
            write("trie_proof", proof.name.replace("nodes", "linked"), linked)
    write("scale", "deep", b"\0" + b"\2" * 300)


if __name__ == "__main__":
    main()
