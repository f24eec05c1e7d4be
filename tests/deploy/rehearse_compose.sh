#!/usr/bin/env bash
# rehearse_compose.sh: lives docker-compose.yml with a container engine, as its head says: brings all up, sends documents of
# the sample, reads the payouts, kills each service with -9 and brings it up again, and reads the same payouts. Needs the
# image or what builds it, and the images of Kafka and Redis; takes a few minutes. Ends with 77 where no engine is.
# COMPOSE: what runs the file (docker compose).
set -euo pipefail
cd "$(dirname "$0")/../.."
read -ra compose <<< "${COMPOSE:-docker compose}"
"${compose[@]}" version > /dev/null 2>&1 || { echo "rehearse_compose: ${compose[*]} does not run here" >&2; exit 77; }
said=$(mktemp)
leave() { "${compose[@]}" down -v --timeout 5 > /dev/null 2>&1 || true; rm -f "$said"; }
trap leave EXIT
fail() { echo "rehearse_compose: $1"; [ ! -s "$said" ] || tail -20 "$said"; exit 1; }
claimctl() { "${compose[@]}" run --rm -T claimctl "$@" 2> "$said"; }

send() {        # send TOKEN TYPE FILE
    curl -sS --fail-with-body -H "Authorization: Bearer $1" -H "Content-Type: $2" -H "X-File-Name: ${3##*/}" \
        --data-binary "@deploy/sample/first-hour/inbox/$3" http://127.0.0.1:8081/v1/documents > "$said" \
        || fail "$3 is refused"
}
at_rest() { claimctl lag > /dev/null && grep -q '^0 records wait' "$said"; }
rest() {
    for _ in $(seq 100); do ! at_rest || return 0; sleep 3; done
    fail "records wait on"
}
payouts() { claimctl tail payouts.v1 --from beginning --exit | sort; }

"${compose[@]}" up -d --wait > "$said" 2>&1 || fail "it does not come up"
send demo-corvane application/x-ndjson corvane/01-reference.ndjson
send demo-corvane text/csv corvane/02-sell-in.csv
send demo-northgate text/csv northgate/03-northgate-pos.csv
rest
before=$(payouts)
[ "$(wc -l <<< "$before")" -ge 100 ] || fail "$(wc -l <<< "$before") payouts came of the sample"
for service in claim-intake partner-classifier claim-screener payout-calculator; do
    "${compose[@]}" kill -s KILL "$service" > "$said" 2>&1 || fail "$service cannot be killed"
done
"${compose[@]}" up -d --wait > "$said" 2>&1 || fail "the services do not come back"
send demo-northgate application/x-ndjson northgate/08-stock.ndjson
rest
after=$(payouts)
[ -z "$(comm -23 <(echo "$before") <(echo "$after"))" ] || fail "payouts are gone behind the kill"
[ -z "$(uniq -d <<< "$after")" ] || fail "payouts stand twice"
claimctl doctor > "$said" || fail "doctor finds a failure"
"${compose[@]}" --profile demo run --rm -T demo > "$said" 2>&1 || true
grep -q 'books balanced' "$said" || fail "the demo does not balance"
echo "rehearse_compose: up, $(wc -l <<< "$before") payouts, all four killed and back," \
    "$(wc -l <<< "$after") payouts, none twice or gone"
