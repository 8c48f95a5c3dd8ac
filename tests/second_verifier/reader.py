"""Reads untrusted bytes in order; what is missing or not canonical is refused as syntax  [proof.md sections 1, 9]."""

import numpy as np

from . import field
from .refusal import SYNTAX, Refused, require


class Reader:
    def __init__(self, data):
        self._data, self._at = bytes(data), 0

    @property
    def remaining(self):
        return len(self._data) - self._at

    @property
    def position(self):
        return self._at

    def take(self, count):
        if count > self.remaining:
            raise Refused(SYNTAX, f"{count} bytes wanted at {self._at}, {self.remaining} left")
        self._at += count
        return self._data[self._at - count : self._at]

    def unsigned(self, size):
        return int.from_bytes(self.take(size), "little")

    def u8(self):
        return self.unsigned(1)

    def u16(self):
        return self.unsigned(2)

    def u32(self):
        return self.unsigned(4)

    def u64(self):
        return self.unsigned(8)

    def digest(self):
        return self.take(32)

    def digests(self, count):
        """(count, 32) uint8"""
        return np.frombuffer(self.take(32 * count), dtype=np.uint8).reshape(count, 32)

    def k_elements(self, count):
        """(count) uint64, all canonical"""
        start = self._at
        values = np.frombuffer(self.take(4 * count), dtype="<u4").astype(np.uint64)
        require(not np.any(values >= field.P), SYNTAX, f"non-canonical element behind byte {start}")
        return values

    def f_elements(self, count):
        """A list of F."""
        return field.elements(self.f_array(count))

    def f_array(self, count):
        """(4, count) uint64"""
        return self.k_elements(4 * count).reshape(count, 4).T.copy()

    def finish(self):
        require(self.remaining == 0, SYNTAX, f"{self.remaining} bytes left over")
