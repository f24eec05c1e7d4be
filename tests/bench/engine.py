#!/usr/bin/env python3
"""engine.py CLAIMCTL RESULTS.ndjson [--lines N] [--seed S]: the embedded engine from CSV bytes to results, one process.

Appends one object a figure to RESULTS and prints them; then where the time goes, by function, if perf is installed."""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from figure import put

CURVE_LINES = (10_000, 100_000)         # shorter runs beside the long one: does a line cost more behind a longer history?


def run(claimctl, world):
    """What the run says of itself (claimctl run --figures), and its wall seconds; exit 3 (lines refused) is success."""
    start = time.monotonic()
    done = subprocess.run([claimctl, "run", "--world", world, "--results", "/dev/null", "--figures", "-"], capture_output=True, text=True, check=False)
    wall = time.monotonic() - start
    if done.returncode not in (0, 3):
        sys.exit(f"claimctl run ended with {done.returncode}")
    return json.loads(done.stdout) | {"wall": wall}


def make_world(scratch, lines, seed):
    world = os.path.join(scratch, f"world-{lines}")
    here = os.path.dirname(os.path.abspath(__file__))
    subprocess.run([sys.executable, os.path.join(here, "traffic.py"), "--lines", str(lines), "--seed", str(seed), "--out", world], check=True)
    return world


def figures_of(f):
    """Name, value, unit, target (None: to look at), and whether less is better."""
    lines, mib = f["lines"], 1 << 20
    return [("engine_lines_per_second", lines / f["wall"], "lines/s", 75000, False),
            ("engine_cpu_per_line", f["cpu_ms"] * 1000 / lines, "us", 13.3, True),
            ("engine_memory_apart_from_state", (f["anonymous_bytes"] - f["state_bytes"]) / mib, "MiB", 96, True),
            ("engine_memory_of_files", f["file_bytes"] / mib, "MiB", None, True),
            ("engine_state_per_line", f["state_bytes"] / lines, "bytes", None, True),
            ("engine_peak_memory", f["peak_bytes"] / mib, "MiB", None, True)]


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
        figures = []
        for lines in CURVE_LINES:
            if lines >= a.lines:
                continue
            f = run(claimctl, make_world(scratch, lines, a.seed))
            figures.append((f"engine_cpu_per_line_of_{lines}", f["cpu_ms"] * 1000 / f["lines"], "us", None, True))
        world = make_world(scratch, a.lines, a.seed)
        figures += figures_of(run(claimctl, world))
        with open(a.results, "a", encoding="utf-8") as out:
            for name, value, unit, target, less in figures:
                holds = None if target is None else value <= target if less else value >= target
                said = "" if target is None else f"target {target:>8} {'holds' if holds else 'MISSED'}"
                print(f"{name:32} {value:12.1f} {unit:8} {said}")
                put(out, name, value, unit, target, holds, a.lines, a.seed)
        profile(claimctl, world, scratch)


if __name__ == "__main__":
    main()
