#!/usr/bin/env bash
# The sample's quarter through the four services on Apache Kafka, document by document over HTTP, while one service after the other
# is killed with -9 and started again: every line ends once, and the payouts are those of the embedded run, to the cent.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/services.sh

RANDOM=${SEED:-1}
sample=deploy/sample/first-hour
services_of pipeline first-hour 4 --set workers=2
door=127.0.0.1:$port
services=(claim-intake partner-classifier claim-screener payout-calculator)

tail_of() { "$build/claimctl" tail "$1" --config "$local/local.yaml" --from beginning --exit -f "$2\n"; }

begin_services

# post FILE RECEIVED_AT PARTNER PROFILE
post() {
    local type=application/x-ndjson url="http://$door/v1/documents?received_at=$2" state=""
    case $1 in *.csv) type=text/csv ;; *.x12) type=application/edi-x12 ;; esac
    [ -z "${3:-}" ] || url+="&partner=$3"
    [ -z "${4:-}" ] || url+="&profile=$4"
    eventually is_posted "$1" || fail "$1 is not posted: $state"
}
is_posted() {       # the door may be down at this moment: the same document again is the same
    state=$(curl -s --max-time 300 -H "Content-Type: $type" --data-binary "@$sample/inbox/$1" "$url" \
        | python3 -c 'import json, sys; print(json.load(sys.stdin).get("state", ""))' 2> /dev/null || true)
    case $state in POSTED | DUPLICATE) ;; *) return 1 ;; esac
}

# Every line that was received is decided or waits; then nothing moves any more.
settle() { eventually all_ended "$1" || fail "$ended of $received lines have ended, $1 were sent"; }
all_ended() {
    received=$(tail_of claims.received.v1 '%{line_id}' | sort -u | wc -l)
    ended=$({ tail_of claims.decided.v1 '%{line_id}'; tail_of claims.held.v1 '%{line_id}'; } | grep -v '^$' | sort -u | wc -l)
    [ "$received" -ge "$1" ] && [ "$ended" -ge "$received" ]
}

kill_one() {
    kill_service "$local" "$1"
    sleep "0.$((RANDOM % 6 + 1))"
    begin_services
}

# Documents in the order of the world; what one needs of another must have arrived, as in the world's days between them.
lines=0 at=0
while read -r file received partner profile count; do
    [ "$partner" = - ] && partner=""
    [ "$profile" = - ] && profile=""
    post "$file" "$received" "$partner" "$profile" &
    posting=$!
    kill_one "${services[at++ % 4]}"
    wait $posting || exit 1
    lines=$((lines + count))
    settle $lines
done <<'DOCUMENTS'
corvane/01-reference.ndjson 2026-01-05T09:00:00Z - corvane 2
corvane/02-sell-in.csv 2026-04-07T09:00:00Z - corvane 6
northgate/03-northgate-pos.csv 2026-04-08T09:00:00Z N-100 northgate 200
rheintal/04-resale-867.x12 2026-04-08T15:00:00Z R-200 - 3
alder/05-registration-and-claims.ndjson 2026-04-09T09:00:00Z V-310 - 3
beacon/06-mdf-claim.ndjson 2026-04-09T15:00:00Z M-320 - 1
corner/07-pos.csv 2026-04-10T09:00:00Z S-330 northgate 2
northgate/08-stock.ndjson 2026-04-10T15:00:00Z N-100 - 3
operator/09-close.ndjson 2026-04-11T08:00:00Z - - 2
DOCUMENTS

# The line of the demo that sums up the payouts, from the topic.
tail_of payouts.v1 '%{payout_id} %{incentive} %{ledger} %{amount} %{currency}' > "$scratch/payouts"
[ "$(cut -d' ' -f1 "$scratch/payouts" | sort | uniq -d | wc -l)" = 0 ] || fail "a payout stands twice"
awk '$3 == "EARNED" { cents[$2 " " $5] += int($4 * 100 + ($4 < 0 ? -0.5 : 0.5)) }
     END { for (k in cents) { split(k, w, " "); printf "%s %.2f %s\n", w[1], cents[k] / 100, w[2] } }' "$scratch/payouts" | sort > "$scratch/got"
grep '^payouts' "$sample/expected.txt" | sed -E 's/^payouts +//; s/ {4,}.*//; s/ · /\n/g' | sort > "$scratch/want"
diff "$scratch/want" "$scratch/got" || fail "the payouts differ from those of the embedded run"
for port in 9102 9103 9104; do
    curl -s "127.0.0.1:$((port + 10 * instance))/metrics" | grep '^claimstream_conservation_difference' | grep -v ' 0$' && fail "what came in is not what went out"
done
echo "  $lines lines, 9 kills, $(wc -l < "$scratch/payouts") payout entries, each once; $(paste -sd, "$scratch/got")"
