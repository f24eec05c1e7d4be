#!/usr/bin/env python3
"""engine.py CLAIMCTL RESULTS.ndjson [--lines N] [--seed S]: the embedded engine from CSV bytes to results, one process.

Appends one object a figure to RESULTS and prints them; then where the time goes, by function, if perf is installed."""
import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time


def run(claimctl, world, results):
    """Wall seconds, CPU seconds, peak MiB of one run; exit 3 (lines refused) is success."""
    start = time.monotonic()
    done = subprocess.Popen([claimctl, "run", "--world", world, "--results", results], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(done.pid, 0)
    wall = time.monotonic() - start
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        sys.exit(f"claimctl run ended with {os.waitstatus_to_exitcode(status)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def profile(claimctl, world, scratch):
    if not shutil.which("perf"):
        print("where the time goes: install linux-perf to see it")
        return
    data = os.path.join(scratch, "perf.data")
    subprocess.run(["perf", "record", "-q", "-o", data, claimctl, "run", "--world", world, "--results", "/dev/null"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    report = subprocess.run(["perf", "report", "-i", data, "--no-children", "--percent-limit", "1.5", "--stdio"],
                            capture_output=True, text=True, check=False).stdout
    print("where the time goes (share of samples, function):")
    for line in report.splitlines():
        if "%" in line and not line.startswith("#"):
            fields = line.split()
            print(f"  {fields[0]:>7}  {fields[-1]}")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("claimctl")
    p.add_argument("results")
    p.add_argument("--lines", type=int, default=int(os.environ.get("LINES_OF_BENCH", "1000000")))
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    claimctl = os.path.abspath(a.claimctl)
    with tempfile.TemporaryDirectory() as scratch:
        world = os.path.join(scratch, "world")
        here = os.path.dirname(os.path.abspath(__file__))
        subprocess.run([sys.executable, os.path.join(here, "traffic.py"), "--lines", str(a.lines), "--seed", str(a.seed), "--out", world], check=True)
        wall, cpu, peak = run(claimctl, world, "/dev/null")
        figures = [("engine_lines_per_second", a.lines / wall, "lines/s", 75000, a.lines / wall >= 75000),
                   ("engine_cpu_per_line", cpu / a.lines * 1e6, "us", 13.3, cpu / a.lines * 1e6 <= 13.3),
                   ("engine_peak_memory", peak, "MiB", 96, peak <= 96)]
        with open(a.results, "a", encoding="utf-8") as out:
            for name, value, unit, target, holds in figures:
                print(f"{name:32} {value:12.1f} {unit:8} target {target:>8} {'holds' if holds else 'MISSED'}")
                out.write(json.dumps({"name": name, "value": round(value, 2), "unit": unit, "target": target, "holds": holds, "baseline": None,
                                      "lines": a.lines, "seed": a.seed, "versions": {"machine": platform.machine(), "cores": os.cpu_count()}}) + "\n")
        profile(claimctl, world, scratch)


if __name__ == "__main__":
    main()
