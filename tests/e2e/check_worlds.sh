#!/usr/bin/env bash
# The sample worlds end as their READMEs say: every line, case and balance.
set -eu
for expected in tests/golden/worlds/*.json; do
    python3 tests/support/world.py "${BUILD:-build/release}/claimctl" "$expected"
done
