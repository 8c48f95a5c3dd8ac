"""K = F_p, p = 2^31 - 2^24 + 1, and F = K[x]/(x^4 - 3)  [proof.md section 1].

Single elements: K is a Python int in [0, p), F the class below. Many elements: numpy uint64 arrays, K of any shape,
F with the four coefficients in the first dimension, shape (4, ...).
"""

import numpy as np

P = 2**31 - 2**24 + 1
GENERATOR = 3
TWO_ADICITY = 24

_P = np.uint64(P)
_3 = np.uint64(3)


class F:
    """An element of F: coefficients c0 + c1 x + c2 x^2 + c3 x^3, canonical. Immutable."""

    __slots__ = ("c",)

    def __init__(self, c0=0, c1=0, c2=0, c3=0):
        self.c = (c0 % P, c1 % P, c2 % P, c3 % P)

    def __add__(self, other):
        a, b = self.c, _coefficients(other)
        return _reduced(a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3])

    def __sub__(self, other):
        a, b = self.c, _coefficients(other)
        return _reduced(a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3])

    def __rsub__(self, other):
        return -self + other

    def __neg__(self):
        a = self.c
        return _reduced(-a[0], -a[1], -a[2], -a[3])

    def __mul__(self, other):
        a0, a1, a2, a3 = self.c
        if isinstance(other, int):
            return _reduced(a0 * other, a1 * other, a2 * other, a3 * other)
        b0, b1, b2, b3 = other.c
        return _reduced(
            a0 * b0 + 3 * (a1 * b3 + a2 * b2 + a3 * b1),
            a0 * b1 + a1 * b0 + 3 * (a2 * b3 + a3 * b2),
            a0 * b2 + a1 * b1 + a2 * b0 + 3 * a3 * b3,
            a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0,
        )

    __radd__ = __add__
    __rmul__ = __mul__

    def __pow__(self, exponent):
        result, base = ONE, self
        while exponent:
            if exponent & 1:
                result = result * base
            base = base * base
            exponent >>= 1
        return result

    def inverse(self):
        """The inverse; of zero, zero. Through the norm to K[y]/(y^2 - 3), y = x^2, and then to K."""
        conjugate = _reduced(self.c[0], -self.c[1], self.c[2], -self.c[3])
        norm = (self * conjugate).c  # (n0, 0, n2, 0)
        scalar = pow(norm[0] * norm[0] - 3 * norm[2] * norm[2], P - 2, P)
        return conjugate * F(norm[0] * scalar, 0, -norm[2] * scalar, 0)

    def __bool__(self):
        return any(self.c)

    def __eq__(self, other):
        return self.c == (other.c if isinstance(other, F) else _coefficients(other))

    def __hash__(self):
        return hash(self.c)

    def __repr__(self):
        return f"F{self.c}"


def _reduced(c0, c1, c2, c3):
    result = F.__new__(F)
    result.c = (c0 % P, c1 % P, c2 % P, c3 % P)
    return result


def _coefficients(value):
    return value.c if isinstance(value, F) else (value % P, 0, 0, 0)


ZERO, ONE = F(), F(1)
HALF = (P + 1) // 2


def powers(base, first, count):
    """[first, first*base, ..., first*base^(count-1)]"""
    result, value = [], first
    for _ in range(count):
        result.append(value)
        value = value * base
    return result


def root_of_unity(order):
    """omega = 3^((p-1)/order), order a power of two up to 2^24."""
    return pow(GENERATOR, (P - 1) // order, P)


# ---- arrays ----


def k_array(values):
    """Signed or unsigned integers to canonical elements of K."""
    return (np.asarray(values, dtype=np.int64) % P).astype(np.uint64)


def array(elements):
    """A list of F to shape (4, len)."""
    return np.array([e.c for e in elements], dtype=np.uint64).reshape(-1, 4).T.copy()


def element(a):
    """Shape (4) to one F."""
    return _reduced(*a.tolist())


def elements(a):
    """Shape (4, n) to a list of F."""
    return [_reduced(*row) for row in a.T.tolist()]


def add(a, b):
    return (a + b) % _P


def sub(a, b):
    return (a + (_P - b)) % _P


def scale(k, a):
    """K array times F array; k broadcasts against the shape behind the coefficients."""
    return (k * a) % _P


def mul(a, b):
    """F array times F array. Four products of canonical elements still fit 64 bits: 4 (p-1)^2 < 2^64."""
    a0, a1, a2, a3 = a
    b0, b1, b2, b3 = b
    return np.stack(
        [
            (a0 * b0 + _3 * ((a1 * b3 + a2 * b2 + a3 * b1) % _P)) % _P,
            (a0 * b1 + a1 * b0 + _3 * ((a2 * b3 + a3 * b2) % _P)) % _P,
            (a0 * b2 + a1 * b1 + a2 * b0 + _3 * ((a3 * b3) % _P)) % _P,
            (a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0) % _P,
        ]
    )


def times(a, e):
    """F array times one element of F."""
    return mul(a, np.array(e.c, dtype=np.uint64).reshape((4,) + (1,) * (a.ndim - 1)))


def dot(a, b):
    """Sum of a[i] b[i], as F, for two arrays of shape (4, n), n < 2^32."""
    return element(mul(a, b).sum(axis=1, dtype=np.uint64) % _P)


def dot_k(k, a):
    """Sum of k[i] a[i], as F, for k of shape (n), a of shape (4, n)."""
    return element(scale(k, a).sum(axis=1, dtype=np.uint64) % _P)


def eq_table(point):
    """The 2^n values eq(point, b), shape (4, 2^n), coordinate 1 on the most significant bit."""
    table = np.array([[1], [0], [0], [0]], dtype=np.uint64)
    for z in point:
        high = times(table, z)
        table = np.stack([sub(table, high), high], axis=2).reshape(4, -1)
    return table


def eq_bits(point, index):
    """eq(point, bits of index)."""
    result = ONE
    for place, z in enumerate(reversed(point)):
        result = result * (z if index >> place & 1 else 1 - z)
    return result


def eq(a, b):
    """Product over i of a_i b_i + (1 - a_i)(1 - b_i)."""
    result = ONE
    for x, y in zip(a, b, strict=True):
        both = x * y
        result = result * (both + both - x - y + 1)
    return result


def multilinear(values, point):
    """The multilinear extension of K values (shape (2^n)) at a point."""
    return dot_k(values, eq_table(point))


def power_table(x, count):
    """x_i^e for K elements x of shape (n), e in [0, count): shape (n, count)."""
    table = np.ones((len(x), 1), dtype=np.uint64)
    step = np.asarray(x, dtype=np.uint64)[:, None]
    while table.shape[1] < count:
        table = np.concatenate([table, table * step % _P], axis=1)
        step = step * step % _P
    return table[:, :count]
