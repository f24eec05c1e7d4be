#!/usr/bin/env bash
# The services as processes, as `make up-local` starts them: ready, judging, killed with -9 again and again while lines come in,
# reloaded, drained. Each line is judged once, however often its service died; what the admin port says is true.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/services.sh

RANDOM=${SEED:-1}
lines=20000
services_of stages none 4 --set workers=2 --set log.level=debug --set park.sweep_ms=86400000 \
    --set state.close_timeout_ms=50000          # a slow disk has time to save
service=partner-classifier
asks() { "$build/$service" --config "$local/local.yaml" "$@"; }
metric() { curl -s --max-time 300 "127.0.0.1:$((9102 + 10 * instance))/metrics" | awk -v name="claimstream_$1" 'index($1, name) == 1 { sum += $2 } END { print sum + 0 }'; }
held() {
    "$build/claimctl" tail claims.held.v1 --config "$local/local.yaml" --from beginning --exit -f '%{line_id}\n' > "$scratch/held"
    wc -l < "$scratch/held"
}

begin_services
asks --health > /dev/null || fail "it is ready and does not say so"

# Lines of partners that nobody knows: each is parked once, and published once.
TOY_NAMESPACE=$name TOY_PARTITIONS=4 "$build/tests/tool/kafka_toy" load 0 $lines &
feeding=$!
kills=${KILLS:-5}
for _ in $(seq "$kills"); do
    sleep "0.$((RANDOM % 8 + 2))"
    kill_service "$local" $service
    begin_services
done
wait $feeding
all_held() { [ "$(metric lag_records)" = 0 ] && [ "$(held)" -ge $lines ]; }
eventually all_held || true
[ "$(held)" = $lines ] || fail "$(held) of $lines lines are held: some are lost or doubled"
[ "$(sort -u "$scratch/held" | wc -l)" = $lines ] || fail "some line is held twice, another not at all"

[ "$(metric conservation_difference)" = 0 ] || fail "what came in is not what went out"
all_assigned() { [ "$(metric assigned_partitions)" = 4 ]; }
eventually all_assigned || fail "$(metric assigned_partitions) of 4 partitions are assigned"
! asks --check --set batch.lines_max=0 2> "$scratch/check.log" || fail "a wrong setting passes --check"
grep -q 'batch.lines_max cannot be "0"' "$scratch/check.log" || fail "a wrong setting is not named"

# What the service keeps can be read beside it: every line waits in its tables, the newest a second ago perhaps not yet.
waiting() { "$build/claimctl" state show --state-dir "$local/state" --stage classification --table waiting | wc -l; }
all_wait() { [ "$(waiting)" = $lines ]; }
eventually all_wait || fail "$(waiting) of $lines lines wait in the tables of classification"

# A reload takes what may change while it runs; a drain ends with 0 and leaves nothing to replay.
sed -i 's/^log.level: debug/log.level: info/' "$local/local.yaml"
echo "batch.lines_max: 77" >> "$local/local.yaml"
kill -HUP "$(cat "$local/$service.pid")"
eventually in_file '"event":"settings_reloaded"' "$local/$service.log" || fail "a reload is not told"
curl -s "127.0.0.1:$((9102 + 10 * instance))/debug/config" > "$scratch/config"
in_file '"batch.lines_max":{"value":"77"' "$scratch/config" || fail "a reload is not in force"

bash deploy/local/down.sh --dir "$local"
for log in "$local"/{partner-classifier,claim-screener,payout-calculator}.log; do
    tail -n 1 "$log" | grep -q '"event":"service_drained"' || fail "$log: a drain does not end as it should"
done
"$build/claimctl" state verify --state-dir "$local/state" --config "$local/local.yaml" > "$scratch/verified" || { cat "$scratch/verified" >&2; fail "tables and changelogs differ"; }
[ "$(grep -c '^classification/.*agrees' "$scratch/verified")" = 4 ] || fail "the tables of classification were not verified"
begin_services
grep '"event":"partition_restored"' "$local/$service.log" | tail -n 4 | grep -vq '"records":0' &&
    fail "a clean end leaves records to replay"
[ "$(held)" = $lines ] || fail "a restart held lines again"

# What comes in force while nobody is there wakes who waits as soon as somebody is: no sweep of this day is due.
kill_service "$local" $service
printf -- '- partner_id: R07\n  name: Seven\n  roles: [{role: VAR}]\n  currency: USD\n' > "$scratch/partners.yaml"
for person in ann bob; do
    claimctl partners import "$scratch/partners.yaml" --as $person --execute > "$scratch/import" 2>&1 ||
        fail "partners import: $(cat "$scratch/import")"
done
begin_services
woken() {
    claimctl tail claims.classified.v1 --from beginning --exit -f '%{partner_root_id}\n' > "$scratch/woken"
    wc -l < "$scratch/woken"
}
all_woken() { [ "$(woken)" -ge $((lines / 64)) ]; }
eventually all_woken || fail "$(woken) of the lines that waited for a partner woke behind the start"
[ "$(sort -u "$scratch/woken")" = R07 ] || fail "others woke, too: $(sort "$scratch/woken" | uniq -c | head -3)"
echo "  $kills kills, $lines lines held once, a reload, a drain without replay"
