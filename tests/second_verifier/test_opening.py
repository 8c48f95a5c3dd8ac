"""Openings made by the test prover: honest ones accepted, damaged ones refused for a stated reason."""

import unittest

import numpy as np

from . import field, opening, parameters as pp
from .reader import Reader
from .refusal import BASE_CLAIM, BASE_CODEWORD, NONCE, PATH, SYNTAX, Refused
from .test_weights import random_weight
from .testing_opening import Prover, encode, random_k, with_tail
from .transcript import Transcript

REASONS = {SYNTAX, NONCE, PATH, BASE_CLAIM, BASE_CODEWORD}


class Case:
    """A random claim on random sources and its proof. sources: (a, rows), the trace first."""

    def __init__(self, sources, seed, change=None):
        rng = np.random.default_rng(seed)
        (a, rows), *sealed = sources
        shapes = [pp.trace_shape(pp.TOY, a, rows)] + [pp.sealed_shape(pp.TOY, a, rows) for a, rows in sealed]
        self.plan, self.constant = pp.plan(pp.TOY, shapes), field.ZERO
        self.sources, oracles, dense_weights = [], [], []
        for shape in shapes:
            values = random_k(rng, shape.rows, shape.columns)
            entries = values.size
            weights = []
            for _ in range(5):
                size_log = int(rng.integers(0, entries.bit_length()))
                block = int(rng.integers(0, entries >> size_log))
                weights.append(random_weight(rng, size_log, block << size_log))
            dense = np.zeros((4, entries), dtype=np.uint64)
            for weight in weights:
                weight.expand(dense)
            self.constant = self.constant + field.dot_k(values.reshape(-1), dense)
            oracles.append(with_tail(shape, values, rng))
            dense_weights.append(dense)
            self.sources.append(opening.Source(oracles[-1].root, shape, weights))
        transcript = Transcript()
        prover = Prover(pp.TOY, self.plan, transcript, rng)
        self.pads_root = prover.pads.root
        transcript.absorb_digest("P", self.pads_root)
        if change:
            change(prover, oracles)
        self.body = prover.open(oracles, dense_weights, self.constant)

    def refusal(self, body=None, constant=None):
        """The reason, or None when it is accepted."""
        transcript, reader = Transcript(), Reader(self.body if body is None else body)
        transcript.absorb_digest("P", self.pads_root)
        constant = self.constant if constant is None else constant
        try:
            opening.verify(pp.TOY, self.plan, self.sources, constant, self.pads_root, transcript, reader)
            reader.finish()
        except Refused as refused:
            return refused.reason
        return None


class Encoding(unittest.TestCase):
    def test_position_i_holds_the_value_at_its_point(self):
        coefficients = random_k(np.random.default_rng(1), 21, 3)
        table = field.power_table(opening.domain_points(64, range(64)), 21)
        for column, codeword in zip(coefficients.T, encode(coefficients, 64).T):
            expected = (table * column % np.uint64(field.P)).sum(axis=1, dtype=np.uint64) % np.uint64(field.P)
            self.assertEqual(codeword.tolist(), expected.tolist())


class Opening(unittest.TestCase):
    def test_random_claims_are_accepted_and_other_constants_refused(self):
        families = [
            [(4, 16)],
            [(4, 30), (6, 20)],
            [(6, 40), (4, 20)],
            [(4, 1024), (4, 20)],
            [(6, 700), (4, 20), (5, 33)],
        ]
        for seed, sources in enumerate(families):
            case = Case(sources, seed)
            self.assertIsNone(case.refusal(), sources)
            self.assertEqual(case.refusal(constant=case.constant + 1), BASE_CLAIM)

    def test_several_levels_are_accepted(self):
        case = Case([(4, 4096), (4, 16)], 77)
        self.assertEqual(len(case.plan.levels), 1)
        self.assertIsNone(case.refusal())

    def test_every_region_of_a_proof_refuses_damage(self):
        """Every 97th byte here; the reasons that a damage can have are all met."""
        case, met = Case([(4, 30), (6, 20)], 5), set()
        for at in range(0, len(case.body), 97):
            damaged = bytearray(case.body)
            damaged[at] ^= 1 << at % 8
            reason = case.refusal(bytes(damaged))
            self.assertIn(reason, REASONS, at)
            met.add(reason)
        self.assertTrue({NONCE, PATH, BASE_CLAIM} <= met, met)

    def test_a_shortened_or_extended_proof_is_a_syntax_error(self):
        case = Case([(4, 30)], 6)
        for body in (case.body[:-1], case.body + b"\0", b"", case.body[: len(case.body) // 2]):
            self.assertEqual(case.refusal(body), SYNTAX)

    def test_a_non_canonical_element_is_a_syntax_error(self):
        case = Case([(4, 30)], 7)
        body = field.P.to_bytes(4, "little") + case.body[4:]
        self.assertEqual(case.refusal(body), SYNTAX)

    def test_a_masked_vector_of_another_codeword_is_refused_at_the_base(self):
        """The prover answers with pads that it did not commit to: every equation holds but the codeword's."""

        def change(prover, _):
            words = prover.pads.coefficients.copy()
            words[-1, 0] = (words[-1, 0] + np.uint64(1)) % np.uint64(field.P)
            prover.pads.coefficients = words  # the codeword and the tree stay

        self.assertEqual(Case([(4, 30)], 8, change).refusal(), BASE_CODEWORD)
