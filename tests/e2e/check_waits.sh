#!/usr/bin/env bash
# Random worlds in which a report is corrected and sent again while some of it waits: each invoice line is paid once,
# whatever the cut of the batches. COUNT worlds from SEED on.
set -eu
build=${BUILD:-build/release}
case $build in *asan*) count=10 ;; *) count=60 ;; esac
python3 tests/support/wait_worlds.py "$build/claimctl" "${SEED:-1}" "${COUNT:-$count}"
