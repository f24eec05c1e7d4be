#!/usr/bin/env bash
# Random worlds of every kind and incentive through the simulator: crashes, lost answers, aborts, stops and zombies change no
# byte of what the stages publish, keep and pay. RUNS of each world (1); SEED shifts the worlds and their faults.
set -eu
build=${BUILD:-build/release}
seed=${SEED:-1}
worlds=$(mktemp -d)
trap 'rm -rf "$worlds"' EXIT
case $build in *asan*) count=1 ;; *) count=3 ;; esac        # coroutines are slow under the address sanitizer
for layers in debits+volumes+corrections \
              debits+volumes+corrections+rates \
              debits+volumes+corrections+rates+replaces \
              volumes+corrections+closes \
              debits+volumes+corrections+rates+replaces+spiffs+marketing+deals \
              debits+volumes+corrections+rates+replaces+closes+undone \
              protection+rotation \
              volumes+corrections+rates+replaces+closes+protection+rotation+undone+coop \
              volumes+corrections+marketing+closes+coop+expiry \
              debits+volumes+corrections+rates+spiffs+credits+sellers+automatic; do
    python3 tests/support/oracle_files.py "$worlds" "$seed" "$count" "$layers"
done
WORLDS=$worlds RUNS=${RUNS:-1} SEED=$seed "$build/tests/bin/sim/crash_worlds"
