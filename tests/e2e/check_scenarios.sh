#!/usr/bin/env bash
# Scenarios in the language of the business, through the whole engine.
set -eu
python3 tests/support/scenario.py "${BUILD:-build/release}/claimctl" tests/e2e/scenarios/*.scn
# What the scenarios show is the same in every build.
case ${BUILD:-} in *asan*) exit 0 ;; esac
python3 tests/e2e/edges.py "${BUILD:-build/release}/claimctl" tests/e2e/scenarios/*.scn
