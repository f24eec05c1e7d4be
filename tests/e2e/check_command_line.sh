#!/usr/bin/env bash
# Every command and verb in the same way: wrong options, help into a full disk and a closed pipe, every form of every
# listing, colour, a pager.
set -eu
python3 tests/e2e/command_line.py "${BUILD:-build/release}/claimctl"
