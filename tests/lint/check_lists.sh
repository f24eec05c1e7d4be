#!/usr/bin/env bash
# Every member of every list is used by code or excused, and what code gives, a test names.
set -eu
python3 tests/lint/lists.py
