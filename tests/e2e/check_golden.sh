#!/usr/bin/env bash
# The worked cases of tests/golden/cases, each by its id, each number exact.
set -eu
# shellcheck disable=SC2046
python3 tests/support/golden.py "${BUILD:-build/release}/claimctl" tests/golden/cases $(cd tests/golden/cases && ls -d */ | tr -d /)
