"""The long suites (make test-long): full fuzzing, exhaustive and soak runs, peers.

    python3 tools/long.py [--suite NAME] [--seconds N] [--seed N] [--budget N]

Suites stand in tests/long/suites.tsv. Without --suite, all of them run, the one run longest ago first (by the ledger,
tests/long/ledger.tsv, where each finished run adds a line); those that already passed at this commit for their full
time are left out, so an interrupted run is taken up by calling it again. --budget ends after about N seconds."""

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from typing import NamedTuple

from sources import ROOT, commit

SUITES = ROOT / "tests/long/suites.tsv"
LEDGER = ROOT / "tests/long/ledger.tsv"
LEDGER_COLUMNS = "commit\tsuite\tseconds\tseed\tresult\n"
SECONDS_MIN = 10  # with less of the budget left, no further suite starts
GRACE_SECONDS = 900  # what a suite may take beyond its seconds before it counts as hung


class Suite(NamedTuple):
    name: str
    seconds: int  # its full time
    preset: str  # what to build first, or -
    target: str
    command: str


class Run(NamedTuple):
    commit: str
    suite: str
    seconds: int
    seed: int
    result: str  # passed, failed


def rows(text):
    """Fields of the lines that are neither empty, comments, nor the header (the first)."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [line.split("\t") for line in lines[1:]]


def read_suites(text):
    return [Suite(name, int(seconds), *rest) for name, seconds, *rest in rows(text)]


def read_ledger(text):
    return [Run(commit, suite, int(seconds), int(seed), result) for commit, suite, seconds, seed, result in rows(text)]


def longest_ago(suites, ledger):
    """Never run first, in the order of suites.tsv; then by the place of the last line in the ledger."""
    last = {run.suite: place for place, run in enumerate(ledger)}
    return sorted(suites, key=lambda suite: last.get(suite.name, -1))


def done_here(suite, ledger, here):
    """Passed for its full time at this very commit, without changes beside it."""
    return not here.endswith("-dirty") and any(
        run.commit == here and run.suite == suite.name and run.result == "passed" and run.seconds >= suite.seconds
        for run in ledger)


def append(run):
    new = not LEDGER.exists()
    with LEDGER.open("a") as ledger:
        if new:
            ledger.write(LEDGER_COLUMNS)
        ledger.write("\t".join(map(str, run)) + "\n")


def build(suite):
    if suite.preset == "-":
        return True
    configured = subprocess.run(["cmake", "--preset", suite.preset], cwd=ROOT, stdout=subprocess.DEVNULL)
    built = configured.returncode == 0 and subprocess.run(
        ["cmake", "--build", "--preset", suite.preset, "--target", suite.target], cwd=ROOT)
    return bool(built) and built.returncode == 0


def run_command(suite, seconds, seed):
    """Runs a suite's command; whether it ended well, and in time."""
    environment = {**os.environ, "ZKP_SECONDS": str(seconds), "ZKP_SEED": str(seed), "ZKP": str(ROOT / "build/zkp")}
    # A group of its own, so that a hung suite ends with all the processes it started.
    running = subprocess.Popen(["bash", "-c", suite.command], cwd=ROOT, env=environment, start_new_session=True)
    try:
        return running.wait(seconds + GRACE_SECONDS) == 0
    except subprocess.TimeoutExpired:
        print(f"{suite.name}: still running {GRACE_SECONDS} s after its time")
        os.killpg(running.pid, signal.SIGKILL)
        return False


def run_suite(suite, seconds, seed):
    """Builds, runs, prints the closing line. Returns whether it passed, and the seconds it ran, build left out."""
    print(f"\n== {suite.name}: {seconds} s, seed {seed}", flush=True)
    built = build(suite)
    begin = time.monotonic()
    good = built and run_command(suite, seconds, seed)
    spent = time.monotonic() - begin
    print(f"{suite.name}: {'passed' if good else 'failed'} after {spent:.0f} s; again: "
          f"make test-long SUITE={suite.name} SECONDS={seconds} SEED={seed}", flush=True)
    return good, spent


def choose(arguments, suites, ledger, here):
    if arguments.suite:
        chosen = [suite for suite in suites if suite.name == arguments.suite]
        if not chosen:
            raise SystemExit(f"no suite {arguments.suite}; there are: {', '.join(suite.name for suite in suites)}")
        return chosen
    if arguments.budget:
        return longest_ago(suites, ledger)
    return [suite for suite in longest_ago(suites, ledger) if not done_here(suite, ledger, here)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--suite")
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--budget", type=int)
    arguments = parser.parse_args()
    suites = read_suites(SUITES.read_text())
    ledger = read_ledger(LEDGER.read_text()) if LEDGER.exists() else []
    here = commit()
    passed, failed, left = 0, [], arguments.budget
    for suite in choose(arguments, suites, ledger, here):
        if left is not None and left < SECONDS_MIN:
            break
        seconds = arguments.seconds or suite.seconds
        seconds = seconds if left is None else min(seconds, left)
        seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1, 2**31)
        good, spent = run_suite(suite, seconds, seed)
        append(Run(here, suite.name, seconds, seed, "passed" if good else "failed"))
        passed, failed = passed + good, failed + ([] if good else [suite.name])
        left = None if left is None else left - round(spent)  # a suite that ends early leaves its time to the next
    if not passed and not failed:
        print("nothing to run: every suite has passed at this commit for its full time (SUITE=name runs one again)")
    for name in failed:
        print(f"failed: {name}")
    print(f"make test-long: {passed} passed, {len(failed)} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
