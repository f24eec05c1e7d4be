#!/usr/bin/env bash
# Corrections by invoice, in any order of arrival, of several submitters: each sale is paid once, and its claim stays.
set -eu
python3 tests/e2e/corrections.py "${BUILD:-build/release}/claimctl"
