"""Who a model and a data set are  [proof.md sections 8.3, 8.4]. Reading them says nothing yet about their proofs."""

import struct
from dataclasses import dataclass

from . import blake3, graph as model_graph, parameters
from .graph import BadModel, need
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


class _Fields:
    def __init__(self, data, what):
        self.data, self.at, self.what = data, 0, what

    def take(self, count):
        need(count <= len(self.data) - self.at, f"{self.what} ends early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def sized(self):
        return self.take(self.number(8))

    def finish(self):
        need(self.at == len(self.data), f"bytes behind {self.what}")


def read_model(data):
    fields = _Fields(data, "the model identity")
    need(fields.take(4) == b"ZKPI", "not a model identity")
    need(fields.number(2) == 1, "version of the model identity")
    code = fields.number(1)
    need(code in parameters.PROFILES, "profile of the model identity")
    graph_bytes = fields.sized()
    graph = model_graph.decode(graph_bytes)
    validate(graph)
    epochs = fields.number(4)
    need(1 <= epochs <= EPOCHS_MAX, "number of epochs")
    entries = [(fields.take(32), fields.sized()) for _ in range(epochs)]
    fields.finish()
    roots, bodies = [root for root, _ in entries], [body for _, body in entries]
    material = struct.pack("<HBQ", 1, code, len(graph_bytes)) + graph_bytes + roots[0]
    return Identity(parameters.PROFILES[code], graph, roots, bodies, blake3.derive_key("zkp model id v1", material))


def read_data(data):
    fields = _Fields(data, "the data identity")
    need(fields.take(4) == b"ZKPD", "not a data identity")
    need(fields.number(2) == 1, "version of the data identity")
    code, root, rows, pads, digest = (
        fields.number(1),
        fields.take(32),
        fields.number(4),
        fields.number(1),
        fields.take(32),
    )
    fields.finish()
    if rows < 1 or pads > 1:
        raise BadModel("rows or pads of the data identity")
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
