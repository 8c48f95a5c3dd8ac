"""Tensor weights on a vector: folding low index bits, moving to another vector, expansion  [proof.md sections 1, 7]."""

from dataclasses import dataclass, field as member

import numpy as np

from . import field
from .field import ONE, F


@dataclass(frozen=True)
class Bits:
    """A bitwise factor: a pair (u, w) for each bit, most significant first."""

    pairs: tuple

    @property
    def size_log(self):
        return len(self.pairs)

    def table(self):
        values = np.array([[1], [0], [0], [0]], dtype=np.uint64)
        for u, w in self.pairs:
            low = values if u == ONE else field.times(values, u)
            values = np.stack([low, field.times(values, w)], axis=2).reshape(4, -1)
        return values


@dataclass(frozen=True)
class Dense:
    """A factor given by all its 2^b values, shape (4, 2^b)."""

    values: np.ndarray

    @property
    def size_log(self):
        return self.values.shape[1].bit_length() - 1

    def table(self):
        return self.values


def eq_factor(point):
    return Bits(tuple((ONE - z, z) for z in point))


def powers_factor(x, bits):
    """1, x, x^2, ... over `bits` bits."""
    return Bits(tuple((ONE, x ** (1 << e)) for e in reversed(range(bits))))


@dataclass
class Weight:
    """Entry offset + i has weight  coefficient * product of the factors at their bits of i."""

    coefficient: F
    offset: int
    factors: list = member(default_factory=list)  # most significant first

    @property
    def size_log(self):
        return sum(factor.size_log for factor in self.factors)

    def scaled(self, by):
        return Weight(self.coefficient * by, self.offset, self.factors)

    def moved(self, offset):
        return Weight(self.coefficient, offset, self.factors)

    def fold_low(self, challenges):
        """Binds the low index bits; challenges[0] the most significant. Bits outside the weight are its offset's."""
        coefficient, offset, factors = self.coefficient, self.offset, list(self.factors)
        for r in reversed(challenges):
            while factors and factors[-1].size_log == 0:
                coefficient = coefficient * field.element(factors.pop().table()[:, 0])
            if not factors:
                coefficient = coefficient * (r if offset & 1 else 1 - r)
            elif isinstance(factors[-1], Bits):
                *rest, (u, w) = factors[-1].pairs
                coefficient = coefficient * (u + r * (w - u))
                factors[-1] = Bits(tuple(rest))
            else:
                low, high = factors[-1].values[:, 0::2], factors[-1].values[:, 1::2]
                factors[-1] = Dense(field.add(low, field.times(field.sub(high, low), r)))
            offset >>= 1
        return Weight(coefficient, offset, factors)

    def expand(self, into):
        """Adds the weight to a dense vector of shape (4, n)."""
        values = np.array(self.coefficient.c, dtype=np.uint64)[:, None]
        for factor in self.factors:
            values = field.mul(values[:, :, None], factor.table()[:, None, :]).reshape(4, -1)
        span = slice(self.offset, self.offset + values.shape[1])
        into[:, span] = field.add(into[:, span], values)


@dataclass
class Powers:
    """Many weights on the same block: entry offset + i has weight  sum over k of coefficients[k] x[k]^i."""

    coefficients: np.ndarray  # (4, count)
    x: np.ndarray  # (count), in K
    offset: int
    bits: int

    @property
    def size_log(self):
        return self.bits

    def moved(self, offset):
        return Powers(self.coefficients, self.x, offset, self.bits)

    def fold_low(self, challenges):
        coefficients, x, offset, bits = self.coefficients, self.x, self.offset, self.bits
        for r in reversed(challenges):
            if bits == 0:
                factor = r if offset & 1 else 1 - r
                coefficients = field.times(coefficients, factor)
            else:  # (1 - r) + r x
                pair = field.add(field.array([1 - r]), field.scale(x[None], field.array([r])))
                coefficients = field.mul(coefficients, pair)
                x, bits = x * x % np.uint64(field.P), bits - 1
            offset >>= 1
        return Powers(coefficients, x, offset, bits)

    def expand(self, into):
        table = field.power_table(self.x, 1 << self.bits)
        span = slice(self.offset, self.offset + (1 << self.bits))
        for i in range(4):
            column = (table * self.coefficients[i][:, None] % np.uint64(field.P)).sum(axis=0, dtype=np.uint64)
            into[i, span] = (into[i, span] + column) % np.uint64(field.P)


@dataclass(frozen=True)
class Piece:
    source: int
    start: int  # in the source
    bits: int
    target: int  # where it stands in the target


class Layout:
    """How folded vectors of given lengths are cut into pieces and sorted into one target  [section 7, step 2]."""

    def __init__(self, lengths):
        pieces = []
        for source, length in enumerate(lengths):
            start = 0
            for bits in reversed(range(length.bit_length())):
                if length >> bits & 1:
                    pieces.append((source, start, bits))
                    start += 1 << bits
        self.pieces, target = [], 0
        for source, start, bits in sorted(pieces, key=lambda piece: -piece[2]):
            self.pieces.append(Piece(source, start, bits, target))
            target += 1 << bits
        self.length = target

    def of(self, source):
        return [piece for piece in self.pieces if piece.source == source]

    def place(self, source, weight):
        """A weight on a source vector as a weight on the target. An aligned block lies in a single piece."""
        for piece in self.of(source):
            if piece.start <= weight.offset < piece.start + (1 << piece.bits):
                return weight.moved(weight.offset - piece.start + piece.target)
        raise IndexError(f"entry {weight.offset} beyond the vector")

    def place_powers(self, source, x, coefficients):
        """The claims  sum over e of x_k^e f[e]  on the source vector f, coefficients[k] each: one Powers a piece."""
        placed = []
        for piece in self.of(source):
            shift = np.array([pow(int(point), piece.start, field.P) for point in x], dtype=np.uint64)
            placed.append(Powers(field.scale(shift[None], coefficients), x, piece.target, piece.bits))
        return placed
