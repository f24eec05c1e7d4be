#!/usr/bin/env bash
# A replay of the same inputs gives the same bytes (screening.md 11): traffic that every rule speaks of, in batches of
# other sizes and with the partitions interleaved otherwise; every section of every dossier, held, parked and decided,
# and every case. Then the same with acts of people on all that waits.
set -euo pipefail
. tests/support/cleanup.sh
scratch_folder
build=${BUILD:-build/release}
lines=2000
case $build in *asan* | *ubsan*) lines=600 ;; esac
python3 tests/bench/labelled.py --lines $lines --seed "${SEED:-1}" --out "$scratch/world"
replay() {      # replay NAME OPTION...: three runs, the same bytes
    local name=$1 kept=() seed batch code
    shift
    while read -r seed batch; do
        code=0
        "$build/claimctl" run --world "$scratch/world" "$@" --seed "$seed" --batch-lines "$batch" \
            --results "$scratch/$name" --state "$scratch/$name.$seed" > /dev/null 2>&1 || code=$?
        [ "$code" = 0 ] || [ "$code" = 3 ] || { echo "a run with seed $seed ends with $code"; exit 1; }
        kept+=("$scratch/$name.$seed/1.dossiers")
    done < <(printf '%s\n' "1 1" "7 7" "42 4000")
    python3 tests/support/same_dossiers.py "${kept[@]}"
}
replay alone
python3 tests/support/acts_on_all.py "$scratch/alone" > "$scratch/acts.ndjson"
replay reviewed --input "$scratch/acts.ndjson"
[ "$(grep -c DENIED_ON_REVIEW "$scratch/reviewed")" -gt 2 ] || { echo "the acts decided nothing"; exit 1; }
