#!/usr/bin/env bash
# `make demo` builds claimctl without what only the services need (ALONE of the Makefile): claimctl does without it, and what was
# left out is built when the services are.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export MAKEFLAGS=""
printf 'print-%%:\n\t@echo $($*)\n' > "$scratch/print.mk"
list() { make -s --no-print-directory -f Makefile -f "$scratch/print.mk" "$@"; }

# As `make demo` leaves a build: an archive that is newer than every source, without the services' objects.
for object in $(list B="$scratch" DEMO=1 print-LIB_O); do mkdir -p "${object%/*}"; : > "$object"; done
: > "$scratch/flags"
: > "$scratch/libclaimstream.a"
make -n -o FORCE -o "$scratch/flags" B="$scratch" "$scratch/claim-intake" > "$scratch/commands"
grep -q -- "-o $scratch/common/stage/stage_main.o" "$scratch/commands" || { echo "after \`make demo\`, make all would not build stage_main.o"; exit 1; }
! grep -q -- "-o $scratch/common/base/arena.o" "$scratch/commands" || { echo "after \`make demo\`, make all would build arena.o again"; exit 1; }

python3 - "${BUILD:-build/release}" "$(list print-ALONE)" <<'P'
import pathlib
import subprocess
import sys

build, alone = pathlib.Path(sys.argv[1]), sys.argv[2].split()
left_out = {str(path) for name in alone for path in build.glob(name.replace("%", "*") + ".o")}
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
