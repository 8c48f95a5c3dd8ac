"""Runs EZKL (PyPI, version 23) on one of our models, step by step, and prints what each step cost.

    cd bench/models
    python ../peers/ezkl_peer.py lenet5.onnx lenet5_input.npy lenet5_calibration.npy

Same statement as ours as nearly as EZKL has it: private input, public output, weights fixed in the verifying key
(hidden, and bound to it). Calibrated for resources, which is its faster setting; the reference string is generated
locally, which is unsafe but costs the same afterwards. Every step is a process of its own: seconds are wall clock,
cpu_seconds the sum over its threads, memory is that process's peak. EZKL uses all cores unless
RAYON_NUM_THREADS says less. A step that runs past --limit seconds ends the run; what was measured so far is printed.

Needs bench/peers/requirements.txt. Prints {"model", "peer", "weights", "threads", "settings",
"steps": {step: {"seconds", "cpu_seconds", "peak_bytes"}}, "bytes", "ended_at" if a step failed}.
"""

import argparse
import asyncio
import inspect
import json
import multiprocessing
import os
import pathlib
import sys
import tempfile
import time

import ezkl
import numpy as np

CALIBRATION_ROWS = 8


def settled(result):
    """Some of EZKL's functions are coroutines, which ones depends on the version."""

    async def wait():
        return await result

    return asyncio.run(wait()) if inspect.isawaitable(result) else result


def run_arguments(visibility: str):
    arguments = ezkl.PyRunArgs()
    arguments.input_visibility, arguments.output_visibility = "private", "public"
    arguments.param_visibility = visibility
    arguments.variables = [("batch", 1)]
    return arguments


def steps(model: str, visibility: str):
    """Name and action of each step; files lie in the working folder."""
    logrows = lambda: json.loads(pathlib.Path("settings.json").read_text())["run_args"]["logrows"]
    return {
        "settings": lambda: ezkl.gen_settings(model, "settings.json", py_run_args=run_arguments(visibility)),
        "calibrate": lambda: ezkl.calibrate_settings("calibration.json", model, "settings.json", "resources"),
        "compile": lambda: ezkl.compile_circuit(model, "model.compiled", "settings.json"),
        "srs": lambda: ezkl.gen_srs("kzg.srs", logrows()),
        "setup": lambda: ezkl.setup("model.compiled", "verify.key", "prove.key", "kzg.srs"),
        "witness": lambda: ezkl.gen_witness("input.json", "model.compiled", "witness.json"),
        "prove": lambda: ezkl.prove("witness.json", "model.compiled", "prove.key", "proof.json", "kzg.srs"),
        "verify": lambda: ezkl.verify("proof.json", "settings.json", "verify.key", "kzg.srs"),
    }


def in_child(action, began):
    """Runs in a forked child. Time is taken inside, so that starting a process does not count."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    start = time.perf_counter()
    result = settled(action())
    began.send(time.perf_counter() - start)
    os._exit(0 if result is not False else 1)


def measure(action, limit: float):
    """{"seconds", "cpu_seconds", "peak_bytes"}, or None when the step failed or took longer than `limit`."""
    receive, send = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=in_child, args=(action, send))
    child.start()
    send.close()
    try:
        seconds = receive.recv() if receive.poll(limit) else None
    except EOFError:
        seconds = None
    if seconds is None:
        child.kill()
    _, status, usage = os.wait4(child.pid, 0)
    if seconds is None or status != 0:
        return None
    cpu = usage.ru_utime + usage.ru_stime
    return {"seconds": round(seconds, 4), "cpu_seconds": round(cpu, 4), "peak_bytes": usage.ru_maxrss * 1024}


def write_json_input(path: str, rows: np.ndarray) -> None:
    pathlib.Path(path).write_text(json.dumps({"input_data": [rows.astype(np.float64).ravel().tolist()]}))


def compare(model: pathlib.Path, inputs: np.ndarray, calibration: np.ndarray, visibility: str, limit: float) -> dict:
    write_json_input("input.json", inputs[:1])
    write_json_input("calibration.json", calibration[:CALIBRATION_ROWS])
    report = {
        "model": model.stem,
        "peer": f"ezkl {ezkl.__version__ if hasattr(ezkl, '__version__') else '23'}",
        "weights": visibility,
        "threads": int(os.environ.get("RAYON_NUM_THREADS", os.cpu_count())),
        "steps": {},
    }
    for name, action in steps(str(model), visibility).items():
        cost = measure(action, limit)
        if cost is None:
            report["ended_at"] = name
            break
        report["steps"][name] = cost
        print(
            f"{model.stem} {name}: {cost['seconds']:.3f} s, {cost['peak_bytes'] / 2**20:.0f} MiB",
            file=sys.stderr,
            flush=True,
        )
    files = {
        "settings": "settings.json",
        "proving_key": "prove.key",
        "verifying_key": "verify.key",
        "srs": "kzg.srs",
        "proof_file": "proof.json",
        "witness": "witness.json",
    }
    report["bytes"] = {name: os.path.getsize(file) for name, file in files.items() if os.path.exists(file)}
    if os.path.exists("settings.json"):
        settings = json.loads(pathlib.Path("settings.json").read_text())
        report["settings"] = {"logrows": settings["run_args"]["logrows"], "rows": settings.get("num_rows")}
    if os.path.exists("proof.json"):
        report["bytes"]["proof"] = len(bytes(json.loads(pathlib.Path("proof.json").read_text())["proof"]))
    return report


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("input", type=pathlib.Path)
    parser.add_argument("calibration", type=pathlib.Path)
    parser.add_argument("--weights", choices=["fixed", "private", "polycommit"], default="fixed")
    parser.add_argument("--limit", type=float, default=1800, help="seconds a step may take")
    arguments = parser.parse_args()
    model, inputs, calibration = arguments.model.resolve(), np.load(arguments.input), np.load(arguments.calibration)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        print(json.dumps(compare(model, inputs, calibration, arguments.weights, arguments.limit), indent=1))
        os.chdir("/")


if __name__ == "__main__":
    main()
