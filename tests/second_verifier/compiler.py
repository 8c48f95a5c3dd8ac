"""From a graph to the circuits of its proofs  [circuit.md sections 2 to 4, 8, 9]."""

from .builder import Builder, extents, indicator, plain_form, restricted, restricted_form, through
from .circuit import Constant, Form, Index, Public
from .compile_linear import compile_linear
from .compile_moves import compile_move, compile_reshape
from .compile_pool import compile_pool
from .graph import BadModel, Conv, Dense, Linear, MaxPool, Reshape
from .statement import MASKED, PRIVATE, PUBLIC
from .validate import registered_bits


def _weight_extents(graph):
    """Dimensions of every weight's column; a weight or bias has one user."""
    shapes, biases = {}, set()
    for node in graph.nodes:
        if not isinstance(node, Linear):
            continue
        for term in node.terms:
            if isinstance(term, (Conv, Dense)):
                shape = graph.weights[term.weight].shape
                if isinstance(term, Dense):
                    shape = (shape[0], *graph.tensors[term.input].shape[term.tokens :])
                if term.weight in shapes:
                    raise BadModel("a weight is used twice")
                shapes[term.weight] = shape
        if node.bias is not None:
            if node.bias in biases:
                raise BadModel("a bias is used twice")
            biases.add(node.bias)
    return [shapes[i] for i in range(len(graph.weights))]


def sealed_columns(builder, source="W"):
    weights = [builder.column(source, e, f"weight {i}") for i, e in enumerate(_weight_extents(builder.graph))]
    biases = [builder.column(source, b.shape, f"bias {i}") for i, b in enumerate(builder.graph.biases)]
    return weights, biases


def _row(column, row):
    """One row of a data column; variables 1, 2, … run through the rest."""
    return through(column, Index((), row), *(restricted(d) for d in range(1, len(column.extents))))


def _public(values, variables, coefficient):
    return Form([], [Public(coefficient, values.reshape([v.extent for v in variables]))])


def inference(graph, statement, data_rows=0, data_pads=False):
    """statement: flags, values, batch, row. data_rows: rows of the data set that the statement names."""
    builder = Builder(graph, statement.batch)
    builder.weights, builder.biases = sealed_columns(builder)
    rows = pads = None
    if statement.data is not None:
        rows = builder.column("D", (data_rows, *graph.tensors[graph.input].shape), "rows")
        if data_pads:
            pads = builder.column("D", (data_rows, *graph.tensors[graph.output].shape), "pads")

    tensor, variables = graph.tensors[graph.input], builder.variables(graph.input)
    x = builder.tensor(graph.input)
    builder.lookup(variables, builder.range(tensor.lo, tensor.hi), plain_form(x))
    if statement.input.flag == PUBLIC:
        builder.relation(variables, restricted_form(x) + _public(statement.input.values, variables, -1), name="input")
    if rows is not None:
        builder.relation(variables, restricted_form(x) - _row(rows, statement.data[1]), name="row")

    for node in graph.nodes:
        compile_node(builder, node)

    if statement.output.flag != PRIVATE:
        variables = builder.variables(graph.output)
        form = restricted_form(builder.tensors[graph.output]) + _public(statement.output.values, variables, -1)
        if statement.output.flag == MASKED:
            form = form + _row(pads, statement.data[1])
        builder.relation(variables, form, name="output")
    return builder.circuit


def compile_node(builder, node):
    if isinstance(node, Linear):
        compile_linear(builder, node)
    elif isinstance(node, MaxPool):
        compile_pool(builder, node)
    elif isinstance(node, Reshape):
        compile_reshape(builder, node)
    else:
        compile_move(builder, node)


# ---- registration and rotation ----

BIAS_LOW_BITS = 14


def _padded_lookup(builder, column, lo, hi):
    """Entries within the extents lie in the range, those beyond are zero."""
    variables = extents(*column.extents)
    in_range, zero = builder.range(lo, hi), builder.range(0, 0)
    identity = Form([], [Constant(zero)]) + indicator(variables, in_range - zero)
    builder.lookup(variables, identity, plain_form(column))


def registration(graph):
    builder = Builder(graph)
    weights, biases = sealed_columns(builder)
    for column, weight in zip(weights, graph.weights):
        _padded_lookup(builder, column, weight.lo, weight.hi)
    for column, bias in zip(biases, graph.biases):
        k = registered_bits(bias)
        low, high = (builder.column("A", column.extents, f"{column.name} {part}") for part in ("low", "high"))
        _padded_lookup(builder, low, 0, 2**BIAS_LOW_BITS - 1)
        _padded_lookup(builder, high, 0, 2 ** (k + 1 - BIAS_LOW_BITS) - 1)
        variables = extents(*column.extents)
        form = plain_form(column) - plain_form(low) - plain_form(high, 2**BIAS_LOW_BITS)
        builder.relation(variables, form + indicator(variables, 1 << k), name="bias")
    return builder.circuit


def rotation(graph):
    """The old weights are the source W, the fresh ones the source R."""
    if not graph.weights and not graph.biases:
        raise BadModel("nothing to rotate")
    builder = Builder(graph)
    old, fresh = ([*weights, *biases] for weights, biases in (sealed_columns(builder, source) for source in "WR"))
    for before, after in zip(old, fresh):
        builder.relation(extents(*before.extents), plain_form(before) - plain_form(after), name="same")
    _padded_lookup(builder, builder.column("A", (1,), "unit"), 0, 0)
    return builder.circuit
