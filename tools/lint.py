"""Runs clang-tidy on the C++ files that changed (sources.changed_files), or on all of them.

    python3 tools/lint.py [--all] [--seconds N]

Needs a configured build/ (compile_commands.json). A changed header is checked through one source file that includes
it. --seconds bounds the fast set: files not reached are counted, and left to the long suite `lint`."""

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import time

from sources import ROOT, all_files, changed_files


def compiled_files():
    """Source files of the release build, relative to the root."""
    path = ROOT / "build/compile_commands.json"
    if not path.exists():
        raise SystemExit("lint: build/compile_commands.json is missing; run: cmake --preset release")
    listed = {os.path.relpath(entry["file"], ROOT) for entry in json.loads(path.read_text())}
    return listed & set(all_files())


def includes(name):
    return set(re.findall(r'^#include "([^"]+)"', (ROOT / name).read_text(), re.M))


def to_check(changed, compiled):
    """The compiled sources through which clang-tidy sees every changed file."""
    chosen = {name for name in changed if name in compiled}
    headers = {name.removeprefix("src/") for name in changed if name.endswith(".hpp")}
    headers -= {header for name in chosen for header in includes(name)}
    for name in sorted(compiled):
        if headers & includes(name):
            chosen.add(name)
            headers -= includes(name)
    return sorted(chosen)


def check(name, end):
    """(file, findings), or (file, None) when the time is up."""
    if time.monotonic() > end:
        return name, None
    done = subprocess.run(["clang-tidy-22", "-p", "build", "--quiet", name], cwd=ROOT, capture_output=True, text=True)
    return name, "" if done.returncode == 0 else done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    arguments = parser.parse_args()
    compiled = compiled_files()
    files = sorted(compiled) if arguments.all else to_check(changed_files(), compiled)
    end = time.monotonic() + arguments.seconds
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda name: check(name, end), files))
    failed = [findings for _, findings in results if findings]
    left = sum(findings is None for _, findings in results)
    for findings in failed:
        print(findings)
    later = f", {left} skipped (out of time; the long suite lint checks all)" if left else ""
    print(f"lint: {len(results) - len(failed) - left} passed, {len(failed)} failed{later}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
