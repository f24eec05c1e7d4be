#!/usr/bin/env bash
# The four levels of feeds.md 11 on running services, each by sending twice, across a kill -9 between and in the
# middle, and under another name: the key of a request, the bytes of a document, an interchange in another file, a
# line in another document. What was sent many times is posted and paid once.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/services.sh
scratch_folder
LOGS=claim-intake
services_of once first-hour 2 --set "intake.inbox_dir=$scratch/inbox" --set "intake.outbox_dir=$scratch/outbox" \
    --set folder.settle_ms=100
mkdir -p "$local" "$scratch/inbox/local" "$scratch/outbox"
is_dead() { ! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"; }     # and its ports are free
kill_wholly() {
    kill_service "$local" "$1"
    eventually is_dead "$(cat "$local/$1.pid")"
}
kill_intake() { kill_wholly claim-intake; begin_services; }

# post FILE NAME [CURL-OPTION...]: its status in $status, head and body in head and answer.
post() {
    local file=$1 name=$2
    shift 2
    status=$(curl -sS --max-time 300 -D "$scratch/head" -o "$scratch/answer" -w '%{http_code}' "$@" --data-binary "@$file" \
        "http://127.0.0.1:$port/v1/documents?partner=N-100&currency=USD&profile=${profile:-}&name=$name" \
            2> "$scratch/curl" || true)
}
says() { in_file "$1" "$scratch/answer"; }
# sent in the middle of a kill: whoever hears nothing sends again.
post_killed() {
    post "$@" & local posting=$!
    sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
    kill_intake
    wait $posting || true
    is_answered() { post "$@"; [ "$status" = 202 ] || [ "$status" = 200 ]; }
    eventually is_answered "$@" || fail "$2 is answered $status $(cat "$scratch/answer")"
}
sale() { printf '{"kind":"POS_SALE","partner_id":"N-100","invoice_no":"%s","invoice_line":"1","ship_date":"2026-03-02","invoice_date":"2026-03-02","vendor_part":"SW-24","qty":"1","uom":"EA","currency":"USD","resale_unit":"251.00","end_customer":{"name":"%s","country":"US"}}' "$1" "${2:-Alder Systems}"; }
RANDOM=${SEED:-1}
begin_services

# The key of a request: its answer comes back to the byte; another body is refused; the same body under another key is
# a document again
sale IDEM-1 > "$scratch/one.json"
sale IDEM-2 > "$scratch/two.json"
post_killed "$scratch/one.json" one.json -H 'Idempotency-Key: first'
first=$(cat "$scratch/answer")
for time in 1 2; do
    post "$scratch/one.json" one.json -H 'Idempotency-Key: first'
    in_file '^Idempotent-Replay: true' "$scratch/head" && [ "$(cat "$scratch/answer")" = "$first" ] ||
        fail "key: the answer that comes back is not the first one: $(cat "$scratch/answer")"
    post "$scratch/one.json" renamed.json -H 'Idempotency-Key: first'
    in_file '^Idempotent-Replay: true' "$scratch/head" || fail "key: under another name it is no repeat"
    post "$scratch/two.json" two.json -H 'Idempotency-Key: first'
    [ "$status" = 422 ] && says idempotency-key-reused || fail "key: another body is answered $status"
    [ $time = 2 ] || kill_intake
done
post "$scratch/one.json" one.json -H 'Idempotency-Key: second'
[ "$status" = 200 ] && says '"state":"DUPLICATE"' ||
    fail "key: the same body under another key is answered $status $(cat "$scratch/answer")"

# The bytes of a document: whatever its name, its door and whether it is compressed
post_killed "$scratch/two.json" two.json
id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$scratch/answer")
gzip -kc "$scratch/two.json" > "$scratch/two.json.gz"
for time in 1 2; do
    post "$scratch/two.json" other-$time.json
    [ "$status" = 200 ] && says "\"duplicate_of\":\"$id\"" ||
        fail "document: under another name it is answered $status $(cat "$scratch/answer")"
    post "$scratch/two.json.gz" packed-$time.json -H 'Content-Encoding: gzip'
    [ "$status" = 200 ] && says '"state":"DUPLICATE"' ||
        fail "document: compressed it is answered $status $(cat "$scratch/answer")"
    cp "$scratch/two.json" "$scratch/inbox/local/.next" && mv "$scratch/inbox/local/.next" "$scratch/inbox/local/folder-$time.json"
    eventually in_file '"state":"DUPLICATE"' "$scratch/outbox/local/folder-$time.json.receipt.json" ||
        fail "document: from a folder it is posted again"
    [ $time = 2 ] || kill_intake
done

# The same rows for another partner of the sender's: they name none, so they are others; a third time nothing is posted
printf '%s\n%s\n' 'Invoice;Line;Qty;Part;Resale Price;Ship Date;Currency' \
    'IDEM-6;1;1;SW-24;251,50;2026-03-02;USD' > "$scratch/rows.csv"
post_killed "$scratch/rows.csv" rows.csv
for time in 1 2; do
    claimctl submit --partner R-200 --currency USD --wait "$scratch/rows.csv" > "$scratch/submitted" 2>&1 &&
        code=0 || code=$?
    [ $time = 1 ] && wanted='passed' || wanted='for partner R-200; nothing was posted again'
    in_file "$wanted" "$scratch/submitted" || fail "partner: sent for R-200 it ends $code $(cat "$scratch/submitted")"
    [ $time = 2 ] || kill_intake
done

# An interchange: in a file that has other bytes around it and another name; with other content its number is taken
x12=(-H 'Content-Type: application/edi-x12')
cp deploy/sample/first-hour/inbox/rheintal/04-resale-867.x12 "$scratch/resale.x12"
post_killed "$scratch/resale.x12" resale.x12 "${x12[@]}"
{ printf '\n\n'; cat "$scratch/resale.x12"; printf '\n\n'; } > "$scratch/around.x12"
sed 's/QTY\*39\*20\*EA/QTY*39*21*EA/' "$scratch/resale.x12" > "$scratch/otherwise.x12"
for time in 1 2; do
    post "$scratch/around.x12" around-$time.x12 "${x12[@]}"
    [ "$status" = 200 ] && says '"state":"DUPLICATE"' ||
        fail "interchange: in another file it is answered $status $(cat "$scratch/answer")"
    post "$scratch/otherwise.x12" otherwise-$time.x12 "${x12[@]}"
    [ "$status" = 422 ] && says '"ta1":"025"' ||
        fail "interchange: with other content it is answered $status $(cat "$scratch/answer")"
    [ $time = 2 ] || kill_intake
done

# A line: in other bytes, beside others, under another name intake posts it, and compliance refuses it
sale IDEM-4 "Alder Systems, Inc." > "$scratch/four.json"
post_killed "$scratch/four.json" four.json
profile=northgate
for time in 1 2; do
    printf '%s\n%s\n%s\n' "$(head -1 deploy/sample/first-hour/inbox/northgate/03-northgate-pos.csv)" \
        'INV,IDEM-4,1,3/2/2026,3/2/2026,SW-24,1,EA,$251.00,USD,,,,,,Alder Systems,,US,,' \
        "INV,IDEM-5$time,1,3/2/2026,3/2/2026,SW-24,1,EA,\$251.00,USD,,,,,,Alder Systems,,US,," \
            > "$scratch/line-$time.csv"
    post "$scratch/line-$time.csv" "line-$time.csv" -H 'Content-Type: text/csv'
    [ "$status" = 202 ] && says '"passed":2' ||
        fail "line: a document with it is answered $status $(cat "$scratch/answer")"
    kill_wholly claim-screener
    kill_intake
done
is_once() {
    claimctl lines list --json > "$scratch/lines" 2> /dev/null || return 1
    [ "$(grep -cE '"line":"(one|two|four|line-[12]).(json:1|csv:3)".*"outcome":"PASS","payouts"' "$scratch/lines")" = 5 ] &&
        [ "$(grep -cE '"line":"line-[12].csv:2".*"outcome":"REJECT","reasons":."DUPLICATE"' "$scratch/lines")" = 2 ]
}
eventually is_once || fail "5 sales and 2 that came again: $(cut -c1-200 "$scratch/lines")"
claimctl tail claims.received.v1 --from beginning --exit -f '%{line_id}\n' > "$scratch/received"
[ "$(wc -l < "$scratch/received")" = "$(sort -u "$scratch/received" | wc -l)" ] || fail "some line was posted twice"
claimctl payouts verify > "$scratch/verify" 2>&1 || fail "payouts: $(cat "$scratch/verify")"
echo "  four levels, each sent twice, killed in between and under other names: $(wc -l < "$scratch/received") lines posted once, 5 sales paid once"
