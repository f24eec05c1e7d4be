#!/usr/bin/env bash
# Scenarios through the four services on Apache Kafka, line by line as the embedded engine has them. SCENARIOS names
# them, `all` is every one (make scenarios-kafka); else a few that have, between them, each kind of part: waits that end
# by the clock, records in the midst, acts of one and of two people and those without effect, lines that others undo
# while they wait, units that partners contest.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
. tests/support/redis.sh
need_kafka
need_redis
patient_services
few="waits four_eyes withdrawn_for_nothing contests_released closes_reversed volumes_relative"
files=()
for name in ${SCENARIOS:-$few}; do files+=("tests/e2e/scenarios/$name.scn"); done
[ "${SCENARIOS:-}" != all ] || files=(tests/e2e/scenarios/*.scn)
python3 tests/support/scenarios_on_kafka.py "${BUILD:-build/release}" "$KAFKA_BROKERS" "$REDIS_ADDRESS" "${files[@]}"
