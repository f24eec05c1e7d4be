#!/usr/bin/env bash
# Random worlds with fixed seeds, their money calculated a second time in exact fractions: every line, entry and balance agrees.
set -eu
claimctl=${BUILD:-build/release}/claimctl
python3 tests/support/oracle_run.py "$claimctl" 1 30 123
python3 tests/support/oracle_run.py "$claimctl" 700 30 1234
python3 tests/support/oracle_run.py "$claimctl" 2060 20 1234
python3 tests/support/oracle_run.py "$claimctl" 1 20 12345
python3 tests/support/oracle_run.py "$claimctl" 1000 30 12345678
python3 tests/support/oracle_run.py "$claimctl" 5000 20 5678
python3 tests/support/oracle_run.py "$claimctl" 1 25 239
python3 tests/support/oracle_run.py "$claimctl" 500 25 123459d
python3 tests/support/oracle_run.py "$claimctl" 1 25 bc
python3 tests/support/oracle_run.py "$claimctl" 100 25 239bc
python3 tests/support/oracle_run.py "$claimctl" 300 20 124bc
python3 tests/support/oracle_run.py "$claimctl" 3069 1 1234bc
python3 tests/support/oracle_run.py "$claimctl" 4074 1 123459d
python3 tests/support/oracle_run.py "$claimctl" 52 1 23d9bc4
python3 tests/support/oracle_run.py "$claimctl" 20 15 13bcd
python3 tests/support/oracle_run.py "$claimctl" 1 20 23e
python3 tests/support/oracle_run.py "$claimctl" 600 20 23459bcde
python3 tests/support/oracle_run.py "$claimctl" 1 20 23f
python3 tests/support/oracle_run.py "$claimctl" 100 20 12349f
python3 tests/support/oracle_run.py "$claimctl" 1 20 237eg
python3 tests/support/oracle_run.py "$claimctl" 200 20 123459bcdefg
python3 tests/support/oracle_run.py "$claimctl" 31000 25 12345h
python3 tests/support/oracle_run.py "$claimctl" 1 15 239bch
python3 tests/support/oracle_run.py "$claimctl" 1 20 236i
python3 tests/support/oracle_run.py "$claimctl" 1 20 2346i
python3 tests/support/oracle_run.py "$claimctl" 100 20 12346hi
python3 tests/support/oracle_run.py "$claimctl" 1 20 123j
python3 tests/support/oracle_run.py "$claimctl" 1 20 12346hij
python3 tests/support/oracle_run.py "$claimctl" 90039 1 123459bcdefghij
