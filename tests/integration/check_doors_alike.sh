#!/usr/bin/env bash
# The same bytes through every door: `submit --check`, `run`, a validation, the HTTP door, `submit`, a watched folder
# and, where a record can carry them, claims.submitted.v1 give the same lines, issues and answers (doors_alike.py over
# feed_files.py). ALL=1: every document of tests/golden/feeds and each damaged once, where otherwise a sixth is.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
need_kafka
scratch_folder
build=${BUILD:-build/release}
port=$(free_port)
mkdir -p "$scratch/inbox/folder" "$scratch/outbox" "$scratch/profiles" "$scratch/files"
cp -r deploy/sample/tiny "$scratch/world"
cat > "$scratch/profiles/doors@1.yaml" <<YAML
profile: doors
version: 1
effective_from: 2020-01-01
extends: default
partner_id: P-17
x12: {versions: ["002040", "003040", "004010", "005010"]}
YAML
cp "$scratch/profiles/doors@1.yaml" "$scratch/world/profiles/"
python3 tests/integration/doors_alike.py grants > "$scratch/submitters.yaml"
printf submit > "$scratch/submit.token"
printf 'sources:\n  - {source: /doors, submitter: record}\n' > "$scratch/sources.yaml"
python3 tests/integration/doors_alike.py schemas > "$scratch/schemas.yaml"
cat > "$scratch/intake.yaml" <<YAML
kafka.brokers: "$KAFKA_BROKERS"
topics.allow_single_replica: true
namespace: doors$$
state.dir: $scratch/state
admin.listen: 127.0.0.1:$(free_port)
http.listen: 127.0.0.1:$port
folder.settle_ms: 100
records: {submitters: $scratch/sources.yaml, schemas: $scratch/schemas.yaml, bare_submitter: record}
intake:
  submitters: $scratch/submitters.yaml
  spool_dir: $scratch/spool
  raw_dir: $scratch/raw
  profiles_dir: $scratch/profiles
  inbox_dir: $scratch/inbox
  outbox_dir: $scratch/outbox
YAML
fail() { echo "check_doors_alike: $1" >&2; tail -n 15 "$scratch/log" >&2; exit 1; }
"$build/claimctl" topics create --partitions 2 --replicas 1 --config "$scratch/intake.yaml" \
    > "$scratch/topics.log" 2>&1 || { cat "$scratch/topics.log" >&2; exit 1; }
"$build/claim-intake" --config "$scratch/intake.yaml" > "$scratch/log" 2>&1 & intake=$!
at_exit kill $intake
is_ready() { "$build/claim-intake" --config "$scratch/intake.yaml" --health > /dev/null 2>&1; }
eventually is_ready || fail "it does not become ready"
python3 tests/integration/doors_alike.py compare "$build" "$scratch" "$port" "$KAFKA_BROKERS" || fail "see above"
