"""The transcript's bytes, spelled out by hand; every absorbed item moves the next challenge."""

import struct
import unittest

import numpy as np

from . import blake3
from .field import P, F
from .refusal import NONCE, Refused
from .transcript import Transcript, nonce_valid


def item(label, kind, payload):
    return bytes([len(label)]) + label.encode() + bytes([kind]) + struct.pack("<Q", len(payload)) + payload


class Transcripts(unittest.TestCase):
    def test_items_are_absorbed_as_specified(self):
        t = Transcript()
        t.absorb_bytes("b", b"xyz")
        t.absorb_k("k", np.array([[1, 2], [3, P - 1]], dtype=np.uint64))
        t.absorb_f("f", [F(1, 2, 3, 4), F(5)])
        t.absorb_digest("d", bytes(range(32)))
        t.absorb_integers("i", 7, 2**40)
        absorbed = (
            item("b", 0, b"xyz")
            + item("k", 1, struct.pack("<4I", 1, 2, 3, P - 1))
            + item("f", 2, struct.pack("<8I", 1, 2, 3, 4, 5, 0, 0, 0))
            + item("d", 3, bytes(range(32)))
            + item("i", 4, struct.pack("<QQ", 7, 2**40))
        )
        for count in (1, 3, 40):
            absorbed += item("c", 5, b"")
            words = struct.unpack("<1000I", blake3.derive_key("zkp transcript v1", absorbed, 4000))
            kept = [w & 0x7FFFFFFF for w in words if w & 0x7FFFFFFF < P][: 4 * count]
            self.assertEqual(t.challenges("c", count), [F(*kept[i : i + 4]) for i in range(0, 4 * count, 4)])
        absorbed += item("q", 5, b"")
        words = struct.unpack("<200I", blake3.derive_key("zkp transcript v1", absorbed, 800))
        self.assertEqual(t.positions("q", 128, 200), sorted({w % 128 for w in words}))

    def test_a_nonce_needs_its_zero_bits_and_is_absorbed(self):
        t = Transcript()
        seed = blake3.derive_key("zkp transcript v1", item("g", 5, b""))
        valid = [n for n in range(200) if blake3.keyed_hash(seed, struct.pack("<8Q", n, *[0] * 7))[0] & 7 == 0]
        self.assertEqual(valid, [n for n in range(200) if nonce_valid(seed, n, 3)])
        with self.assertRaises(Refused) as refused:
            Transcript().check_nonce("g", 3, next(n for n in range(200) if n not in valid))
        self.assertEqual(refused.exception.reason, NONCE)
        t.check_nonce("g", 3, valid[1])
        absorbed = item("g", 5, b"") + item("g", 6, struct.pack("<Q", valid[1])) + item("c", 5, b"")
        words = struct.unpack("<4I", blake3.derive_key("zkp transcript v1", absorbed, 16))
        self.assertEqual(t.positions("c", 2**31, 4), sorted(set(w & 0x7FFFFFFF for w in words)))

    def test_label_type_and_payload_each_move_the_challenge(self):
        def after(absorb):
            t = Transcript()
            absorb(t)
            return t.challenge("c")

        seen = {
            after(lambda t: t.absorb_bytes("a", b"\1\0\0\0")),
            after(lambda t: t.absorb_bytes("b", b"\1\0\0\0")),
            after(lambda t: t.absorb_bytes("a", b"\2\0\0\0")),
            after(lambda t: t.absorb_bytes("a", b"\1\0\0\0\0")),
            after(lambda t: t.absorb_k("a", [1])),
            after(lambda t: t.challenge("a")),
            after(lambda t: None),
        }
        self.assertEqual(len(seen), 7)
