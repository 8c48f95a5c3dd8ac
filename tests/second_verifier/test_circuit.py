"""Views as weights against their definition; whole circuits proven by the test prover and verified."""

import unittest

import numpy as np

from . import field, opening, parameters as pp, reduction
from .circuit import (
    Bound,
    Circuit,
    Column,
    Constant,
    Form,
    Index,
    Lookup,
    Product,
    Relation,
    Table,
    Variable,
    View,
    place,
    plain,
    split_point,
)
from .reader import Reader
from .refusal import Refused
from .testing_opening import random_f, random_k
from .testing_reduction import prove, view_values
from .transcript import Transcript


def column(source, *extents, least=4):
    made = Column(source, extents)
    made.widen(least)
    return made


class Views(unittest.TestCase):
    def check(self, view, variables, diagonal=()):
        rng = np.random.default_rng(len(variables))
        values = random_k(rng, 1 << view.column.size_log)
        points = split_point([random_f(rng) for _ in range(sum(v.bits for v in variables))], variables)
        for in_form in (True, False):
            dense = np.zeros((4, len(values)), dtype=np.uint64)
            view.at(variables, points, in_form, diagonal).moved(0).expand(dense)
            cube = view_values(view, {view.column: values}, variables, in_form)
            expected = np.zeros((4, *cube.shape), dtype=np.uint64)
            expected[0] = cube
            for output, summed in diagonal:
                table = field.eq_table(points[output])
                shape = [4] + [1] * len(variables)
                shape[1 + summed] = -1
                expected = field.mul(expected, table.reshape(shape))
            everything = field.eq_table([z for number in range(len(variables)) for z in points[number]])
            self.assertEqual(field.dot_k(values, dense), field.dot(expected.reshape(4, -1), everything))

    def test_a_plain_view_reads_beyond_the_extent(self):
        self.check(View(column("W", 5, 6), (plain(0), plain(1))), (Variable(5), Variable(6)))

    def test_a_widened_dimension_is_read_where_its_variable_reaches(self):
        self.check(View(column("W", 3), (plain(0),)), (Variable(3),))

    def test_a_convolution_reads_strided_dilated_and_padded(self):
        row = Index((Bound(0, stride=2), Bound(1, stride=3)), offset=-2)
        self.check(View(column("A", 7, 4), (row, plain(2))), (Variable(5), Variable(3), Variable(4)))

    def test_windows_groups_scales_and_fixed_indices(self):
        variables = (Variable(6), Variable(5), Variable(3))
        self.check(View(column("A", 3, 8), (Index((Bound(0, div=2),)), Index((Bound(1, 2),), -1, window=3))), variables)
        self.check(View(column("A", 6, 8), (plain(0), Index((), 3)), {0: [1, -2, 3, 4, 5, 6], 2: [2, 3, 9]}), variables)
        self.check(View(column("A", 6), (Index((Bound(0),)),), {0: [7, 8, 9]}), variables)

    def test_a_diagonal_stays_multilinear_in_the_sum_variable(self):
        variables = (Variable(6), Variable(6), Variable(3))
        self.check(View(column("A", 6, 3), (plain(1), plain(2))), variables, ((0, 1),))
        self.check(View(column("A", 6, 3), (Index((Bound(1),)), plain(2))), variables, ((0, 1),))

    def test_columns_stand_by_descending_size_then_creation(self):
        columns = [column("A", n) for n in (16, 64, 16, 32)]
        self.assertEqual(place(columns), (4, 128))
        self.assertEqual([c.offset for c in columns], [96, 0, 112, 64])


def toy_circuit():
    """y = table(x W) for 3 rows of 5 inputs and 4 outputs; z = x * x by a diagonal; x public in the first entry."""
    x, w = Column("A", (3, 5), "x"), Column("W", (4, 5), "w")
    acc, y, z = Column("A", (3, 4), "acc"), Column("A", (3, 4), "y"), Column("A", (5,), "z")
    t, n, k = Variable(3), Variable(4), Variable(5)
    table = Table(1, 61, -30, [(v - 30) ** 2 % 97 for v in range(61)])
    small = Table(2, 3, 0)
    matmul = Product((k,), View(w, (plain(1), plain(2))), View(x, (plain(0), plain(2))))
    square = Product((k,), View(x, (Index((), 0), plain(1))), View(x, (Index((), 0), plain(1))), ((0, 1),))
    relations = [
        Relation((t, n), Form([(-1, View(acc, (plain(0), plain(1))))]), [matmul], "acc"),
        Relation((k,), Form([(-1, View(z, (plain(0),)))]), [square], "z"),
        Relation((Variable(1),), Form([(1, View(x, (Index((), 0), Index((), 0))))], [Constant(-2)]), name="public"),
    ]
    lookups = [
        Lookup(
            (t, n),
            Form([], [Constant(1)]),
            Form([(1, View(acc, (plain(0), plain(1))))]),
            Form([(1, View(y, (plain(0), plain(1))))]),
        ),
        Lookup(
            (Variable(16),), Form([], [Constant(2)]), Form([(1, View(x, (Index((), 1), Index((Bound(0),)))))]), Form()
        ),
    ]
    circuit = Circuit([x, w, acc, y, z], relations, [table, small], lookups)
    xv = np.array([[2, -1, 0, 1, 3], [0, 1, 2, 0, 1], [1, 1, -2, 0, 0]])
    wv = np.array([[1, 2, 0, -1, 1], [0, 3, 1, 1, -2], [2, 0, 0, 1, 1], [-1, 1, 1, 0, 2]])
    av = xv @ wv.T
    yv = np.array([table.values[a + 30] for a in av.reshape(-1)]).reshape(3, 4)
    return circuit, {x: xv, w: wv, acc: av, y: yv, z: xv[0] ** 2}


def committed(column, values):
    grid = np.zeros([1 << bits for bits in column.bits], dtype=np.uint64)
    grid[tuple(slice(n) for n in values.shape)] = field.k_array(values)
    return grid.reshape(-1)


class Session:
    """A circuit, its sizes, and a verifier for bodies."""

    def __init__(self, circuit):
        self.circuit = circuit
        self.counts, self.pads, a, entries = reduction.place_trace(circuit)
        weights = [c for c in circuit.columns if c.source == "W"]
        _, w_entries = place(weights)
        shapes = [pp.trace_shape(pp.TOY, a, entries >> a), pp.sealed_shape(pp.TOY, 4, w_entries >> 4)]
        self.sources, self.plan = list(zip("AW", shapes)), pp.plan(pp.TOY, shapes)

    def prove(self, values, seed=1):
        values = {c: committed(c, v) for c, v in values.items()}
        rng, transcript = np.random.default_rng(seed), Transcript()
        return prove(pp.TOY, self.circuit, self.counts, self.pads, self.plan, self.sources, values, transcript, rng)

    def refusal(self, body, roots):
        transcript, reader = Transcript(), Reader(body)
        try:
            trace_root, pads_root = reader.digest(), reader.digest()
            transcript.absorb_digest("A", trace_root)
            transcript.absorb_digest("P", pads_root)
            weights, constant = reduction.reduce(self.circuit, self.counts, self.pads, transcript, reader)
            sources = [
                opening.Source(root, shape, weights.get(name, []))
                for root, (name, shape) in zip((trace_root, *roots[1:]), self.sources)
            ]
            opening.verify(pp.TOY, self.plan, sources, constant, pads_root, transcript, reader)
            reader.finish()
        except Refused as refused:
            return refused.reason
        return None


class Circuits(unittest.TestCase):
    def test_an_honest_witness_is_accepted(self):
        circuit, values = toy_circuit()
        session = Session(circuit)
        body, roots, holds = session.prove(values)
        self.assertTrue(holds)
        self.assertIsNone(session.refusal(body, roots))
        self.assertIsNotNone(session.refusal(body, roots[:1] + [bytes(32)]))

    def test_every_wrong_witness_column_is_refused(self):
        circuit, honest = toy_circuit()
        session = Session(circuit)
        for damaged in honest:
            values = {c: v.copy() for c, v in honest.items()}
            values[damaged].reshape(-1)[0] += 1
            try:
                body, roots, holds = session.prove(values)
            except KeyError:
                continue  # no table row: the prover has nothing to count
            self.assertFalse(holds, damaged.name)
            self.assertEqual(session.refusal(body, roots), "base claim", damaged.name)

    def test_damage_to_the_messages_is_refused(self):
        circuit, values = toy_circuit()
        session = Session(circuit)
        body, roots, _ = session.prove(values)
        for at in range(0, len(body), 509):
            damaged = bytearray(body)
            damaged[at] ^= 4
            self.assertIsNotNone(session.refusal(bytes(damaged), roots), at)
