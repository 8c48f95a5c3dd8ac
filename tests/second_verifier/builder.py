"""A circuit under construction  [circuit.md section 1]."""

from .circuit import Bound, Circuit, Column, Constant, Form, Index, Lookup, Relation, Table, Variable, View, plain


class Builder:
    def __init__(self, graph, batch=1):
        self.graph, self.batch = graph, batch
        self.circuit = Circuit()
        self.tensors = {}  # tensor -> its column
        self.weights, self.biases = [], []

    # -- columns

    def column(self, source, extents, name):
        column = Column(source, tuple(extents), name)
        self.circuit.columns.append(column)
        return column

    def tensor(self, number):
        tensor = self.graph.tensors[number]
        self.tensors[number] = self.column("A", (self.batch, *tensor.shape), tensor.name)
        return self.tensors[number]

    def variables(self, number):
        return extents(self.batch, *self.graph.tensors[number].shape)

    # -- tables

    def table(self, lo, size, values=None):
        """The id of the table, made when no equal one exists."""
        values = None if values is None else tuple(values)
        for table in self.circuit.tables:
            if (table.lo, table.size, table.values) == (lo, size, values):
                return table.id
        self.circuit.tables.append(Table(len(self.circuit.tables) + 1, size, lo, values))
        return len(self.circuit.tables)

    def range(self, lo, hi):
        return self.table(lo, hi - lo + 1)

    # -- statements

    def relation(self, variables, form, products=(), name=""):
        self.circuit.relations.append(Relation(tuple(variables), form, list(products), name))

    def lookup(self, variables, identity, key, value=None):
        """identity: a table's id, or a form"""
        if isinstance(identity, int):
            identity = Form([], [Constant(identity)])
        self.circuit.lookups.append(Lookup(tuple(variables), identity, key, value or Form()))


def extents(*numbers):
    return tuple(Variable(n) for n in numbers)


def through(column, *indices, coefficient=1, **options):
    return Form([(coefficient, View(column, tuple(indices), **options))])


def plain_form(column, coefficient=1):
    return through(column, *(plain(i) for i in range(len(column.extents))), coefficient=coefficient)


def restricted(variable, offset=0, stride=1):
    return Index((Bound(variable, stride),), offset)


def restricted_form(column, offsets=None, coefficient=1):
    """Dimension i from variable i, restricted to the column's extents; offsets: dimension -> offset."""
    offsets = offsets or {}
    indices = (restricted(i, offsets.get(i, 0)) for i in range(len(column.extents)))
    return through(column, *indices, coefficient=coefficient)


def indicator(variables, value=1):
    """value on the extents, zero beyond them"""
    vectors = {i: [1] * v.extent for i, v in enumerate(variables) if v.extent != 1 << v.bits}
    return Form([], [Constant(value, vectors)])
