#!/usr/bin/env bash
# The pages that say what holds each step of the money and of screening name every step, and tests that are there.
set -eu
python3 tests/lint/domain_table.py
