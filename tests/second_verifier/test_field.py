"""K and F: axioms, and the vectorised arithmetic against single elements; single elements against polynomials."""

import random
import unittest

import numpy as np

from . import field
from .field import ONE, P, ZERO, F

EDGES = (0, 1, 2, 3, P - 1, P - 2, P // 2, (P + 1) // 2, 2**24, 2**30)


def samples(count, seed):
    rng = random.Random(seed)
    edges = [F(*(rng.choice(EDGES) for _ in range(4))) for _ in range(count // 2)]
    return edges + [F(*(rng.randrange(P) for _ in range(4))) for _ in range(count - count // 2)]


def product_by_polynomials(a, b):
    """Multiply, then reduce by x^4 = 3, with plain integers."""
    full = [0] * 7
    for i, x in enumerate(a.c):
        for j, y in enumerate(b.c):
            full[i + j] += x * y
    return F(*(full[i] + (3 * full[i + 4] if i < 3 else 0) for i in range(4)))


class Field(unittest.TestCase):
    def test_products_are_products_of_polynomials_modulo_x4_minus_3(self):
        for a, b in zip(samples(200, 1), samples(200, 2)):
            self.assertEqual(a * b, product_by_polynomials(a, b))

    def test_axioms_hold(self):
        for a, b, c in zip(samples(60, 3), samples(60, 4), samples(60, 5)):
            self.assertEqual(a + b, b + a)
            self.assertEqual(a * b, b * a)
            self.assertEqual((a * b) * c, a * (b * c))
            self.assertEqual(a * (b + c), a * b + a * c)
            self.assertEqual(a - b, a + -b)
            self.assertEqual(1 - a, ONE - a)
            self.assertEqual(a * 7, a * F(7))
            if a:
                self.assertEqual(a * a.inverse(), ONE)
        self.assertEqual(ZERO.inverse(), ZERO)

    def test_the_extension_is_a_field(self):
        """x^4 - 3 is irreducible: 3 is no square, p = 1 mod 4, so x has order 4 times that of a non-square."""
        self.assertEqual(pow(3, (P - 1) // 2, P), P - 1)
        self.assertEqual(P % 4, 1)
        self.assertEqual(F(0, 1) ** (P**4 - 1), ONE)
        self.assertEqual(F(0, 1) ** 4, F(3))

    def test_roots_of_unity_have_their_order(self):
        for log in range(1, field.TWO_ADICITY + 1):
            self.assertEqual(pow(field.root_of_unity(1 << log), 1 << log - 1, P), P - 1)

    def test_arrays_compute_like_single_elements(self):
        a, b = samples(300, 6), samples(300, 7)
        x, y = field.array(a), field.array(b)
        self.assertEqual(field.elements(x), a)
        self.assertEqual(field.elements(field.mul(x, y)), [s * t for s, t in zip(a, b)])
        self.assertEqual(field.elements(field.add(x, y)), [s + t for s, t in zip(a, b)])
        self.assertEqual(field.elements(field.sub(x, y)), [s - t for s, t in zip(a, b)])
        self.assertEqual(field.elements(field.times(x, b[7])), [s * b[7] for s in a])
        self.assertEqual(field.dot(x, y), sum((s * t for s, t in zip(a, b)), ZERO))
        k = np.array([s.c[0] for s in b], dtype=np.uint64)
        self.assertEqual(field.dot_k(k, x), sum((s * int(t) for s, t in zip(a, k)), ZERO))

    def test_products_of_the_largest_elements_do_not_overflow(self):
        top = F(P - 1, P - 1, P - 1, P - 1)
        self.assertEqual(field.elements(field.mul(field.array([top]), field.array([top]))), [top * top])

    def test_eq_table_gives_coordinate_one_to_the_most_significant_bit(self):
        point = samples(4, 8)
        table = field.elements(field.eq_table(point))
        for index in range(16):
            expected = ONE
            for place, z in enumerate(point):
                expected = expected * (z if index >> 3 - place & 1 else 1 - z)
            self.assertEqual(table[index], expected)
            self.assertEqual(field.eq_bits(point, index), expected)
            bits = [F(index >> 3 - place & 1) for place in range(4)]
            self.assertEqual(field.eq(point, bits), expected)

    def test_signed_integers_stand_for_their_residue(self):
        self.assertEqual(field.k_array([-1, 0, 5, -P]).tolist(), [P - 1, 0, 5, 0])

    def test_power_tables_are_powers(self):
        x = np.array([0, 1, 5, P - 1], dtype=np.uint64)
        table = field.power_table(x, 11)
        self.assertEqual(table.tolist(), [[pow(int(v), e, P) for e in range(11)] for v in x])
