#!/usr/bin/env bash
# tests/bench/door/kafka.sh [DOCUMENTS]: what the HTTP door takes to its 202 on Apache Kafka, one node on this machine, load generator and
# broker beside it: small documents one at a time on each of 64 connections, then eight on each.
set -euo pipefail
cd "$(dirname "$0")/../../.."
KAFKA_JVM=full                                      # what is measured has had time to warm up
. tests/support/kafka.sh
. tests/support/redis.sh
need_kafka
need_redis
scratch_folder
build=${BUILD:-build/release} documents=${1:-20000}
local=$scratch/door port=$(free_port)
at_exit bash deploy/local/down.sh --dir "$local"
bash deploy/local/up.sh --build "$build" --brokers "$KAFKA_BROKERS" --dir "$local" --sample none --partitions 4 --redis-port "${REDIS_ADDRESS##*:}" \
    --set "namespace=door$$" --set "http.listen=127.0.0.1:$port" --set http.uploads_max=1000 --set http.requests_per_second=1000000 \
    --set http.requests_burst=1000000 > "$scratch/up.log"
cpu() { awk '{ print ($14 + $15) * 10 }' "/proc/$(cat "$local/claim-intake.pid")/stat"; }
for depth in 1 8; do
    before=$(cpu)
    "$build/bench/door" --at "$port" "$documents" 64 "$depth"
    echo "  door: $(( ($(cpu) - before) * 1000 / documents )) us of CPU of claim-intake a document"
done
