"""Circuits: columns, views, forms, relations, tables, lookups  [proof.md section 5]."""

from dataclasses import dataclass, field as member

import numpy as np

from . import field
from .field import ONE, F
from .weights import Bits, Dense, Weight, eq_factor


def bits_of(extent):
    """ceil(log2 extent)"""
    return (extent - 1).bit_length()


@dataclass(eq=False)
class Column:
    """A block of 2^m entries of the oracle `source` ("A", "W" or "D")."""

    source: str
    extents: tuple
    name: str = ""
    bits: tuple = ()  # of each dimension, the first widened; set by the layout
    offset: int = 0  # in its oracle; set by the layout

    @property
    def size_log(self):
        return sum(self.bits)

    def widen(self, least):
        bits = [bits_of(n) for n in self.extents]
        bits[0] += max(0, least - sum(bits))
        self.bits = tuple(bits)


@dataclass(frozen=True)
class Variable:
    extent: int

    @property
    def bits(self):
        return bits_of(self.extent)


@dataclass(frozen=True)
class Bound:
    """How a variable moves the index of a dimension:  stride * floor(o / div)."""

    variable: int
    stride: int = 1
    div: int = 1


@dataclass(frozen=True)
class Index:
    """The index of one dimension:  offset + the sum of its bound variables' shares + w, summed over 0 <= w < window.

    Plain: one variable, stride 1, offset 0, and all 2^bits of its values count, also those beyond its extent."""

    bound: tuple = ()
    offset: int = 0
    window: int = 1
    plain: bool = False


def plain(variable):
    return Index((Bound(variable),), plain=True)


@dataclass
class _Points:
    of: dict  # variable -> point
    equated: dict  # sum variable -> point of the output variable that it is equated to

    def table(self, variable):
        table = field.eq_table(self.of[variable])
        if variable in self.equated:
            table = field.mul(table, field.eq_table(self.equated[variable]))
        return table


@dataclass(eq=False)
class View:
    """Reads a column; variables are numbered, output variables first, then the product's sum variables."""

    column: Column
    indices: tuple  # one Index for each dimension
    scales: dict = member(default_factory=dict)  # variable -> public vector over its values
    absent: tuple = ()  # indices of axes that the column lacks: no bits, extent 1, only index 0 counts

    def at(self, variables, points, in_form, diagonal=()):
        """The view at points of its variables, as a weight on its oracle. points: variable -> list of F.

        diagonal: pairs (output, sum) of variables; on the values of the sum variable the view is multiplied by
        eq(output's point, value) before it is extended, so that it stays multilinear in the sum variable."""
        coefficient, factors = ONE, []
        equated = {summed: points[output] for output, summed in diagonal}
        points = _Points(points, equated)
        for index in self.absent:
            coefficient = coefficient * field.element(self._scatter(1, 0, index, variables, points)[:, 0])
        bound = {share.variable for index in (*self.indices, *self.absent) for share in index.bound}
        for number in range(len(variables)):
            if number not in bound and in_form:
                coefficient = coefficient * _total(self._spread(number, variables, points))
            elif number not in bound and number in equated:
                coefficient = coefficient * field.eq(points.of[number], equated[number])
        for extent, bits, index in zip(self.column.extents, self.column.bits, self.indices, strict=True):
            if index.plain:
                factors += self._plain(bits, index.bound[0].variable, points)
            elif index.bound or index.window != 1:
                factors.append(Dense(self._scatter(extent, bits, index, variables, points)))
            else:
                factors.append(_single(extent, bits, index.offset))
        return Weight(coefficient, self.column.offset, factors)

    def _plain(self, bits, variable, points):
        """All values of the variable; entries that widening added behind them have weight 0."""
        point = points.of[variable]
        above = Bits(((ONE, field.ZERO),) * (bits - len(point)))
        if variable not in self.scales and variable not in points.equated:
            return [above, eq_factor(point)]
        values = points.table(variable)
        if variable in self.scales:
            values = field.scale(self._scale(variable, 1 << len(point)), values)
        return [above, Dense(values)]

    def _scatter(self, extent, bits, index, variables, points):
        """Entry j: the sum over the counting assignments with index j."""
        values = np.array([[1], [0], [0], [0]], dtype=np.uint64)
        where = np.array([index.offset], dtype=np.int64)
        for share in index.bound:
            own = np.arange(variables[share.variable].extent, dtype=np.int64) // share.div * share.stride
            spread = self._spread(share.variable, variables, points)
            values = field.mul(values[:, :, None], spread[:, None, :]).reshape(4, -1)
            where = (where[:, None] + own[None, :]).reshape(-1)
        total = np.zeros((4, 1 << bits), dtype=np.uint64)
        for shift in range(index.window):
            inside = (where + shift >= 0) & (where + shift < extent)
            total = field.add(total, scatter_add(where[inside] + shift, values[:, inside], 1 << bits))
        return total

    def _spread(self, variable, variables, points):
        """eq(z, o) * scale[o] for o within the extent."""
        extent = variables[variable].extent
        values = points.table(variable)[:, :extent]
        if variable in self.scales:
            values = field.scale(self._scale(variable, extent), values)
        return values

    def _scale(self, variable, count):
        """The public vector, zero beyond what is given."""
        vector = field.k_array(self.scales[variable])[:count]
        return np.concatenate([vector, np.zeros(count - len(vector), dtype=np.uint64)])


def _single(extent, bits, position):
    """A dimension without variables: its one index."""
    if not 0 <= position < extent:
        return Dense(np.zeros((4, 1 << bits), dtype=np.uint64))
    places = (position >> place & 1 for place in reversed(range(bits)))
    return Bits(tuple((field.ZERO, ONE) if bit else (ONE, field.ZERO) for bit in places))


def _total(values):
    return field.element(values.sum(axis=1, dtype=np.uint64) % np.uint64(field.P))


def scatter_add(where, values, size):
    """into[where[i]] += values[i]; exact, because 2^22 canonical values still fit the 53 bits of a double."""
    columns = [np.bincount(where, weights=v.astype(np.float64), minlength=size) for v in values]
    return np.stack(columns).astype(np.uint64) % np.uint64(field.P)


@dataclass(frozen=True)
class Constant:
    value: int
    vectors: dict = member(default_factory=dict)  # variable -> public vector of 2^bits entries; absent: 1

    def negated(self):
        return Constant(-self.value, self.vectors)

    def at(self, points):
        result = F(self.value)
        for variable, vector in self.vectors.items():
            result = result * field.multilinear(_filled(vector, len(points[variable])), points[variable])
        return result


def _filled(vector, bits):
    values = field.k_array(vector)
    return np.concatenate([values, np.zeros((1 << bits) - len(values), dtype=np.uint64)])


@dataclass(eq=False)
class Public:
    """coefficient * a public tensor, given on the extents of all variables and zero beyond them"""

    coefficient: int
    values: np.ndarray  # K, one dimension for each variable

    def at(self, points):
        total = np.zeros((4, *self.values.shape), dtype=np.uint64)
        total[0] = self.values
        for number in reversed(range(self.values.ndim)):
            table = field.eq_table(points[number])[:, : self.values.shape[number]]
            shape = [4] + [1] * number + [-1]
            total = field.mul(total, table.reshape(shape)).sum(axis=-1, dtype=np.uint64) % np.uint64(field.P)
        return field.element(total) * self.coefficient

    def negated(self):
        return Public(-self.coefficient, self.values)


@dataclass
class Form:
    """sum of coefficient * view + sum of constants"""

    views: list = member(default_factory=list)  # pairs (coefficient, View)
    constants: list = member(default_factory=list)  # Constant or Public

    def __add__(self, other):
        return Form(self.views + other.views, self.constants + other.constants)

    def __neg__(self):
        return Form([(-c, view) for c, view in self.views], [constant.negated() for constant in self.constants])

    def __sub__(self, other):
        return self + -other


@dataclass
class Product:
    """sum over the sum variables of left * right; `diagonal`: pairs (output, sum) of variables equated on the left."""

    sums: tuple
    left: View
    right: View
    diagonal: tuple = ()

    @property
    def bits(self):
        return sum(variable.bits for variable in self.sums)


@dataclass
class Relation:
    """form + sum of products = 0 in the output variables"""

    outputs: tuple
    form: Form
    products: list = member(default_factory=list)
    name: str = ""

    @property
    def bits(self):
        return sum(variable.bits for variable in self.outputs)


@dataclass(eq=False)
class Table:
    id: int
    size: int
    lo: int
    values: object = None  # or a sequence of `size` integers
    multiplicity: Column = None

    def rows(self, bits):
        """keys and values of the 2^bits rows, as K arrays; the last row is repeated."""
        index = np.minimum(np.arange(1 << bits, dtype=np.int64), self.size - 1)
        keys = field.k_array(self.lo + index)
        values = field.k_array(np.asarray(self.values)[index]) if self.values is not None else np.zeros_like(keys)
        return keys, values


@dataclass
class Lookup:
    """(id, key, value) is a row of the table with that id, at every one of the 2^bits positions."""

    outputs: tuple
    id: Form
    key: Form
    value: Form

    @property
    def bits(self):
        return sum(variable.bits for variable in self.outputs)


@dataclass
class Circuit:
    columns: list = member(default_factory=list)  # in creation order, without multiplicities and pads
    relations: list = member(default_factory=list)
    tables: list = member(default_factory=list)
    lookups: list = member(default_factory=list)


def split_point(point, variables, first=0):
    """A point's coordinates to the variables in order: number -> list of F."""
    parts, at = {}, 0
    for number, variable in enumerate(variables, first):
        parts[number] = point[at : at + variable.bits]
        at += variable.bits
    return parts


def place(columns):
    """Sizes and places of an oracle's columns, in creation order: (a, number of entries).

    Descending size, then creation order, without gaps. a is 6 from 2^20 entries on, else 4."""
    for column in columns:
        column.widen(4)
    a = 6 if sum(1 << column.size_log for column in columns) >= 2**20 else 4
    total = 0
    for column in columns:
        column.widen(a)
    for column in sorted(columns, key=lambda column: -column.size_log):
        column.offset = total
        total += 1 << column.size_log
    return a, total
