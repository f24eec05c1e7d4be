#!/usr/bin/env bash
# What runs of one random world must have in common: documents fed again, lines corrected to themselves, batches cut otherwise.
set -eu
claimctl=${BUILD:-build/release}/claimctl
case $claimctl in *asan*) share=6 ;; *) share=1 ;; esac     # a sixth of the worlds is enough to look for bad memory
while read -r first count layers; do
    python3 tests/support/invariants.py "$claimctl" "$first" $(((count + share - 1) / share)) "$layers"
done <<'WORLDS'
1 8 debits+volumes+corrections+rates
900 8 debits+volumes+corrections+rates+replaces+spiffs+marketing+deals
1 5 debits+volumes+corrections+rates+replaces+closes+protection+rotation+undone+coop
40 4 volumes+corrections+marketing+coop+relative+expiry
1 10 volumes
1 4 debits+volumes+corrections+rates+spiffs+credits+sellers+automatic
WORLDS
