#!/usr/bin/env bash
# A replay of the same inputs gives the same bytes (screening.md 11): traffic that every rule speaks of, in batches of
# other sizes and with the partitions interleaved otherwise; every section of every dossier, held, parked and decided,
# and every case.
set -euo pipefail
. tests/support/cleanup.sh
scratch_folder
build=${BUILD:-build/release}
lines=2000
case $build in *asan* | *ubsan*) lines=600 ;; esac
python3 tests/bench/labelled.py --lines $lines --seed "${SEED:-1}" --out "$scratch/world"
kept=()
while read -r seed batch; do
    code=0
    "$build/claimctl" run --world "$scratch/world" --seed "$seed" --batch-lines "$batch" --state "$scratch/$seed" > /dev/null 2>&1 || code=$?
    [ "$code" = 0 ] || [ "$code" = 3 ] || { echo "a run with seed $seed ends with $code"; exit 1; }
    kept+=("$scratch/$seed/1.dossiers")
done <<'RUNS'
1 1
7 64
42 2000
RUNS
python3 tests/support/same_dossiers.py "${kept[@]}"
