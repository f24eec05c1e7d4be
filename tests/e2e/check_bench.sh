#!/usr/bin/env bash
# What `make bench` writes is one form, whoever measures: the same members of every figure, in C and in Python. Nothing
# is timed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 tests/bench/engine.py "${BUILD:-build/release}/claimctl" "$work/engine" --lines 300 > "$work/table"
cat > "$work/figure.c" <<'C'
#include "bench/figure.h"
int main(int argc, char **argv)
{
    FILE *out = fopen(argv[argc - 1], "w");
    figure_put(out, "looked_at", 1.5, "us", 0, 10);
    figure_write(out, &(struct bench_figure){ "at_least", 4, "lines/s", FIGURE_AT_LEAST, 5, 10, 7 });
    return fclose(out);
}
C
gcc -std=gnu17 -D_GNU_SOURCE -O1 -Icommon -Itests "$work/figure.c" -o "$work/figure"
VERSIONS=$(python3 tests/bench/figure.py) "$work/figure" "$work/c" > "$work/table_of_c"
python3 - "$work/engine" "$work/c" <<'P'
import json
import sys

NUMBER, NONE = (int, float), type(None)
MEMBERS = {"name": str, "value": NUMBER, "unit": str, "target": (*NUMBER, NONE), "holds": (bool, NONE),
           "baseline": (*NUMBER, NONE), "lines": int, "seed": int, "versions": dict}
VERSIONS = {"commit", "compiler", "machine", "cores"}
failed = False
figures = {}
for path in sys.argv[1:]:
    for line in open(path, encoding="utf-8"):
        f = json.loads(line)
        figures[f["name"]] = f
        good = list(f) == list(MEMBERS) and all(isinstance(f[m], MEMBERS[m]) for m in MEMBERS)
        good = good and (f["target"] is None) == (f["holds"] is None) and VERSIONS <= set(f["versions"])
        if not good:
            print(f"no figure: {line}")
            failed = True
told = figures["at_least"]["holds"], figures["looked_at"]["target"], figures["engine_lines_per_second"]["lines"]
if told != (False, None, 300):
    print(f"wrong figures: {figures}")
    failed = True
sys.exit(failed)
P
