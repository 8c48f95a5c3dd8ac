"""Which graphs are valid, and whose equations modulo p are equations over the integers  [model.md sections 4, 5]."""

import math

from . import bounds
from .field import P
from .graph import (
    Concat,
    Conv,
    Dense,
    Linear,
    MaxPool,
    Pad,
    Reshape,
    Scale,
    Slice,
    Transpose,
    Window,
    need,
    product,
    spatial,
)


def inputs_of(node):
    if isinstance(node, Linear):
        return [term.input for term in node.terms]
    return list(node.inputs) if isinstance(node, Concat) else [node.input]


def validate(graph):
    """Raises BadModel at the first fault."""
    _sizes(graph)
    _order(graph)
    _numbers(graph)
    for node in graph.nodes:
        if isinstance(node, Linear):
            _linear(graph, node)
            _intervals(graph, node)
        else:
            _moving(graph, node)


def _sizes(graph):
    need(len(graph.tensors) >= 2 and graph.nodes, "too few tensors or nodes")
    for part in (*graph.tensors, *graph.weights, *graph.biases):
        need(1 <= len(part.shape) <= 4 and all(part.shape), "rank 1 to 4, no dimension 0")
        need(part.lo <= part.hi, "an empty range")
    need(all(t.size <= bounds.TENSOR_ELEMENTS for t in graph.tensors), "a tensor is too large")
    need(sum(t.size for t in graph.tensors) <= bounds.ALL_TENSOR_ELEMENTS, "all tensors are too large")
    total = sum(part.size for part in (*graph.weights, *graph.biases))
    need(total <= bounds.ALL_PARAMETER_ELEMENTS, "all weights are too large")
    for weight in graph.weights:
        need(bounds.WEIGHT_LO <= weight.lo <= 0 <= weight.hi <= bounds.WEIGHT_HI, "weight range")
    for bias in graph.biases:
        need(-bounds.BIAS <= bias.lo <= 0 <= bias.hi < bounds.BIAS, "bias range")
    for tensor in graph.tensors:
        need(bounds.CODE_LO <= tensor.lo and tensor.hi <= bounds.CODE_HI, "tensor range")


def _order(graph):
    need(graph.input < len(graph.tensors) and graph.output < len(graph.tensors), "input or output does not exist")
    defined, weights, biases = {graph.input}, set(), set()
    for node in graph.nodes:
        for tensor in inputs_of(node):
            need(tensor in defined, "a node reads what is not yet defined")
        need(node.output < len(graph.tensors) and node.output not in defined, "a tensor is defined twice or unknown")
        defined.add(node.output)
        if isinstance(node, Linear):
            weights |= {term.weight for term in node.terms if isinstance(term, (Conv, Dense))}
            biases |= {node.bias} - {None}
    need(len(defined) == len(graph.tensors), "a tensor is never defined")
    need(weights == set(range(len(graph.weights))), "a weight does not exist or is not used")
    need(biases == set(range(len(graph.biases))), "a bias does not exist or is not used")


def _numbers(graph):
    need(all(math.isfinite(t.scale) and t.scale > 0 for t in graph.tensors), "scale")
    need(all(math.isfinite(s) and s > 0 for s in graph.scale), "encoding scale")
    need(all(math.isfinite(o) for o in graph.offset), "encoding offset")
    entries = (1, graph.tensors[graph.input].shape[0])
    need(len(graph.scale) in entries and len(graph.offset) == len(graph.scale), "encoding entries")
    need(_narrow(graph.tensors[graph.input]), "the input's range")


def _narrow(tensor):
    return (-128 <= tensor.lo and tensor.hi <= 127) or (0 <= tensor.lo and tensor.hi <= 255)


def _within(values, low, high):
    return all(low <= v <= high for v in values)


def _linear(graph, node):
    output = graph.tensors[node.output]
    need(node.terms, "no terms")
    need(node.channel_axis < len(output.shape), "channel axis")
    channels = output.shape[node.channel_axis]
    need(len(node.shifts) in (1, channels) and _within(node.shifts, 1, bounds.SHIFT), "shifts")
    if node.bias is not None:
        need(graph.biases[node.bias].shape == (channels,), "bias shape")
    need(node.table and node.table_lo <= 0 < node.table_lo + len(node.table), "table domain")
    need(_within(node.table, output.lo, output.hi), "table values")
    for term in node.terms:
        need(_narrow(graph.tensors[term.input]), "the range of a linear node's input")
        _term(graph, term, output.shape)


def _term(graph, term, output):
    shape = graph.tensors[term.input].shape
    if isinstance(term, Conv):
        weight = graph.weights[term.weight].shape
        need(len(weight) == 4 and _within(weight[2:] + term.stride + term.dilation, 1, bounds.EXTENT), "convolution")
        need(_within(term.pad, 0, bounds.EXTENT), "pad")
        channels, outputs = spatial(shape)[0], weight[0]
        need(term.groups >= 1 and channels % term.groups == 0 and outputs % term.groups == 0, "groups")
        need(weight[1] == channels // term.groups and spatial(output)[0] == outputs, "convolution channels")
    elif isinstance(term, Dense):
        weight = graph.weights[term.weight].shape
        need(len(weight) == 2 and term.tokens < len(shape), "dense")
        need(weight[1] == product(shape[term.tokens :]), "dense inputs")
        need(output == shape[: term.tokens] + (weight[0],), "dense outputs")
    elif isinstance(term, Scale):
        need(abs(term.multiplier) <= bounds.MULTIPLIER and shape == output, "scale term")
    else:
        need(_within(term.kernel + term.stride, 1, bounds.EXTENT) and _within(term.pad, 0, bounds.EXTENT), "window")
        channels, height, width = spatial(output)
        need(spatial(shape)[0] == channels and (len(term.row), len(term.col)) == (height, width), "window shape")
        factors = [min(term.row), max(term.row)], [min(term.col), max(term.col)]
        products = [r * c for r in factors[0] for c in factors[1]]
        need(_within((*term.row, *term.col, *products), -bounds.MULTIPLIER, bounds.MULTIPLIER), "window multipliers")


def _moving(graph, node):
    output, inputs = graph.tensors[node.output], [graph.tensors[i] for i in inputs_of(node)]
    need(inputs, "no inputs")
    shape = inputs[0].shape
    for tensor in inputs:
        need(tensor.scale == output.scale, "a moved tensor keeps its scale")
        inside = output.lo <= tensor.lo and tensor.hi <= output.hi
        equal = (output.lo, output.hi) == (tensor.lo, tensor.hi)
        need(equal if isinstance(node, Concat) else inside, "a moved tensor's range")
    if isinstance(node, MaxPool):
        _pool(node, inputs[0], output)
    elif isinstance(node, Concat):
        rank = len(output.shape)
        need(node.axis < rank and all(len(t.shape) == rank for t in inputs), "concat axis")
        for d in range(rank):
            sizes = [t.shape[d] for t in inputs]
            joined = output.shape[d] == sum(sizes) if d == node.axis else set(sizes) == {output.shape[d]}
            need(joined, "concat shape")
    elif isinstance(node, Slice):
        need(len(output.shape) == len(shape) == len(node.start) == len(node.step), "slice rank")
        for n, source, start, step in zip(output.shape, shape, node.start, node.step):
            need(step >= 1 and start + step * (n - 1) < source, "slice position")
    elif isinstance(node, Transpose):
        need(sorted(node.perm) == list(range(len(shape))), "permutation")
        need(output.shape == tuple(shape[d] for d in node.perm), "transposed shape")
    elif isinstance(node, Reshape):
        need(output.size == inputs[0].size, "reshaped size")
    elif isinstance(node, Pad):
        need(len(output.shape) == len(shape) == len(node.begin), "pad rank")
        need(all(b + n <= m for b, n, m in zip(node.begin, shape, output.shape)), "pad position")
        need(output.lo <= node.value <= output.hi, "pad value")


def _pool(node, tensor, output):
    need(_narrow(tensor), "the range of a pool's input")
    need(_within(node.kernel + node.stride, 1, bounds.EXTENT) and _within(node.pad, 0, bounds.EXTENT), "pool")
    (channels, *size), (outputs, *count) = spatial(tensor.shape), spatial(output.shape)
    need(channels == outputs, "pool channels")
    for n, out, kernel, stride, pad in zip(size, count, node.kernel, node.stride, node.pad):
        need(pad < kernel and (out - 1) * stride < n + pad, "a pool window outside its input")


# ---- R1 and R3, from declared ranges ----


def hull(*products):
    return min(products), max(products)


def _reaches_outside(shape, output, kernel, stride, pad, dilation):
    (_, *size), (_, *count) = spatial(shape), spatial(output)
    return any(
        p > 0 or (out - 1) * s + (k - 1) * d >= n
        for n, out, k, s, p, d in zip(size, count, kernel, stride, pad, dilation)
    )


def _term_interval(graph, term, output):
    tensor = graph.tensors[term.input]
    lo, hi = tensor.lo, tensor.hi
    if isinstance(term, Scale):
        return hull(term.multiplier * lo, term.multiplier * hi)
    if isinstance(term, Dense):
        weight, taps = graph.weights[term.weight], graph.weights[term.weight].shape[1]
    else:
        is_conv = isinstance(term, Conv)
        kernel = graph.weights[term.weight].shape[2:] if is_conv else term.kernel
        dilation = term.dilation if is_conv else (1, 1)
        if _reaches_outside(tensor.shape, output, kernel, term.stride, term.pad, dilation):
            lo, hi = min(lo, 0), max(hi, 0)
        if isinstance(term, Window):
            ends = [r * c for r in (min(term.row), max(term.row)) for c in (min(term.col), max(term.col))]
            count = product(term.kernel)
            return hull(*(m * count * x for m in (min(ends), max(ends)) for x in (lo, hi)))
        weight = graph.weights[term.weight]
        taps = product(weight.shape[1:])
    low, high = hull(weight.lo * lo, weight.lo * hi, weight.hi * lo, weight.hi * hi)
    return taps * low, taps * high


def registered_bits(bias):
    """The least k from 14 to 26 with the declared range within [-2^k, 2^k): what registration proves of a bias."""
    return next(k for k in range(14, 27) if -(1 << k) <= bias.lo and bias.hi < 1 << k)


def _intervals(graph, node):
    ends = [_term_interval(graph, term, graph.tensors[node.output].shape) for term in node.terms]
    low, high = sum(e[0] for e in ends), sum(e[1] for e in ends)
    if node.bias is not None:
        proven = 1 << registered_bits(graph.biases[node.bias])
        low, high = low - proven, high + proven - 1
    first, last = node.table_lo, node.table_lo + len(node.table) - 1
    for s in set(node.shifts):
        half = 1 << s - 1
        reach = max(high + half, (last << s) + (1 << s) - 1) - min(low + half, first << s)
        need(reach < P, "R1: the quotient is not unique")
        need(max(abs(low), abs(high)) + (1 << s) < (P - 1) // 2, "R3: the accumulator wraps")
