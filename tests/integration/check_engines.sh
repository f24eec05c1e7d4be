#!/usr/bin/env bash
# One rich world through the four services on Apache Kafka and through the engine in one process: of every line, case and payout
# they say the same, member by member: outcome, reasons, rule results with evidence, scores, money, workings.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
. tests/support/redis.sh
need_kafka
need_redis
scratch_folder
build=${BUILD:-build/release}
name=engines$$
local=$scratch/$name
world=$scratch/world
door=127.0.0.1:$(free_port)
fail() { echo "check_engines: $1" >&2; for log in "$local"/*.log; do echo "== $log" >&2; tail -n 5 "$log" >&2; done; exit 1; }

python3 tests/integration/engines_world.py "$world" --seed "${SEED:-1}" --lines "${LINES_OF_WORLD:-1500}"
{
    sed -n '/^submitters:/,/^documents:/{/^documents:/!p}' "$world/world.yaml"
    echo "tokens:"
    for submitter in feed boss; do
        echo "  - {submitter: $submitter, sha256: $(printf %s $submitter | sha256sum | cut -d' ' -f1), scopes: [submit, read, operate]}"
    done
} > "$scratch/submitters.yaml"

at_exit bash deploy/local/down.sh --dir "$local"
bash deploy/local/up.sh --build "$build" --brokers "$KAFKA_BROKERS" --dir "$local" --sample none --partitions 4 --redis-port "${REDIS_ADDRESS##*:}" \
    --set "namespace=$name" --set "instance=$(free_instance)" --set "http.listen=$door" --set "intake.submitters=$scratch/submitters.yaml" \
    --set "intake.auth=token" --set redis.timeout_ms=5000 --set "screening.lists_file=$world/lists.yaml" > "$scratch/up.log" 2>&1 || { cat "$scratch/up.log" >&2; fail "the services do not come up"; }
"$build/claimctl" load "$world" --config "$local/local.yaml" > "$scratch/load" 2>&1 || fail "load ends with $?: $(cat "$scratch/load")"
python3 tests/integration/engines_feed.py "$world" "$door" || fail "the services do not come to an end"

# What the engine in one process sends, on topics of its own
"$build/claimctl" topics create --set "namespace=$name-run" --config "$local/local.yaml" > "$scratch/topics" 2>&1 || fail "no topics: $(cat "$scratch/topics")"
"$build/tests/tool/kafka_mirror" "$KAFKA_BROKERS" "$name-run" "$world" all || fail "the engine in one process ends with $?"
tail_of() { "$build/claimctl" tail claims.decided.v1 claims.held.v1 payouts.v1 --exit --json --set "namespace=$1" --config "$local/local.yaml" > "$scratch/$1.json"; }
tail_of "$name" && tail_of "$name-run" || fail "tail ends with $?"
cp "$scratch"/*.json "${KEEP:-$scratch}"/ 2> /dev/null || true
python3 tests/integration/engines_compare.py "$scratch/$name.json" "$scratch/$name-run.json" || fail "the services and the engine in one process differ"
