#!/usr/bin/env bash
# Random traffic full of repeats, its duplicates found a second time by the rules as the page writes them: every line agrees.
set -eu
python3 tests/support/oracle_duplicates.py "${BUILD:-build/release}/claimctl" 1 50
python3 tests/support/oracle_duplicates.py "${BUILD:-build/release}/claimctl" 471 30
