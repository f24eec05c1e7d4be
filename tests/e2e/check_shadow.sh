#!/usr/bin/env bash
# Every rule that a ruleset may move works in SHADOW: found and recorded on the line made for it, with no trace in any result.
set -eu
python3 tests/support/shadow.py "${BUILD:-build/release}/claimctl"
