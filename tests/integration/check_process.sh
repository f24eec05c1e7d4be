#!/usr/bin/env bash
# The real binaries as a supervisor and an operator meet them: exit codes as a table, what a reload takes and leaves, health,
# and places that cannot be written or have no room (surfaces.md 2.3, 3).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
. tests/support/redis.sh
need_kafka
need_redis
patient_services
python3 tests/integration/process_rules.py "${BUILD:-build/release}" "$KAFKA_BROKERS" "$REDIS_ADDRESS" "$scratch"
