"""The command line and the comparison with expected verdicts, on files made by the test prover."""

import contextlib
import io
import json
import struct
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from . import __main__ as command
from . import parameters as pp
from . import testing_graph, vectors
from .test_model import Owner, inputs, odd_reshape


def identity_file(owner):
    graph = testing_graph.encode(owner.graph)
    file = (
        b"ZKPI" + struct.pack("<HBQ", 1, pp.TOY.code, len(graph)) + graph + struct.pack("<I", len(owner.identity.roots))
    )
    for root, body in zip(owner.identity.roots, owner.identity.bodies):
        file += root + struct.pack("<Q", len(body)) + body
    return file


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        cls.folder, owner = Path(cls.kept.name), Owner(odd_reshape(), 3)
        owner.rotate()
        file, _, _ = owner.prove(inputs(owner.graph, 1))
        (cls.folder / "m.id").write_bytes(identity_file(owner))
        (cls.folder / "good.zkp").write_bytes(file)
        (cls.folder / "bad.zkp").write_bytes(file + b"\0")

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    def run_command(self, *words):
        out, err = io.StringIO(), io.StringIO()
        line = ["second_verifier", "--model", str(self.folder / "m.id"), *words]
        with mock.patch("sys.argv", line), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            return command.main(), out.getvalue()

    def test_verdicts_and_exit_codes(self):
        good, bad = str(self.folder / "good.zkp"), str(self.folder / "bad.zkp")
        self.assertEqual(self.run_command("--toy", good), (0, "proven\n"))
        self.assertEqual(self.run_command("--toy", good, bad), (1, "proven\nrefused: syntax\n"))
        self.assertEqual(self.run_command("--toy", "--context", "01" * 32, good), (1, "refused: statement\n"))
        code, out = self.run_command("--toy", "--json", bad)
        self.assertEqual((code, json.loads(out)["reason"]), (1, "syntax"))

    def test_the_toy_profile_is_refused_and_a_missing_file_is_a_usage_error(self):
        self.assertEqual(self.run_command(str(self.folder / "good.zkp")), (1, "refused: statement\n"))
        self.assertEqual(self.run_command("--toy", str(self.folder / "none.zkp"))[0], 2)

    def test_disagreements_with_expected_verdicts_are_found(self):
        entries = [
            {"model": "m.id", "proof": "good.zkp", "verdict": "proven"},
            {"model": "m.id", "proof": "bad.zkp", "verdict": "syntax"},
            {"model": "m.id", "proof": "good.zkp", "context": "01" * 32, "verdict": "refused: statement"},
        ]
        with contextlib.redirect_stdout(io.StringIO()):
            (self.folder / "expected.json").write_text(json.dumps(entries))
            self.assertEqual(vectors.main([self.folder]), 0)
            (self.folder / "expected.json").write_text(json.dumps(entries + [entries[0] | {"verdict": "path"}]))
            self.assertEqual(vectors.main([self.folder]), 1)
