"""A prover of circuits for tests: evaluates everything on whole hypercubes  [proof.md sections 5, 6]."""

import itertools

import numpy as np

from . import field
from .circuit import split_point
from .field import ZERO
from .testing_opening import Prover, f_bytes, random_f, with_tail

P = np.uint64(field.P)


def view_values(view, values, variables, in_form):
    """The view on the hypercube of its variables, shape (2^b1, 2^b2, ...), by its definition, one entry at a time."""
    result = np.zeros([1 << v.bits for v in variables], dtype=np.uint64)
    bound = {share.variable for index in view.indices for share in index.bound}
    plain = {index.bound[0].variable for index in view.indices if index.plain}
    shape = [1 << bits for bits in view.column.bits]
    grid = values[view.column].reshape(shape)
    for assignment in np.ndindex(*result.shape):
        counts = all(
            number in plain or o < variables[number].extent or (number not in bound and not in_form)
            for number, o in enumerate(assignment)
        )
        if not counts:
            continue
        total = 0
        for window in itertools.product(*(range(index.window) for index in view.indices)):
            place = [
                index.offset + shift + sum(s.stride * (assignment[s.variable] // s.div) for s in index.bound)
                for index, shift in zip(view.indices, window)
            ]
            if all(index.plain or 0 <= j < n for j, n, index in zip(place, view.column.extents, view.indices)):
                total += int(grid[tuple(place)])
        for number, vector in view.scales.items():
            if number in bound or in_form:
                total *= int(vector[assignment[number]]) if assignment[number] < len(vector) else 0
        result[assignment] = total % field.P
    return result


def form_values(form, values, variables):
    total = np.zeros([1 << v.bits for v in variables], dtype=np.uint64)
    for coefficient, view in form.views:
        total = (total + view_values(view, values, variables, True) * np.uint64(coefficient % field.P)) % P
    for constant in form.constants:
        share = np.full(total.shape, constant.value % field.P, dtype=np.uint64)
        for number, vector in constant.vectors.items():
            full = np.zeros(total.shape[number], dtype=np.uint64)
            full[: len(vector)] = field.k_array(vector)
            share = share * full.reshape([-1 if axis == number else 1 for axis in range(total.ndim)]) % P
        total = (total + share) % P
    return total


def bind_top(a, r):
    low, high = np.split(a, 2, axis=1)
    return field.add(low, field.times(field.sub(high, low), r))


def to_f(k):
    a = np.zeros((4, k.size), dtype=np.uint64)
    a[0] = k.reshape(-1)
    return a


class CircuitProver:
    """Makes the body of a proof for a circuit whose column values are given: {column: (2^m) values in K}."""

    def __init__(self, profile, circuit, counts, pad_column, plan, values, rng):
        self.profile, self.circuit, self.counts, self.pad_column = profile, circuit, counts, pad_column
        self.plan, self.values, self.rng = plan, dict(values), rng
        self.out, self.used, self.factors = b"", 0, []

    # -- what is committed

    def count_multiplicities(self):
        keyed = {}
        for table in self.circuit.tables:
            bits = table.multiplicity.size_log
            keys, values = table.rows(bits)
            self.values[table.multiplicity] = np.zeros(1 << bits, dtype=np.uint64)
            for row in reversed(range(table.size)):
                keyed[table.id, int(keys[row]), int(values[row])] = (table.multiplicity, row)
        for lookup in self.circuit.lookups:
            forms = [
                form_values(f, self.values, lookup.outputs).reshape(-1) for f in (lookup.id, lookup.key, lookup.value)
            ]
            for entry in zip(*(f.tolist() for f in forms)):
                column, row = keyed[entry]
                self.values[column][row] += np.uint64(1)

    def make_pads(self):
        """One pad a message; the products' Z follow once the messages are known, as they do not depend on them."""
        pads = [random_f(self.rng) for _ in range(self.counts.messages)]
        for u, v in self.factor_indices():
            a, b = random_f(self.rng), random_f(self.rng)
            pads += [pads[u] * pads[v], a, b, a * b]
        self.pads = pads
        entries = np.zeros(1 << self.pad_column.size_log, dtype=np.uint64)
        entries[: 4 * len(pads)] = field.array(pads).T.reshape(-1)
        self.values[self.pad_column] = entries

    def factor_indices(self):
        """The numbers of the messages multiplied, in order of use."""
        yield from ((0, 3), (1, 2))
        at = 4
        for k in range(1, self.counts.layers):
            at += 2 * k
            yield from ((at, at + 3), (at + 1, at + 2), (at + 2, at + 3))
            at += 4
        at += 2 * self.counts.sum_rounds
        for relation in self.circuit.relations:
            for _ in relation.products:
                yield (at, at + 1)
                at += 2

    def commit(self, sources, sealed):
        """sources: (name, shape); all columns of each at their places. sealed: {name: oracle} of those that exist."""
        self.oracles = []
        for name, shape in sources:
            if name in sealed:
                self.oracles.append(sealed[name])
                continue
            entries = np.zeros(shape.rows * shape.columns, dtype=np.uint64)
            for column, values in self.values.items():
                if column.source == name:
                    entries[column.offset : column.offset + len(values)] = values
            self.oracles.append(with_tail(shape, entries.reshape(shape.rows, shape.columns), self.rng))
        return self.oracles

    # -- messages

    def send(self, label, messages):
        sent = [message + self.pads[self.used + i] for i, message in enumerate(messages)]
        self.used += len(messages)
        self.out += f_bytes(sent)
        self.transcript.absorb_f(label, sent)

    def logup(self, alpha, beta):
        p, q = to_f(np.zeros(1 << self.counts.layers)), to_f(np.ones(1 << self.counts.layers))
        for owner, bits, offset in self.counts.leaves:
            block = slice(offset, offset + (1 << bits))
            if owner in self.circuit.tables:
                keys, values = owner.rows(bits)
                p[:, block] = field.sub(np.zeros_like(p[:, block]), to_f(self.values[owner.multiplicity]))
                forms = [np.full_like(keys, owner.id), keys, values]
            else:
                forms = [form_values(f, self.values, owner.outputs) for f in (owner.id, owner.key, owner.value)]
                p[0, block] = 1
            total = to_f(forms[0])
            for form, scale in zip(forms[1:], beta):
                total = field.add(total, field.times(to_f(form), scale))
            q[:, block] = field.sub(field.array([alpha]), total)
        layers = [(p, q)]
        while layers[-1][0].shape[1] > 2:
            (p0, p1), (q0, q1) = (np.split(a, 2, axis=1) for a in layers[-1])
            layers.append((field.add(field.mul(p0, q1), field.mul(p1, q0)), field.mul(q0, q1)))
        point = None
        for p, q in reversed(layers):
            point = self.layer(p, q, point)

    def layer(self, p, q, point):
        parts = [*np.split(p, 2, axis=1), *np.split(q, 2, axis=1)]
        bound = []
        if point is not None:
            weight = self.transcript.challenge("lambda")
            for done in range(len(point)):
                later = field.eq_table(point[done + 1 :])
                low, high = [part[:, : later.shape[1]] for part in parts], [part[:, later.shape[1] :] for part in parts]
                ends = (low, [field.sub(b, a) for a, b in zip(low, high)])
                self.send("logup round", [field.dot(later, self.crossed(*end, weight)) for end in ends])
                bound.append(self.transcript.challenge("rho"))
                parts = [bind_top(part, bound[-1]) for part in parts]
        self.send("logup root" if point is None else "logup layer", [field.element(part[:, 0]) for part in parts])
        return [self.transcript.challenge("tau"), *bound]

    @staticmethod
    def crossed(p0, p1, q0, q1, weight):
        total = field.add(field.mul(p0, q1), field.mul(p1, q0))
        return field.add(total, field.times(field.mul(q0, q1), weight))

    def relations(self):
        longest = max((relation.bits for relation in self.circuit.relations), default=0)
        point = self.transcript.challenges("relation point", longest)
        pairs, power = [], None
        for relation in self.circuit.relations:
            if relation.products:
                power = self.transcript.challenge("batch") if power is None else power
                number = sum(1 for r in self.circuit.relations[: self.circuit.relations.index(relation)] if r.products)
                for product in relation.products:
                    pairs.append((*self.product_vectors(relation, product, point), power**number))
        if pairs:
            self.products(pairs)

    def product_vectors(self, relation, product, point):
        """left and right over the sum variables, the output variables at their point."""
        points = split_point(point[: relation.bits], relation.outputs)
        variables, outputs = relation.outputs + product.sums, len(relation.outputs)
        vectors = []
        for view, diagonal in ((product.left, product.diagonal), (product.right, ())):
            a = to_f(view_values(view, self.values, variables, False)).reshape(4, *[1 << v.bits for v in variables])
            for output in range(outputs):
                table = field.eq_table(points[output])
                a = field.mul(a, table.reshape(4, *([-1] + [1] * (a.ndim - 2)))).sum(axis=1) % P
            for output, summed in diagonal:
                axis = 1 + summed - outputs
                shape = [4] + [1] * (a.ndim - 1)
                shape[axis] = -1
                a = field.mul(a, field.eq_table(points[output]).reshape(shape))
            vectors.append(a.reshape(4, -1))
        return vectors

    def products(self, pairs):
        rounds = self.counts.sum_rounds
        pairs = [[left, right, weight, left.shape[1].bit_length() - 1] for left, right, weight in pairs]
        for done in range(rounds):
            at_zero, at_infinity = ZERO, ZERO
            for left, right, weight, bits in pairs:
                if bits < rounds - done:
                    at_zero = at_zero + field.dot(left, right) * weight * pow(field.HALF, done + 1, field.P)
                else:
                    (l0, l1), (r0, r1) = np.split(left, 2, axis=1), np.split(right, 2, axis=1)
                    share = weight * pow(field.HALF, rounds - bits, field.P)
                    at_zero = at_zero + field.dot(l0, r0) * share
                    at_infinity = at_infinity + field.dot(field.sub(l1, l0), field.sub(r1, r0)) * share
            self.send("product round", [at_zero, at_infinity])
            rho = self.transcript.challenge("rho")
            for pair in pairs:
                if pair[3] >= rounds - done:
                    pair[0], pair[1] = bind_top(pair[0], rho), bind_top(pair[1], rho)
        for left, right, _, _ in pairs:
            self.send("product values", [field.element(left[:, 0]), field.element(right[:, 0])])

    def check_products(self):
        rho = self.transcript.challenge("product check")
        opened = []
        for number, (u, v) in enumerate(self.factor_indices()):
            _, a, b, _ = self.pads[self.counts.messages + 4 * number :][:4]
            opened += [rho * self.pads[u] - a, self.pads[v] - b]
        self.out += f_bytes(opened)
        self.transcript.absorb_f("product openings", opened)

    # -- the whole

    def messages(self, transcript):
        """Everything of section 6 after the roots are absorbed."""
        self.transcript = transcript
        alpha, beta = transcript.challenge("alpha"), transcript.challenges("beta", 2)
        self.logup(alpha, beta)
        self.relations()
        self.check_products()
        return self.out


def prove(profile, circuit, counts, pad_column, plan, sources, values, transcript, rng, sealed=None):
    """The body of a proof from the roots A, P on. sources: (name, shape) in order, A first; the statement is absorbed.

    Gives (body, roots of the sources)."""
    from . import reduction
    from .reader import Reader

    prover = CircuitProver(profile, circuit, counts, pad_column, plan, values, rng)
    prover.count_multiplicities()
    prover.make_pads()
    oracles = prover.commit(sources, sealed or {})
    opener = Prover(profile, plan, transcript, rng)
    transcript.absorb_digest("A", oracles[0].root)
    transcript.absorb_digest("P", opener.pads.root)
    follower = transcript.copy()
    body = prover.messages(transcript)
    weights, constant = reduction.reduce(circuit, counts, pad_column, follower, Reader(body))
    transcript.challenge("gamma")

    dense_weights = []
    for name, shape in sources:
        dense = np.zeros((4, shape.rows * shape.columns), dtype=np.uint64)
        for weight in weights.get(name, []):
            weight.expand(dense)
        dense_weights.append(dense)
    held = sum(
        (field.dot_k(o.coefficients[: s.rows].reshape(-1), d) for o, (_, s), d in zip(oracles, sources, dense_weights)),
        ZERO,
    )
    body = oracles[0].root + opener.pads.root + body + opener.open(oracles, dense_weights, constant)
    return body, [oracle.root for oracle in oracles], held == constant
