"""Fiat-Shamir: one running BLAKE3 hasher in derive-key mode  [proof.md section 2]."""

import numpy as np

from . import blake3, field
from .refusal import NONCE, require

BYTES, K_ELEMENTS, F_ELEMENTS, DIGEST, INTEGERS, CHALLENGE, GRIND_NONCE = range(7)


def nonce_valid(seed, nonce, bits):
    """g trailing zero bits in the first 8 bytes of the keyed hash of  u64 nonce, 0^56."""
    digest = blake3.keyed_hash(seed, nonce.to_bytes(8, "little") + bytes(56))
    return int.from_bytes(digest[:8], "little") & ((1 << bits) - 1) == 0


class Transcript:
    def __init__(self):
        self._hasher = blake3.derive_key_hasher("zkp transcript v1")

    def copy(self):
        other = Transcript()
        other._hasher = self._hasher.copy()
        return other

    def _absorb(self, label, kind, payload):
        name = label.encode()
        self._hasher.update(bytes([len(name)]) + name + bytes([kind]) + len(payload).to_bytes(8, "little") + payload)

    def absorb_bytes(self, label, data):
        self._absorb(label, BYTES, data)

    def absorb_k(self, label, values):
        """values: K array of any shape, in row-major order"""
        self._absorb(label, K_ELEMENTS, np.asarray(values).astype("<u4").tobytes())

    def absorb_f(self, label, elements):
        """elements: a list of F, or an array of shape (4, n)"""
        if isinstance(elements, list):
            elements = field.array(elements)
        self._absorb(label, F_ELEMENTS, np.ascontiguousarray(elements.T).astype("<u4").tobytes())

    def absorb_digest(self, label, digest):
        self._absorb(label, DIGEST, digest)

    def absorb_integers(self, label, *values):
        self._absorb(label, INTEGERS, b"".join(v.to_bytes(8, "little") for v in values))

    def _words(self, label):
        """All words of the challenge's output, without end. The output is read again, longer, when it runs out."""
        self._absorb(label, CHALLENGE, b"")
        length, start = 256, 0
        while True:
            words = np.frombuffer(self._hasher.output(length), dtype="<u4").tolist()
            yield from words[start:]
            start, length = len(words), 2 * length

    def challenge(self, label):
        return self.challenges(label, 1)[0]

    def challenges(self, label, count):
        """A list of F: words masked to 31 bits, those not below p skipped."""
        kept = []
        if count == 0:
            self._absorb(label, CHALLENGE, b"")
            return kept
        for word in self._words(label):
            word &= 2**31 - 1
            if word < field.P:
                kept.append(word)
                if len(kept) == 4 * count:
                    return [field.F(*kept[i : i + 4]) for i in range(0, len(kept), 4)]

    def positions(self, label, domain, count):
        """The distinct positions among `count` drawn ones, ascending."""
        words = self._words(label)
        return sorted({next(words) & (domain - 1) for _ in range(count)})

    def grind_seed(self, label):
        self._absorb(label, CHALLENGE, b"")
        return self._hasher.output(32)

    def absorb_nonce(self, label, nonce):
        self._absorb(label, GRIND_NONCE, nonce.to_bytes(8, "little"))

    def check_nonce(self, label, bits, nonce):
        """Refuses a nonce without the work; then absorbs it."""
        require(nonce_valid(self.grind_seed(label), nonce, bits), NONCE, label)
        self.absorb_nonce(label, nonce)
