#!/usr/bin/env bash
# Random reports that are replaced and cancelled as a whole: what is paid is what their last versions say.
set -eu
build=${BUILD:-build/release}
case $build in *asan*) count=2 ;; *) count=14 ;; esac
python3 tests/support/report_worlds.py "$build/claimctl" "${SEED:-1}" "${COUNT:-$count}"
