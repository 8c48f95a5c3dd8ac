"""Merkle trees over rows of field elements  [proof.md section 3]."""

import numpy as np

from . import blake3
from .refusal import PATH, require

LEAF_KEY = blake3.derive_key("zkp merkle leaf v1", b"")
NODE_KEY = blake3.derive_key("zkp merkle node v1", b"")


def leaf_hashes(rows, salts):
    """rows (N, columns) uint64 elements of K (an F element is four), salts (N, 32) uint8: digests (N, 32)."""
    count = len(rows)
    packed = np.ascontiguousarray(rows.astype("<u4")).view(np.uint8).reshape(count, -1)
    used = packed.shape[1] + 32
    leaves = np.zeros((count, -(-used // 64) * 64), dtype=np.uint8)
    leaves[:, : packed.shape[1]] = packed
    leaves[:, packed.shape[1] : used] = salts
    return blake3.keyed_hash_many(LEAF_KEY, leaves)


def parents(left, right):
    return blake3.keyed_hash_many(NODE_KEY, np.concatenate([left, right], axis=1))


def read_opening(reader, positions, columns):
    """The rows (N, columns) of distinct ascending positions and their salts (N, 32), row by row with its salt."""
    rows, salts = [], []
    for _ in positions:
        rows.append(reader.k_elements(columns))
        salts.append(np.frombuffer(reader.take(32), dtype=np.uint8))
    return np.stack(rows), np.stack(salts)


def read_levels(reader, positions, domain):
    """Reads the sibling digests. A level is (present, slots, siblings): `present` the known node indices before it."""
    levels, present = [], list(positions)
    while domain > 1:
        known = set(present)
        missing = [i for i in present if i ^ 1 not in known]
        levels.append((present, missing, reader.digests(len(missing))))
        present = sorted({i >> 1 for i in present})
        domain //= 2
    return levels


def check_path(root, rows, salts, levels):
    """Refuses rows that do not lead to the root."""
    digests = leaf_hashes(rows, salts)
    for present, missing, siblings in levels:
        nodes = {i: digest for i, digest in zip(present, digests)}
        nodes.update((i ^ 1, digest) for i, digest in zip(missing, siblings))
        left = sorted(i for i in nodes if i & 1 == 0)
        digests = parents(np.stack([nodes[i] for i in left]), np.stack([nodes[i + 1] for i in left]))
    require(digests[0].tobytes() == root, PATH)


def open_rows(reader, root, positions, domain, columns):
    """Reads an opening, checks it, gives its rows (N, columns)."""
    rows, salts = read_opening(reader, positions, columns)
    levels = read_levels(reader, positions, domain)
    check_path(root, rows, salts, levels)
    return rows
