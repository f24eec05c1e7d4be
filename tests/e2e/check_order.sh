#!/usr/bin/env bash
# Random worlds whose lines wait for several data: they get their turns in the order in which they came.
set -eu
build=${BUILD:-build/release}
case $build in *asan*) count=5 ;; *) count=20 ;; esac
python3 tests/support/order_worlds.py "$build/claimctl" "${SEED:-300}" "${COUNT:-$count}"
