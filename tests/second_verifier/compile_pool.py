"""Max-pooling: a running maximum, one lookup a tap  [circuit.md section 6]."""

from dataclasses import dataclass

from .builder import extents, restricted, through
from .circuit import Constant, Form, plain
from .compile_linear import spatial_indices
from .graph import spatial


@dataclass
class Pass:
    direction: int  # 0 height, 1 width
    kernel: int
    stride: int
    pad: int


def passes(node, source, target):
    """Width first. Sizes are (channels, height, width)."""
    found = [
        Pass(direction, node.kernel[direction], node.stride[direction], node.pad[direction])
        for direction in (1, 0)
        if node.kernel[direction] > 1 or spatial(source)[1 + direction] != spatial(target)[1 + direction]
    ]
    return found or ([Pass(1, 1, 1, 0)] if len(source) != len(target) else [])


def tap(step, column, rank, size, variables, low, t):
    """The source shifted by t - pad along the pass's axis; `low` where that lies outside."""
    axes = [restricted(2), restricted(3)]
    axes[step.direction] = restricted(2 + step.direction, t - step.pad, step.stride)
    indices, absent = spatial_indices(rank, restricted(0), restricted(1), *axes)
    form, moving = through(column, *indices, absent=absent), 2 + step.direction
    outside = [
        0 if 0 <= o * step.stride + t - step.pad < size[1 + step.direction] else 1
        for o in range(variables[moving].extent)
    ]
    if low == 0 or not any(outside):
        return form
    vectors = {i: [1] * v.extent for i, v in enumerate(variables)} | {moving: outside}
    return form + Form([], [Constant(low, vectors)])


def result_form(column, rank):
    """plain in the four variables, those that the column's dimensions stand for."""
    indices, _ = spatial_indices(rank, plain(0), plain(1), plain(2), plain(3))
    return through(column, *indices)


def compile_pool(builder, node):
    source, target = builder.graph.tensors[node.input], builder.graph.tensors[node.output]
    steps = passes(node, source.shape, target.shape)
    column, rank, size = builder.tensors[node.input], len(source.shape), list(spatial(source.shape))
    if not steps:
        builder.tensors[node.output] = column
    for step in steps:
        width = source.hi - source.lo
        table = builder.table(-width, 2 * width + 1, [max(key, 0) for key in range(-width, width + 1)])
        result = list(size)
        result[1 + step.direction] = spatial(target.shape)[1 + step.direction]
        variables, last = extents(builder.batch, *result), step is steps[-1]
        best = tap(step, column, rank, size, variables, source.lo, 0)
        for t in range(1, step.kernel) if step.kernel > 1 else (0,):
            shape, made_rank = (target.shape, len(target.shape)) if last else (result, 3)
            made = builder.column("A", (builder.batch, *shape), target.name)
            moved = tap(step, column, rank, size, variables, source.lo, t)
            builder.lookup(variables, table, moved - best, result_form(made, made_rank) - best)
            best = result_form(made, made_rank)
        column, rank, size = made, made_rank, result
        if last:
            builder.tensors[node.output] = made
