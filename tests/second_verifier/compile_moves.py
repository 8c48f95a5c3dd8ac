"""Rearrangements: nodes that move entries  [circuit.md section 7]."""

from .builder import extents, plain_form, restricted, restricted_form, through
from .circuit import Bound, Constant, Form, Index
from .graph import Concat, Pad, Slice, Transpose, product


def compile_move(builder, node):
    y = builder.tensor(node.output)
    variables = builder.variables(node.output)
    if isinstance(node, Concat):
        moved, before = Form(), 0
        for number in node.inputs:
            column = builder.tensors[number]
            moved = moved + restricted_form(column, {node.axis + 1: -before})
            before += column.extents[node.axis + 1]
    elif isinstance(node, Slice):
        starts = (restricted(d + 1, start, step) for d, (start, step) in enumerate(zip(node.start, node.step)))
        moved = through(builder.tensors[node.input], restricted(0), *starts)
    elif isinstance(node, Transpose):
        source = {d: variable for variable, d in enumerate(node.perm, 1)}
        indices = (restricted(source[d]) for d in range(len(node.perm)))
        moved = through(builder.tensors[node.input], restricted(0), *indices)
    elif isinstance(node, Pad):
        moved = _padded(builder, node, variables)
    builder.relation(variables, plain_form(y) - moved, name=type(node).__name__)


def _padded(builder, node, variables):
    column = builder.tensors[node.input]
    moved = restricted_form(column, {d + 1: -begin for d, begin in enumerate(node.begin)})
    if node.value == 0:
        return moved
    begins = (0, *node.begin)
    whole = {i: [1] * v.extent for i, v in enumerate(variables)}
    inner = {i: [0] * begins[i] + [1] * n for i, n in enumerate(column.extents)}
    return moved + Form([], [Constant(node.value, whole), Constant(-node.value, inner)])


def refine(first, second):
    """The common parts of two shapes of equal size, and for each shape the parts of each dimension; or None."""
    parts, owners = [], ([[] for _ in first], [[] for _ in second])
    at, left = [0, 0], [first[0], second[0]]
    shapes = (first, second)
    for _ in range(64 * (len(first) + len(second))):
        for side in (0, 1):
            while left[side] == 1 and at[side] + 1 < len(shapes[side]):
                at[side] += 1
                left[side] = shapes[side][at[side]]
        part = min(left)
        if part == 1:
            break
        if left[0] % part or left[1] % part:
            return None
        for side in (0, 1):
            owners[side][at[side]].append(len(parts))
            left[side] //= part
        parts.append(part)
    return parts, *owners


def _through_parts(column, parts, owners):
    """The batch restricted; a dimension is bound to its parts, the last one fastest."""
    indices = [restricted(0)]
    for own in owners:
        bound = tuple(Bound(1 + i, product(parts[i + 1 : own[-1] + 1])) for i in own)
        indices.append(Index(bound))
    return through(column, *indices)


def _same_elements(builder, y, x):
    """Whether a relation y - x over their common parts exists; then it is made."""
    refined = refine(y.extents[1:], x.extents[1:])
    if refined is None:
        return False
    parts, of_y, of_x = refined
    form = _through_parts(y, parts, of_y) - _through_parts(x, parts, of_x)
    builder.relation(extents(builder.batch, *parts), form, name="Reshape")
    return True


def compile_reshape(builder, node):
    x = builder.tensors[node.input]
    if refine(builder.graph.tensors[node.output].shape, x.extents[1:]) is not None:
        _same_elements(builder, builder.tensor(node.output), x)
        return
    flat = builder.column("A", (builder.batch, product(x.extents[1:])), "flat")
    y = builder.tensor(node.output)
    _same_elements(builder, flat, x)
    _same_elements(builder, y, flat)
