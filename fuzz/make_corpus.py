"""python3 fuzz/make_corpus.py VECTORS: seeds of the targets for our own formats, from a folder that make_vectors wrote
(tests/vectors), and of those for foreign formats from tests/models. Small: one accepted input, and cuts and changes
of it.
Run it again when a format changes; inputs that a fuzzer found stay."""

import json
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "fuzz/corpus"
HEAD = 7  # magic, version, profile of an identity


def write(target, name, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def graph_of(identity):
    (size,) = struct.unpack_from("<Q", identity, HEAD)
    return identity[HEAD + 8 : HEAD + 8 + size]


def without_proofs(identity):
    """The same model with empty registration and rotation proofs: it still decodes, in a few hundred bytes."""
    at = HEAD + 8 + len(graph_of(identity))
    out = identity[: at + 4]
    (epochs,) = struct.unpack_from("<I", identity, at)
    at += 4
    for _ in range(epochs):
        (size,) = struct.unpack_from("<Q", identity, at + 32)
        out += identity[at : at + 32] + struct.pack("<Q", 0)
        at += 40 + size
    return out


def changed(data, at, mask=1):
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def smallest(vectors, kept):
    return min((vector for vector in vectors if kept(vector)), key=lambda vector: vector["size"])


def main(folder):
    folder = Path(folder)
    vectors = json.loads((folder / "expected.json").read_text())
    for vector in vectors:
        vector["size"] = (folder / (vector["proof"] or vector["model"])).stat().st_size
    accepted = [vector for vector in vectors if vector["verdict"] == "proven"]

    best = smallest(accepted, lambda vector: vector["proof"] and not vector["data"])
    model, proof = (folder / best["model"]).read_bytes(), (folder / best["proof"]).read_bytes()
    small = without_proofs(model)
    seed = struct.pack("<I", len(small)) + small
    write("proof", "accepted", seed + proof)
    write("proof", "cut_in_the_header", seed + proof[:90])
    write("proof", "cut_in_the_body", seed + proof[:2000])
    for name, at in {"magic": 0, "version": 4, "profile": 6, "kind": 7, "context": 8, "model": 40, "epoch": 72,
                     "root": 76, "batch": 108, "flag": 112}.items():
        write("proof", f"wrong_{name}", seed + changed(proof[:400], at))

    identity = smallest(accepted, lambda vector: not vector["proof"])["model"]
    write("identity", "accepted", (folder / identity).read_bytes())
    write("identity", "without_proof", small)
    write("identity", "trailing", small + b"\0")
    write("identity", "no_epoch", small[: -44] + struct.pack("<I", 0))
    write("identity", "cut", small[:100])
    for at, name in enumerate(["magic", "", "", "", "version", "", "profile"]):
        if name:
            write("identity", f"wrong_{name}", changed(small, at, 64))

    data = next(vector["data"] for vector in vectors if vector["data"])
    sample = (folder / data).read_bytes()
    write("data_identity", "accepted", sample)
    write("data_identity", "cut", sample[:-1])
    write("data_identity", "trailing", sample + b"\0")
    write("data_identity", "wrong_pads", changed(sample, 43, 2))

    graphs = sorted({graph_of((folder / vector["model"]).read_bytes()) for vector in accepted}, key=len)
    for number, graph in enumerate(graphs[:: max(1, len(graphs) // 8)]):
        if len(graph) < 6000:
            write("graph", f"model_{number}", graph)
    write("graph", "cut", graphs[0][: len(graphs[0]) // 2])
    write("graph", "trailing", graphs[0] + b"\0")

    models = sorted((ROOT / "tests/models").glob("*.onnx"), key=lambda path: path.stat().st_size)
    forms, onnx = [], []
    for path in models:
        (forms if path.stem.startswith("form_") else onnx).append(path)
    for path in forms + onnx[:14]:
        write("onnx", path.stem, path.read_bytes())
    write("onnx", "cut", onnx[0].read_bytes()[:150])
    write("onnx", "empty", b"")
    arrays = sorted((ROOT / "tests/models").glob("*.npy"), key=lambda path: path.stat().st_size)
    for path in arrays[:4]:
        write("npy", path.stem, path.read_bytes())
    write("npy", "cut", arrays[0].read_bytes()[:-1])


if __name__ == "__main__":
    main(*sys.argv[1:])
