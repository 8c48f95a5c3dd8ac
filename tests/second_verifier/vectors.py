"""python -m second_verifier.vectors FOLDER ...

Verifies every entry of FOLDER/expected.json and compares. An entry has `model`, `proof`, optionally `data` (paths below
the folder), `context` (64 hexadecimal digits), and `verdict`: "proven", or the reason of the refusal.
Prints each disagreement and one closing line; exit code 0 when all agree, 1 otherwise.
"""

import json
import sys
from pathlib import Path

from .identity import read_data, read_model
from .proof import Verifier, verify_model
from .refusal import Refused


class Models:
    """Model identities, read and checked once: (Identity, None), or (None, why it is refused)."""

    def __init__(self, folder):
        self.folder, self.known = folder, {}

    def get(self, name):
        if name not in self.known:
            try:
                model = read_model((self.folder / name).read_bytes())
                verify_model(model)
                self.known[name] = model, None
            except Refused as refused:
                self.known[name] = None, (refused.reason, f"model identity, {refused.where}")
        return self.known[name]


def verdict(entry, folder, models):
    """(verdict, where)"""
    model, refusal = models.get(entry["model"])
    if refusal:
        return refusal
    try:
        data = read_data((folder / entry["data"]).read_bytes()) if entry.get("data") else None
    except Refused as refused:
        return refused.reason, f"data identity, {refused.where}"
    context = bytes.fromhex(entry.get("context") or "00" * 32)
    return Verifier(model, context, data).refusal((folder / entry["proof"]).read_bytes()) or ("proven", "")


def compare(folder):
    """(number of entries, number of disagreements)"""
    entries, models, wrong = json.loads((folder / "expected.json").read_text()), Models(folder), 0
    for entry in entries:
        expected = entry["verdict"].removeprefix("refused: ")
        found, where = verdict(entry, folder, models)
        if found != expected:
            wrong += 1
            print(f"{entry['proof']}: expected {expected}, found {found} ({where})")
    return len(entries), wrong


def main(folders):
    total = wrong = 0
    for folder in folders:
        entries, disagreements = compare(Path(folder))
        total, wrong = total + entries, wrong + disagreements
    print(f"second verifier: {total} vectors, {wrong} disagreements")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
