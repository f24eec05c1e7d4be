#!/usr/bin/env bash
# What runs of one random world must have in common: documents fed again, lines corrected to themselves, batches cut otherwise.
set -eu
claimctl=${BUILD:-build/release}/claimctl
python3 tests/support/invariants.py "$claimctl" 1 8 1234
python3 tests/support/invariants.py "$claimctl" 900 8 12345678
python3 tests/support/invariants.py "$claimctl" 1 5 123459bcde
python3 tests/support/invariants.py "$claimctl" 40 4 237efg
python3 tests/support/invariants.py "$claimctl" 1 10 2
python3 tests/support/invariants.py "$claimctl" 1 4 12346hij
