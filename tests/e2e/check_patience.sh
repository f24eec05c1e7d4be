#!/usr/bin/env bash
# `submit --wait` at a door that breaks off, refuses for a while, or has the document already.
set -eu
python3 tests/e2e/patience.py "${BUILD:-build/release}/claimctl"
