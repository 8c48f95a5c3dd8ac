"""python -m second_verifier --model m.id [--context HEX] [--data d.id] [--toy] [--json] proof.zkp ...

Prints, for each file, `proven` or `refused: REASON`. Exit code 0: all proven, 1: one refused, 2: usage.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from . import parameters
from .identity import read_data, read_model
from .proof import Verifier, verify_model
from .refusal import STATEMENT, Refused


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


def prepared(options):
    """The verifier, or why model or data set are refused: then every proof is."""
    try:
        model = read_model(options.model.read_bytes())
        if model.profile is parameters.TOY and not options.toy:
            raise Refused(STATEMENT, "the toy profile proves nothing; --toy allows it")
        data = read_data(options.data.read_bytes()) if options.data else None
        verify_model(model)
        return Verifier(model, options.context, data), None
    except Refused as refused:
        return None, (refused.reason, f"identity: {refused.where}")


def line(options, path, refusal, seconds):
    reason, where = refusal or (None, "")
    if not options.json:
        return f"refused: {reason}" if reason else "proven"
    fields = {"file": str(path), "proven": reason is None, "reason": reason, "where": where, "seconds": seconds}
    return json.dumps(fields)


def main():
    options, refused = arguments(), False
    try:
        verifier, fault = prepared(options)
        for path in options.proofs:
            file, start = path.read_bytes(), time.perf_counter()
            refusal = fault or verifier.refusal(file)
            refused |= refusal is not None
            print(line(options, path, refusal, time.perf_counter() - start), flush=True)
    except OSError as fault:
        print(f"second_verifier: {fault}", file=sys.stderr)
        return 2
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
