"""Merkle openings: every set of positions of a small tree, accepted and with every bit of damage refused."""

import unittest

import numpy as np

from . import blake3, merkle
from .parameters import Shape
from .reader import Reader
from .refusal import PATH, SYNTAX, Refused
from .testing_opening import Oracle, random_k


def small_tree():
    rng = np.random.default_rng(1)
    shape = Shape(columns=3, rows=4, tail=0, domain=8, queries=0)
    return Oracle(shape, random_k(rng, 4, 3), rng)


class Merkle(unittest.TestCase):
    def test_the_root_is_the_hash_of_rows_salts_and_zeros(self):
        tree = small_tree()
        leaf, node = (blake3.derive_key(f"zkp merkle {kind} v1", b"") for kind in ("leaf", "node"))
        level = [
            blake3.keyed_hash(leaf, row.astype("<u4").tobytes() + salt.tobytes() + bytes(20))
            for row, salt in zip(tree.codeword, tree.salts)
        ]
        while len(level) > 1:
            level = [blake3.keyed_hash(node, left + right) for left, right in zip(level[0::2], level[1::2])]
        self.assertEqual(level[0], tree.root)

    def test_every_set_of_positions_opens_with_the_fewest_siblings(self):
        tree = small_tree()
        for chosen in range(1, 256):
            positions = [i for i in range(8) if chosen >> i & 1]
            body = tree.opening(positions)
            reader = Reader(body)
            rows = merkle.open_rows(reader, tree.root, positions, 8, 3)
            reader.finish()
            self.assertTrue(np.array_equal(rows, tree.codeword[positions]))
            with self.assertRaises(Refused) as refused:
                merkle.open_rows(Reader(body[:-1]), tree.root, positions, 8, 3)
            self.assertEqual(refused.exception.reason, SYNTAX)

    def test_every_damaged_byte_is_refused(self):
        tree, positions = small_tree(), [1, 4, 5]
        body = tree.opening(positions)
        for at in range(len(body)):
            damaged = bytearray(body)
            damaged[at] ^= 1
            with self.assertRaises(Refused) as refused:
                merkle.open_rows(Reader(bytes(damaged)), tree.root, positions, 8, 3)
            self.assertEqual(refused.exception.reason, PATH, at)
