#!/usr/bin/env bash
# A row in state is read as it was written: whoever changes the layout of one raises the version of its stage.
set -eu
python3 tests/lint/rows.py
