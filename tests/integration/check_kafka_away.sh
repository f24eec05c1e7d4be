#!/usr/bin/env bash
# Kafka stands still under documents over HTTP, and is killed: who sends one is answered 503 with Retry-After long
# before the answer time-out of five minutes, with Location where the document is in our custody, and refused before
# his body from there on. When it goes on everything is posted, by itself or sent again, each line once.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/intake.sh

own_kafka --set broker.session.timeout.ms=3000
# Half of it is how long a document waits for Kafka; twice that, and the process asks to be started again.
intake_of away 2 "intake.auth: none" "kafka.transaction.timeout.ms: 20000" "kafka.session.timeout.ms: 20000"

# Under the keeper of make up-local: 75 asks to be started again (kafka.md 5.1), as every supervisor does.
bash deploy/local/keep.sh "$scratch" claim-intake "$build/claim-intake" --config "$scratch/intake.yaml" & supervisor=$!
end_service() { kill "$supervisor" 2> /dev/null; wait "$supervisor" 2> /dev/null; }
at_exit end_service

# send N: its status in $status, 000 without an answer; head and body in head and answer. 200 s, less than the time-out,
# stand for any machine, not for ours.
send() {
    printf '{"kind":"POS_SALE","partner_id":"N-100","invoice_no":"%s","ship_date":"2026-03-01","vendor_part":"P","qty":"1","uom":"EA","currency":"USD","resale_unit":"2.50"}' "$1" > "$scratch/$1.json"
    status=$(curl -sS --max-time 200 -D "$scratch/head" -o "$scratch/answer" -w '%{http_code}' -H "Idempotency-Key: key-$1" -H 'Content-Type: application/json' \
        --data-binary "@$scratch/$1.json" "http://127.0.0.1:$port/v1/documents" 2>> "$scratch/curl" || true)
}
is_accepted() { send "$1"; [ "$status" = 202 ] || [ "$status" = 200 ]; }
is_refused() { send "$1"; [ "$status" = 503 ]; }
received() { "$build/claimctl" tail claims.received.v1 --config "$scratch/intake.yaml" --from beginning --exit -f '%{line_id}\n'; }

eventually is_ready || fail "it does not become ready"
eventually is_accepted 1 || fail "a document is not taken: $status $(cat "$scratch/answer")"

broker=$(cat "$kafka_folder/broker.pid")
thaw() { kill -CONT "$broker" 2> /dev/null; }
at_exit thaw
kill -STOP "$broker"
began=$SECONDS
eventually is_refused 2 || fail "while Kafka stands still a document is answered $status"
in_file '^Retry-After:' "$scratch/head" && in_file '^Location: /v1/documents' "$scratch/head" ||
    fail "the answer does not say when or where to ask: $(cat "$scratch/head")"
waited=$((SECONDS - began))
[ $waited -ge 9 ] || fail "while Kafka stands still a document waits $waited s, not half the time of a transaction"
eventually is_refused 3 || fail "a second one is answered $status"
in_file '^Location:' "$scratch/head" && in_file '"passed":1' "$scratch/answer" && fail "a document is taken while Kafka stands still"
kill -CONT "$broker"
eventually is_accepted 2 || fail "when Kafka goes on the document is answered $status $(cat "$scratch/answer")"
eventually is_accepted 3 || fail "when Kafka goes on the other one is answered $status $(cat "$scratch/answer")"

has_all() { received > "$scratch/received"; [ "$(wc -l < "$scratch/received")" -ge 3 ]; }
eventually has_all || true                          # read_committed sees it a moment behind the answer
[ "$(wc -l < "$scratch/received")" = 3 ] && [ "$(sort -u "$scratch/received" | wc -l)" = 3 ] ||
    fail "3 lines were sent, $(sort -u "$scratch/received" | wc -l) of $(wc -l < "$scratch/received") are there once"

kill_kafka
eventually is_refused 4 || fail "while there is no broker a document is answered $status"
in_file '^Retry-After:' "$scratch/head" || fail "the answer does not say when to ask: $(cat "$scratch/head")"

# Who waits goes on waiting, says so, and gets his answer: here that nothing of the document can be posted.
printf '{"kind":"POS_SALE","partner_id":"N-100"}\n' > "$scratch/bad.ndjson"
"$build/claimctl" submit "$scratch/bad.ndjson" --wait --patience 600 --config "$scratch/intake.yaml" \
    > "$scratch/waited" 2>&1 & waiting=$!
waits() { in_file '^not taken yet, sent again until it is: ' "$scratch/waited"; }
eventually waits || fail "who waits is not told: $(cat "$scratch/waited")"
restart_kafka > "$scratch/restarted" || fail "Kafka does not start again: $(cat "$scratch/restarted")"
code=0
wait $waiting || code=$?
[ "$code" = 3 ] && in_file 'FIELD_MISSING' "$scratch/waited" ||
    fail "who waited while there was no broker is told $code: $(cat "$scratch/waited")"
echo "  503 within $waited s while Kafka stood still, 503 without a broker, an answer behind it; 3 lines once each"
