#!/usr/bin/env bash
# Link, watch, profiles and registry on a redis-server of their own (tests/integration/test_redis*.c); link, watch and
# profiles by TLS as well.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v redis-server > /dev/null || { echo "redis-server is missing: install the package redis-server"; exit 1; }
for test in "${BUILD:-build/release}"/tests/bin/integration/test_redis*; do "$test"; done
REDIS_TLS=1 "${BUILD:-build/release}/tests/bin/integration/test_redis"
