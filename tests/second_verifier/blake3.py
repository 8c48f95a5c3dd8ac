"""BLAKE3, from its specification: hash, keyed hash, key derivation, extendable output.

Two engines give the same digests. One message at a time: the four lanes of a row lie in one Python integer, 64 bits
apart, so that one addition or exclusive-or serves all four. Many messages of equal length: numpy, shape (4, N) a row.
"""

import struct

import numpy as np

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
BLOCK, CHUNK = 64, 1024

CHUNK_START, CHUNK_END, PARENT, ROOT, KEYED, CONTEXT, MATERIAL = (1 << i for i in range(7))


def _schedule():
    order, rounds = list(range(16)), []
    for _ in range(7):
        rounds.append([order[0:8:2], order[1:8:2], order[8:16:2], order[9:16:2]])
        order = [order[i] for i in PERMUTATION]
    return rounds


SCHEDULE = _schedule()

# ---- one message ----

_MASK = sum(0xFFFFFFFF << 64 * lane for lane in range(4))
_ALL = (1 << 256) - 1


def _pack(words):
    return words[0] | words[1] << 64 | words[2] << 128 | words[3] << 192


def _unpack(row):
    return [row >> 64 * lane & 0xFFFFFFFF for lane in range(4)]


def _half_round(a, b, c, d, mx, my):
    """The four quarter-rounds on lanes (a, b, c, d), all at once."""
    a = a + b + mx & _MASK
    d ^= a
    d = (d >> 16 | d << 16) & _MASK
    c = c + d & _MASK
    b ^= c
    b = (b >> 12 | b << 20) & _MASK
    a = a + b + my & _MASK
    d ^= a
    d = (d >> 8 | d << 24) & _MASK
    c = c + d & _MASK
    b ^= c
    b = (b >> 7 | b << 25) & _MASK
    return a, b, c, d


def _rotate(row, lanes):
    return (row >> 64 * lanes | row << 64 * (4 - lanes)) & _ALL


def compress(cv, block, counter, length, flags):
    """All 16 output words. cv: 8 words; block: 64 bytes."""
    m = struct.unpack("<16I", block)
    a, b = _pack(cv[:4]), _pack(cv[4:])
    c, d = _pack(IV[:4]), _pack((counter & 0xFFFFFFFF, counter >> 32, length, flags))
    h0, h1 = a, b
    for columns_x, columns_y, diagonals_x, diagonals_y in SCHEDULE:
        a, b, c, d = _half_round(a, b, c, d, _pack([m[i] for i in columns_x]), _pack([m[i] for i in columns_y]))
        b, c, d = _rotate(b, 1), _rotate(c, 2), _rotate(d, 3)
        a, b, c, d = _half_round(a, b, c, d, _pack([m[i] for i in diagonals_x]), _pack([m[i] for i in diagonals_y]))
        b, c, d = _rotate(b, 3), _rotate(c, 2), _rotate(d, 1)
    return _unpack(a ^ c) + _unpack(b ^ d) + _unpack(c ^ h0) + _unpack(d ^ h1)


# ---- many messages ----

_IV_COLUMN = np.array(IV[:4], dtype=np.uint32)[:, None]
_NEXT = [np.array([(lane + turn) % 4 for lane in range(4)]) for turn in range(4)]


_TURNS = {bits: (np.uint32(bits), np.uint32(32 - bits)) for bits in (16, 12, 8, 7)}


def _turn(x, bits):
    """x rotated right, in place"""
    right, left = _TURNS[bits]
    low = x >> right
    x <<= left
    x |= low
    return x


def _half_round_many(a, b, c, d, mx, my):
    """In place on a, b, c, d."""
    a += b
    a += mx
    d ^= a
    _turn(d, 16)
    c += d
    b ^= c
    _turn(b, 12)
    a += b
    a += my
    d ^= a
    _turn(d, 8)
    c += d
    b ^= c
    _turn(b, 7)


def compress_many(cv, block, counter, length, flags):
    """First 8 output words of N compressions. cv (8, N) or (8, 1), block (16, N), uint32; counter: int or (N)."""
    count = block.shape[1]
    tail = np.empty((4, count), dtype=np.uint32)
    tail[0] = np.asarray(counter, dtype=np.uint64) & np.uint64(0xFFFFFFFF)
    tail[1] = np.asarray(counter, dtype=np.uint64) >> np.uint64(32)
    tail[2], tail[3] = length, flags
    state = np.empty((4, 4, count), dtype=np.uint32)
    state[0], state[1], state[2], state[3] = cv[:4], cv[4:], _IV_COLUMN, tail
    a, b, c, d = state
    for columns_x, columns_y, diagonals_x, diagonals_y in SCHEDULE:
        _half_round_many(a, b, c, d, block[columns_x], block[columns_y])
        b, c, d = b[_NEXT[1]], c[_NEXT[2]], d[_NEXT[3]]
        _half_round_many(a, b, c, d, block[diagonals_x], block[diagonals_y])
        b, c, d = b[_NEXT[3]], c[_NEXT[2]], d[_NEXT[1]]
    return np.concatenate([a ^ c, b ^ d])


def _chunks_many(data, key, first_counter, flags, last_flags):
    """Chaining values (8, N) of N chunks of equal length <= 1024; data (N, length) uint8, first_counter int or (N)."""
    count, length = data.shape
    blocks = max(1, -(-length // BLOCK))
    padded = np.zeros((count, blocks * BLOCK), dtype=np.uint8)
    padded[:, :length] = data
    words = padded.view("<u4").astype(np.uint32).reshape(count, blocks, 16)
    cv = np.array(key, dtype=np.uint32)[:, None]
    for i in range(blocks):
        last = i == blocks - 1
        block_flags = flags | (CHUNK_START if i == 0 else 0) | (CHUNK_END | last_flags if last else 0)
        block_length = length - BLOCK * i if last else BLOCK
        cv = compress_many(cv, np.ascontiguousarray(words[:, i].T), first_counter, block_length, block_flags)
    return cv


def _subtree_many(data, key, counter, flags, root):
    """Chaining values (8, N) of the left-balanced trees over N messages; chunk numbers start at `counter`."""
    length = data.shape[1]
    if length <= CHUNK:
        return _chunks_many(data, key, counter, flags, root)
    chunks = -(-length // CHUNK)
    left = 1 << (chunks - 1).bit_length() - 1
    pair = [
        _subtree_many(data[:, : left * CHUNK], key, counter, flags, 0),
        _subtree_many(data[:, left * CHUNK :], key, counter + left, flags, 0),
    ]
    cv = np.array(key, dtype=np.uint32)[:, None]
    return compress_many(cv, np.concatenate(pair), 0, BLOCK, flags | PARENT | root)


def keyed_hash_many(key, data):
    """keyed_hash of each row: (N, length) uint8 to (N, 32) uint8."""
    words = struct.unpack("<8I", key)
    if len(data) <= 8:  # below this the numpy engine costs more than it saves
        rows = [np.frombuffer(keyed_hash(key, row.tobytes()), dtype=np.uint8) for row in data]
        return np.stack(rows) if rows else np.zeros((0, 32), dtype=np.uint8)
    cv = _subtree_many(np.ascontiguousarray(data), words, 0, KEYED, ROOT)
    return np.ascontiguousarray(cv.T).astype("<u4").view(np.uint8)


# ---- running hasher ----


class Hasher:
    """Absorbs bytes, gives output of any length at any time without being disturbed by it."""

    def __init__(self, key=IV, flags=0):
        self._key, self._flags = tuple(key), flags
        self._stack = []  # chaining values of complete subtrees, largest first
        self._chunks = 0  # whole chunks already on the stack
        self._buffer = bytearray()  # the current chunk and what follows it, not yet compressed
        self._partial = (tuple(key), 0)  # chaining value and number of blocks of the current chunk already compressed

    def copy(self):
        other = Hasher(self._key, self._flags)
        other._stack, other._chunks = list(self._stack), self._chunks
        other._buffer, other._partial = bytearray(self._buffer), self._partial
        return other

    def update(self, data):
        self._buffer += data
        whole = (len(self._buffer) - 1) // CHUNK  # the last chunk stays open: it may be the root
        if whole > 0:
            block = np.frombuffer(bytes(self._buffer[: whole * CHUNK]), dtype=np.uint8).reshape(whole, CHUNK)
            numbers = np.arange(self._chunks, self._chunks + whole, dtype=np.uint64)
            for cv in _chunks_many(block, self._key, numbers, self._flags, 0).T.tolist():
                self._push(cv)
            del self._buffer[: whole * CHUNK]
            self._partial = (self._key, 0)
        return self

    def _push(self, cv):
        self._chunks += 1
        total = self._chunks
        while total & 1 == 0:  # two complete subtrees of equal size become one
            cv = compress(self._key, struct.pack("<16I", *self._stack.pop(), *cv), 0, BLOCK, self._flags | PARENT)[:8]
            total >>= 1
        self._stack.append(cv)

    def output(self, length):
        cv, done = self._partial
        blocks = max(1, -(-len(self._buffer) // BLOCK))
        flags = self._flags
        while done < blocks - 1:
            start = CHUNK_START if done == 0 else 0
            block = bytes(self._buffer[done * BLOCK : (done + 1) * BLOCK])
            cv = compress(cv, block, self._chunks, BLOCK, flags | start)[:8]
            done += 1
        self._partial = (cv, done)

        tail = bytes(self._buffer[done * BLOCK :])
        start = CHUNK_START if done == 0 else 0
        node = (cv, tail.ljust(BLOCK, b"\0"), self._chunks, len(tail), flags | start | CHUNK_END)
        for left in reversed(self._stack):
            right = compress(*node)[:8]
            node = (self._key, struct.pack("<16I", *left, *right), 0, BLOCK, flags | PARENT)
        cv, block, _, size, flags = node
        words = []
        for i in range(-(-length // BLOCK)):
            words += compress(cv, block, i, size, flags | ROOT)
        return struct.pack(f"<{len(words)}I", *words)[:length]


def blake3(data, length=32):
    return Hasher().update(data).output(length)


def keyed_hash(key, data, length=32):
    return Hasher(struct.unpack("<8I", key), KEYED).update(data).output(length)


def derive_key_hasher(context):
    """The running hasher in derive-key mode; the key material is what is absorbed."""
    key = Hasher(flags=CONTEXT).update(context.encode()).output(32)
    return Hasher(struct.unpack("<8I", key), MATERIAL)


def derive_key(context, material, length=32):
    return derive_key_hasher(context).update(material).output(length)
