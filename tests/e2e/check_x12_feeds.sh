#!/usr/bin/env bash
# X12 as distributors, wholesalers and retailers send it, each document judged line by line (x12_feeds.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 tests/support/x12_feeds.py "${BUILD:-build/release}/claimctl" "$work"
