"""Runs EZKL and this project's prover on the same models, one after the other on one machine, and prints the ratios.

    python3 bench/peers/compare.py [MODEL ...]          (make test-long SUITE=peers)

Times are medians of 50 runs of bench_prove for ours and one run for EZKL, which takes minutes; memory is the peak of
a process that proves once. Keys are what a prover and a verifier must keep: m.zkm and m.id, proving and verifying key.
Results go to bench/results as peers/ezkl/… and ratio/…: theirs divided by ours. Ends with exit code 1 when a step
fails, or EZKL is ahead in proving time, memory or proving key. Packages go to build/peers-venv."""

import filecmp
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import bench  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
VENV = ROOT / "build/peers-venv"
ZKP = ROOT / "build/zkp"
STEP_SECONDS = 1500  # what one step of EZKL may take

# Model, one input, calibration rows; the name is bench_prove's.
MODELS = {
    "clinic": ("examples/clinic/model.onnx", "examples/clinic/record.npy", "examples/clinic/calibration.npy"),
    "lenet5": ("bench/models/lenet5.onnx", "bench/models/lenet5_input.npy", "bench/models/lenet5_calibration.npy"),
}


def install():
    """The pinned packages, once."""
    wanted, installed = HERE / "requirements.txt", VENV / "installed.txt"
    if not installed.exists() or not filecmp.cmp(wanted, installed, shallow=False):
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        pip = [VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", wanted], check=True)
        shutil.copy(wanted, installed)


def zkp(*arguments):
    """Runs a command of ours; its peak memory in bytes."""
    with open(os.devnull, "w") as nowhere:
        running = subprocess.Popen([ZKP, *arguments], stdout=nowhere)
        _, status, usage = os.wait4(running.pid, 0)
    if status != 0:
        raise SystemExit(f"zkp {arguments[0]} failed")
    return usage.ru_maxrss * 1024


def ours(name):
    """{"prove": seconds, "verify": seconds, "memory", "proving_key", "verifying_key", "proof": bytes}"""
    program = ROOT / "build/bench/bench_prove"
    timed = {step: bench.run_program(program, f"{step}/{name}")[f"{step}/{name}"]["value"]
             for step in ("prove", "verify", "proof_bytes")}
    model, record, calibration = (ROOT / path for path in MODELS[name])
    with tempfile.TemporaryDirectory() as folder:
        sealed, identity, proof = (pathlib.Path(folder) / file for file in ("m.zkm", "m.id", "p.zkp"))
        zkp("model", "import", model, "--calibrate", calibration, "-o", sealed)
        zkp("model", "publish", sealed, "-o", identity)
        memory = zkp("prove", "--model", sealed, "--input", record, "-o", proof)
        zkp("verify", "--model", identity, proof)
        return {"prove": timed["prove"], "verify": timed["verify"], "proof": timed["proof_bytes"], "memory": memory,
                "proving_key": sealed.stat().st_size, "verifying_key": identity.stat().st_size}


def ezkl(name):
    """The same of EZKL."""
    done = subprocess.run([VENV / "bin/python", HERE / "ezkl_peer.py", *(ROOT / path for path in MODELS[name]),
                           "--limit", str(STEP_SECONDS)], stdout=subprocess.PIPE, text=True)
    report = json.loads(done.stdout) if done.returncode == 0 else {"ended_at": "start"}
    if "ended_at" in report:
        raise SystemExit(f"EZKL on {name} ended at: {report['ended_at']}")
    steps, sizes = report["steps"], report["bytes"]
    return {"prove": steps["prove"]["seconds"], "verify": steps["verify"]["seconds"], "proof": sizes["proof"],
            "memory": steps["prove"]["peak_bytes"], "proving_key": sizes["proving_key"],
            "verifying_key": sizes["verifying_key"]}


def main():
    names = sys.argv[1:] or list(MODELS)
    install()
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", "zkp", "bench_prove"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    behind, results = [], {}
    print(f"{'':22} {'ours':>14} {'EZKL':>16} {'EZKL / ours':>12}")
    for name in names:
        peer, mine = ezkl(name), ours(name)
        for what, value in mine.items():
            unit = "s" if what in ("prove", "verify") else "B"
            ratio = peer[what] / value
            print(f"{name + ' ' + what:22} {value:>12.6g} {unit} {peer[what]:>14.6g} {unit} {ratio:>12.3g}", flush=True)
            results[f"peers/ezkl/{what}/{name}"] = {"value": peer[what], "unit": unit}
            results[f"ratio/ezkl/{what}/{name}"] = {"value": ratio, "unit": ""}
            if ratio < 1 and what in ("prove", "memory", "proving_key"):
                behind.append(f"{name} {what}")
    bench.keep(results)
    print(f"peers: behind EZKL in: {', '.join(behind) or 'nothing that must lead'}")
    return bool(behind)


if __name__ == "__main__":
    sys.exit(main())
