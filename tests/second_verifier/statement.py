"""What a proof says: its head in the file, and its absorption  [proof.md section 8]."""

from dataclasses import dataclass

import numpy as np

from . import field
from .identity import schema
from .parameters import PROFILES
from .reader import Reader
from .refusal import STATEMENT, require

MAGIC, VERSION, PROTOCOL = b"ZKPF", 1, b"zkp proof 1"
INFERENCE, REGISTRATION, ROTATION = 1, 2, 3
PRIVATE, PUBLIC, MASKED = 0, 1, 2
BATCH_MAX = 4096
FIXED_BYTES = 112


@dataclass(frozen=True)
class Open:
    """The input or the output tensor of the whole batch."""

    flag: int
    values: object = None  # K array (batch * size), unless private


@dataclass
class Statement:
    profile: int  # code
    kind: int
    context: bytes
    model: bytes
    epoch: int
    root: bytes
    batch: int = 1
    input: Open = Open(PRIVATE)
    output: Open = Open(PRIVATE)
    data: object = None  # (DataId, row), or None
    fresh: object = None  # the next root, in a rotation


def _read_open(reader, size):
    flag = reader.u8()
    require(flag <= MASKED, STATEMENT, "tensor flag")
    return Open(flag, None if flag == PRIVATE else reader.k_elements(size))


def read(reader, graph):
    """The head of a proof file. What decides how the rest is read is checked as soon as it is there."""
    fixed = Reader(reader.take(FIXED_BYTES))
    magic, version, profile, kind = fixed.take(4), fixed.u16(), fixed.u8(), fixed.u8()
    context, model, epoch, root = fixed.take(32), fixed.digest(), fixed.u32(), fixed.digest()
    batch = fixed.u32()
    require(magic == MAGIC, STATEMENT, "not a proof")
    require(version == VERSION, STATEMENT, "version")
    require(profile in PROFILES, STATEMENT, "profile")
    require(kind == INFERENCE, STATEMENT, "kind")
    require(1 <= batch <= BATCH_MAX, STATEMENT, "batch")
    parts = [_read_open(reader, batch * graph.tensors[tensor].size) for tensor in (graph.input, graph.output)]
    flag = reader.u8()
    require(flag <= 1, STATEMENT, "data flag")
    data = (reader.digest(), reader.u32()) if flag else None
    return Statement(profile, kind, context, model, epoch, root, batch, *parts, data)


def codes_within(values, tensor):
    """Whether K elements are residues of integers in the tensor's range."""
    shifted = (values + np.uint64(-tensor.lo % field.P)) % np.uint64(field.P)
    return not np.any(shifted > np.uint64(tensor.hi - tensor.lo))


def check(statement, model, context, data):
    """The statement checks. model: an Identity; data: a DataIdentity that the proof must speak about, or None."""
    require(statement.profile == model.profile.code, STATEMENT, "profile")
    require(statement.context == context, STATEMENT, "context")
    require(statement.model == model.id, STATEMENT, "model")
    require(statement.epoch < len(model.roots), STATEMENT, "epoch")
    require(model.roots[statement.epoch] == statement.root, STATEMENT, "weight root")
    require(statement.input.flag != MASKED, STATEMENT, "a masked input")
    graph = model.graph
    for part, tensor in ((statement.input, graph.input), (statement.output, graph.output)):
        if part.flag == PUBLIC:
            require(codes_within(part.values, graph.tensors[tensor]), STATEMENT, "a public code out of range")
    _check_data(statement, model, data)


def _check_data(statement, model, data):
    if statement.data is None:
        require(data is None, STATEMENT, "no row of the data set")
        require(statement.output.flag != MASKED, STATEMENT, "a mask without a data set")
        return
    identity, row = statement.data
    require(data is not None and data.id == identity, STATEMENT, "data set")
    require(data.profile == statement.profile, STATEMENT, "the data set's profile")
    require(data.schema == schema(model.graph), STATEMENT, "the data set's schema")
    require(statement.batch == 1 and row < data.rows, STATEMENT, "row")
    require(data.pads or statement.output.flag != MASKED, STATEMENT, "a mask without pads")


def absorb(transcript, statement, profile):
    transcript.absorb_bytes("protocol", PROTOCOL)
    transcript.absorb_integers("profile", profile.code, profile.security, profile.grinding)
    transcript.absorb_bytes("context", statement.context)
    transcript.absorb_integers("kind", statement.kind)
    transcript.absorb_digest("model", statement.model)
    transcript.absorb_integers("epoch", statement.epoch)
    transcript.absorb_digest("weights", statement.root)
    if statement.fresh is not None:
        transcript.absorb_digest("fresh", statement.fresh)
    transcript.absorb_integers("batch", statement.batch)
    for part in (statement.input, statement.output):
        transcript.absorb_integers("flag", part.flag)
        if part.flag != PRIVATE:
            transcript.absorb_k("values", part.values)
    transcript.absorb_integers("data", 0 if statement.data is None else 1)
    if statement.data is not None:
        identity, row = statement.data
        transcript.absorb_digest("data id", identity)
        transcript.absorb_integers("row", row)
