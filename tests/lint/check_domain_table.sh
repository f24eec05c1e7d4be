#!/usr/bin/env bash
# The page that says what holds each step of the money names every step, and tests that are there.
set -eu
python3 tests/lint/domain_table.py
