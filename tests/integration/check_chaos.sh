#!/usr/bin/env bash
# A short seeded run of the chaos harness: the judging services lose processes within their transactions, the answer to a commit
# and their network while sales flow; every sale is paid once, as much as the embedded engine pays. The long runs are `make chaos`.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/cleanup.sh
build=${BUILD:-build/release}
scratch_folder
log=$scratch/log

# 3: all was paid before a fault met a transaction, where this side of the machine stood still: with other faults again.
seed=$((${SEED:-1} - 1))
meets_a_transaction() {
    local code=0
    seed=$((seed + 1))
    python3 tests/chaos/chaos.py --build "$build" --feed received --seed $seed --lines 16000 --rate 2000 --faults 6 \
        --only kill_service,kill_service,kill_service,swallow_reply,cut_network > "$log" 2>&1 || code=$?
    [ $code = 0 ] || [ $code = 3 ] || { cat "$log"; exit 1; }
    [ $code = 0 ] && in_file "killed in a transaction" "$log"
}
eventually meets_a_transaction || { cat "$log"; exit 1; }
tail -2 "$log"
