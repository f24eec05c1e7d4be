#!/usr/bin/env bash
# Random worlds of every kind and incentive through the simulator: crashes, lost answers, aborts, stops and zombies change no
# byte of what the stages publish, keep and pay. RUNS of each world (1); SEED shifts the worlds and their faults.
set -eu
build=${BUILD:-build/release}
seed=${SEED:-1}
worlds=$(mktemp -d)
trap 'rm -rf "$worlds"' EXIT
case $build in *asan*) count=1 ;; *) count=3 ;; esac        # coroutines are slow under the address sanitizer
for layers in 123 1234 12345 239 12345678 123459d bc 23459bcde 2379eg 12346hij; do
    python3 tests/support/oracle_files.py "$worlds" "$seed" "$count" "$layers"
done
WORLDS=$worlds RUNS=${RUNS:-1} SEED=$seed "$build/tests/bin/sim/crash_worlds"
