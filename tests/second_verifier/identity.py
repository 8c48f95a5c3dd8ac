"""Who a model and a data set are  [proof.md sections 8.3, 8.4]. Reading them says nothing yet about their proofs."""

import struct
from dataclasses import dataclass

from . import blake3, graph as model_graph, parameters
from .graph import BadModel
from .reader import Reader
from .refusal import STATEMENT, Refused, require
from .validate import validate

EPOCHS_MAX = 4096


@dataclass
class Identity:
    profile: parameters.Profile
    graph: model_graph.Graph
    roots: list  # one for each epoch
    bodies: list  # epoch 0: its registration; epoch e: the rotation from e - 1
    id: bytes


@dataclass
class DataIdentity:
    profile: int  # code
    root: bytes
    rows: int
    pads: bool
    schema: bytes
    id: bytes


def read_model(data):
    """Raises Refused: syntax for missing or surplus bytes, statement for what they say."""
    reader = Reader(data)
    require(reader.take(4) == b"ZKPI", STATEMENT, "not a model identity")
    require(reader.u16() == 1, STATEMENT, "version of the model identity")
    code = reader.u8()
    require(code in parameters.PROFILES, STATEMENT, "profile of the model identity")
    graph_bytes = reader.take(reader.u64())
    try:
        graph = model_graph.decode(graph_bytes)
        validate(graph)
    except BadModel as fault:
        raise Refused(STATEMENT, str(fault)) from fault
    epochs = reader.u32()
    require(1 <= epochs <= EPOCHS_MAX, STATEMENT, "number of epochs")
    entries = [(reader.digest(), reader.take(reader.u64())) for _ in range(epochs)]
    reader.finish()
    roots, bodies = [root for root, _ in entries], [body for _, body in entries]
    material = struct.pack("<HBQ", 1, code, len(graph_bytes)) + graph_bytes + roots[0]
    return Identity(parameters.PROFILES[code], graph, roots, bodies, blake3.derive_key("zkp model id v1", material))


def read_data(data):
    """Raises Refused, as for a model."""
    reader = Reader(data)
    require(reader.take(4) == b"ZKPD", STATEMENT, "not a data identity")
    require(reader.u16() == 1, STATEMENT, "version of the data identity")
    code, root, rows, pads, digest = reader.u8(), reader.digest(), reader.u32(), reader.u8(), reader.digest()
    require(rows >= 1 and pads <= 1, STATEMENT, "rows or pads of the data identity")
    reader.finish()
    return DataIdentity(code, root, rows, pads == 1, digest, blake3.derive_key("zkp data id v1", data))


def schema(graph):
    """What a data set and a model must agree on."""
    tensor, output = graph.tensors[graph.input], graph.tensors[graph.output]

    def shape(dimensions):
        return struct.pack(f"<{1 + len(dimensions)}I", len(dimensions), *dimensions)

    def doubles(values):
        return struct.pack(f"<I{len(values)}d", len(values), *values)

    material = shape(tensor.shape) + struct.pack("<qq", tensor.lo, tensor.hi)
    material += doubles(graph.scale) + doubles(graph.offset) + shape(output.shape)
    return blake3.derive_key("zkp data schema v1", material)
