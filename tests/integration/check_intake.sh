#!/usr/bin/env bash
# claim-intake as a process on Apache Kafka: documents over HTTP, from folders and as records, killed with -9 in the middle again and
# again. Whatever was sent twice, under another name or across a kill, each line is on claims.received.v1 once; what was answered 202
# is there; statuses, rejects and raw bytes are as they were.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/services.sh
RANDOM=${SEED:-1}
scratch_folder
LOGS=claim-intake
services_of intake none 4 --set "intake.inbox_dir=$scratch/inbox" --set "intake.outbox_dir=$scratch/outbox" \
    --set folder.settle_ms=100 --set post.chunk_lines=50
mkdir -p "$local" "$scratch/inbox/local" "$scratch/outbox"
export CLAIMSTREAM_SERVER=http://127.0.0.1:$port

received() { "$build/claimctl" tail claims.received.v1 --config "$local/local.yaml" --from beginning --exit -f '%{line_id}\n'; }
document() {                                        # LINES NAME: NDJSON of that many sales
    python3 - "$1" "$2" <<'PY'
import json, sys
for n in range(int(sys.argv[1])):
    print(json.dumps({"kind": "POS_SALE", "partner_id": "N-100", "invoice_no": f"{sys.argv[2]}-{n}", "ship_date": "2026-03-01", "vendor_part": "SW-24",
                      "qty": "1", "uom": "EA", "currency": "USD", "resale_unit": "2.50"}))
PY
}
submit() { "$build/claimctl" submit "$@" > "$scratch/out" 2> "$scratch/err"; }
begin_services

# A first document, its status, its bytes, and the same again.
document 20 first > "$scratch/first.ndjson"
submit "$scratch/first.ndjson" --idempotency-key one || { cat "$scratch/err" >&2; fail "a document is refused"; }
id=$(head -1 "$scratch/out" | awk '{print $2}')
"$build/claimctl" documents raw "$id" | cmp - "$scratch/first.ndjson" || fail "the bytes of a document are not those that were sent"
submit "$scratch/first.ndjson" && fail "a repeat is not told" || [ $? = 5 ] || fail "a repeat does not end with 5"
has_all() {                                         # LINES: read_committed sees them a moment behind the answer
    received > "$scratch/received"
    [ "$(wc -l < "$scratch/received")" -ge "$1" ]
}
are_there() {                                       # LINES: no more of them, and none twice
    eventually has_all "$1" || true
    [ "$(wc -l < "$scratch/received")" = "$1" ] && [ "$(sort -u "$scratch/received" | wc -l)" = "$1" ]
}
are_there 20 || fail "20 lines were sent, $(wc -l < "$scratch/received") are there"

# A document that is HELD is asked about once, and answered in the words of the question.
printf 'Invoice,Ship Date,Part,Qty,UOM,Currency\nH-1,3/4/2026,SW-24,1,EA,USD\n' > "$scratch/held.csv"
submit "$scratch/held.csv" --partner N-100 || fail "a question is taken for a refusal: $(cat "$scratch/out" "$scratch/err")"
[ "$(grep -c DATE_ORDER_UNDECIDED "$scratch/out")" = 1 ] || fail "the question is not said once: $(cat "$scratch/out")"
id=$(head -1 "$scratch/out" | awk '{print $2}')
"$build/claimctl" documents answer "$id" dates 2> "$scratch/err" && fail "half an answer is sent" || [ $? = 2 ] || fail "half an answer does not end with 2"
"$build/claimctl" documents answer "$id" dates=mdy > "$scratch/out"
in_file '"state":"POSTED".*"passed":1' "$scratch/out" || fail "an answered document is not posted"

# Killed in the middle of documents of many transactions; the sender sends again until it is answered.
is_taken() { submit "$@" || [ $? = 5 ]; }          # 5: posted meanwhile, from the spool
lines=21 kills=${KILLS:-6}
for k in $(seq "$kills"); do
    document 3000 "big$k" > "$scratch/big$k.ndjson"
    submit "$scratch/big$k.ndjson" --idempotency-key "big$k" &
    sending=$!
    sleep "0.$((RANDOM % 5 + 1))"
    kill_service "$local" claim-intake
    wait $sending || true
    begin_services
    eventually is_taken "$scratch/big$k.ndjson" --idempotency-key "big$k" || fail "a document is not taken: $(cat "$scratch/out" "$scratch/err")"
    lines=$((lines + 3000))
done
# A repeat is answered while what the spool kept is still being posted.
are_there $lines || fail "$(sort -u "$scratch/received" | wc -l) of $lines lines are on claims.received.v1," \
    "$(wc -l < "$scratch/received") with those that are there twice"

# From a folder: the answer lies beside; the same bytes under another name post nothing.
document 10 folder > "$scratch/inbox/local/.a" && mv "$scratch/inbox/local/.a" "$scratch/inbox/local/a.ndjson"
eventually in_file '"state":"POSTED"' "$scratch/outbox/local/a.ndjson.receipt.json" || fail "a file of a folder is not answered"
is_gone() { [ ! -e "$1" ]; }
eventually is_gone "$scratch/inbox/local/a.ndjson" || fail "a file that was taken lies there still"
document 10 folder > "$scratch/inbox/local/.b" && mv "$scratch/inbox/local/.b" "$scratch/inbox/local/b.ndjson"
eventually in_file '"state":"DUPLICATE"' "$scratch/outbox/local/b.ndjson.receipt.json" || fail "the same bytes under another name are posted again"
lines=$((lines + 10))
are_there $lines || fail "$(wc -l < "$scratch/received") of $lines lines are there after the folder"

# A reload of grants: tokens are asked for, and what they may.
cat > "$scratch/submitters.yaml" <<YAML
submitters:
  - {id: north, partner_id: N-100}
tokens:
  - {submitter: north, sha256: $(printf secret | sha256sum | cut -d' ' -f1), scopes: [submit, read]}
  - {submitter: north, sha256: $(printf reader | sha256sum | cut -d' ' -f1), scopes: [read]}
YAML
sed -i 's/^  auth: none/  auth: token/' "$local/local.yaml"
echo "intake.submitters: $scratch/submitters.yaml" >> "$local/local.yaml"
up+=(--set "intake.submitters=$scratch/submitters.yaml" --set "intake.auth=token")
former=$(cat "$local/claim-intake.pid")
kill -TERM "$former"
is_drained() {      # and gone: its ports are its own until then
    [[ $(tail -n 1 "$local/claim-intake.log") = *'"event":"service_drained"'* ]] && ! kill -0 "$former" 2> /dev/null
}
eventually is_drained || fail "a drain does not end as it should"
sed -i '/^intake:/,/^  accept/{/auth:/d}' "$local/local.yaml"
setsid "$build/claim-intake" --config "$local/local.yaml" --set intake.auth=token --set "intake.submitters=$scratch/submitters.yaml" < /dev/null >> "$local/claim-intake.log" 2>&1 &
echo $! > "$local/claim-intake.pid"
is_ready() { "$build/claim-intake" --config "$local/local.yaml" --health > /dev/null 2>&1; }
eventually is_ready || fail "it does not become ready again"
document 1 token > "$scratch/token.ndjson"
submit "$scratch/token.ndjson" && fail "nobody may submit without a token" || [ $? = 77 ] || fail "a missing token does not end with 77"
CLAIMSTREAM_TOKEN=reader submit "$scratch/token.ndjson" && fail "a token that may only read submits" || [ $? = 77 ]
CLAIMSTREAM_TOKEN=secret submit "$scratch/token.ndjson" || { cat "$scratch/err" >&2; fail "a token is not known"; }
lines=$((lines + 1))
are_there $lines || fail "$(wc -l < "$scratch/received") of $lines lines are there at the end"
echo "  $kills kills, $lines lines once each, through HTTP and folders, keys and tokens"
