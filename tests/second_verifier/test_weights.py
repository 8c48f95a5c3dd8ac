"""Folding, moving and expanding tensor weights, against dense vectors."""

import unittest

import numpy as np

from . import field
from .field import ONE, F
from .testing_opening import random_f, random_k
from .weights import Dense, Layout, Powers, Weight, eq_factor, powers_factor


def random_weight(rng, size_log, offset):
    factors, left = [], size_log
    while left:
        bits = int(rng.integers(1, left + 1))
        left -= bits
        kind = rng.integers(0, 3)
        if kind == 0:
            factors.append(eq_factor([random_f(rng) for _ in range(bits)]))
        elif kind == 1:
            factors.append(powers_factor(random_f(rng), bits))
        else:
            factors.append(Dense(random_k(rng, 4, 1 << bits)))
    return Weight(random_f(rng), offset, factors)


def dense(weight, length):
    into = np.zeros((4, length), dtype=np.uint64)
    weight.expand(into)
    return field.elements(into)


def fold_dense(values, challenges):
    for r in reversed(challenges):
        values = [low * (1 - r) + high * r for low, high in zip(values[0::2], values[1::2])]
    return values


class Weights(unittest.TestCase):
    def test_a_tensor_weight_is_the_product_of_its_factors(self):
        rng = np.random.default_rng(1)
        x, point, values = random_f(rng), [random_f(rng), random_f(rng)], random_k(rng, 4, 4)
        c = random_f(rng)
        weight = Weight(c, 32, [eq_factor(point), Dense(values), powers_factor(x, 1)])
        entries = dense(weight, 96)
        for i in range(32):
            expected = c * field.eq_bits(point, i >> 3) * field.elements(values)[i >> 1 & 3] * x ** (i & 1)
            self.assertEqual(entries[32 + i], expected)
        self.assertTrue(not any(entries[:32]) and not any(entries[64:]))

    def test_folding_equals_folding_the_dense_vector(self):
        rng = np.random.default_rng(2)
        for size_log in range(6):
            for bits in range(6):
                for block in range(64 >> size_log):
                    weight = random_weight(rng, size_log, block << size_log)
                    challenges = [random_f(rng) for _ in range(bits)]
                    folded = dense(weight.fold_low(challenges), 64 >> bits)
                    self.assertEqual(folded, fold_dense(dense(weight, 64), challenges))

    def test_powers_at_once_equal_powers_one_by_one(self):
        rng = np.random.default_rng(3)
        x, coefficients = random_k(rng, 5), random_k(rng, 4, 5)
        many = Powers(coefficients, x, 16, 4)
        single = [Weight(c, 16, [powers_factor(F(int(v)), 4)]) for c, v in zip(field.elements(coefficients), x)]
        for bits in range(6):
            challenges = [random_f(rng) for _ in range(bits)]
            total = np.zeros((4, 32), dtype=np.uint64)
            for weight in single:
                weight.fold_low(challenges).expand(total)
            self.assertEqual(dense(many.fold_low(challenges), 32), field.elements(total))

    def test_pieces_are_sorted_without_gaps_and_aligned(self):
        layout = Layout([16 + 4 + 1, 64 + 16, 16])
        self.assertEqual(
            [(p.source, p.start, p.bits, p.target) for p in layout.pieces],
            [(1, 0, 6, 0), (0, 0, 4, 64), (1, 64, 4, 80), (2, 0, 4, 96), (0, 16, 2, 112), (0, 20, 0, 116)],
        )
        self.assertEqual(layout.length, 117)
        self.assertTrue(all(p.target % (1 << p.bits) == 0 for p in layout.pieces))

    def test_moved_weights_weigh_the_moved_entries(self):
        rng = np.random.default_rng(4)
        lengths = [48, 80, 16]
        layout = Layout(lengths)
        vectors = [[random_f(rng) for _ in range(n)] for n in lengths]
        target = [field.ZERO] * layout.length
        for piece in layout.pieces:
            size = 1 << piece.bits
            target[piece.target : piece.target + size] = vectors[piece.source][piece.start : piece.start + size]
        for source, length in enumerate(lengths):
            for piece in layout.of(source):
                for size_log in range(piece.bits + 1):
                    weight = random_weight(rng, size_log, piece.start + (1 << piece.bits) - (1 << size_log))
                    before = sum((w * v for w, v in zip(dense(weight, length), vectors[source])), field.ZERO)
                    moved = dense(layout.place(source, weight), layout.length)
                    self.assertEqual(sum((w * v for w, v in zip(moved, target)), field.ZERO), before)

    def test_row_claims_are_evaluations_of_the_source_polynomial(self):
        rng = np.random.default_rng(5)
        layout = Layout([48, 80])
        x, total = random_k(rng, 3), np.zeros((4, layout.length), dtype=np.uint64)
        for weight in layout.place_powers(1, x, field.array([ONE, F(0, 1), F(5)])):
            weight.expand(total)
        entries = field.elements(total)
        for piece in layout.pieces:
            for i in range(1 << piece.bits):
                powers = [pow(int(v), piece.start + i, field.P) for v in x]
                expected = F(powers[0] + 5 * powers[2], powers[1]) if piece.source == 1 else field.ZERO
                self.assertEqual(entries[piece.target + i], expected)
