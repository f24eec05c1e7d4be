#!/usr/bin/env bash
# One world through `claimctl run` and through the four services: every section of every line that was decided, held or
# parked, every case and every payout is the same, member by member. Lines of all rules, and some that wait for a part,
# a partner and a rate.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/services.sh
scratch_folder


python3 tests/bench/labelled.py --lines 60 --seed 1 --out "$scratch/traffic"
python3 tests/support/engines_agree.py worlds "$scratch/traffic" "$scratch"

# The embedded engine: the later records and documents come as inputs, at the time of the last document.
code=0
"$build/tests/tool/run_records" --world "$scratch/first" --input "$scratch/records.ndjson" \
    --input "$scratch/later/inbox/behind.ndjson" > "$scratch/embedded" 2> "$scratch/run.log" || code=$?
[ "$code" = 0 ] || [ "$code" = 3 ] || { cat "$scratch/run.log" >&2; fail "the run ends with $code"; }

# The services
services_of agree none 4 --set workers=1 --set "screening.lists_file=$scratch/first/lists.yaml"
begin_services
load() {
    claimctl load "$scratch/$1" --documents --wait --door "127.0.0.1:$port" \
        > "$scratch/load.log" 2>&1 || { cat "$scratch/load.log" >&2; fail "the world '$1' does not get through"; }
}
load first
load later
said() {
    for topic in claims.held.v1 claims.decided.v1 payouts.v1; do
        claimctl tail $topic --from beginning --exit --json
    done > "$scratch/services"
    python3 tests/support/engines_agree.py compare "$scratch/embedded" "$scratch/services" > "$scratch/compared" 2>&1
}
eventually said || { cat "$scratch/compared" >&2; fail "the engines differ"; }
cat "$scratch/compared"
