"""The zero-knowledge opening of one public linear claim, the verifier's side  [proof.md section 7].

The claim:  sum over the sources of <weights, source>  =  constant.
"""

from dataclasses import dataclass

import numpy as np

from . import field, merkle
from .field import ONE, F
from .refusal import BASE_CLAIM, BASE_CODEWORD, require
from .weights import Layout


@dataclass
class Source:
    """A committed K-oracle and its part of the claim."""

    root: bytes
    shape: object  # parameters.Shape
    weights: list


@dataclass
class _Folded:
    """An oracle whose column bits are folded: what the next level draws positions in."""

    root: bytes
    shape: object
    over_f: bool
    challenges: list  # one for each column bit
    weights: list  # on the folded vector, rows and tail

    @property
    def words(self):
        return self.shape.columns * (4 if self.over_f else 1)

    def fold_rows(self, rows):
        """Opened rows (count, words) to folded values (4, count):  sum over j of eq(r, j) row[j]."""
        table = field.eq_table(self.challenges)
        if self.over_f:
            values = rows.reshape(len(rows), self.shape.columns, 4).transpose(2, 0, 1)
            products = field.mul(values, table[:, None, :])
        else:
            products = field.scale(rows[None], table[:, None, :])
        return products.sum(axis=2, dtype=np.uint64) % np.uint64(field.P)


@dataclass
class _Claim:
    """<w, v> + <pads, xi> = constant, on the way through the sumcheck rounds."""

    constant: F
    pads: list  # the coefficients of xi, as far as used

    def round(self, transcript, reader):
        sent = reader.f_elements(2)
        transcript.absorb_f("fold round", sent)
        r = transcript.challenge("fold")
        at_zero, at_infinity = ONE - r - r, r * r - r
        self.constant = self.constant * r + sent[0] * at_zero + sent[1] * at_infinity
        self.pads = [pad * r for pad in self.pads] + [at_zero, at_infinity]
        return r


def domain_points(domain, positions):
    """x_i = 3 w^rev(i)"""
    bits, omega = domain.bit_length() - 1, field.root_of_unity(domain)
    reverse = [int(format(i, f"0{bits}b")[::-1], 2) for i in positions]
    return np.array([3 * pow(omega, e, field.P) % field.P for e in reverse], dtype=np.uint64)


def _fold_sources(sources, claim, transcript, reader):
    """Step 1: one sumcheck over the column bits of all sources; those with fewer columns join late."""
    bits = [source.shape.columns.bit_length() - 1 for source in sources]
    rounds = max(bits)
    challenges = [claim.round(transcript, reader) for _ in range(rounds)]
    folded = []
    for source, own in zip(sources, bits):
        late = pow(field.HALF, rounds - own, field.P)
        used = challenges[rounds - own :]
        weights = [weight.fold_low(used).scaled(late) for weight in source.weights]
        folded.append(_Folded(source.root, source.shape, False, used, weights))
    return folded


def _query(folded, transcript, reader):
    """Positions, opening, absorption: the points and the folded values there."""
    shape = folded.shape
    positions = transcript.positions("query", shape.domain, shape.queries)
    rows = merkle.open_rows(reader, folded.root, positions, shape.domain, folded.words)
    if folded.over_f:
        transcript.absorb_f("rows", rows.reshape(-1, 4).T)
    else:
        transcript.absorb_k("rows", rows)
    return domain_points(shape.domain, positions), folded.fold_rows(rows)


def _switch(previous, claim, grinding, transcript, reader, label):
    """Step 2 up to the fold: the next oracle's root and the weights on the target vector."""
    root = reader.digest()
    transcript.absorb_digest(label, root)
    transcript.check_nonce("query grind", grinding, reader.u64())
    opened = [_query(folded, transcript, reader) for folded in previous]
    gamma = transcript.challenge("combine")

    layout = Layout([folded.shape.length for folded in previous])
    weights, power = [], gamma
    for index, (folded, (points, values)) in enumerate(zip(previous, opened)):
        weights += [layout.place(index, weight) for weight in folded.weights]
        coefficients = field.powers(gamma, power, len(points))
        power = coefficients[-1] * gamma
        coefficients = field.array(coefficients)
        weights += layout.place_powers(index, points, coefficients)
        claim.constant = claim.constant + field.dot(coefficients, values)
    return root, weights


def _check_codeword(points, rows, shares, eta, name):
    """sum over e of x^e star[e] = masked(x) + eta * mask(x), star of shape (4, n); row: (value, mask) of F."""
    table = field.power_table(points, shares.shape[1])
    encoded = np.stack([(table * share % np.uint64(field.P)).sum(axis=1, dtype=np.uint64) for share in shares])
    rows = rows.reshape(len(rows), 2, 4).transpose(1, 2, 0)
    require(
        np.array_equal(encoded % np.uint64(field.P), field.add(rows[1], field.times(rows[0], eta))), BASE_CODEWORD, name
    )


def _base(plan, profile, last_root, weights, claim, pads_root, transcript, reader):
    """Step 3: the masked last vector and the masked pads in full."""
    mu = reader.f_elements(1)
    transcript.absorb_f("mu", mu)
    eta = transcript.challenge("eta")
    v_star = reader.f_array(plan.last.length)
    transcript.absorb_f("v star", v_star)
    xi_star = reader.f_array(plan.pads.length)
    transcript.absorb_f("xi star", xi_star)

    dense = np.zeros((4, plan.last.rows), dtype=np.uint64)
    for weight in weights:
        weight.expand(dense)
    sum_v = field.dot(dense, v_star[:, : plan.last.rows])
    sum_xi = field.dot(field.array(claim.pads), xi_star[:, : len(claim.pads)])
    require(sum_v + sum_xi == mu[0] + eta * claim.constant, BASE_CLAIM)

    transcript.check_nonce("base grind", profile.grinding, reader.u64())
    last, pads = plan.last, plan.pads
    last_positions = transcript.positions("base query", last.domain, last.queries)
    pads_positions = transcript.positions("pad query", pads.domain, pads.queries)
    last_rows = merkle.open_rows(reader, last_root, last_positions, last.domain, 8)
    pads_rows = merkle.open_rows(reader, pads_root, pads_positions, pads.domain, 8)
    _check_codeword(domain_points(last.domain, last_positions), last_rows, v_star, eta, "v")
    _check_codeword(domain_points(pads.domain, pads_positions), pads_rows, xi_star, eta, "xi")


def verify(profile, plan, sources, constant, pads_root, transcript, reader):
    """Checks the claim; raises Refused. Sources in the order A, W, D, as the plan was made for."""
    claim = _Claim(constant, [])
    previous = _fold_sources(sources, claim, transcript, reader)
    for shape in plan.levels:
        root, weights = _switch(previous, claim, profile.grinding, transcript, reader, "level")
        challenges = [claim.round(transcript, reader) for _ in range(4)]
        folded = [weight.fold_low(challenges) for weight in weights]
        previous = [_Folded(root, shape, True, challenges, folded)]
    root, weights = _switch(previous, claim, profile.grinding, transcript, reader, "last")
    _base(plan, profile, root, weights, claim, pads_root, transcript, reader)
