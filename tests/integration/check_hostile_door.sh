#!/usr/bin/env bash
# Hostile clients, a file of many lines, tokens that change and a disk that fills up at the door of claim-intake; a
# neighbour is served beside each of them, and what he was told is true: each of his documents is on
# claims.received.v1 once (hostile_door.py).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/intake.sh
scratch_folder
disk=-
mkdir -p "$scratch/spool" "$scratch/inbox/bad" "$scratch/outbox"
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=96m tmpfs "$scratch/spool" 2> /dev/null; then
    at_exit umount -l "$scratch/spool"
    disk=$scratch/spool
else
    echo "  a full disk: left out, only root may mount a small one"
fi
printf 'submitters: []\n' > "$scratch/submitters.yaml"
intake_of hostile 2 "http.requests_per_second: 100000" "http.requests_burst: 100000" "folder.settle_ms: 100" \
    "intake: {submitters: $scratch/submitters.yaml, inbox_dir: $scratch/inbox, outbox_dir: $scratch/outbox}"
begin_intake
python3 tests/integration/hostile_door.py "$scratch/submitters.yaml" "$port" $intake "$disk" \
    > "$scratch/out" || { cat "$scratch/out" >&2; fail "see above"; }
sent=$(tail -n 1 "$scratch/out")
has_all() {         # read_committed sees them a moment behind the answer
    "$build/claimctl" tail claims.received.v1 --config "$scratch/intake.yaml" --from beginning --exit \
        -f '%{invoice_no}\n' > "$scratch/all"
    grep '^good-' "$scratch/all" > "$scratch/received"
    [ "$(wc -l < "$scratch/received")" -ge "$sent" ]
}
eventually has_all || true
good=$(wc -l < "$scratch/received")
[ "$good" = "$sent" ] && [ "$(sort -u "$scratch/received" | wc -l)" = "$sent" ] ||
    fail "$sent documents were answered 202, $good lines are there"
spool_is_empty() { [ -z "$(ls -A "$scratch/spool" | grep -v '\.log$')" ]; }
eventually spool_is_empty || fail "something is left in the spool: $(ls "$scratch/spool")"
sed '$d' "$scratch/out"
echo "  $sent documents beside all that, each there once"
