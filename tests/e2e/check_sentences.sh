#!/usr/bin/env bash
# What a run says in words: that it adds up, and that it names what its reader can act on.
set -eu
python3 tests/e2e/sentences.py "${BUILD:-build/release}/claimctl"
