#!/usr/bin/env bash
# A short seeded run of the chaos harness: the judging services lose processes within their transactions, the answer to a commit
# and their network while sales flow; every sale is paid once, as much as the embedded engine pays. The long runs are `make chaos`.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${BUILD:-build/release}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
python3 tests/chaos/chaos.py --build "$build" --feed received --seed "${SEED:-1}" --lines 16000 --rate 2000 --faults 6 \
    --only kill_service,kill_service,kill_service,swallow_reply,cut_network > "$log" 2>&1 || { cat "$log"; exit 1; }
grep -q "killed in a transaction" "$log" || { cat "$log"; exit 1; }
tail -2 "$log"
