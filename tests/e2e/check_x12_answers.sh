#!/usr/bin/env bash
# A sender shared by two partners, then TA1, 997 and 999 for every sample of X12 and a table of broken ones, and the 849s of a run: each read by one that shares nothing with ours.
set -eu
claimctl=$PWD/${BUILD:-build/release}/claimctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 tests/support/x12_cases.py "$claimctl" "$work" deploy/sample/tiny tests/fuzz/corpus/x12/* $(find deploy/sample -name '*.x12')
python3 tests/support/x12_responses.py "$claimctl" first-hour "$work"
