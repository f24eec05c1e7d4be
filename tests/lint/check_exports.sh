#!/usr/bin/env bash
# What a source file exports, another one uses: read from the object files, so that nothing lives for its tests alone
# and what only its own file calls is static. tests/lint/exports.txt names what may differ, by why. Only the release
# variant is asked: sanitizers keep references that the compiler drops.
set -eu
build=${BUILD:-build/release}
case $build in *release*) ;; *) exit 0 ;; esac
python3 - "$build" << 'P'
import fnmatch
import pathlib
import subprocess
import sys

build = pathlib.Path(sys.argv[1])
sources = subprocess.run(["git", "ls-files", "--", "common/*.c", "services/*.c"], capture_output=True, text=True,
                         check=True).stdout.split()
objects = [str(build / source[:-2]) + ".o" for source in sources]
homes, used = {}, set()
table = subprocess.run(["nm", "-A", "-P", "-g", *objects], capture_output=True, text=True, check=True).stdout
for row in table.splitlines():
    home, name, kind = row.split()[:3]
    if kind == "U":
        used.add(name)
    elif name != "main":
        homes[name] = home.rstrip(":")

allowed = [line.strip() for line in open("tests/lint/exports.txt", encoding="utf-8")]
allowed = [line for line in allowed if line and not line.startswith("#")]
unused = sorted(set(homes) - used)
unknown = [name for name in unused if not any(fnmatch.fnmatchcase(name, pattern) for pattern in allowed)]
for name in unknown:
    source = homes[name][len(str(build)) + 1:-2] + ".c"
    print(f"{source}: {name} is used by no other source file: make it static, or take it out where only tests call it")
stale = [pattern for pattern in allowed if not fnmatch.filter(unused, pattern)]
for pattern in stale:
    print(f"tests/lint/exports.txt: {pattern} needs no row any more: take it out")
sys.exit(bool(unknown or stale))
P
