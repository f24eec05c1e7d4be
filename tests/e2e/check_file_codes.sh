#!/usr/bin/env bash
# Every place of a command line where a file or a folder is named: one exit code for one fault (surfaces.md 2.3).
set -eu
python3 tests/e2e/file_codes.py "${BUILD:-build/release}/claimctl"
