"""Verifies proof files, registrations and rotations  [proof.md sections 6 to 9]."""

from . import compiler, opening, parameters, reduction, statement as statements
from .circuit import place
from .graph import BadModel
from .reader import Reader
from .refusal import STATEMENT, Refused, require
from .statement import REGISTRATION, ROTATION, Statement
from .transcript import Transcript

LEAVES_LOG_MAX = 23
ROWS_MAX = 2**21


class Prepared:
    """A circuit with everything that follows from it: places, shapes, the plan of its opening."""

    def __init__(self, profile, circuit):
        self.profile, self.circuit = profile, circuit
        self.counts, self.pads, a, entries = reduction.place_trace(circuit)
        require(self.counts.leaf_count <= 2**LEAVES_LOG_MAX, STATEMENT, "too many leaves")
        shapes = {"A": parameters.trace_shape(profile, a, _rows(a, entries))}
        for source in ("W", "R", "D"):
            columns = [column for column in circuit.columns if column.source == source]
            if columns or source == "W":
                a, entries = place(columns)
                shapes[source] = parameters.sealed_shape(profile, a, _rows(a, entries))
        self.shapes, self.plan = shapes, parameters.plan(profile, list(shapes.values()))

    def verify(self, roots, transcript, reader):
        """The body, after the statement is absorbed. roots: those of all sources but A. Raises Refused."""
        trace_root, pads_root = reader.digest(), reader.digest()
        transcript.absorb_digest("A", trace_root)
        transcript.absorb_digest("P", pads_root)
        weights, constant = reduction.reduce(self.circuit, self.counts, self.pads, transcript, reader)
        roots = roots | {"A": trace_root}
        sources = [opening.Source(roots[name], shape, weights.get(name, [])) for name, shape in self.shapes.items()]
        opening.verify(self.profile, self.plan, sources, constant, pads_root, transcript, reader)
        reader.finish()


def _rows(a, entries):
    rows = -(-entries // 2**a)
    require(rows <= ROWS_MAX, STATEMENT, "too many rows")
    return rows


def prepare(profile, compile_circuit):
    """Circuits that are too large, or that cannot be, are refused as statements."""
    try:
        return Prepared(profile, compile_circuit())
    except (BadModel, ValueError) as fault:
        raise Refused(STATEMENT, str(fault)) from fault


def verify_model(model):
    """The registration of epoch 0 and the rotations to all later ones."""
    head = {"profile": model.profile.code, "context": bytes(32), "model": model.id}
    for epoch, (root, body) in enumerate(zip(model.roots, model.bodies)):
        if epoch == 0:
            statement, roots = Statement(kind=REGISTRATION, epoch=0, root=root, **head), {"W": root}
            prepared = prepare(model.profile, lambda: compiler.registration(model.graph))
        else:
            left = model.roots[epoch - 1]
            statement = Statement(kind=ROTATION, epoch=epoch - 1, root=left, fresh=root, **head)
            roots = {"W": left, "R": root}
            if epoch == 1:
                prepared = prepare(model.profile, lambda: compiler.rotation(model.graph))
        transcript = Transcript()
        statements.absorb(transcript, statement, model.profile)
        prepared.verify(roots, transcript, Reader(body))


class Verifier:
    """One model, one expected context and data set; any number of proofs."""

    def __init__(self, model, context=bytes(32), data=None):
        self.model, self.context, self.data = model, context, data

    def verify(self, file):
        """The statement that the file proves; raises Refused."""
        model, data, reader = self.model, self.data, Reader(file)
        statement = statements.read(reader, model.graph)
        statements.check(statement, model, self.context, data)
        prepared = prepare(model.profile, lambda: self._compile(statement))
        transcript = Transcript()
        statements.absorb(transcript, statement, model.profile)
        roots = {"W": statement.root} | ({"D": data.root} if statement.data else {})
        prepared.verify(roots, transcript, reader)
        return statement

    def _compile(self, statement):
        rows, pads = (self.data.rows, self.data.pads) if statement.data else (0, False)
        return compiler.inference(self.model.graph, statement, rows, pads)

    def refusal(self, file):
        """(reason, where), or None when the file is proven."""
        try:
            self.verify(file)
        except Refused as refused:
            return refused.reason, refused.where
        return None
