"""From a circuit to one linear claim on the committed oracles  [proof.md section 6]."""

from dataclasses import dataclass, field as member

from . import field
from .circuit import Column, Circuit, place, bits_of, split_point
from .field import ONE, ZERO, F
from .refusal import CHALLENGE, require
from .weights import Dense, Weight, eq_factor

# ---- linear forms in pads and oracle entries ----


@dataclass
class Linear:
    """constant + sum of pads[i] P_i + sum of <weight, oracle>"""

    constant: F = ZERO
    pads: dict = member(default_factory=dict)
    weights: list = member(default_factory=list)  # pairs (source, Weight)

    def __add__(self, other):
        if not isinstance(other, Linear):
            return Linear(self.constant + other, self.pads, self.weights)
        pads = dict(self.pads)
        for pad, coefficient in other.pads.items():
            pads[pad] = pads[pad] + coefficient if pad in pads else coefficient
        return Linear(self.constant + other.constant, pads, self.weights + other.weights)

    def __sub__(self, other):
        return self + other * -ONE

    def __mul__(self, by):
        pads = {pad: coefficient * by for pad, coefficient in self.pads.items()}
        weights = [(source, weight.scaled(by)) for source, weight in self.weights]
        return Linear(self.constant * by, pads, weights)


def pad(index, coefficient=ONE):
    return Linear(ZERO, {index: coefficient})


# ---- sizes ----


@dataclass
class Sizes:
    """Counts and places that follow from the circuit alone."""

    leaves: list  # (lookup or table, bits, offset)
    leaf_count: int
    layers: int  # nu
    sum_rounds: int  # S
    messages: int
    message_products: int

    @property
    def pads(self):
        return self.messages + 4 * self.message_products


def _leaf_blocks(circuit, a):
    blocks = [(lookup, lookup.bits) for lookup in circuit.lookups]
    blocks += [(table, max(bits_of(table.size), a)) for table in circuit.tables]
    placed, offset = [], 0
    for owner, bits in sorted(blocks, key=lambda block: -block[1]):
        placed.append((owner, bits, offset))
        offset += 1 << bits
    return placed, offset


def sizes(circuit: Circuit, a):
    leaves, leaf_count = _leaf_blocks(circuit, a)
    layers = max(2, bits_of(leaf_count))
    products = [product for relation in circuit.relations for product in relation.products]
    rounds = max((product.bits for product in products), default=0)
    messages = 4 + sum(2 * k + 4 for k in range(1, layers)) + 2 * rounds + 2 * len(products)
    return Sizes(leaves, leaf_count, layers, rounds, messages, 2 + 3 * (layers - 1) + len(products))


def place_trace(circuit: Circuit):
    """Places all columns of A: (sizes, the pad column, a, number of entries)."""
    for assumed in (4, 6):
        counts = sizes(circuit, assumed)
        columns = [column for column in circuit.columns if column.source == "A"]
        for table in circuit.tables:
            rows = 1 << max(bits_of(table.size), assumed)
            table.multiplicity = Column("A", (rows,), f"multiplicity {table.id}")
            columns.append(table.multiplicity)
        pads = Column("A", (1 << bits_of(4 * counts.pads),), "pads")
        a, entries = place([*columns, pads])
        if a == assumed:
            break
    return counts, pads, a, entries


# ---- the reduction ----


@dataclass
class Message:
    """A message as sent, and the number of its pad."""

    sent: F
    index: int

    @property
    def linear(self):
        return Linear(self.sent, {self.index: -ONE})


class Reduction:
    """Reads the messages of sections 6.2 to 6.5 and gathers the equations in their order."""

    def __init__(self, circuit, counts, transcript, reader):
        self.circuit, self.counts, self.transcript, self.reader = circuit, counts, transcript, reader
        self.read = 0
        self.factors = []  # pairs of messages multiplied, in order of use
        self.equations = []

    def messages(self, label, count):
        sent = self.reader.f_elements(count)
        self.transcript.absorb_f(label, sent)
        first, self.read = self.read, self.read + count
        return [Message(value, first + i) for i, value in enumerate(sent)]

    def product(self, u, v):
        """u v = u^ v^ - u^ P_v - v^ P_u + Z"""
        z = self.counts.messages + 4 * len(self.factors)
        self.factors.append((u, v))
        return Linear(u.sent * v.sent) + pad(v.index, -u.sent) + pad(u.index, -v.sent) + pad(z)

    # -- 6.2

    def logup(self, alpha, beta):
        p0, p1, q0, q1 = self.messages("logup root", 4)
        self.equations.append(self.product(p0, q1) + self.product(p1, q0))
        tau = self.transcript.challenge("tau")
        p, q, point = _blend(p0, p1, tau), _blend(q0, q1, tau), [tau]
        for _ in range(1, self.counts.layers):
            p, q, point = self._layer(p, q, point)
        self._leaves(p, q, point, alpha, beta)

    def _layer(self, p, q, point):
        weight = self.transcript.challenge("lambda")
        running, bound = p + q * weight, []
        for r in point:
            at_zero, at_infinity = (message.linear for message in self.messages("logup round", 2))
            require(bool(r), CHALLENGE, "a zero coordinate of a LogUp point")
            at_one = (running - at_zero * (1 - r)) * r.inverse()
            rho = self.transcript.challenge("rho")
            running = at_zero * (1 - rho) + at_one * rho + at_infinity * (rho * rho - rho)
            bound.append(rho)
        p0, p1, q0, q1 = self.messages("logup layer", 4)
        crossed = self.product(p0, q1) + self.product(p1, q0)
        self.equations.append(crossed + self.product(q0, q1) * weight - running)
        tau = self.transcript.challenge("tau")
        return _blend(p0, p1, tau), _blend(q0, q1, tau), [tau, *bound]

    def _leaves(self, p, q, point, alpha, beta):
        numerator, denominator, covered = Linear(), Linear(), ZERO
        for owner, bits, offset in self.counts.leaves:
            high, z = point[: len(point) - bits], point[len(point) - bits :]
            share = field.eq_bits(high, offset >> bits)
            covered = covered + share
            if hasattr(owner, "multiplicity"):
                keys, values = owner.rows(bits)
                table = field.eq_table(z)
                tuple_sum = beta[0] * field.dot_k(keys, table) + beta[1] * field.dot_k(values, table) + owner.id
                fraction = Linear(alpha - tuple_sum)
                numerator = numerator - _block(owner.multiplicity, z) * share
            else:
                points = split_point(z, owner.outputs)
                parts = (owner.id, ONE), (owner.key, beta[0]), (owner.value, beta[1])
                fraction = Linear(alpha)
                for form, scale in parts:
                    fraction = fraction - form_at(form, owner.outputs, points) * scale
                numerator = numerator + share
            denominator = denominator + fraction * share
        self.equations.append(numerator - p)
        self.equations.append(denominator + (1 - covered) - q)

    # -- 6.3

    def relations(self):
        longest = max((relation.bits for relation in self.circuit.relations), default=0)
        point = self.transcript.challenges("relation point", longest)
        products = []
        for relation in self.circuit.relations:
            points = split_point(point[: relation.bits], relation.outputs)
            form = form_at(relation.form, relation.outputs, points)
            if relation.products:
                products.append((relation, points, form))
            else:
                self.equations.append(form)
        if products:
            self._products(products)

    def _products(self, relations):
        batch = self.transcript.challenge("batch")
        weights = field.powers(batch, ONE, len(relations))
        running = Linear()
        for weight, (_, _, form) in zip(weights, relations):
            running = running - form * weight
        challenges = []
        for _ in range(self.counts.sum_rounds):
            at_zero, at_infinity = (message.linear for message in self.messages("product round", 2))
            rho = self.transcript.challenge("rho")
            running = running * rho + at_zero * (1 - rho - rho) + at_infinity * (rho * rho - rho)
            challenges.append(rho)
        ends, total = [], Linear()
        for weight, (relation, points, _) in zip(weights, relations):
            for product in relation.products:
                late = len(challenges) - product.bits
                left, right = self.messages("product values", 2)
                share = weight * pow(field.HALF, late, field.P)
                total = total + self.product(left, right) * share
                ends += self._ends(relation, product, points, challenges[late:], left, right)
        self.equations.append(total - running)
        self.equations += ends

    def _ends(self, relation, product, points, challenges, left, right):
        """left = its view, right = its view"""
        variables = relation.outputs + product.sums
        points = points | split_point(challenges, product.sums, len(relation.outputs))
        left_weight = product.left.at(variables, points, False, product.diagonal)
        right_weight = product.right.at(variables, points, False)
        return [
            Linear(weights=[(product.left.column.source, left_weight)]) - left.linear,
            Linear(weights=[(product.right.column.source, right_weight)]) - right.linear,
        ]

    # -- 6.5

    def check_products(self):
        rho = self.transcript.challenge("product check")
        opened = self.reader.f_elements(2 * len(self.factors))
        self.transcript.absorb_f("product openings", opened)
        for number, (u, v) in enumerate(self.factors):
            e, f = opened[2 * number : 2 * number + 2]
            z, a, b, zz = range(self.counts.messages + 4 * number, self.counts.messages + 4 * number + 4)
            self.equations.append(pad(u.index, rho) + pad(a, -ONE) + -e)
            self.equations.append(pad(v.index) + pad(b, -ONE) + -f)
            self.equations.append(pad(z, rho) + pad(zz, -ONE) + pad(v.index, -e) + pad(a, -f))


def _blend(low, high, tau):
    return low.linear * (1 - tau) + high.linear * tau


def _block(column, point):
    """The multilinear extension of a whole column."""
    return Linear(weights=[(column.source, Weight(ONE, column.offset, [eq_factor(point)]))])


def form_at(form, variables, points):
    value = Linear()
    for coefficient, view in form.views:
        value.weights.append((view.column.source, view.at(variables, points, True).scaled(F(coefficient))))
    for constant in form.constants:
        value.constant = value.constant + constant.at(points)
    return value


def reduce(circuit, counts, pad_column, transcript, reader):
    """Sections 6.2 to 6.6, after the roots are absorbed: (source -> weights, constant)."""
    alpha = transcript.challenge("alpha")
    beta = transcript.challenges("beta", 2)
    reduction = Reduction(circuit, counts, transcript, reader)
    reduction.logup(alpha, beta)
    reduction.relations()
    reduction.check_products()
    gamma = transcript.challenge("gamma")

    constant, pads, weights, power = ZERO, {}, {}, ONE
    for equation in reduction.equations:
        constant = constant - equation.constant * power
        for index, coefficient in equation.pads.items():
            pads[index] = pads.get(index, ZERO) + coefficient * power
        for source, weight in equation.weights:
            weights.setdefault(source, []).append(weight.scaled(power))
        power = power * gamma
    weights.setdefault("A", []).append(_pad_weight(pad_column, pads))
    return weights, constant


def _pad_weight(column, pads):
    """Coefficient k on an F pad gives k x^d to its entry d of K."""
    basis = [F(1), F(0, 1), F(0, 0, 1), F(0, 0, 0, 1)]
    entries = [ZERO] * (1 << column.size_log)
    for index, coefficient in pads.items():
        for d in range(4):
            entries[4 * index + d] = coefficient * basis[d]
    return Weight(ONE, column.offset, [Dense(field.array(entries))])
