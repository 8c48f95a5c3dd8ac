"""python3 compare.py MAKE_VECTORS FOLDER [SEED [MODELS [MUTATIONS [P100]]]]

Lets the C++ verifier write vectors and its verdicts (make_vectors.cpp), and the second verifier judge them again, on
all cores: accepted or refused, and for the same reason. Prints each difference; exit code 1 if there is one.
With $ZKP_SECONDS, what is not judged by then is left out, in an order that the seed says; at FULL_SECONDS nothing may
be left."""

import collections
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from second_verifier.identity import read_data, read_model  # noqa: E402
from second_verifier.proof import Verifier, verify_model  # noqa: E402
from second_verifier.refusal import Refused  # noqa: E402

DEFAULTS = ["1", "18", "10", "100"]
FULL_SECONDS = 1800  # of the suite `vectors`; two idle cores need a fifth of it
VERDICTS = {"proven", "syntax", "statement", "nonce", "path", "base claim"}


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


def judged(folder, vectors, end):
    """(vector, verdict of the second verifier), until the time is over. One judge to a process."""
    global judge
    judge = Judge(folder)
    with multiprocessing.get_context("fork").Pool() as pool:
        for vector, second in zip(vectors, pool.imap(judge_in_process, vectors, chunksize=4)):
            yield vector, second
            if time.monotonic() > end:
                return


def judge_in_process(vector):
    try:
        return judge(vector)
    except Exception as fault:  # no bytes may do that to a verifier: a difference, which main() names
        return f"{type(fault).__name__}: {fault}"


def profile(vector):
    return "P100" if vector["model"].startswith("p100") else "toy"


def main(program, folder, *numbers):
    numbers = list(numbers) + DEFAULTS[len(numbers) :]
    seconds = float(os.environ.get("ZKP_SECONDS", "inf"))
    end = time.monotonic() + seconds
    if subprocess.run([program, folder, *numbers]).returncode != 0:
        return 1
    vectors = json.loads((Path(folder) / "expected.json").read_text())
    random.Random(numbers[0]).shuffle(vectors)
    seen, different, count = collections.defaultdict(collections.Counter), 0, 0
    for vector, second in judged(Path(folder), vectors, end):
        count += 1
        seen[profile(vector), vector["made"]][vector["verdict"]] += 1
        if second != vector["verdict"]:
            different += 1
            print(f"{vector['proof'] or vector['model']}: first {vector['verdict']}, second {second}")
    for (name, made), verdicts in sorted(seen.items()):
        print(f"  {name:4} {made:9} {sum(verdicts.values()):6}:", dict(verdicts))
    print(f"seed {numbers[0]}: {count} of {len(vectors)} vectors judged by both verifiers, {different} differ")
    # A set in which some verdict never occurs would compare less than it seems.
    missing = count == len(vectors) and VERDICTS - set().union(*seen.values())
    if different or missing or (seconds >= FULL_SECONDS and count < len(vectors)):
        return 1
    shutil.rmtree(folder)  # hundreds of megabytes in the long set
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
