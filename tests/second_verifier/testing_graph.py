"""Writes graphs for tests  [model.md section 3]."""

import struct

from .graph import (
    Concat,
    Conv,
    Dense,
    Graph,
    Linear,
    MaxPool,
    Pad,
    Parameter,
    Reshape,
    Scale,
    Slice,
    Tensor,
    Transpose,
    Window,
)


def numbers(code, values):
    return struct.pack(f"<I{len(values)}{code}", len(values), *values)


def text(value):
    raw = value.encode()
    return struct.pack("<I", len(raw)) + raw


def u32(*values):
    return struct.pack(f"<{len(values)}I", *values)


def parameter(p):
    return numbers("I", p.shape) + struct.pack("<ii", p.lo, p.hi)


def tensor(t):
    return text(t.name) + numbers("I", t.shape) + struct.pack("<iid", t.lo, t.hi, t.scale)


def term(t):
    if isinstance(t, Conv):
        return b"\0" + u32(t.input, t.weight, *t.stride, *t.pad, *t.dilation, t.groups)
    if isinstance(t, Dense):
        return b"\1" + u32(t.input, t.weight, t.tokens)
    if isinstance(t, Scale):
        return b"\2" + struct.pack("<Ii", t.input, t.multiplier)
    return b"\3" + u32(t.input, *t.kernel, *t.stride, *t.pad) + numbers("i", t.row) + numbers("i", t.col)


def node(n):
    if isinstance(n, Linear):
        bias = b"\0" if n.bias is None else b"\1" + u32(n.bias)
        head = b"\0" + u32(len(n.terms)) + b"".join(map(term, n.terms)) + bias + u32(n.channel_axis)
        return head + numbers("B", n.shifts) + struct.pack("<i", n.table_lo) + numbers("h", n.table) + u32(n.output)
    if isinstance(n, MaxPool):
        return b"\1" + u32(n.input, *n.kernel, *n.stride, *n.pad, n.output)
    if isinstance(n, Concat):
        return b"\2" + numbers("I", n.inputs) + u32(n.axis, n.output)
    if isinstance(n, Slice):
        return b"\3" + u32(n.input) + numbers("I", n.start) + numbers("I", n.step) + u32(n.output)
    if isinstance(n, Transpose):
        return b"\4" + u32(n.input) + numbers("I", n.perm) + u32(n.output)
    if isinstance(n, Reshape):
        return b"\5" + u32(n.input, n.output)
    return b"\6" + u32(n.input) + numbers("I", n.begin) + struct.pack("<iI", n.value, n.output)


def encode(g):
    parts = [b"zkpgraph", u32(1)]
    for entries, write in ((g.tensors, tensor), (g.weights, parameter), (g.biases, parameter), (g.nodes, node)):
        parts += [u32(len(entries)), *map(write, entries)]
    parts += [u32(g.input, g.output), numbers("d", g.scale), numbers("d", g.offset), bytes([g.reading])]
    return b"".join(parts + [u32(len(g.labels)), *map(text, g.labels)])


def relu(lo, size, most=127):
    return tuple(min(max(lo + i, 0), most) for i in range(size))


def every_kind():
    """A small valid graph with every kind of node and term."""
    shapes = [(2, 4, 4), (4, 4, 4), (4, 2, 2), (4, 2, 2), (8, 2, 2), (4, 2, 2), (2, 4, 2), (16,), (18,), (3,)]
    tensors = tuple(Tensor(f"t{i}", shape, 0, 127, 0.5) for i, shape in enumerate(shapes))
    tensors = tensors[:-1] + (Tensor("out", (3,), -300, 300, 1.0),)
    clamp = tuple(min(max(v, -300), 300) for v in range(-600, 600))
    nodes = (
        Linear((Conv(0, 0, (1, 1), (1, 1), (1, 1), 2),), 0, 0, (3, 4, 5, 6), -400, relu(-400, 900), 1),
        MaxPool(1, (2, 2), (2, 2), (0, 0), 2),
        Linear(
            (Scale(2, 3), Window(1, (2, 2), (2, 2), (0, 0), (1, 2), (3, 1))), None, 0, (4,), -400, relu(-400, 900), 3
        ),
        Concat((2, 3), 0, 4),
        Slice(4, (1, 0, 0), (2, 1, 1), 5),
        Transpose(5, (1, 0, 2), 6),
        Reshape(6, 7),
        Pad(7, (1,), 5, 8),
        Linear((Dense(8, 1, 0),), 1, 0, (8,), -600, clamp, 9),
    )
    return Graph(
        tensors=tensors,
        weights=(Parameter((4, 1, 3, 3), -127, 127), Parameter((3, 18), -128, 127)),
        biases=(Parameter((4,), -1000, 1000), Parameter((3,), -500, 500)),
        nodes=nodes,
        input=0,
        output=9,
        scale=(0.25, 0.5),
        offset=(0.0, 1.5),
        reading=1,
        labels=("no", "yes", "perhaps"),
    )
