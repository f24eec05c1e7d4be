#!/usr/bin/env bash
# Random worlds with fixed seeds, their money calculated a second time in exact fractions: every line, entry and balance agrees.
set -eu
build=${BUILD:-build/release}
case $build in *asan*) share=6 ;; *) share=1 ;; esac        # a sixth of the worlds is enough to look for bad memory
worlds() { python3 tests/support/oracle_run.py "$build/claimctl" "$1" $((($2 + share - 1) / share)) "$3"; }

worlds 1 30 123
worlds 700 30 1234
worlds 2060 20 1234
worlds 1 20 12345
worlds 1000 30 12345678
worlds 5000 20 5678
worlds 1 25 239
worlds 500 25 123459d
worlds 1 25 bc
worlds 100 25 239bc
worlds 300 20 124bc
worlds 3069 1 1234bc
worlds 4074 1 123459d
worlds 52 1 23d9bc4
worlds 20 15 13bcd
worlds 1 20 23e
worlds 600 20 23459bcde
worlds 1 20 23f
worlds 100 20 12349f
worlds 1 20 237eg
worlds 200 20 123459bcdefg
worlds 31000 25 12345h
worlds 1 15 239bch
worlds 1 20 236i
worlds 1 20 2346i
worlds 100 20 12346hi
worlds 1 20 123j
worlds 1 20 12346hij
worlds 90039 1 123459bcdefghij
