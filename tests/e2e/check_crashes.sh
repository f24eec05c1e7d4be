#!/usr/bin/env bash
# Random worlds of every kind and incentive through the simulator: crashes, lost answers, aborts, stops and zombies change no
# byte of what the stages publish, keep and pay. RUNS of each world (1); SEED shifts the worlds and their faults.
set -eu
build=${BUILD:-build/release}
seed=${SEED:-1}
worlds=$(mktemp -d)
trap 'rm -rf "$worlds"' EXIT
layers=(volumes+corrections+rates+replaces+closes+protection+rotation+undone+coop
    volumes+corrections+marketing+closes+coop+expiry
    debits+volumes+corrections+rates+spiffs+credits+sellers+automatic
    debits+volumes+corrections+rates+replaces+spiffs+marketing+deals
    protection+rotation
    debits+volumes+corrections
    debits+volumes+corrections+rates
    debits+volumes+corrections+rates+replaces
    volumes+corrections+closes
    debits+volumes+corrections+rates+replaces+closes+undone)
count=3
# Coroutines are slow under the address sanitizer; the first four have every layer.
case $build in *asan*) count=1 layers=("${layers[@]:0:4}") ;; esac
for layer in "${layers[@]}"; do
    python3 tests/support/oracle_files.py "$worlds" "$seed" "$count" "$layer"
done
WORLDS=$worlds RUNS=${RUNS:-1} SEED=$seed "$build/tests/bin/sim/crash_worlds"
