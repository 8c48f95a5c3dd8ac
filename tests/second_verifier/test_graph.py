"""The graph's bytes and its validity: what is written is read back, and every fault is named."""

import dataclasses
import unittest

from . import graph as model
from . import testing_graph
from .graph import BadModel
from .validate import validate


def changed(part, **fields):
    return dataclasses.replace(part, **fields)


def with_node(graph, number, **fields):
    nodes = list(graph.nodes)
    nodes[number] = changed(nodes[number], **fields)
    return changed(graph, nodes=tuple(nodes))


def with_tensor(graph, number, **fields):
    tensors = list(graph.tensors)
    tensors[number] = changed(tensors[number], **fields)
    return changed(graph, tensors=tuple(tensors))


class Graphs(unittest.TestCase):
    def setUp(self):
        self.graph = testing_graph.every_kind()
        self.bytes = testing_graph.encode(self.graph)

    def test_bytes_are_read_back_and_valid(self):
        self.assertEqual(model.decode(self.bytes), self.graph)
        validate(self.graph)

    def test_every_shortened_or_extended_file_is_refused(self):
        for length in range(len(self.bytes)):
            with self.assertRaises(BadModel):
                model.decode(self.bytes[:length])
        with self.assertRaises(BadModel):
            model.decode(self.bytes + b"\0")

    def test_damage_is_refused_or_gives_another_graph(self):
        for at in range(len(self.bytes)):
            damaged = bytearray(self.bytes)
            damaged[at] ^= 0x81
            try:
                self.assertNotEqual(model.decode(bytes(damaged)), self.graph)
            except BadModel:
                pass

    def test_each_fault_is_found(self):
        g = self.graph
        conv = g.nodes[0].terms[0]
        faults = {
            "batch": with_tensor(g, 3, shape=(4, 2, 3)),
            "rank": with_tensor(g, 3, shape=(1, 4, 2, 2, 1)),
            "range": with_tensor(g, 2, hi=128),
            "wide input": with_tensor(g, 0, lo=-1, hi=255),
            "moved scale": with_tensor(g, 6, scale=0.75),
            "zero scale": with_tensor(g, 9, scale=0.0),
            "twice defined": with_node(g, 1, output=1),
            "reads later": with_node(g, 1, input=5),
            "pool": with_node(g, 1, stride=(4, 2)),
            "concat": with_node(g, 3, axis=1),
            "slice": with_node(g, 4, start=(2, 0, 0)),
            "transpose": with_node(g, 5, perm=(1, 1, 2)),
            "pad": with_node(g, 7, begin=(3,)),
            "pad value": with_node(g, 7, value=200),
            "shift": with_node(g, 0, shifts=(0,)),
            "shifts": with_node(g, 0, shifts=(1, 2)),
            "table without zero": with_node(g, 0, table_lo=1),
            "table value": with_node(g, 0, table=(128,) * 900),
            "groups": with_node(g, 0, terms=(changed(conv, groups=3),)),
            "weight": with_node(g, 0, terms=(changed(conv, weight=1),)),
            "no terms": with_node(g, 0, terms=()),
            "encoding": changed(g, scale=(1.0, 1.0, 1.0)),
            "unused weight": changed(g, weights=g.weights + g.weights[:1]),
            "weight range": changed(g, weights=(changed(g.weights[0], lo=1),) + g.weights[1:]),
            "bias range": changed(g, biases=(changed(g.biases[0], hi=2**26),) + g.biases[1:]),
            "missing output": changed(g, output=10),
        }
        for fault, graph in faults.items():
            with self.assertRaises(BadModel, msg=fault):
                validate(graph)

    def test_accumulators_that_could_wrap_are_refused(self):
        table = tuple([0] * 65536)
        wide = with_node(self.graph, 0, shifts=(16,), table_lo=-32768, table=table)
        with self.assertRaisesRegex(BadModel, "R1"):
            validate(wide)
        with self.assertRaisesRegex(BadModel, "R3"):
            biases = (changed(self.graph.biases[0], lo=-(2**26), hi=2**26 - 1), self.graph.biases[1])
            scale = changed(self.graph.nodes[2].terms[0], multiplier=2**20)
            many = with_node(self.graph, 2, terms=(scale,) * 8, table_lo=0, table=(0,), shifts=(1,))
            validate(changed(many, biases=biases))
