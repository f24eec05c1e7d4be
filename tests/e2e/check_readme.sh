#!/usr/bin/env bash
# Every command block of README.md runs, and the text block behind it is what it prints: each line in order, … for what comes
# from the run; what stands on top is what `make demo` ends with. `make test` is what runs this.
set -eu
PYTHONPATH=tests/support python3 - "${BUILD:-build/release}" <<'P'
import os
import subprocess
import sys

from readme_blocks import blocks_of, missing

build = sys.argv[1]
text = open("README.md", encoding="utf-8").read()
before, services = text.split("## As services on Apache Kafka")
text = before + services[services.index("\n## "):]         # that section: tests/integration/check_readme_services.sh
blocks = blocks_of(text)


def of_build(words):
    """Another build has its own programs and its own state: both may be tested at once."""
    if build == "build/release":
        return words
    return words.replace("build/release", build).replace("build/demo", f"{build}/demo")


run = of_build("build/release/claimctl run --sample first-hour --state build/demo")
demo = "make demo" if build == "build/release" else run
# With the variables of the make that runs this, CC say: with others it would build everything anew. Without its jobs.
variables = os.environ.get("MAKEFLAGS", "").partition("-- ")[2]
quietly = {**os.environ, "MAKEFLAGS": f"-- {variables}", "MAKELEVEL": "", "MFLAGS": ""}
demo = subprocess.run(demo, shell=True, check=False, capture_output=True, text=True, env=quietly)
failed = False

want = missing(of_build(blocks[0][1]), demo.stdout.splitlines())
if want:
    print(f"`make demo` has no such line:\n  {want}\n{demo.stdout[-2000:]}{demo.stderr}")
    failed = True
for index, (kind, body) in enumerate(blocks):
    if kind != "sh" or body.startswith("make "):
        continue
    done = subprocess.run(["bash", "-c", of_build(body)], capture_output=True, text=True, timeout=300)
    if done.returncode not in (0, 3):
        print(f"exit {done.returncode}: {body}{done.stderr}")
        failed = True
    expected = blocks[index + 1][1] if index + 1 < len(blocks) and blocks[index + 1][0] == "text" else ""
    want = missing(of_build(expected), done.stdout.splitlines())
    if want:
        print(f"no such line behind `{body.strip().splitlines()[-1]}`:\n  {want}")
        failed = True
sys.exit(failed)
P
