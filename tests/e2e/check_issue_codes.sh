#!/usr/bin/env bash
# Each issue of issues.def that a document can produce comes out of one, as it is sent (issue_codes.py).
set -eu
python3 tests/support/issue_codes.py "${BUILD:-build/release}/claimctl"
