"""python -m second_verifier --model m.id [--context HEX] [--data d.id] [--toy] [--json] proof.zkp ...

Prints, for each file, `proven` or `refused: REASON`. Exit code 0: all proven, 1: one refused, 2: usage.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from . import parameters
from .graph import BadModel
from .identity import read_data, read_model
from .proof import Verifier, verify_model
from .refusal import Refused


def context_bytes(text):
    value = bytes.fromhex(text)
    if len(value) != 32:
        raise argparse.ArgumentTypeError("a context has 64 hexadecimal digits")
    return value


def arguments():
    parser = argparse.ArgumentParser(
        prog="second_verifier", description="Verifies proofs from the specification alone."
    )
    parser.add_argument("--model", required=True, type=Path, help="model identity, m.id")
    parser.add_argument("--context", default=bytes(32), type=context_bytes, help="64 hexadecimal digits")
    parser.add_argument("--data", type=Path, help="data identity, d.id")
    parser.add_argument("--toy", action="store_true", help="allow the toy profile, which proves nothing")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("proofs", nargs="+", type=Path)
    return parser.parse_args()


def verdicts(options, model, data):
    """Yields (file, reason or None, where, seconds). A model that is refused refuses every proof."""
    model_refusal = None
    try:
        verify_model(model)
    except Refused as refused:
        model_refusal = (refused.reason, f"model identity, {refused.where}")
    verifier = Verifier(model, options.context, data)
    for path in options.proofs:
        start = time.perf_counter()
        refusal = model_refusal or verifier.refusal(path.read_bytes())
        yield path, *(refusal or (None, "")), time.perf_counter() - start


def main():
    options = arguments()
    try:
        model = read_model(options.model.read_bytes())
        data = read_data(options.data.read_bytes()) if options.data else None
        if model.profile is parameters.TOY and not options.toy:
            raise BadModel("the toy profile proves nothing; --toy allows it")
        refused = False
        for path, reason, where, seconds in verdicts(options, model, data):
            refused |= reason is not None
            if options.json:
                line = {
                    "file": str(path),
                    "proven": reason is None,
                    "reason": reason,
                    "where": where,
                    "seconds": seconds,
                }
                print(json.dumps(line), flush=True)
            else:
                print("proven" if reason is None else f"refused: {reason}", flush=True)
    except (BadModel, OSError) as fault:
        print(f"second_verifier: {fault}", file=sys.stderr)
        return 2
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
