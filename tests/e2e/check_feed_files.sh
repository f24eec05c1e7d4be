#!/usr/bin/env bash
# The documents of tests/golden/feeds, each as the page says that it comes out.
set -eu
python3 tests/support/feed_golden.py "${BUILD:-build/release}/claimctl" tests/golden/feeds
