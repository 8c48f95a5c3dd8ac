"""Whole proofs of a graph with every kind of node: registered, proven in each mode, rotated, verified, damaged."""

import dataclasses
import struct
import unittest

import numpy as np

from . import compiler, field, identity, parameters as pp, testing_graph
from .circuit import place
from .field import k_array
from .graph import Linear, Reshape, Tensor
from .identity import DataIdentity, Identity, schema
from .proof import Verifier, verify_model
from .refusal import Refused
from .statement import INFERENCE, MASKED, PRIVATE, PUBLIC, REGISTRATION, ROTATION, Open, Statement
from .testing_model import Witness, body, embed, head, sealed_oracle
from .validate import registered_bits

TOY = pp.TOY


class Owner:
    """Somebody who holds a model's weights."""

    def __init__(self, graph, seed=1):
        self.graph, self.rng = graph, np.random.default_rng(seed)
        self.weights = [self.rng.integers(w.lo, w.hi + 1, w.shape) // 8 for w in graph.weights]
        self.biases = [self.rng.integers(b.lo, b.hi + 1, b.shape) for b in graph.biases]
        oracle = self.seal()
        self.oracles = [oracle]
        graph_bytes = testing_graph.encode(graph)
        file = b"ZKPI" + struct.pack("<HBQ", 1, TOY.code, len(graph_bytes)) + graph_bytes
        file += struct.pack("<I", 1) + oracle.root + bytes(8)
        self.identity = identity.read_model(file)
        self.identity.bodies = [self.register()]

    def sealed_values(self, columns):
        return {c: embed(c, v) for c, v in zip(columns, [*self.weights, *self.biases])}

    def columns(self, circuit, source="W"):
        columns = [c for c in circuit.columns if c.source == source]
        return columns, place(columns)

    def seal(self):
        columns, (a, entries) = self.columns(compiler.registration(self.graph))
        shape = pp.sealed_shape(TOY, a, -(-entries >> a) if entries % (1 << a) == 0 else (entries >> a) + 1)
        return sealed_oracle(shape, columns, self.sealed_values(columns), self.rng)

    def head(self, **fields):
        return Statement(profile=TOY.code, context=bytes(32), model=self.identity.id, **fields)

    def register(self):
        circuit = compiler.registration(self.graph)
        columns, _ = self.columns(circuit)
        values = self.sealed_values(columns)
        trace = [c for c in circuit.columns if c.source == "A"]
        for c in trace:
            c.widen(4)
        for declared, bias, low, high in zip(self.graph.biases, self.biases, trace[0::2], trace[1::2]):
            shifted = bias + (1 << registered_bits(declared))
            values[low], values[high] = embed(low, shifted % 2**14), embed(high, shifted >> 14)
        statement = self.head(kind=REGISTRATION, epoch=0, root=self.oracles[0].root)
        return self.made(circuit, statement, values, {"W": self.oracles[0]})

    def rotate(self):
        circuit = compiler.rotation(self.graph)
        values = {}
        for source in "WR":
            columns, _ = self.columns(circuit, source)
            values |= self.sealed_values(columns)
        unit = next(c for c in circuit.columns if c.source == "A")
        unit.widen(4)
        values[unit] = embed(unit, np.zeros(1, dtype=np.int64))
        old, fresh = self.oracles[-1], self.seal()
        statement = self.head(kind=ROTATION, epoch=len(self.oracles) - 1, root=old.root, fresh=fresh.root)
        self.identity.bodies.append(self.made(circuit, statement, values, {"W": old, "R": fresh}))
        self.oracles.append(fresh)
        self.identity.roots.append(fresh.root)

    def made(self, circuit, statement, values, oracles):
        made, holds = body(TOY, circuit, statement, values, oracles, self.rng)
        assert holds
        return made

    def prove(self, inputs, flags=(PRIVATE, PRIVATE), data=None, row=0, change=None):
        graph = self.graph
        sizes = [graph.tensors[t].size * len(inputs) for t in (graph.input, graph.output)]
        empty = [Open(f, None if f == PRIVATE else np.zeros(n, dtype=np.uint64)) for f, n in zip(flags, sizes)]
        named = (data.identity.id, row) if data else None
        fields = {"kind": INFERENCE, "epoch": len(self.oracles) - 1, "root": self.oracles[-1].root}
        statement = self.head(**fields, batch=len(inputs), input=empty[0], output=empty[1], data=named)
        compiled = [data.identity.rows, data.identity.pads] if data else []
        circuit = compiler.inference(graph, statement, *compiled)
        columns, _ = self.columns(circuit)
        values = self.sealed_values(columns)
        for c in circuit.columns:
            if c.source == "A":
                c.widen(4)
        witness = Witness(graph, self.weights, self.biases, len(inputs), circuit.columns)
        samples = witness.run(inputs)
        oracles = {"W": self.oracles[-1]}
        if data:
            columns, _ = self.columns(circuit, "D")
            values |= data.values(columns)
            oracles["D"] = data.oracle
        opened = [np.stack([s[t] for s in samples]).reshape(-1) for t in (graph.input, graph.output)]
        if flags[1] == MASKED:
            opened[1] = opened[1] + data.pads[row].reshape(-1)
        parts = [Open(f, None if f == PRIVATE else k_array(v)) for f, v in zip(flags, opened)]
        statement = dataclasses.replace(statement, input=parts[0], output=parts[1])
        if change:
            change(witness.values)
        circuit = compiler.inference(graph, statement, *compiled)
        values = self.transplant(circuit, {**values, **witness.values})
        made, holds = body(TOY, circuit, statement, values, oracles, self.rng)
        return head(statement) + made, holds, samples

    @staticmethod
    def transplant(circuit, values):
        """The same values on the columns of an equal circuit."""
        order = {}
        for source in "WDA":
            old = [v for c, v in values.items() if c.source == source]
            order |= dict(zip([c for c in circuit.columns if c.source == source], old))
        return order


class DataOwner:
    def __init__(self, graph, rows, seed=2):
        rng = np.random.default_rng(seed)
        self.rows = rng.integers(0, 128, (rows, *graph.tensors[graph.input].shape))
        self.pads = rng.integers(0, field.P, (rows, *graph.tensors[graph.output].shape))
        statement = Statement(TOY.code, INFERENCE, bytes(32), bytes(32), 0, bytes(32), data=(bytes(32), 0))
        circuit = compiler.inference(graph, statement, rows, True)
        columns = [c for c in circuit.columns if c.source == "D"]
        a, entries = place(columns)
        self.oracle = sealed_oracle(
            pp.sealed_shape(TOY, a, -(-entries // (1 << a))), columns, self.values(columns), rng
        )
        self.identity = DataIdentity(TOY.code, self.oracle.root, rows, True, schema(graph), bytes(range(32)))

    def values(self, columns):
        return {c: embed(c, v) for c, v in zip(columns, (self.rows, self.pads))}


def inputs(graph, count, seed=5):
    return list(np.random.default_rng(seed).integers(0, 128, (count, *graph.tensors[graph.input].shape)))


def odd_reshape():
    """A reshape without common parts, on the way to a dense layer with kept tokens."""
    graph = testing_graph.every_kind()
    tensors = (Tensor("x", (4, 6), 0, 127, 1.0), Tensor("r", (3, 8), 0, 127, 1.0), Tensor("y", (3, 5), -9, 9, 1.0))
    table = tuple(min(max(v, -9), 9) for v in range(-2100, 2100))
    node = Linear((testing_graph.Dense(1, 0, 1),), 0, 1, (6, 6, 7, 7, 8), -2100, table, 2)
    weights, biases = (testing_graph.Parameter((5, 8), -100, 100),), (testing_graph.Parameter((5,), -50, 50),)
    fields = {"tensors": tensors, "nodes": (Reshape(0, 1), node), "weights": weights, "biases": biases, "output": 2}
    return dataclasses.replace(graph, **fields, scale=(1.0,), offset=(0.0,), labels=())


class Models(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.owner = Owner(testing_graph.every_kind())

    def test_registration_is_accepted_and_damage_refused(self):
        verify_model(self.owner.identity)
        damaged = bytearray(self.owner.identity.bodies[0])
        damaged[len(damaged) // 2] ^= 1
        with self.assertRaises(Refused):
            verify_model(dataclasses.replace(self.owner.identity, bodies=[bytes(damaged)]))

    def test_every_mode_of_an_inference_is_proven(self):
        graph, verifier = self.owner.graph, Verifier(self.owner.identity)
        for count in (1, 3):
            for flags in ((PRIVATE, PRIVATE), (PUBLIC, PRIVATE), (PRIVATE, PUBLIC), (PUBLIC, PUBLIC)):
                file, holds, samples = self.owner.prove(inputs(graph, count), flags)
                self.assertTrue(holds)
                self.assertIsNone(verifier.refusal(file))

    def test_damage_to_the_head_is_a_syntax_or_statement_error_or_found_later(self):
        file, _, _ = self.owner.prove(inputs(self.owner.graph, 1), (PUBLIC, PUBLIC))
        verifier = Verifier(self.owner.identity)
        for at in [*range(0, 120, 7), *range(120, 500, 31), *range(500, len(file), 4001)]:
            damaged = bytearray(file)
            damaged[at] ^= 1
            self.assertIsNotNone(verifier.refusal(bytes(damaged)), at)
        self.assertEqual(Verifier(self.owner.identity, b"x" * 32).refusal(file)[0], "statement")

    def test_a_wrong_trace_is_refused(self):
        """A moved tensor is in no lookup: only its relations are wrong."""

        def change(values):
            moved = next(entries for column, entries in values.items() if column.name == "t6")
            moved[1] = (moved[1] + np.uint64(1)) % np.uint64(field.P)

        file, holds, _ = self.owner.prove(inputs(self.owner.graph, 1), change=change)
        self.assertFalse(holds)
        self.assertEqual(Verifier(self.owner.identity).refusal(file)[0], "base claim")

    def test_rows_of_a_data_set_and_masks_are_proven(self):
        data = DataOwner(self.owner.graph, 3)
        verifier = Verifier(self.owner.identity, data=data.identity)
        for flags in ((PRIVATE, MASKED), (PRIVATE, PUBLIC), (PRIVATE, PRIVATE)):
            file, holds, _ = self.owner.prove([data.rows[2]], flags, data, 2)
            self.assertTrue(holds)
            self.assertIsNone(verifier.refusal(file))
        _, holds, _ = self.owner.prove([data.rows[1]], (PRIVATE, MASKED), data, 2)
        self.assertFalse(holds)
        self.assertEqual(Verifier(self.owner.identity).refusal(file)[0], "statement")

    def test_a_reshape_without_common_parts_and_kept_tokens_are_proven(self):
        owner = Owner(odd_reshape(), 7)
        verify_model(owner.identity)
        file, holds, _ = owner.prove(inputs(owner.graph, 2), (PUBLIC, PUBLIC))
        self.assertTrue(holds)
        self.assertIsNone(Verifier(owner.identity).refusal(file))

    def test_rotated_weights_serve_proofs(self):
        owner = Owner(odd_reshape(), 8)
        owner.rotate()
        owner.rotate()
        verify_model(owner.identity)
        file, _, _ = owner.prove(inputs(owner.graph, 1))
        self.assertIsNone(Verifier(owner.identity).refusal(file))
        self.assertIsInstance(owner.identity, Identity)
