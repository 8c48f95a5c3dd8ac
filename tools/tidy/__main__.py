"""python3 tools/tidy: checks what a program can check of the house style. Prints `file:line: what is wrong`.

A check is a function from the tree, a dict of path to text, to findings (path, line, message)."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import docs  # noqa: E402
import layers  # noqa: E402
import lines  # noqa: E402
import shapes  # noqa: E402
from sources import ROOT, all_files  # noqa: E402

CHECKS = [*lines.CHECKS, *shapes.CHECKS, *layers.CHECKS, *docs.CHECKS]


def load():
    """Text files by path. Binary ones (models, arrays, corpora) appear with empty text, so that links to them hold."""
    tree = {}
    for name in all_files():
        data = (ROOT / name).read_bytes()
        binary = b"\0" in data or name.endswith((".onnx", ".npy")) or name.startswith("fuzz/corpus/")
        tree[name] = "" if binary else data.decode("utf-8", errors="replace")
    return tree


def main():
    tree = load()
    findings = sorted({finding for check in CHECKS for finding in check(tree)})
    for path, line, message in findings:
        print(f"{path}:{line}: {message}")
    wrong = len({path for path, _, _ in findings})
    print(f"tidy: {len(tree) - wrong} passed, {wrong} failed ({len(CHECKS)} checks)")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
