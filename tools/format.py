"""Checks the layout of every C++ file against .clang-format.  python3 tools/format.py [--fix]"""

import subprocess
import sys

from sources import ROOT, all_files


def main():
    files = [name for name in all_files() if name.endswith((".cpp", ".hpp"))]
    mode = ["-i"] if "--fix" in sys.argv else ["--dry-run", "--Werror"]
    done = subprocess.run(["clang-format-22", *mode, *files], cwd=ROOT, capture_output=True, text=True)
    wrong = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "clang-format-violations" in line})
    if done.returncode != 0:
        print("\n".join(wrong) or done.stderr)
        print("wrong layout; run: make format")
    print(f"format: {len(files) - len(wrong)} passed, {len(wrong)} failed")
    return done.returncode


sys.exit(main())
