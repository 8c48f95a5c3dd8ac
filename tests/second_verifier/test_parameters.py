"""Queries and shapes against the tables of the specification."""

import math
import unittest
from fractions import Fraction

from . import parameters as pp


class Parameters(unittest.TestCase):
    def test_query_counts_are_those_of_the_unique_decoding_table(self):
        domain = 2**20
        for log_rate, at_84, at_80, at_112 in (
            (1, 203, 193, 270),
            (2, 124, 118, 166),
            (3, 102, 97, 135),
            (4, 93, 88, 123),
        ):
            for bits, expected in ((84, at_84), (80, at_80), (112, at_112)):
                self.assertEqual(pp.queries(domain, domain >> log_rate, bits), expected)

    def test_the_integer_computation_gives_the_least_count_that_suffices(self):
        for domain in (32, 64, 1024):
            for coefficients in range(1, domain, 7 * domain // 32):
                for bits in (10, 12, 84, 86):
                    count, base = pp.queries(domain, coefficients, bits), Fraction(domain + coefficients, 2 * domain)
                    self.assertLess(base**count, Fraction(1, 2**bits))
                    self.assertGreaterEqual(base ** (count - 1) * (1 + Fraction(1, 2**50)), Fraction(1, 2**bits))

    def test_fresh_shapes_cover_their_queries_within_their_rate(self):
        for bits in (10, 86):
            for rate_log in (1, 2, 3):
                for rows in (16, 17, 100, 1024, 5000, 16384):
                    shape = pp.fresh_shape(16, rows, bits, rate_log)
                    self.assertEqual(shape.queries, pp.queries(shape.domain, shape.length, bits))
                    self.assertGreaterEqual(shape.tail, shape.queries)
                    self.assertLess(shape.tail, shape.queries + 16)
                    self.assertEqual(shape.length % 16, 0)
                    self.assertLess(shape.length, shape.domain)
                    self.assertLessEqual(shape.length / shape.domain, 17 / 16 / 2**rate_log)

    def test_rows_of_half_a_domain_take_a_few_queries_more(self):
        """design figure: 2^14 rows on 2^15 points, about 206 queries at 84 bits"""
        shape = pp.fresh_shape(16, 2**14, 84, 1)
        self.assertEqual((shape.domain, shape.tail % 16), (2**15, 0))
        self.assertTrue(203 <= shape.queries <= 208, shape)

    def test_sealed_shapes_have_a_fixed_tail_and_a_budget(self):
        small, large = pp.sealed_shape(pp.P100, 4, 2**14), pp.sealed_shape(pp.P100, 6, 2**16)
        self.assertEqual((small.tail, small.domain), (2**14, 2**17))
        self.assertEqual((large.tail, large.domain), (2**16, 2**19))
        self.assertTrue(8 * small.length <= 3 * small.domain and 8 * small.length > 3 * small.domain // 2)
        self.assertEqual(pp.budget(small), 2**14 // small.queries - 2)
        self.assertEqual(pp.sealed_shape(pp.TOY, 4, 5).rows, 16)
        self.assertEqual(pp.column_bits(2**20 - 1), 4)
        self.assertEqual(pp.column_bits(2**20), 6)

    def test_plans_shrink_to_a_last_vector_of_at_most_1024(self):
        for profile in (pp.TOY, pp.P100):
            for rows in (16, 1024, 2**14):
                plan = pp.plan(profile, [pp.trace_shape(profile, 4, rows), pp.sealed_shape(profile, 6, rows)])
                total = sum(source.length for source in plan.sources)
                for level in plan.levels:
                    self.assertGreater(total, 1024)
                    self.assertEqual(level.rows, math.ceil(total / 16))
                    total = level.length
                self.assertLessEqual(total, 1024)
                self.assertEqual(plan.last.rows, total)
                self.assertEqual(plan.folding_pads, 2 * (6 + 4 * len(plan.levels)))
                self.assertGreaterEqual(plan.pads.rows, plan.folding_pads)
