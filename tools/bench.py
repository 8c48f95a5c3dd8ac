"""Runs the benchmarks (make bench) and keeps their results with the machine they ran on.

    python3 tools/bench.py [NAME]

NAME is a program (`prove`, from bench/prove.cpp) or the beginning of a result's name (`prove/lenet5`). Results go to
bench/results/DATE-CPU.json; those of earlier runs of the same day and machine stay unless measured again."""

import datetime
import json
import os
import pathlib
import platform
import re
import subprocess
import sys

from sources import ROOT, commit

BUILD = ROOT / "build"
REPETITIONS = 20  # of each micro-benchmark


def quantile(samples, q):
    """By nearest rank, as bench/harness.hpp has it."""
    samples = sorted(samples)
    return samples[max(1, -(-int(q * 100) * len(samples) // 100)) - 1]


def cpu_name(cpuinfo):
    found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.M)
    return re.sub(r"\s+", " ", found[1]).strip() if found else platform.machine()


def file_name(date, cpu):
    """DATE-CPU.json, the CPU's name reduced to letters, digits and dashes."""
    return f"{date}-{re.sub('[^a-z0-9]+', '-', cpu.lower()).strip('-')}.json"


def machine():
    meminfo = pathlib.Path("/proc/meminfo").read_text()
    compiler = subprocess.run(["clang++-22", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return {
        "cpu": cpu_name(pathlib.Path("/proc/cpuinfo").read_text()),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": int(re.search(r"MemTotal:\s*(\d+) kB", meminfo)[1]) * 1024,
        "system": platform.freedesktop_os_release()["PRETTY_NAME"],
        "kernel": platform.release(),
        "compiler": compiler,
        "commit": commit(),
    }


def read_lines(output):
    """Results of a harness program: one JSON object a line."""
    results = {}
    for line in output.splitlines():
        if line.startswith("{"):
            result = json.loads(line)
            results[result.pop("name")] = result
    return results


def read_google(output):
    """Results of a Google Benchmark program: repetitions of one benchmark become one median and p95, in seconds."""
    unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}
    samples = {}
    for run in json.loads(output)["benchmarks"]:
        if run["run_type"] == "iteration":
            samples.setdefault(run["run_name"].removesuffix("/real_time"), []).append(
                run["real_time"] * unit[run["time_unit"]])
    return {name: {"value": quantile(times, 0.5), "p95": quantile(times, 0.95), "runs": len(times), "unit": "s"}
            for name, times in samples.items()}


def run_program(program, name_prefix):
    """Runs one program; its results, of those only that begin with the prefix."""
    micro = program.name.startswith("bench_micro_")
    arguments = ["--benchmark_format=json", f"--benchmark_repetitions={REPETITIONS}", "--benchmark_min_time=0.05",
                 f"--benchmark_filter=^{re.escape(name_prefix)}"] if micro else [name_prefix]
    done = subprocess.run([program, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{program.name} ended with exit code {done.returncode}")
    results = read_google(done.stdout) if micro and done.stdout else read_lines(done.stdout)
    return {name: result for name, result in results.items() if name.startswith(name_prefix)}


def show(name, result):
    value, unit = result["value"], result.get("unit", "")
    p95 = f"   p95 {result['p95']:.6g}" if "p95" in result else ""
    peak = f"   peak {result['peak_bytes'] / 2**20:.1f} MiB" if result.get("peak_bytes") else ""
    print(f"{name:32} {value:.6g} {unit}{p95}{peak}", flush=True)


def keep(results):
    """Adds results to today's file for this machine."""
    this = machine()
    path = ROOT / "bench/results" / file_name(datetime.date.today().isoformat(), this["cpu"])
    path.parent.mkdir(exist_ok=True)
    kept = json.loads(path.read_text())["results"] if path.exists() else {}
    path.write_text(json.dumps({"machine": this, "results": {**kept, **results}}, indent=1, sort_keys=True) + "\n")
    print(f"written: {path.relative_to(ROOT)}")


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    build = ["cmake", "--build", "--preset", "release", "--target", "benches"]
    for command in (["cmake", "--preset", "release"], build):
        if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode != 0:
            raise SystemExit(f"failed: {' '.join(command)}")
    programs = sorted(path for path in (BUILD / "bench").glob("bench_*") if path.is_file() and os.access(path, os.X_OK)
                      and not path.name.endswith("_test"))
    names = {path.name.removeprefix("bench_").removeprefix("micro_"): path for path in programs}
    chosen, prefix = ([names[wanted]], "") if wanted in names else (programs, wanted)
    results = {}
    for program in chosen:
        for name, result in run_program(program, prefix).items():
            show(name, result)
            results[name] = result
    if not results:
        raise SystemExit(f"no benchmark named {wanted}; programs: {', '.join(names)}")
    keep(results)


if __name__ == "__main__":
    main()
