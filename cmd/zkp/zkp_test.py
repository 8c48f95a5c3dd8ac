"""The program from outside, as a user runs it: every command, every exit code, every bad input.

    zkp_test.py PROGRAM REPOSITORY [unittest arguments]

The standard library alone; the models are examples/clinic and ONNX files written here, byte by byte.
"""

import json
import math
import os
import pathlib
import pty
import resource
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

PROGRAM, REPOSITORY = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
CLINIC = REPOSITORY / "examples/clinic"
BUDGET = 126  # of the clinic's root


def field(number, value):
    """One protobuf field: an integer, bytes, or text."""
    def varint(n):
        return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor_type(name, dims):
    shape = b"".join(field(1, field(1, d)) for d in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def onnx_file(weights, operator="Gemm"):
    """y = operator(x, w): x of three numbers, w of 3 x 2."""
    tensor = field(1, 3) + field(1, 2) + field(2, 1) + field(8, "w") + field(9, struct.pack("<6f", *weights))
    node = field(1, "x") + field(1, "w") + field(2, "y") + field(3, "the node") + field(4, operator)
    graph = (field(1, node) + field(2, "g") + field(5, tensor) + field(11, tensor_type("x", [1, 3]))
             + field(12, tensor_type("y", [1, 2])))
    return field(1, 8) + field(2, "by hand") + field(7, graph) + field(8, field(1, "") + field(2, 13))


def npy_file(rows, width, values):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {width}), }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack(f"<{len(values)}f", *values)


class Zkp(unittest.TestCase):
    """A folder of its own for each test, with the sealed clinic model and its counter."""

    @classmethod
    def setUpClass(cls):
        cls.sealed = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.sealed.name)
        run = subprocess.run(
            [PROGRAM, "--json", "model", "import", CLINIC / "model.onnx", "--calibrate", CLINIC / "calibration.npy",
             "-o", "m.zkm", "--labels", "malignant,benign"],
            cwd=folder, env={"ZKP_STATE_DIR": str(folder / "state")}, capture_output=True, text=True, check=True)
        cls.imported = json.loads(run.stdout)
        subprocess.run([PROGRAM, "model", "publish", "m.zkm", "-o", "m.id"], cwd=folder, check=True,
                       capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.sealed.cleanup()

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name) / "work"
        shutil.copytree(self.sealed.name, self.folder)

    def command(self, *words):
        return [PROGRAM, *(CLINIC / w if str(w) in ("record.npy", "test.npy", "calibration.npy", "model.onnx") else w
                           for w in words)]

    def environment(self):
        return {"ZKP_STATE_DIR": str(self.folder / "state")}

    def zkp(self, *words, code=0, file_bytes=None):
        """Runs a command in the folder; checks its exit code; returns what it answers as JSON."""
        def limit():
            if file_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
        run = subprocess.run(self.command("--json", *words), cwd=self.folder, env=self.environment(), preexec_fn=limit,
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        answer = json.loads(run.stdout)
        if code == 0:
            self.assertEqual(run.stderr, "")
        else:
            self.assertTrue(run.stderr.endswith(f"zkp: {answer['error']}\n"), run.stderr)
            self.assertNotIn("\n", answer["error"])
        return answer

    def refuses(self, *words, says, code=1, **limits):
        """The command fails in one line that says so, and leaves no file behind or changed."""
        def files():
            return {path: path.read_bytes() for path in self.folder.rglob("*")
                    if path.is_file() and "state" not in path.parts}
        before = files()
        answer = self.zkp(*words, code=code, **limits)
        self.assertIn(says, answer["error"])
        self.assertEqual(files(), before)
        return answer

    def text(self, *words):
        return subprocess.run(self.command(*words), cwd=self.folder, env=self.environment(), capture_output=True,
                              text=True, check=True).stdout

    def write(self, name, content):
        (self.folder / name).write_bytes(content)
        return name

    def prove(self, *more, out="p.zkp"):
        return self.zkp("prove", "--model", "m.zkm", "--input", "record.npy", "-o", out, *more)

    def counter(self):
        inspected = self.zkp("model", "inspect", "m.zkm")
        return self.folder / "state" / inspected["root"]


class Models(Zkp):
    def test_import_says_what_will_be_proven_and_what_it_costs(self):
        self.assertEqual(self.imported["operators"]["Gemm"], 3)
        self.assertEqual(self.imported["unsupported"], [])
        self.assertEqual(self.imported["graph"]["parameters"], 1554)
        self.assertEqual(self.imported["graph"]["labels"], ["malignant", "benign"])
        self.assertGreater(self.imported["accuracy"]["class_agreement"], 0.99)
        prediction = self.imported["prediction"]
        self.assertEqual(prediction["proofs_per_root"], BUDGET)
        for figure in ("work_units", "seconds", "memory_bytes", "proof_bytes"):
            self.assertGreater(prediction[figure], 0)
        self.assertGreater(prediction["rotation"]["identity_bytes"], 0)
        text = self.text("model", "import", "model.onnx", "--calibrate", "calibration.npy", "-o", "again.zkm")
        for words in ("Gemm x 3", "work units", "predicted", "proofs; then zkp model renew", "beside the float model",
                      "shifts (", "table bounds"):
            self.assertIn(words, text)

    def test_a_sealed_model_is_for_its_owner_alone(self):
        for name in ("m.zkm", "state/" + self.zkp("model", "inspect", "m.zkm")["root"]):
            self.assertEqual(stat.S_IMODE((self.folder / name).stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE((self.folder / "state").stat().st_mode), 0o700)

    def test_inspect_reads_models_and_identities(self):
        owner, stranger = self.zkp("model", "inspect", "m.zkm"), self.zkp("model", "inspect", "m.id")
        self.assertEqual(owner["model_id"], self.imported["model_id"])
        self.assertEqual(stranger["model_id"], self.imported["model_id"])
        self.assertEqual(stranger["registration"], "verified")
        self.assertEqual(owner["proofs_left"], BUDGET)
        self.assertIn("126 of 126 proofs left", self.text("model", "inspect", "m.zkm"))

    def test_unsupported_operators_are_listed_with_their_nodes(self):
        self.write("odd.onnx", onnx_file([1] * 6, "NonMaxSuppression"))
        self.write("x.npy", npy_file(1, 3, [1, 2, 3]))
        words = ("model", "import", "odd.onnx", "--calibrate", "x.npy", "-o", "odd.zkm")
        answer = self.refuses(*words, says="cannot be proven")
        self.assertEqual(answer["unsupported"][0]["node"], "the node")
        self.assertEqual(answer["unsupported"][0]["type"], "NonMaxSuppression")
        run = subprocess.run(self.command(*words), cwd=self.folder, env=self.environment(), capture_output=True,
                             text=True)
        self.assertIn("unsupported NonMaxSuppression 'the node'", run.stderr)

    def test_models_and_samples_that_make_no_sense_are_refused(self):
        good, nan = onnx_file([1, -2, 3, 4, 5, -6]), onnx_file([1, math.nan, 3, 4, 5, 6])
        self.write("good.onnx", good)
        self.write("x.npy", npy_file(2, 3, [1, 2, 3, 4, 5, 6]))
        self.zkp("model", "import", "good.onnx", "--calibrate", "x.npy", "-o", "good.zkm")
        for name, content, says in [("nan.onnx", nan, "NaN"), ("text.onnx", b"this is no model", "ONNX"),
                                    ("empty.onnx", b"", "ONNX"), ("short.onnx", good[:60], "")]:
            self.write(name, content)
            self.refuses("model", "import", name, "--calibrate", "x.npy", "-o", "bad.zkm", says=says)
        for name, content, says in [("none.npy", npy_file(0, 3, []), "empty"),
                                    ("wide.npy", npy_file(1, 4, [1] * 4), "shape"),
                                    ("nan.npy", npy_file(1, 3, [1, math.nan, 3]), "NaN"),
                                    ("text.npy", b"no array", "numpy.save"),
                                    ("short.npy", npy_file(2, 3, [1] * 5), "cut short")]:
            self.write(name, content)
            self.refuses("model", "import", "good.onnx", "--calibrate", name, "-o", "bad.zkm", says=says)
        self.refuses("model", "import", "good.onnx", "--calibrate", "x.npy", "--labels", "one", "-o", "bad.zkm",
                     says="2 classes", code=2)

    def test_renewing_keeps_the_identity_and_starts_a_fresh_budget(self):
        before = self.prove(out="before.zkp")
        self.assertEqual(before["proofs_left"], BUDGET - 1)
        renewed = self.zkp("model", "renew", "m.zkm")
        self.assertEqual(renewed["model_id"], self.imported["model_id"])
        self.assertEqual((renewed["epoch"], renewed["proofs_left"]), (1, BUDGET))
        self.zkp("model", "publish", "m.zkm", "-o", "m1.id")
        self.prove(out="after.zkp")
        self.assertEqual(self.zkp("verify", "--model", "m1.id", "before.zkp")["epoch"], 0)
        self.assertEqual(self.zkp("verify", "--model", "m1.id", "after.zkp")["epoch"], 1)
        self.refuses("verify", "--model", "m.id", "after.zkp", says="does not list")
        bad = bytearray((self.folder / "m1.id").read_bytes())
        bad[-1000] ^= 1
        self.write("m1.id", bad)
        self.refuses("verify", "--model", "m1.id", "after.zkp", says="refused")


class Budget(Zkp):
    def set_used(self, used):
        self.counter().write_text(f"zkp uses 1\nused {used}\n")

    def test_at_zero_proving_is_refused_until_the_model_is_renewed(self):
        self.set_used(BUDGET)
        self.assertEqual(self.prove()["proofs_left"], 0)
        self.refuses("prove", "--model", "m.zkm", "--input", "record.npy", "-o", "q.zkp", says="zkp model renew")
        self.zkp("model", "renew", "m.zkm")
        self.assertEqual(self.prove()["proofs_left"], BUDGET - 1)

    def test_a_lost_or_older_counter_stops_proofs_and_rotation(self):
        counter = self.counter()
        for spoil, says in [(counter.unlink, "missing"), (lambda: counter.write_text("zkp uses 1\nused 0\n"), "older"),
                            (lambda: counter.write_text("nonsense"), "damaged")]:
            spoil()
            self.refuses("prove", "--model", "m.zkm", "--input", "record.npy", "-o", "q.zkp", says=says)
            self.refuses("model", "renew", "m.zkm", says="model import")
            self.assertIsNone(self.zkp("model", "inspect", "m.zkm")["proofs_left"])

    def test_concurrent_provers_share_one_budget(self):
        self.set_used(BUDGET - 2)
        prove = ("prove", "--model", "m.zkm", "--input", "record.npy", "-o")
        running = [subprocess.Popen(self.command(*prove, f"{i}.zkp"), cwd=self.folder, env=self.environment(),
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for i in range(6)]
        codes = [one.wait() for one in running]
        self.assertEqual(sorted(codes), [0, 0, 0, 1, 1, 1])
        proofs = [self.folder / f"{i}.zkp" for i in range(6)]
        self.assertEqual([path.exists() for path in proofs], [code == 0 for code in codes])
        # Fresh randomness for every attempt: the first commitments differ.
        self.assertEqual(len({path.read_bytes()[200:300] for path in proofs if path.exists()}), 3)


class Proofs(Zkp):
    def test_a_proof_convinces_a_stranger_and_shows_only_the_output(self):
        self.prove("--private", "model,input")
        verified = self.zkp("verify", "--model", "m.id", "p.zkp")
        self.assertTrue(verified["proven"])
        self.assertEqual((verified["input"], verified["output"], verified["weights"]), ("private", "public", "private"))
        self.assertNotIn("input_codes", verified)
        inferred = self.zkp("infer", "--model", "m.zkm", "--input", "record.npy")
        self.assertFalse(inferred["proven"])
        self.assertEqual(inferred["rows"], verified["rows"])
        self.assertEqual(verified["rows"][0]["label"], "malignant")
        text = self.text("verify", "--model", "m.id", "p.zkp")
        for words in ("PROVEN", "who sees what", "not proven", "left to the reader", "malignant"):
            self.assertIn(words, text)

    def test_flags_say_what_the_proof_shows(self):
        for listed, seen in [("model,input", ("private", "public")), ("model", ("public", "public")),
                             ("output", ("public", "private")), ("input,output", ("private", "private"))]:
            self.prove("--private", listed)
            verified = self.zkp("verify", "--model", "m.id", "p.zkp")
            self.assertEqual((verified["input"], verified["output"]), seen)
            self.assertEqual("rows" in verified, seen[1] == "public")
            self.assertEqual("input_codes" in verified, seen[0] == "public")
        self.prove()
        self.assertEqual(self.zkp("verify", "--model", "m.id", "p.zkp")["input"], "private")

    def test_a_batch_gives_one_proof(self):
        proven = self.zkp("prove", "--model", "m.zkm", "--input", "test.npy", "-o", "p.zkp")
        self.assertEqual(len(proven["rows"]), 114)
        self.assertEqual(proven["proofs_left"], BUDGET - 1)
        verified = self.zkp("verify", "--model", "m.id", "p.zkp")
        self.assertEqual(verified["batch"], 114)
        self.assertEqual(verified["rows"], proven["rows"])
        self.assertIn("more rows", self.text("verify", "--model", "m.id", "p.zkp"))

    def test_a_proof_is_bound_to_its_context(self):
        context = "5A" * 32
        self.prove("--context", context)
        verified = self.zkp("verify", "--model", "m.id", "--context", context.lower(), "p.zkp")
        self.assertEqual(verified["context"], context.lower())
        for other in ([], ["--context", "5b" * 32]):
            answer = self.refuses("verify", "--model", "m.id", *other, "p.zkp", says="another context")
            self.assertEqual(answer["reason"], "statement")
        for bad in ("5a" * 31, "5a" * 33, "zz" * 32, "5"):
            self.refuses("verify", "--model", "m.id", "--context", bad, "p.zkp", says="context", code=2)
            self.refuses("prove", "--model", "m.zkm", "--input", "record.npy", "--context", bad, "-o", "q.zkp",
                         says="context", code=2)

    def test_changed_shortened_and_foreign_proofs_are_refused(self):
        self.prove()
        proof = (self.folder / "p.zkp").read_bytes()
        places = [0, 4, 6, 7, 40, 72, 105, 150, 200, *range(300, len(proof), len(proof) // 12), len(proof) - 1]
        for at in places:
            changed = bytearray(proof)
            changed[at] ^= 1
            self.write("bad.zkp", changed)
            self.assertIn("reason", self.refuses("verify", "--model", "m.id", "bad.zkp", says="refused ("))
        for size in (0, 3, 50, 119, 5000, len(proof) - 1):
            self.write("bad.zkp", proof[:size])
            self.refuses("verify", "--model", "m.id", "bad.zkp", says="refused (")
        self.write("bad.zkp", proof + b"\0")
        self.refuses("verify", "--model", "m.id", "bad.zkp", says="refused (syntax)")
        self.zkp("model", "import", "model.onnx", "--calibrate", "calibration.npy", "-o", "other.zkm")
        self.zkp("model", "publish", "other.zkm", "-o", "other.id")
        self.refuses("verify", "--model", "other.id", "p.zkp", says="refused (statement)")

    def test_inputs_that_do_not_fit_cost_nothing(self):
        for name, content, says in [("wide.npy", npy_file(1, 31, [1] * 31), "shape"),
                                    ("none.npy", npy_file(0, 30, []), "empty"),
                                    ("nan.npy", npy_file(1, 30, [math.nan] * 30), "NaN"),
                                    ("text.npy", b"no array", ".npy")]:
            self.write(name, content)
            self.refuses("prove", "--model", "m.zkm", "--input", name, "-o", "q.zkp", says=says)
            self.refuses("infer", "--model", "m.zkm", "--input", name, says=says)
        self.assertEqual(self.zkp("model", "inspect", "m.zkm")["proofs_left"], BUDGET)


class Data(Zkp):
    def setUp(self):
        super().setUp()
        self.committed = self.commit("d", "--pad-output")

    def commit(self, name, *more):
        return self.zkp("data", "commit", "test.npy", "--like", "m.id", *more, "-o", name + ".zkd",
                        "--id", name + ".id")

    def test_a_proof_says_that_its_input_is_a_row(self):
        self.assertEqual((self.committed["rows"], self.committed["pads"]), (114, True))
        proven = self.zkp("prove", "--model", "m.zkm", "--data", "d.zkd", "--row", "5", "-o", "p.zkp")
        verified = self.zkp("verify", "--model", "m.id", "--data", "d.id", "p.zkp")
        self.assertEqual(verified["data"], {"data_id": self.committed["data_id"], "row": 5})
        self.assertEqual(verified["rows"], proven["rows"])
        self.assertEqual(verified["rows"][0], self.zkp("infer", "--model", "m.zkm", "--input", "test.npy")["rows"][5])
        self.refuses("verify", "--model", "m.id", "p.zkp", says="--data")
        self.commit("e")
        self.refuses("verify", "--model", "m.id", "--data", "e.id", "p.zkp", says="another data set")

    def test_a_masked_output_is_opened_by_the_owner_of_the_pad_alone(self):
        masked = ("prove", "--model", "m.zkm", "--data", "d.zkd", "--row", "7", "--mask", "output", "-o")
        proven = self.zkp(*masked, "p.zkp")
        verified = self.zkp("verify", "--model", "m.id", "--data", "d.id", "p.zkp")
        self.assertEqual(verified["output"], "masked")
        self.assertNotIn("rows", verified)
        self.assertEqual(self.zkp("open", "--data", "d.zkd", "p.zkp")["output"], proven["rows"][0])
        self.assertEqual(self.zkp("open", "--data", "d.zkd", "--model", "m.id", "p.zkp")["output"], proven["rows"][0])
        self.refuses(*masked, "q.zkp", says="pad")
        self.commit("e", "--pad-output")
        self.refuses("open", "--data", "e.zkd", "p.zkp", says="not about")

    def test_requests_that_do_not_fit_the_data_are_refused(self):
        prove = ("prove", "--model", "m.zkm", "-o", "q.zkp")
        self.refuses(*prove, "--data", "d.zkd", "--row", "114", says="rows are 0 to 113")
        self.refuses(*prove, "--data", "d.zkd", says="--row", code=2)
        self.refuses(*prove, "--data", "d.zkd", "--input", "record.npy", "--row", "1", says="either", code=2)
        self.refuses(*prove, "--input", "record.npy", "--row", "1", says="--row", code=2)
        self.refuses(*prove, "--input", "record.npy", "--mask", "output", says="--data", code=2)
        self.refuses(*prove, "--data", "d.zkd", "--row", "1", "--mask", "input", says="--mask", code=2)
        self.refuses(*prove, "--data", "d.zkd", "--row", "1", "--mask", "output", "--private", "output", says="exclude",
                     code=2)
        self.commit("e")
        self.refuses(*prove, "--data", "e.zkd", "--row", "1", "--mask", "output", says="--pad-output")
        self.assertEqual(self.zkp("model", "inspect", "m.zkm")["proofs_left"], BUDGET)

    def test_the_data_sets_budget_is_counted_too(self):
        (self.folder / "state" / self.data_root()).write_text(f"zkp uses 1\nused {self.committed['proofs_per_root']}\n")
        self.refuses("prove", "--model", "m.zkm", "--data", "d.zkd", "--row", "1", "-o", "q.zkp",
                     says="commit the data set again")

    def data_root(self):
        return (self.folder / "d.id").read_bytes()[7:39].hex()


class BadFiles(Zkp):
    def test_files_cut_short_are_refused_everywhere(self):
        self.zkp("data", "commit", "test.npy", "--like", "m.id", "-o", "d.zkd", "--id", "d.id")
        for name in ("m.zkm", "d.zkd", "m.id", "d.id"):
            whole = (self.folder / name).read_bytes()
            for size in (0, 3, 20, 60, len(whole) // 2, len(whole) - 1):
                self.write("bad", whole[:size])
                if name == "m.zkm":
                    self.refuses("infer", "--model", "bad", "--input", "record.npy", says="bad")
                elif name == "d.zkd":
                    self.refuses("prove", "--model", "m.zkm", "--data", "bad", "--row", "1", "-o", "q", says="bad")
                elif name == "m.id":
                    self.refuses("verify", "--model", "bad", "m.id", says="bad")
                else:
                    self.refuses("verify", "--model", "m.id", "--data", "bad", "m.id", says="bad")

    def test_files_of_another_kind_are_refused(self):
        self.refuses("model", "publish", "m.id", "-o", "x.id", says="sealed model")
        self.refuses("model", "inspect", "/dev/null", says="regular file", code=2)
        self.refuses("verify", "--model", "m.zkm", "m.id", says="m.zkm")
        self.refuses("verify", "--model", "m.id", "m.id", says="not a zkp proof")
        self.refuses("data", "commit", "m.id", "--like", "m.id", "-o", "d.zkd", "--id", "d.id", says="numpy.save")
        self.refuses("open", "--data", "m.zkm", "m.id", says="data set")

    def test_a_full_disk_leaves_nothing_half_written(self):
        full = {"file_bytes": 20_000, "says": "cannot write"}
        self.refuses("model", "import", "model.onnx", "--calibrate", "calibration.npy", "-o", "n.zkm", **full)
        self.refuses("model", "publish", "m.zkm", "-o", "n.id", **full)
        self.refuses("model", "renew", "m.zkm", **full)
        self.refuses("prove", "--model", "m.zkm", "--input", "record.npy", "-o", "q.zkp", **full)
        self.refuses("data", "commit", "test.npy", "--like", "m.id", "-o", "d.zkd", "--id", "d.id", **full)
        self.assertEqual(self.zkp("model", "inspect", "m.zkm")["proofs_left"], BUDGET - 1)
        self.prove()
        with open("/dev/full", "w") as device:
            run = subprocess.run(self.command("verify", "--model", "m.id", "p.zkp"), cwd=self.folder, stdout=device,
                                 stderr=subprocess.PIPE, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("standard output", run.stderr)

    def test_places_that_cannot_be_written_are_refused(self):
        self.refuses("model", "publish", "m.zkm", "-o", "missing/m.id", says="check the path")
        self.refuses("model", "publish", "m.zkm", "-o", "/dev/null", says="not a regular file")
        self.refuses("model", "publish", "m.zkm", "-o", ".", says="not a regular file")


ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
PHRASE = "caution juice atom organ advance problem want pledge someone senior holiday very"


class Keys(Zkp):
    """Figures of subkey are those of its README (substrate, bin/utils/subkey) and of every development chain."""

    def environment(self):
        return {**super().environment(), "ALICE": "//Alice", "PHRASE": PHRASE, "STASH": "//Alice//stash",
                "SOFT": PHRASE + "/soft", "BAD": "caution juice atom", "WORD": "hunter2"}

    def test_a_secret_is_inspected_as_subkey_does(self):
        alice = self.zkp("key", "inspect", "--suri-env", "ALICE", "--show")
        self.assertEqual(alice["ss58Address"], ALICE)
        self.assertEqual(alice["publicKey"], "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d")
        self.assertEqual(alice["secretSeed"], "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a")
        known = self.zkp("key", "inspect", "--suri-env", "PHRASE", "--show")
        self.assertEqual(known["secretSeed"], "0xc8fa03532fb22ee1f7f6908b9c02b4e72483f0dbd66e4cd456b8f34c6230b849")
        self.assertEqual(known["publicKey"], "0xd6a3105d6768e956e9e5d41050ac29843f98561410d3a47f9dd5b3b227ab8746")
        self.assertEqual(known["ss58Address"], "5Gv8YYFu8H1btvmrJy9FjjAWfb99wrhV3uhPFoNEr918utyR")
        polkadot = self.zkp("key", "inspect", "--suri-env", "ALICE", "--network", "0")
        self.assertEqual(polkadot["ss58Address"], "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5")
        ecdsa = self.zkp("key", "inspect", "--suri-env", "ALICE", "--scheme", "ecdsa")
        self.assertEqual(ecdsa["publicKey"], "0x020a1091341fe5664bfa1782d5e04779689068c916b04cb365ec3153755684d9a1")
        self.assertEqual(ecdsa["ss58Address"], "5C7C2Z5sWbytvHpuLTvzKunnnRwQxft1jiqrLD5rhucQ5S9X")

    def test_seeds_are_shown_on_wish_alone(self):
        self.assertNotIn("secretSeed", self.zkp("key", "inspect", "--suri-env", "ALICE"))
        self.assertNotIn("secretSeed", self.zkp("key", "inspect", "--suri-env", "SOFT", "--show"))
        self.refuses("key", "generate", says="--out", code=2)

    def test_a_generated_key_lies_in_a_file_for_its_owner_alone(self):
        for words in ("12", "24"):
            name = "k" + words
            made = self.zkp("key", "generate", "--words", words, "--out", name)
            self.assertNotIn("secretPhrase", made)
            path = self.folder / name
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            self.assertEqual(len(path.read_text().split()), int(words))
            self.assertNotIn(path.read_text().strip(), json.dumps(made))
            self.assertEqual(self.zkp("key", "inspect", "--suri-file", name)["publicKey"], made["publicKey"])
            self.refuses("key", "generate", "--out", name, says="exists")
        shown = [self.zkp("key", "generate", "--show")["secretPhrase"] for _ in range(2)]
        self.assertNotEqual(*shown)
        self.refuses("key", "generate", "--words", "13", "--show", says="13", code=2)

    def test_an_address_says_its_account_and_network(self):
        self.assertEqual(self.zkp("key", "inspect", ALICE)["networkId"], 42)
        other = self.zkp("key", "inspect", "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5")
        self.assertEqual((other["networkId"], self.zkp("key", "inspect", ALICE)["accountId"]), (0, other["accountId"]))
        self.refuses("key", "inspect", ALICE[:-1] + "Z", says="address", code=2)
        self.refuses("key", "inspect", "0x1234", says="32 or 33", code=2)
        self.refuses("key", "inspect", ALICE, "--network", "46", says="reserved", code=2)
        self.refuses("key", "inspect", ALICE, "--network", "16384", says="16383", code=2)

    def test_secrets_are_not_taken_from_the_command_line_nor_repeated(self):
        for secret in ("//Alice", PHRASE):
            answer = self.refuses("key", "inspect", secret, says="does not belong on the command line", code=2)
            self.assertNotIn(secret, answer["error"])
        answer = self.refuses("key", "sign", "--suri-env", "BAD", says="words")
        self.assertNotIn("caution", answer["error"])
        self.refuses("key", "inspect", "--suri-env", "NONE", says="NONE", code=2)
        self.refuses("key", "inspect", "--suri-env", "ALICE", "--suri-file", "m.id", says="not both", code=2)
        self.refuses("key", "inspect", "--suri-file", "missing", says="missing", code=2)
        self.refuses("key", "inspect", "--suri-env", "SOFT", "--scheme", "ed25519", says="hard")

    def test_a_password_makes_another_key(self):
        plain = self.zkp("key", "inspect", "--suri-env", "PHRASE")["publicKey"]
        with_password = self.zkp("key", "inspect", "--suri-env", "PHRASE", "--password-env", "WORD")["publicKey"]
        self.write("uri", f"{PHRASE}///hunter2\r\n".encode())
        self.assertNotEqual(plain, with_password)
        self.assertEqual(self.zkp("key", "inspect", "--suri-file", "uri")["publicKey"], with_password)

    def test_what_is_signed_verifies_and_nothing_else(self):
        self.write("message", b"a message")
        self.write("hex", b"0x61206d657373616765\n")
        for scheme in ("sr25519", "ed25519", "ecdsa"):
            of = ("--scheme", scheme, "--message")
            made = self.zkp("key", "sign", "--suri-env", "ALICE", *of, "message")
            address = self.zkp("key", "inspect", "--suri-env", "ALICE", "--scheme", scheme)["ss58Address"]
            for key in (made["publicKey"], address):
                self.assertTrue(self.zkp("key", "verify", made["signature"], key, *of, "message")["verified"])
                self.zkp("key", "verify", made["signature"], key, *of, "hex", "--hex")
            self.refuses("key", "verify", made["signature"], key, *of, "hex", says="not this key's")
            changed = made["signature"][:30] + ("1" if made["signature"][30] == "0" else "0") + made["signature"][31:]
            for bad in (changed, made["signature"][:-2], "0x"):
                self.refuses("key", "verify", bad, key, *of, "message", says="not this key's")
            other = "0x8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48"
            self.refuses("key", "verify", made["signature"], other, *of, "message", says="not this key's")
        self.refuses("key", "verify", "0x123", ALICE, "--message", "message", says="hexadecimal", code=2)
        self.refuses("key", "sign", "--suri-env", "ALICE", "--message", "message", "--hex", says="--hex", code=2)

    def asked(self, typed):
        """What a terminal shows while `key inspect` asks and this is typed; and the exit code."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(PROGRAM, [str(PROGRAM), "key", "inspect"], self.environment())
        shown = b""
        while b": " not in shown:
            shown += os.read(terminal, 1000)
        os.write(terminal, typed)
        try:
            while chunk := os.read(terminal, 1000):
                shown += chunk
        except OSError:
            pass  # the program has closed its side
        os.close(terminal)
        return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def test_a_secret_that_is_asked_for_is_not_shown_while_it_is_typed(self):
        shown, code = self.asked(b"//Alice//stash\n")
        self.assertEqual(code, 0)
        self.assertIn("5GNJqTPyNqANBkUVMN1LPPrxXnFouWXoe2wNSmmEoLctxiZY", shown)
        self.assertNotIn("//Alice", shown)
        self.assertEqual(self.asked(b"//Al\x03")[1], 2)

    def test_an_inserted_key_lies_where_substrates_nodes_look(self):
        made = self.zkp("key", "insert", "--base-path", "node", "--key-type", "babe", "--suri-env", "STASH")
        path = self.folder / "node/keystore" / ("62616265" + made["publicKey"][2:])
        self.assertEqual(made["file"], "node/keystore/" + path.name)
        self.assertEqual(path.read_text(), '"//Alice//stash"')
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(path.parent.stat().st_mode), 0o700)
        made = self.zkp("key", "insert", "--base-path", "node", "--key-type", "gran", "--scheme", "ed25519",
                        "--suri-env", "PHRASE", "--password-env", "WORD")
        self.assertEqual((self.folder / made["file"]).read_text(), json.dumps(PHRASE))  # without the password
        self.refuses("key", "insert", "--key-type", "babe", "--suri-env", "ALICE", says="--base-path", code=2)
        self.refuses("key", "insert", "--base-path", "node", "--key-type", "babes", "--suri-env", "ALICE", says="four",
                     code=2)
        self.refuses("key", "insert", "--keystore-path", "m.id", "--key-type", "gran", "--suri-env", "ALICE",
                     says="m.id")


class Simulate(Zkp):
    def test_weights_are_drawn_as_tables_and_pictures(self):
        made = self.zkp("simulate", "weights", "--worlds", "1", "--out", "figures/weights")
        self.assertEqual(len(made["files"]), 9)
        for name in made["files"]:
            content = (self.folder / name).read_text()
            if name.endswith(".svg"):
                root = xml.etree.ElementTree.fromstring(content)
                self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
                lines = [e.get("points").split() for e in root if e.tag.endswith("polyline")]
                self.assertGreaterEqual(len(lines), 4)
                for x, y in (point.split(",") for line in lines for point in line):
                    self.assertTrue(70 <= float(x) <= 600 and 50 <= float(y) <= 420, name)
        rows = (self.folder / "figures/weights/attack.csv").read_text().splitlines()
        self.assertEqual(rows[0], "work,formula,block,decide")
        self.assertEqual(len(rows), 1 + 4 * 21)
        self.assertIn("1.00,weight,0.2278,0.5168", rows)  # decision 4: 23 % and 52 %
        self.assertIn("0.35,published_static,0.0000,", rows)
        self.assertEqual(len(made["gini"]), 27)
        self.assertEqual(max(row["seats"] for row in made["churn"] if row["era"] == 1), 10)
        self.assertIsNone(made["refused"])

    def test_the_same_seed_draws_the_same_and_nothing_is_written_unasked(self):
        words = ("simulate", "weights", "--worlds", "1", "--validators", "10", "--seats", "40", "--elected", "10")
        before = list(self.folder.iterdir())
        first = self.zkp(*words)
        self.assertEqual(self.zkp(*words), first)
        self.assertNotEqual(self.zkp(*words, "--seed", "2"), first)
        self.assertEqual(list(self.folder.iterdir()), before)
        self.assertIn("ours: seats", self.text(*words))

    def test_a_mix_that_no_chain_takes_is_drawn_and_named(self):
        mix = ("simulate", "weights", "--worlds", "1", "--validators", "5", "--alpha", "0.5", "--beta", "0.3")
        self.assertIn("gamma", self.zkp(*mix, "--gamma", "0.2")["refused"])
        self.refuses(*mix, says="sum to 1", code=2)
        self.refuses("simulate", "weights", "--elected", "101", says="--elected", code=2)
        self.refuses("simulate", "weights", "--published-max", "50", says="--published-max", code=2)
        self.refuses("simulate", "weights", "--validators", "1", says="--validators", code=2)
        self.refuses("simulate", "weights", "--worlds", "1", "--validators", "5", "--out", "m.id", says="m.id")


class Usage(Zkp):
    def test_wrong_command_lines_end_with_two(self):
        for words in ([], ["model"], ["nonsense"], ["verify"], ["verify", "--model", "m.id"], ["prove", "--row", "x"],
                      ["verify", "--model", "m.id", "p.zkp", "more"], ["model", "import", "a", "b", "c"],
                      ["prove", "--model", "m.zkm", "-o", "q.zkp"],
                      ["prove", "--model", "m.zkm", "--input", "record.npy", "--private", "everything", "-o", "q.zkp"],
                      ["infer", "--model", "m.zkm", "--input", "missing.npy"],
                      ["verify", "--model", "missing.id", "p.zkp"]):
            self.refuses(*words, says="", code=2)

    def test_version_and_help_end_with_zero(self):
        self.assertRegex(self.text("--version"), r"^zkp \d+\.\d+\.\d+\n$")
        for words in (["--help"], ["prove", "--help"], ["model", "import", "--help"]):
            self.assertIn("--json", self.text("--help"))
            self.assertTrue(self.text(*words))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
