"""The fast tests (make test): builds, runs every suite, prints each one's time and, last, the totals.

Ends with exit code 1 when a test fails, when a build fails, or when something a suite needs is missing."""

import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

from sources import ROOT

JOBS = str(os.cpu_count())
LINT_SECONDS = 300
# Without these a green run would mean less than it says.
PARTS = ["README.md", "LICENSE", "cmd/zkp", "docs/specs/model.md", "docs/specs/proof.md", "examples/clinic/model.onnx",
         "fuzz/corpus", "tests/second_verifier", "tests/long/suites.tsv"]


class Totals:
    """What a suite counts: tests passed and failed, and the names of those that failed or were skipped."""

    def __init__(self, passed=0, failed=0, skipped=(), failures=()):
        self.passed, self.failed, self.skipped, self.failures = passed, failed, list(skipped), list(failures)


def run(*command, env=None):
    """Runs with output on the terminal; whether it succeeded."""
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **(env or {})}).returncode == 0


def build(preset, *targets):
    # The configure log matters only when it fails; the build shows its progress.
    configured = subprocess.run(["cmake", "--preset", preset], cwd=ROOT, capture_output=True, text=True)
    if configured.returncode != 0:
        print(configured.stdout, configured.stderr)
        return Totals(failed=1)
    wanted = [word for target in targets for word in ("--target", target)]
    return Totals(passed=1) if run("cmake", "--build", "--preset", preset, *wanted) else Totals(failed=1)


def read_junit(path):
    """Totals of a ctest run, and the seconds spent in each library's tests (the name before the first dot)."""
    totals, seconds = Totals(), {}
    for case in xml.parse(path).getroot().iter("testcase"):
        name = case.get("name")
        group = name.split(".")[0]
        seconds[group] = seconds.get(group, 0) + float(case.get("time", 0))
        if case.find("skipped") is not None:
            totals.skipped.append(name)
        elif case.get("status") == "run":
            totals.passed += 1
        else:
            totals.failed += 1
            totals.failures.append(name)
    return totals, seconds


def ctest(folder, *arguments, env=None):
    report = ROOT / folder / "tests.xml"
    report.unlink(missing_ok=True)
    progress = ["--progress"] if sys.stdout.isatty() else []
    good = run("ctest", "--test-dir", folder, "-j", JOBS, "--output-on-failure", *progress, "--no-tests=error",
               "--timeout", "900", "--output-junit", str(report), *arguments, env=env)
    if not report.exists():
        return Totals(failed=1)
    totals, seconds = read_junit(report)
    if not good and totals.failed == 0:
        totals.failed = 1
    for group, spent in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"  {group:24} {spent:8.1f} s")
    return totals


def sanitized():
    """Tests of what reads untrusted bytes, and the fuzz corpora, under the address and UB sanitizers."""
    built = build("asan", "untrusted")
    if built.failed:
        return built
    # With -L, ctest leaves out the placeholders of tests that this build did not need.
    return ctest("build/asan", "-L", "^untrusted$", env={"UBSAN_OPTIONS": "print_stacktrace=1"})


def python_tests(folder):
    """unittest over the package's test_*.py, with the pinned numpy and the program under test in $ZKP."""
    python = ROOT / ".venv/bin/python"
    if not python.exists():
        print(".venv is missing; run tools/install")
        return Totals(failed=1)
    done = subprocess.Popen(
        [python, "-B", "-m", "unittest", "discover", "-v", "-s", folder, "-t", "tests"], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "ZKP": str(ROOT / "build/zkp")})
    lines = []
    for line in done.stdout:
        print(line, end="")
        lines.append(line)
    return read_unittest("".join(lines), done.wait())


def read_unittest(text, code):
    ran = re.search(r"^Ran (\d+) tests?", text, re.M)
    if not ran or int(ran[1]) == 0:
        return Totals(failed=1)
    failed = sum(int(number) for number in re.findall(r"(?:failures|errors)=(\d+)", text))
    skipped = re.findall(r"^(\S+) .*\.\.\. skipped", text, re.M)
    if code != 0:
        failed = max(failed, 1)
    return Totals(max(int(ran[1]) - failed - len(skipped), 0), failed, skipped)


def check(*command):
    """A tool of ours that prints `N passed, N failed` last."""
    done = subprocess.run([sys.executable, "-B", *command], cwd=ROOT, capture_output=True, text=True)
    print(done.stdout + done.stderr, end="")
    counts = re.search(r"(\d+) passed, (\d+) failed", done.stdout)
    if not counts:
        return Totals(failed=1)
    return Totals(int(counts[1]), max(int(counts[2]), int(done.returncode != 0)))


def parts():
    missing = [part for part in PARTS if not (ROOT / part).exists()]
    failures = [f"{part} is missing" for part in missing]
    return Totals(passed=len(PARTS) - len(missing), failed=len(missing), failures=failures)


def suites():
    """(name, function) in order; whatever needs only the sources comes before what needs long builds."""
    yield "parts", parts
    yield "format", lambda: check("tools/format.py")
    yield "build", lambda: build("release")
    yield "tests", lambda: ctest("build")
    yield "lint", lambda: check("tools/lint.py", "--seconds", str(LINT_SECONDS))
    for folder in sorted({path.parent for path in pathlib.Path(ROOT, "tests").glob("*/test_*.py")}):
        name = str(folder.relative_to(ROOT))
        yield folder.name, lambda name=name: python_tests(name)
    yield "sanitized", sanitized


def report(rows, seconds):
    """Prints times, names and totals of (name, totals, seconds) rows; whether all passed."""
    print("\n== times")
    for name, totals, spent in rows:
        print(f"{name:20} {spent:8.1f} s  {totals.passed} passed, {totals.failed} failed")
    for name, totals, _ in rows:
        for test in totals.skipped:
            print(f"skipped: {test}")
        for test in totals.failures or ([name] if totals.failed else []):
            print(f"failed: {test}")
    passed = sum(totals.passed for _, totals, _ in rows)
    failed = sum(totals.failed for _, totals, _ in rows)
    skipped = sum(len(totals.skipped) for _, totals, _ in rows)
    print(f"total {seconds:.0f} s")
    print(f"make test: {passed} passed, {failed} failed, {skipped} skipped")
    return failed == 0


def main():
    rows, begin = [], time.monotonic()
    for name, suite in suites():
        print(f"\n== {name}", flush=True)
        start = time.monotonic()
        totals = suite()
        rows.append((name, totals, time.monotonic() - start))
        if name == "build" and totals.failed:
            break
    return 0 if report(rows, time.monotonic() - begin) else 1


if __name__ == "__main__":
    sys.exit(main())
