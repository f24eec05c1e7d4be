#!/usr/bin/env bash
# The pages that say what holds each step of the money, of screening and of feeds name every one, and tests that are there.
set -eu
python3 tests/lint/domain_table.py
