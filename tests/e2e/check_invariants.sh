#!/usr/bin/env bash
# What runs of one random world must have in common: documents fed again, lines corrected to themselves, batches cut otherwise.
set -eu
claimctl=${BUILD:-build/release}/claimctl
case $claimctl in *asan*) share=6 ;; *) share=1 ;; esac     # a sixth of the worlds is enough to look for bad memory
while read -r first count layers; do
    python3 tests/support/invariants.py "$claimctl" "$first" $(((count + share - 1) / share)) "$layers"
done <<'WORLDS'
1 8 1234
900 8 12345678
1 5 123459bcde
40 4 237efg
1 10 2
1 4 12346hij
WORLDS
