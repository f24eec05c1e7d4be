#!/usr/bin/env bash
# The demo ends with expected.txt, word for word; … stands for ids, seconds and rates, which come from the run.
set -eu
top=$PWD
claimctl=$PWD/${BUILD:-build/release}/claimctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
code=0
"$claimctl" run --sample first-hour --state build/demo > out || code=$?
[ $code -eq 3 ] || { echo "exit $code, want 3"; exit 1; }
python3 - "$top/deploy/sample/first-hour/expected.txt" out <<'P'
import re
import sys

want, got = (open(path, encoding="utf-8").read().splitlines() for path in sys.argv[1:])
got = got[-len(want):]
different = len(want) != len(got)
for w, g in zip(want, got):
    if not re.fullmatch(".*?".join(re.escape(part) for part in w.split("…")), g):
        print(f"is   {g}\nwant {w}")
        different = True
sys.exit(different)
P
