"""Evaluates graphs by their definition and proves them with the test prover  [model.md section 2]."""

import itertools
import struct

import numpy as np

from . import field, statement as statements
from .graph import Concat, Conv, Dense, Linear, MaxPool, Pad, Reshape, Scale, Slice, Transpose, spatial
from .proof import Prepared
from .testing_opening import Oracle, random_k
from .testing_reduction import prove
from .transcript import Transcript


def at(x, c, h, w):
    """0 outside"""
    inside = 0 <= h < x.shape[1] and 0 <= w < x.shape[2]
    return int(x[c, h, w]) if inside else 0


def conv(term, weight, x, c, h, w):
    x, rows, (_, taps, kh, kw) = x.reshape(spatial(x.shape)), weight.shape[0], weight.shape
    group = c // (rows // term.groups)
    return sum(
        int(weight[c, i, a, b])
        * at(
            x,
            group * taps + i,
            h * term.stride[0] - term.pad[0] + a * term.dilation[0],
            w * term.stride[1] - term.pad[1] + b * term.dilation[1],
        )
        for i, a, b in itertools.product(range(taps), range(kh), range(kw))
    )


def window(term, x, c, h, w):
    x = x.reshape(spatial(x.shape))
    kernel = itertools.product(range(term.kernel[0]), range(term.kernel[1]))
    y, z = h * term.stride[0] - term.pad[0], w * term.stride[1] - term.pad[1]
    return term.row[h] * term.col[w] * sum(at(x, c, y + a, z + b) for a, b in kernel)


def accumulate(graph, weights, biases, node, tensors):
    """acc of one sample, exact."""
    shape = graph.tensors[node.output].shape
    acc = np.zeros(shape, dtype=np.int64)
    for term in node.terms:
        x = tensors[term.input]
        if isinstance(term, Scale):
            acc += term.multiplier * x
        elif isinstance(term, Dense):
            flat = x.reshape(*x.shape[: term.tokens], -1)
            acc += flat @ weights[term.weight].T
        else:
            grid = acc.reshape(spatial(shape))
            for c, h, w in np.ndindex(*grid.shape):
                if isinstance(term, Conv):
                    grid[c, h, w] += conv(term, weights[term.weight], x, c, h, w)
                else:
                    grid[c, h, w] += window(term, x, c, h, w)
    if node.bias is not None:
        acc += biases[node.bias].reshape([-1 if d == node.channel_axis else 1 for d in range(len(shape))])
    return acc


def pool(node, x, shape):
    x, result = x.reshape(spatial(x.shape)), np.zeros(spatial(shape), dtype=np.int64)
    for c, h, w in np.ndindex(*result.shape):
        y, z = h * node.stride[0] - node.pad[0], w * node.stride[1] - node.pad[1]
        rows = slice(max(y, 0), max(y + node.kernel[0], 0))
        columns = slice(max(z, 0), max(z + node.kernel[1], 0))
        result[c, h, w] = x[c, rows, columns].max()
    return result.reshape(shape)


def move(node, tensors, shape):
    if isinstance(node, Concat):
        return np.concatenate([tensors[i] for i in node.inputs], axis=node.axis)
    x = tensors[node.input]
    if isinstance(node, Slice):
        return x[tuple(slice(s, s + t * (n - 1) + 1, t) for s, t, n in zip(node.start, node.step, shape))]
    if isinstance(node, Transpose):
        return x.transpose(node.perm)
    if isinstance(node, Reshape):
        return x.reshape(shape)
    assert isinstance(node, Pad)
    y = np.full(shape, node.value, dtype=np.int64)
    y[tuple(slice(b, b + n) for b, n in zip(node.begin, x.shape))] = x
    return y


def linear(graph, weights, biases, node, tensors):
    """(q, rem, y)"""
    acc = accumulate(graph, weights, biases, node, tensors)
    shifts = np.array([node.shift(c) for c in range(acc.shape[node.channel_axis])])
    shifts = shifts.reshape([-1 if d == node.channel_axis else 1 for d in range(acc.ndim)])
    rounded = acc + (1 << shifts - 1)
    q = rounded >> shifts
    return q, rounded - (q << shifts), np.array(node.table)[q - node.table_lo]


def embed(column, values, fill=0):
    """Values on the extents, fill (broadcast over the dimensions' bits) beyond; entries added by widening are zero."""
    own = [1 << (n - 1).bit_length() for n in column.extents]
    grid = np.empty(own, dtype=np.int64)
    grid[...] = fill
    grid[tuple(slice(n) for n in column.extents)] = values.reshape(column.extents)
    entries = np.zeros(1 << column.size_log, dtype=np.uint64)
    entries[: grid.size] = field.k_array(grid.reshape(-1))
    return entries


class Witness:
    """All columns of an inference, filled in creation order."""

    def __init__(self, graph, weights, biases, batch, columns):
        self.graph, self.weights, self.biases, self.batch = graph, weights, biases, batch
        self.columns, self.values = iter([c for c in columns if c.source == "A"]), {}

    def fill(self, values, fill=0):
        column = next(self.columns)
        self.values[column] = embed(column, np.stack(values), fill)

    def run(self, inputs):
        samples = [{self.graph.input: x} for x in inputs]
        self.fill(inputs)
        for node in self.graph.nodes:
            shape = self.graph.tensors[node.output].shape
            if isinstance(node, Linear):
                self._linear(node, samples, shape)
            elif isinstance(node, MaxPool):
                self._pool(node, samples, shape)
            else:
                for tensors in samples:
                    tensors[node.output] = move(node, tensors, shape)
                column = next(self.columns)
                if column.name == "flat":
                    self.values[column] = embed(column, np.stack([t[node.output].reshape(-1) for t in samples]))
                    column = next(self.columns)
                self.values[column] = embed(column, np.stack([t[node.output] for t in samples]))
        return samples

    def _linear(self, node, samples, shape):
        parts = []
        for tensors in samples:
            parts.append(linear(self.graph, self.weights, self.biases, node, tensors))
            tensors[node.output] = parts[-1][2]
        channels = shape[node.channel_axis]
        padded = range(1 << (channels - 1).bit_length())
        shifts = [node.shift(c) if c < len(node.shifts) else node.shifts[0] for c in padded]
        half = np.array([1 << s - 1 for s in shifts]).reshape(
            [-1 if d == node.channel_axis + 1 else 1 for d in range(1 + len(shape))]
        )
        self.fill([p[0] for p in parts])
        self.fill([p[1] for p in parts], half)
        self.fill([p[2] for p in parts], node.table[-node.table_lo])

    def _pool(self, node, samples, shape):
        """Running maxima, width then height; outside counts as the input's lower bound."""
        source = self.graph.tensors[node.input]
        current = [t[node.input].reshape(spatial(source.shape)) for t in samples]
        target = spatial(shape)
        steps = [d for d in (1, 0) if node.kernel[d] > 1 or spatial(source.shape)[1 + d] != target[1 + d]]
        forced = not steps and len(source.shape) != len(shape)
        for direction in steps or ([1] if forced else []):
            kernel, stride, pad = (
                (1, 1, 0) if forced else (node.kernel[direction], node.stride[direction], node.pad[direction])
            )
            taps = [shifted(x, 1 + direction, target[1 + direction], stride, pad, kernel, source.lo) for x in current]
            for t in range(1, kernel) if kernel > 1 else (0,):
                self.fill([np.max(sample[: t + 1], axis=0) for sample in taps])
            current = [np.max(sample, axis=0) for sample in taps]
        for tensors, x in zip(samples, current):
            tensors[node.output] = x.reshape(shape)
            assert np.array_equal(tensors[node.output], pool(node, tensors[node.input], shape))


def shifted(x, axis, count, stride, pad, kernel, low):
    """The kernel's taps of x along an axis, (kernel, …)."""
    taps = []
    for t in range(kernel):
        picked = []
        for o in range(count):
            j = o * stride + t - pad
            inside = 0 <= j < x.shape[axis]
            picked.append(np.take(x, j, axis=axis) if inside else np.full(np.take(x, 0, axis=axis).shape, low))
        taps.append(np.stack(picked, axis=axis))
    return np.stack(taps)


def sealed_oracle(shape, columns, values, rng):
    """A sealed source from its columns' values {column: entries}."""
    entries = np.zeros(shape.rows * shape.columns, dtype=np.uint64)
    for column in columns:
        entries[column.offset : column.offset + len(values[column])] = values[column]
    rows = entries.reshape(shape.rows, shape.columns)
    return Oracle(shape, np.concatenate([rows, random_k(rng, shape.tail, shape.columns)]), rng)


def head(statement):
    """The head of a proof file  [proof.md section 8.2]."""
    out = statements.MAGIC + struct.pack("<HBB", statements.VERSION, statement.profile, statement.kind)
    out += statement.context + statement.model + struct.pack("<I", statement.epoch) + statement.root
    out += struct.pack("<I", statement.batch)
    for part in (statement.input, statement.output):
        out += bytes([part.flag]) + (b"" if part.values is None else part.values.astype("<u4").tobytes())
    if statement.data is None:
        return out + b"\0"
    return out + b"\1" + statement.data[0] + struct.pack("<I", statement.data[1])


def body(profile, circuit, statement, values, oracles, rng):
    """(body, whether the witness satisfies the circuit). oracles: {source: sealed oracle}."""
    prepared = Prepared(profile, circuit)
    transcript = Transcript()
    statements.absorb(transcript, statement, profile)
    sources = list(prepared.shapes.items())
    made, _, holds = prove(
        profile, circuit, prepared.counts, prepared.pads, prepared.plan, sources, values, transcript, rng, oracles
    )
    return made, holds
