#!/usr/bin/env bash
# Whole runs with Redis on, off, flushed, killed, stopped, slow, restarted, failed over and evicting give the results of the run
# without it; and every golden case, scenario and world ends as expected with Redis on.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/redis.sh
build=${BUILD:-build/release}
command -v redis-server > /dev/null || bash deploy/packages.sh redis-server
python3 tests/integration/redis_runs.py "$build/claimctl"

# claimctl, but each run asks Redis, which is empty at its beginning.
own_redis
scratch_folder
cat > "$scratch/claimctl" << EOF
#!/usr/bin/env bash
if [ "\${1:-}" != run ]; then exec "$PWD/$build/claimctl" "\$@"; fi
redis-cli -p $redis_port flushall > /dev/null
"$PWD/$build/claimctl" "\$@" --set redis.address=$REDIS_ADDRESS --set redis.timeout_ms=10000 2> "$scratch/err"
code=\$?
grep -v '^redis: ' "$scratch/err" >&2
exit \$code
EOF
chmod +x "$scratch/claimctl"
for check in golden worlds; do BUILD=$scratch bash "tests/e2e/check_$check.sh"; done
python3 tests/support/scenario.py "$scratch/claimctl" tests/e2e/scenarios/*.scn
