#!/usr/bin/env python3
"""figure.py: one object a figure, the same members everywhere (tests/bench/figure.h writes them in C). Run, it prints
the versions that are measured: `make bench` gives them to its programs."""
import json
import os
import platform
import subprocess

LIBRARIES = ("rdkafka", "lmdb", "libprotobuf-c", "hiredis", "libuv", "libmicrohttpd")


def said_by(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    except FileNotFoundError:
        return "unknown"


def versions():
    compiler = said_by(*os.environ.get("CC", "gcc").split(), "-dumpfullversion", "-dumpversion")
    commit = said_by("git", "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude", "*")
    own = {"commit": commit, "compiler": compiler, "kernel": platform.release(), "machine": platform.machine(),
           "cores": os.cpu_count()}
    return own | {library: said_by("pkg-config", "--modversion", library) for library in LIBRARIES}


def put(out, name, value, unit, target, holds, lines, seed, baseline=None):
    """`out`: the file of results; a target of None is looked at and neither holds nor is missed."""
    given = os.environ.get("VERSIONS")
    figure = {"name": name, "value": round(value, 3), "unit": unit, "target": target, "holds": holds,
              "baseline": baseline, "lines": lines, "seed": seed, "versions": json.loads(given) if given else versions()}
    out.write(json.dumps(figure) + "\n")


if __name__ == "__main__":
    print(json.dumps(versions()))
