#!/usr/bin/env bash
# `make demo` builds claimctl without what only the services need (ALONE of the Makefile): claimctl does without it.
set -eu
MAKEFLAGS="" make -s --no-print-directory -f Makefile -f - print-alone <<'M' > "${TMPDIR:-/tmp}/alone.$$"
print-alone:
	@echo $(filter $(ALONE:%=%.c),$(shell find common services -name '*.c'))
M
trap 'rm -f "${TMPDIR:-/tmp}/alone.$$"' EXIT
python3 - "${BUILD:-build/release}" "${TMPDIR:-/tmp}/alone.$$" <<'P'
import pathlib
import subprocess
import sys

build, alone = pathlib.Path(sys.argv[1]), open(sys.argv[2], encoding="utf-8").read().split()
left_out = {str(build / name.removesuffix(".c")) + ".o" for name in alone}
objects = sorted(str(path) for part in ("common", "services", "gen") for path in (build / part).rglob("*.o"))
mains = {str(path) for path in (build / "services").glob("*/main.o")}
defined, needed, current = {}, {}, ""
symbols = subprocess.run(["nm", "-A", "-g", *objects], capture_output=True, text=True, check=True).stdout
for line in symbols.splitlines():
    current, rest = line.split(":", 1)
    kind, name = rest.split()[-2:]
    if kind == "U":
        needed.setdefault(current, set()).add(name)
    elif current not in mains:
        defined[name] = current
seen, ahead = set(), [(str(build / "services/claimctl/main.o"), "")]
while ahead:
    at, by = ahead.pop()
    if at in seen:
        continue
    seen.add(at)
    if at in left_out:
        print(f"{at} is among ALONE of the Makefile, and {by} needs it: `make demo` would not link")
    else:
        ahead += [(defined[name], at) for name in needed.get(at, ()) if name in defined]
sys.exit(bool(seen & left_out) or not left_out)
P
