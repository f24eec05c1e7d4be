#!/usr/bin/env bash
# Topics as the list wants them, and what of a broker does not fit, on Apache Kafka.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
need_kafka
"${BUILD:-build/release}/tests/bin/integration/test_kafka_admin"
