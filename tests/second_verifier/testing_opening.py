"""A prover of openings for tests: everything dense, everything slow  [proof.md section 7].

Written beside the verifier so that it can be exercised, accepting and refusing, without any other program.
"""

import numpy as np

from . import field, merkle, transcript as fiat_shamir
from .field import ONE, F
from .opening import domain_points
from .weights import Layout

P = np.uint64(field.P)


def encode(coefficients, domain):
    """Each column's values at x_i = 3 w^rev(i): a transform whose output order is the bit-reversed one."""
    shift = field.power_table([field.GENERATOR], len(coefficients))[0]
    values = np.zeros((domain, coefficients.shape[1]), dtype=np.uint64)
    values[: len(coefficients)] = coefficients * shift[:, None] % P
    half = domain // 2
    while half:
        twiddles = field.power_table([field.root_of_unity(2 * half)], half)[0]
        pairs = values.reshape(-1, 2, half, coefficients.shape[1])
        low, high = pairs[:, 0], pairs[:, 1]
        values = np.stack([(low + high) % P, (low + P - high) % P * twiddles[:, None] % P], axis=1)
        half //= 2
    return values.reshape(domain, -1)


class Oracle:
    """Coefficients (length, words) over K, words = columns, or four times as many over F; with codeword and tree."""

    def __init__(self, shape, coefficients, rng):
        self.shape, self.coefficients = shape, coefficients
        self.codeword = encode(coefficients, shape.domain)
        self.salts = rng.integers(0, 256, (shape.domain, 32), dtype=np.uint8)
        self.nodes = [merkle.leaf_hashes(self.codeword, self.salts)]
        while len(self.nodes[-1]) > 1:
            self.nodes.append(merkle.parents(self.nodes[-1][0::2], self.nodes[-1][1::2]))
        self.root = self.nodes[-1][0].tobytes()

    def opening(self, positions):
        out = b"".join(self.codeword[i].astype("<u4").tobytes() + self.salts[i].tobytes() for i in positions)
        present = list(positions)
        for level in self.nodes[:-1]:
            out += b"".join(level[i ^ 1].tobytes() for i in present if i ^ 1 not in present)
            present = sorted({i >> 1 for i in present})
        return out


def random_k(rng, *shape):
    return rng.integers(0, field.P, shape, dtype=np.uint64)


def random_f(rng):
    return F(*random_k(rng, 4).tolist())


def with_tail(shape, rows, rng):
    """rows (shape.rows, words); the tail is uniform."""
    return Oracle(shape, np.concatenate([rows, random_k(rng, shape.tail, rows.shape[1])]), rng)


def f_oracle(shape, entries, rng):
    """entries (4, shape.rows * columns) in row-major order; zero-filled, the tail is uniform."""
    full = np.zeros((4, shape.rows * shape.columns), dtype=np.uint64)
    full[:, : entries.shape[1]] = entries
    return with_tail(shape, full.T.reshape(shape.rows, 4 * shape.columns), rng)


def grind(transcript, label, bits):
    seed = transcript.grind_seed(label)
    nonce = next(n for n in range(2**32) if fiat_shamir.nonce_valid(seed, n, bits))
    transcript.absorb_nonce(label, nonce)
    return nonce.to_bytes(8, "little")


def f_bytes(elements):
    return field.array(elements).T.astype("<u4").tobytes()


def dense_sum(a, b):
    return field.dot(a, b)


class Prover:
    def __init__(self, profile, plan, transcript, rng):
        self.profile, self.plan, self.transcript, self.rng = profile, plan, transcript, rng
        self.out = b""
        self.used = 0
        plan_pads = plan.pads
        self.xi = [random_f(rng) for _ in range(plan_pads.rows)]
        self.s_xi = [random_f(rng) for _ in range(plan_pads.rows)]
        pairs = [value for pair in zip(self.xi, self.s_xi) for value in pair]
        self.pads = f_oracle(plan_pads, field.array(pairs), rng)

    def round(self, vectors, weights, constant_share):
        """vectors, weights: (4, n) whose next bit is already the leading half; late sources give a constant share."""
        at_zero, at_infinity = constant_share, field.ZERO
        for (v0, v1), (w0, w1) in zip(vectors, weights):
            at_zero = at_zero + dense_sum(w0, v0)
            at_infinity = at_infinity + dense_sum(field.sub(w1, w0), field.sub(v1, v0))
        sent = [at_zero + self.xi[self.used], at_infinity + self.xi[self.used + 1]]
        self.used += 2
        self.out += f_bytes(sent)
        self.transcript.absorb_f("fold round", sent)
        r = self.transcript.challenge("fold")
        keep = ONE - r - r, r * r - r
        self.u = [pad * r for pad in self.u] + list(keep)
        self.constant = self.constant * r + sent[0] * keep[0] + sent[1] * keep[1]
        return r

    def fold(self, oracles):
        """oracles: list of (vector (4, rows, columns), weight alike); folds all column bits, late ones late."""
        bits = [v.shape[2].bit_length() - 1 for v, _ in oracles]
        for step in range(max(bits)):
            left = max(bits) - step  # column bits of the widest
            active = [b >= left for b in bits]
            share = field.ZERO
            for (v, w), on, own in zip(oracles, active, bits):
                if not on:
                    full = dense_sum(v.reshape(4, -1), w.reshape(4, -1))
                    share = share + full * pow(field.HALF, step + 1, field.P)
            scale = [pow(field.HALF, max(bits) - own, field.P) for own in bits]
            halves = [
                (np.split(v, 2, axis=2), [field.scale(np.uint64(s), part) for part in np.split(w, 2, axis=2)])
                for (v, w), on, s in zip(oracles, active, scale)
                if on
            ]
            flat = lambda pair: [part.reshape(4, -1) for part in pair]
            r = self.round([flat(v) for v, _ in halves], [flat(w) for _, w in halves], share)
            bind = lambda a: field.add(
                np.split(a, 2, axis=2)[0], field.times(field.sub(*reversed(np.split(a, 2, axis=2))), r)
            )
            oracles = [(bind(v), bind(w)) if on else (v, w) for (v, w), on in zip(oracles, active)]
        scale = [pow(field.HALF, max(bits) - own, field.P) for own in bits]
        return [(v[:, :, 0], field.scale(np.uint64(s), w[:, :, 0])) for (v, w), s in zip(oracles, scale)]

    def switch(self, previous, folded, shape, label):
        """Commits the target, opens the previous oracles, batches the row claims: (target, its weights, oracle)."""
        layout = Layout([v.shape[1] for v, _ in folded])
        target, weights = np.zeros((2, 4, layout.length), dtype=np.uint64)
        spots = [np.zeros(v.shape[1], dtype=np.int64) for v, _ in folded]
        for piece in layout.pieces:
            spots[piece.source][piece.start : piece.start + (1 << piece.bits)] = piece.target + np.arange(
                1 << piece.bits
            )
        for spot, (v, w) in zip(spots, folded):
            target[:, spot], weights[:, spot] = v, w
        if label == "last":
            self.mask = field.array([random_f(self.rng) for _ in range(shape.length)])
            self.v = np.concatenate([target, field.array([random_f(self.rng) for _ in range(shape.tail)])], axis=1)
            words = np.stack([self.v, self.mask]).transpose(2, 0, 1).reshape(shape.length, 8)
            oracle = Oracle(shape, words, self.rng)
        else:
            oracle = f_oracle(shape, target, self.rng)
        self.out += oracle.root
        self.transcript.absorb_digest(label, oracle.root)
        self.out += grind(self.transcript, "query grind", self.profile.grinding)
        drawn = [self.query(o) for o in previous]
        gamma = self.transcript.challenge("combine")
        power = gamma
        for points, spot, (v, _) in zip(drawn, spots, folded):
            table = field.power_table(points, v.shape[1])
            for row in table:
                weights[:, spot] = field.add(weights[:, spot], field.scale(row[None], field.array([power])))
                self.constant = self.constant + power * field.dot_k(row, v)
                power = power * gamma
        return target, weights, oracle

    def query(self, oracle):
        positions = self.transcript.positions("query", oracle.shape.domain, oracle.shape.queries)
        self.out += oracle.opening(positions)
        rows = oracle.codeword[positions]
        if rows.shape[1] == oracle.shape.columns:
            self.transcript.absorb_k("rows", rows)
        else:
            self.transcript.absorb_f("rows", rows.reshape(-1, 4).T)
        return domain_points(oracle.shape.domain, positions)

    def base(self, weights, oracle):
        last, pads = self.plan.last, self.plan.pads
        full_u = field.array(self.u)
        mu = dense_sum(self.mask[:, : last.rows], weights) + dense_sum(field.array(self.s_xi[: len(self.u)]), full_u)
        self.out += f_bytes([mu])
        self.transcript.absorb_f("mu", [mu])
        eta = self.transcript.challenge("eta")
        v_star = field.add(self.mask, field.times(self.v, eta))
        coefficients = self.pads.coefficients.reshape(pads.length, 2, 4).transpose(1, 2, 0)
        xi_star = field.add(coefficients[1], field.times(coefficients[0], eta))
        for label, star in (("v star", v_star), ("xi star", xi_star)):
            self.out += star.T.astype("<u4").tobytes()
            self.transcript.absorb_f(label, star)
        self.out += grind(self.transcript, "base grind", self.profile.grinding)
        positions = [
            self.transcript.positions("base query", last.domain, last.queries),
            self.transcript.positions("pad query", pads.domain, pads.queries),
        ]
        self.out += oracle.opening(positions[0]) + self.pads.opening(positions[1])

    def open(self, oracles, dense_weights, constant):
        """oracles: the committed sources; dense_weights: (4, rows * columns) each. The body is left in `out`."""
        self.u, self.constant = [], constant
        pairs = []
        for oracle, w in zip(oracles, dense_weights):
            shape = oracle.shape
            v = np.zeros((4, shape.length, shape.columns), dtype=np.uint64)
            v[0] = oracle.coefficients
            full = np.zeros_like(v)
            full[:, : shape.rows] = w.reshape(4, shape.rows, shape.columns)
            pairs.append((v, full))
        folded, previous = self.fold(pairs), oracles
        for shape in self.plan.levels:
            target, weights, oracle = self.switch(previous, folded, shape, "level")
            grid = lambda a: np.concatenate(
                [a, np.zeros((4, shape.rows * 16 - a.shape[1]), dtype=np.uint64)], axis=1
            ).reshape(4, shape.rows, 16)
            tail = oracle.coefficients[shape.rows :].reshape(shape.tail, 16, 4).transpose(2, 0, 1)
            v = np.concatenate([grid(target), tail], axis=1)
            w = np.concatenate([grid(weights), np.zeros_like(tail)], axis=1)
            folded, previous = self.fold([(v, w)]), [oracle]
        _, weights, oracle = self.switch(previous, folded, self.plan.last, "last")
        self.base(weights, oracle)
        return self.out
