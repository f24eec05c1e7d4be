#!/usr/bin/env bash
# Random corrections of units with serials: no unit is paid twice without a person. COUNT worlds from SEED on.
set -eu
build=${BUILD:-build/release}
case $build in *asan*) count=10 ;; *) count=100 ;; esac
python3 tests/support/units_worlds.py "$build/claimctl" "${SEED:-1}" "${COUNT:-$count}"
