"""BLAKE3 against digests made with the reference program b3sum 1.2.0; the input of length n is the bytes i mod 251."""

import unittest

import numpy as np

from . import blake3

KEY = b"whats the Elvish word for friend"
CONTEXT = "BLAKE3 2019-12-27 16:29:52 test vectors context"

# length, first 16 bytes of: hash, keyed hash, derived key
VECTORS = (
    (0, "af1349b9f5f9a1a6a0404dea36dcc949", "92b2b75604ed3c761f9d6f62392c8a92", "2cc39783c223154fea8dfb7c1b1660f2"),
    (1, "2d3adedff11b61f14c886e35afa03673", "6d7878dfff2f485635d39013278ae14f", "b3e2e340a117a499c6cf2398a19ee0d2"),
    (63, "e9bc37a594daad83be9470df7f7b3798", "bb1eb5d4afa793c1ebdd9fb08def6c36", "b6451e30b953c206e34644c6803724e9"),
    (64, "4eed7141ea4a5cd4b788606bd23f46e2", "ba8ced36f327700d213f120b1a207a3b", "a5c4a7053fa86b64746d4bb688d06ad1"),
    (65, "de1e5fa0be70df6d2be8fffd0e99ceaa", "c0a4edefa2d2accb9277c371ac12fcdb", "51fd05c3c1cfbc8ed67d139ad76f5cf8"),
    (1023, "10108970eeda3eb932baac1428c7a216", "c951ecdf03288d0fcc96ee3413563d8a", "74a16c1c3d44368a86e1ca6df64be6a2"),
    (1024, "42214739f095a406f3fc83deb889744a", "75c46f6f3d9eb4f55ecaaee480db732e", "7356cd7720d5b66b6d0697eb3177d9f8"),
    (1025, "d00278ae47eb27b34faecf67b4fe263f", "357dc55de0c7e382c900fd6e320acc04", "effaa245f065fbf82ac186839a249707"),
    (2048, "e776b6028c7cd22a4d0ba182a8bf6220", "879cf1fa2ea0e79126cb1063617a05b6", "7b2945cb4fef70885cc5d78a87bf6f62"),
    (2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3", "9f29700902f7c86e514ddc4df1e3049f", "2ea477c5515cc3dd606512ee72bb3e0e"),
    (3073, "7124b49501012f81cc7f11ca069ec922", "68dede9bef00ba89e43f31a6825f4cf4", "72613c9ec9ff7e40f8f5c173784c532a"),
    (5000, "ee78d92070de3df1c57c37002abf0a6b", "27dc394fb01f055606c3aedde3a8c369", "0a1cafd7b26d6de6b85fd0aa7e6c8c12"),
    (8192, "aae792484c8efe4f19e2ca7d371d8c46", "dc9637c8845a770b4cbf76b8daec0eeb", "ad01d7ae4ad059b0d33baa3c01319dcf"),
    (
        100000,
        "d93c23eedaf165a7e0be908ba86f1a7a",
        "74c836d008247adebbc032d1bced2e71",
        "039c0c0d76eacefea9c8d042698bd012",
    ),
)

# 131 bytes of output for 1025 bytes of input
EXTENDED = (
    "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444f4c4a22b4b399155358a994e52bf255de600"
    "35742ec71bd08ac275a1b51cc6bfe332b0ef84b409108cda080e6269ed4b3e2c3f7d722aa4cdc98d16deb554e5627be8f955"
    "c98e1d5f9565a9194cad0c4285f93700062d9595adb992ae68ff12800ab67a"
)


def message(length):
    return bytes(i % 251 for i in range(length))


class Blake3(unittest.TestCase):
    def test_all_modes_equal_the_reference(self):
        for length, plain, keyed, derived in VECTORS:
            data = message(length)
            self.assertEqual(blake3.blake3(data, 16).hex(), plain, length)
            self.assertEqual(blake3.keyed_hash(KEY, data, 16).hex(), keyed, length)
            self.assertEqual(blake3.derive_key(CONTEXT, data, 16).hex(), derived, length)

    def test_long_output_equals_the_reference_and_starts_with_the_short_one(self):
        self.assertEqual(blake3.blake3(message(1025), 131).hex(), "".join(EXTENDED))
        self.assertEqual(blake3.blake3(message(1025), 7).hex(), "".join(EXTENDED)[:14])

    def test_many_messages_hash_like_one_at_a_time(self):
        rng = np.random.default_rng(3)
        for length in (0, 1, 32, 64, 65, 320, 1024, 1025, 2048, 3100):
            for count in (0, 1, 8, 9, 30):
                data = rng.integers(0, 256, (count, length), dtype=np.uint8)
                digests = blake3.keyed_hash_many(KEY, data)
                self.assertEqual([d.tobytes() for d in digests], [blake3.keyed_hash(KEY, d.tobytes()) for d in data])

    def test_reading_output_does_not_disturb_the_running_hasher(self):
        hasher, step, at, data = blake3.derive_key_hasher("a context"), 1, 0, message(9000)
        while at < len(data):
            hasher.update(data[at : at + step])
            at, step = min(at + step, len(data)), step * 2 % 97 + 1
            self.assertEqual(hasher.output(5), hasher.output(40)[:5])
        self.assertEqual(hasher.output(32), blake3.derive_key("a context", data))
        self.assertEqual(blake3.Hasher().update(data).update(data).output(32), blake3.blake3(data + data))
