"""python3 compare.py MAKE_VECTORS FOLDER [SEED [MODELS [MUTATIONS [P100]]]]

Lets the C++ verifier write vectors and its verdicts (make_vectors.cpp), and the second verifier judge them again:
accepted or refused, and for the same reason. Prints each difference; exit code 1 if there is one."""

import collections
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from second_verifier.identity import read_data, read_model  # noqa: E402
from second_verifier.proof import Verifier, verify_model  # noqa: E402
from second_verifier.refusal import Refused  # noqa: E402

DEFAULTS = ["1", "18", "10", "100"]


def verdict(judge, *arguments):
    try:
        judge(*arguments)
    except Refused as refused:
        return refused.reason
    return "proven"


class Judge:
    """Reads each model once."""

    def __init__(self, folder):
        self.folder, self.models = folder, {}

    def bytes(self, name):
        return (self.folder / name).read_bytes()

    def __call__(self, vector):
        if not vector["proof"]:
            return verdict(lambda: verify_model(read_model(self.bytes(vector["model"]))))
        key = vector["model"], vector["data"], vector["context"]
        if key not in self.models:
            data = read_data(self.bytes(vector["data"])) if vector["data"] else None
            self.models[key] = Verifier(read_model(self.bytes(vector["model"])), bytes.fromhex(vector["context"]), data)
        return verdict(self.models[key].verify, self.bytes(vector["proof"]))


def main(program, folder, *numbers):
    numbers = list(numbers) + DEFAULTS[len(numbers) :]
    subprocess.run([program, folder, *numbers], check=True)
    folder = Path(folder)
    judge, different, seen = Judge(folder), 0, collections.Counter()
    for vector in json.loads((folder / "expected.json").read_text()):
        second = judge(vector)
        seen[vector["verdict"]] += 1
        if second != vector["verdict"]:
            different += 1
            print(f"{vector['proof'] or vector['model']}: first {vector['verdict']}, second {second}")
    print(dict(seen), f"{different} differ")
    # A set in which some verdict never occurs would compare less than it seems.
    missing = {"proven", "syntax", "statement", "nonce", "path", "base claim"} - set(seen)
    return 1 if different or missing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
