"""Linear nodes  [circuit.md section 5]."""

from .builder import extents, plain_form, restricted, restricted_form, through
from .circuit import Bound, Constant, Form, Index, Product, View, plain
from .graph import Conv, Dense, Scale, Window


class Axes:
    """Which output variable, if any, stands for the channel, the height, the width of a spatial reading."""

    def __init__(self, rank):
        self.channel = 1
        self.width = rank if rank >= 2 else None
        self.height = 2 if rank == 3 else None

    def of(self, direction):
        return (self.height, self.width)[direction]


def has_axis(rank, direction):
    """Whether a tensor of this rank has a height (0) or a width (1)."""
    return rank == 3 or (rank == 2 and direction == 1)


def window_axis(direction, axes, term, sum_variable=None, dilation=1, window=1):
    bound = []
    if axes.of(direction) is not None:
        bound.append(Bound(axes.of(direction), term.stride[direction]))
    if sum_variable is not None:
        bound.append(Bound(sum_variable, dilation))
    return Index(tuple(bound), -term.pad[direction], window)


def spatial_indices(rank, batch, channel, height, width):
    """(indices of the column's dimensions, absent ones) for a tensor of this rank."""
    present, absent = [batch, channel], []
    for direction, index in enumerate((height, width)):
        (present if has_axis(rank, direction) else absent).append(index)
    return tuple(present), tuple(absent)


def conv_product(builder, term, outputs):
    graph, column = builder.graph, builder.weights[term.weight]
    shape = graph.tensors[term.input].shape
    rows, taps, kernel_height, kernel_width = graph.weights[term.weight].shape
    axes, first = Axes(len(outputs) - 1), len(outputs)
    if term.groups == 1:
        sums, c = extents(taps, kernel_height, kernel_width), first
        left = View(column, (plain(axes.channel), plain(c), plain(c + 1), plain(c + 2)))
        channel, diagonal = plain(c), ()
    else:
        sums, c = extents(rows, taps, kernel_height, kernel_width), first + 1
        left = View(column, (plain(first), plain(c), plain(c + 1), plain(c + 2)))
        channel = Index((Bound(first, taps, rows // term.groups), Bound(c)))
        diagonal = ((axes.channel, first),)
    indices, absent = spatial_indices(
        len(shape),
        restricted(0),
        channel,
        window_axis(0, axes, term, c + 1, term.dilation[0]),
        window_axis(1, axes, term, c + 2, term.dilation[1]),
    )
    return Product(sums, left, View(builder.tensors[term.input], indices, absent=absent), diagonal)


def dense_product(builder, term, outputs):
    shape, first = builder.graph.tensors[term.input].shape, len(outputs)
    sums = extents(*shape[term.tokens :])
    inner = tuple(plain(first + i) for i in range(len(sums)))
    left = View(builder.weights[term.weight], (plain(first - 1), *inner))
    kept = tuple(restricted(d + 1) for d in range(term.tokens))
    return Product(sums, left, View(builder.tensors[term.input], (restricted(0), *kept, *inner)))


def window_form(builder, term, outputs):
    rank, axes = len(builder.graph.tensors[term.input].shape), Axes(len(outputs) - 1)
    coefficient, scales = 1, {}
    for direction, vector in enumerate((term.row, term.col)):
        if axes.of(direction) is None:
            coefficient *= vector[0]
        else:
            scales[axes.of(direction)] = vector
    indices, absent = spatial_indices(
        rank,
        restricted(0),
        restricted(axes.channel),
        window_axis(0, axes, term, window=term.kernel[0]),
        window_axis(1, axes, term, window=term.kernel[1]),
    )
    return through(builder.tensors[term.input], *indices, coefficient=coefficient, scales=scales, absent=absent)


def terms(builder, node, outputs):
    form, products = Form(), []
    for term in node.terms:
        if isinstance(term, Conv):
            products.append(conv_product(builder, term, outputs))
        elif isinstance(term, Dense):
            products.append(dense_product(builder, term, outputs))
        elif isinstance(term, Scale):
            form = form + restricted_form(builder.tensors[term.input], coefficient=term.multiplier)
        elif isinstance(term, Window):
            form = form + window_form(builder, term, outputs)
    return form, products


def compile_linear(builder, node):
    outputs = builder.variables(node.output)
    channel = node.channel_axis + 1
    form, products = terms(builder, node, outputs)
    if node.bias is not None:
        form = form + through(builder.biases[node.bias], plain(channel))

    shape = (builder.batch, *builder.graph.tensors[node.output].shape)
    q, rem = builder.column("A", shape, "q"), builder.column("A", shape, "rem")
    y = builder.tensor(node.output)
    shifts = [node.shift(c) if c < len(node.shifts) else node.shifts[0] for c in range(1 << outputs[channel].bits)]
    scaled = tuple(plain(i) for i in range(len(outputs)))
    form = form + through(q, *scaled, coefficient=-1, scales={channel: [1 << s for s in shifts]})
    form = form + plain_form(rem, -1) + Form([], [Constant(1, {channel: [1 << s - 1 for s in shifts]})])
    builder.relation(outputs, form, products, "linear")

    ids = [builder.range(0, (1 << s) - 1) for s in shifts]
    builder.lookup(outputs, Form([], [Constant(1, {channel: ids})]), plain_form(rem))
    identity = builder.table(node.table_lo, len(node.table), node.table)
    builder.lookup(outputs, identity, plain_form(q), plain_form(y))
