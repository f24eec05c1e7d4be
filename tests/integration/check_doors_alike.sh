#!/usr/bin/env bash
# The same bytes through every door: `submit --check`, `run`, a validation, the HTTP door, `submit`, a watched folder
# and, where a record can carry them, claims.submitted.v1 give the same lines, issues and answers (doors_alike.py over
# feed_files.py). ALL=1: every document of tests/golden/feeds and each damaged once, where otherwise a sixth is.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/intake.sh
scratch_folder
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
intake_of doors 2 "folder.settle_ms: 100" \
    "records: {submitters: $scratch/sources.yaml, schemas: $scratch/schemas.yaml, bare_submitter: record}" \
    "intake: {submitters: $scratch/submitters.yaml, profiles_dir: $scratch/profiles}" \
    "intake.inbox_dir: $scratch/inbox" "intake.outbox_dir: $scratch/outbox"
begin_intake
python3 tests/integration/doors_alike.py compare "$build" "$scratch" "$port" "$KAFKA_BROKERS" || fail "see above"
