"""The quantised tensor graph and its bytes  [model.md sections 1 and 3]."""

import struct
from dataclasses import dataclass

from . import bounds


class BadModel(Exception):
    """The model's bytes or its graph are not valid; nothing was said about a proof yet."""


def need(holds, what):
    if not holds:
        raise BadModel(what)


@dataclass(frozen=True)
class Tensor:
    name: str
    shape: tuple
    lo: int
    hi: int
    scale: float

    @property
    def size(self):
        return product(self.shape)


@dataclass(frozen=True)
class Parameter:
    shape: tuple
    lo: int
    hi: int

    @property
    def size(self):
        return product(self.shape)


@dataclass(frozen=True)
class Conv:
    input: int
    weight: int
    stride: tuple
    pad: tuple
    dilation: tuple
    groups: int


@dataclass(frozen=True)
class Dense:
    input: int
    weight: int
    tokens: int


@dataclass(frozen=True)
class Scale:
    input: int
    multiplier: int


@dataclass(frozen=True)
class Window:
    input: int
    kernel: tuple
    stride: tuple
    pad: tuple
    row: tuple
    col: tuple


@dataclass(frozen=True)
class Linear:
    terms: tuple
    bias: object  # a number, or None
    channel_axis: int
    shifts: tuple
    table_lo: int
    table: tuple
    output: int

    def shift(self, channel):
        return self.shifts[channel if len(self.shifts) > 1 else 0]


@dataclass(frozen=True)
class MaxPool:
    input: int
    kernel: tuple
    stride: tuple
    pad: tuple
    output: int


@dataclass(frozen=True)
class Concat:
    inputs: tuple
    axis: int
    output: int


@dataclass(frozen=True)
class Slice:
    input: int
    start: tuple
    step: tuple
    output: int


@dataclass(frozen=True)
class Transpose:
    input: int
    perm: tuple
    output: int


@dataclass(frozen=True)
class Reshape:
    input: int
    output: int


@dataclass(frozen=True)
class Pad:
    input: int
    begin: tuple
    value: int
    output: int


@dataclass(frozen=True)
class Graph:
    tensors: tuple
    weights: tuple
    biases: tuple
    nodes: tuple
    input: int
    output: int
    scale: tuple
    offset: tuple
    reading: int
    labels: tuple


def product(numbers):
    result = 1
    for n in numbers:
        result *= n
    return result


def spatial(shape):
    """A shape read as channels, height, width."""
    need(len(shape) <= 3, "four dimensions have no spatial reading")
    return (shape[0], 1, shape[1]) if len(shape) == 2 else tuple(shape) + (1,) * (3 - len(shape))


class _Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        need(self.at + count <= len(self.data), "the graph's bytes end early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, code):
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]

    def count(self, most):
        count = self.number("I")
        need(count <= most, "a list is longer than allowed")
        return count

    def many(self, read, most):
        return tuple(read() for _ in range(self.count(most)))

    def numbers(self, code, most):
        count = self.count(most)
        return struct.unpack(f"<{count}{code}", self.take(count * struct.calcsize("<" + code)))

    def u32(self):
        return self.number("I")

    def pair(self):
        return self.u32(), self.u32()

    def double(self):
        bits = self.take(8)
        need(bits != b"\0\0\0\0\0\0\0\x80", "minus zero")
        return struct.unpack("<d", bits)[0]

    def text(self):
        raw = self.take(self.count(bounds.TEXT))
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadModel("a name is not UTF-8") from error
        need(not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text), "a control character in a name")
        return text

    def tensor(self):
        return Tensor(self.text(), self.numbers("I", 4), self.number("i"), self.number("i"), self.double())

    def parameter(self):
        return Parameter(self.numbers("I", 4), self.number("i"), self.number("i"))

    def term(self):
        tag = self.number("B")
        need(tag <= 3, "unknown term")
        if tag == 0:
            return Conv(self.u32(), self.u32(), self.pair(), self.pair(), self.pair(), self.u32())
        if tag == 1:
            return Dense(self.u32(), self.u32(), self.u32())
        if tag == 2:
            return Scale(self.u32(), self.number("i"))
        most = bounds.TENSOR_ELEMENTS
        return Window(
            self.u32(), self.pair(), self.pair(), self.pair(), self.numbers("i", most), self.numbers("i", most)
        )

    def maybe_u32(self):
        flag = self.number("B")
        need(flag <= 1, "unknown flag")
        return self.u32() if flag else None

    def linear(self):
        return Linear(
            self.many(self.term, bounds.TERMS),
            self.maybe_u32(),
            self.u32(),
            self.numbers("B", bounds.TENSOR_ELEMENTS),
            self.number("i"),
            self.numbers("h", bounds.TABLE_ENTRIES),
            self.u32(),
        )

    def node(self):
        tag = self.number("B")
        readers = (
            self.linear,
            lambda: MaxPool(self.u32(), self.pair(), self.pair(), self.pair(), self.u32()),
            lambda: Concat(self.numbers("I", bounds.CONCAT_INPUTS), self.u32(), self.u32()),
            lambda: Slice(self.u32(), self.numbers("I", 4), self.numbers("I", 4), self.u32()),
            lambda: Transpose(self.u32(), self.numbers("I", 4), self.u32()),
            lambda: Reshape(self.u32(), self.u32()),
            lambda: Pad(self.u32(), self.numbers("I", 4), self.number("i"), self.u32()),
        )
        need(tag < len(readers), "unknown node")
        return readers[tag]()


def decode(data):
    """The graph in exactly these bytes; not yet validated."""
    source = _Bytes(data)
    need(source.take(8) == b"zkpgraph", "not a graph")
    need(source.u32() == 1, "graph version")
    graph = Graph(
        source.many(source.tensor, bounds.TENSORS),
        source.many(source.parameter, bounds.PARAMETERS),
        source.many(source.parameter, bounds.PARAMETERS),
        source.many(source.node, bounds.NODES),
        source.u32(),
        source.u32(),
        source.many(source.double, bounds.TENSOR_ELEMENTS),
        source.many(source.double, bounds.TENSOR_ELEMENTS),
        source.number("B"),
        source.many(source.text, bounds.LABELS),
    )
    need(source.at == len(data), "bytes behind the graph")
    need(graph.reading <= 3, "unknown reading")
    return graph
