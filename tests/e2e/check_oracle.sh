#!/usr/bin/env bash
# Random worlds with fixed seeds, their money calculated a second time in exact fractions: every line, entry and balance agrees.
set -eu
build=${BUILD:-build/release}
case $build in *asan*) share=6 ;; *) share=1 ;; esac        # a sixth of the worlds is enough to look for bad memory
worlds() { python3 tests/support/oracle_run.py "$build/claimctl" "$1" $((($2 + share - 1) / share)) "$3"; }

worlds 1 30 debits+volumes+corrections
worlds 700 30 debits+volumes+corrections+rates
worlds 2060 20 debits+volumes+corrections+rates
worlds 1 20 debits+volumes+corrections+rates+replaces
worlds 1000 30 debits+volumes+corrections+rates+replaces+spiffs+marketing+deals
worlds 5000 20 replaces+spiffs+marketing+deals
worlds 1 25 volumes+corrections+closes
worlds 500 25 debits+volumes+corrections+rates+replaces+closes+undone
worlds 1 25 protection+rotation
worlds 100 25 volumes+corrections+closes+protection+rotation
worlds 300 20 debits+volumes+rates+protection+rotation
worlds 3069 1 debits+volumes+corrections+rates+protection+rotation
worlds 4074 1 debits+volumes+corrections+rates+replaces+closes+undone
worlds 52 1 volumes+corrections+undone+closes+protection+rotation+rates
worlds 20 15 debits+corrections+protection+rotation+undone
worlds 50 55 debits+protection+departed
worlds 97 20 debits+corrections+protection+rotation+departed+credits
worlds 1 20 volumes+corrections+coop
worlds 600 20 volumes+corrections+rates+replaces+closes+protection+rotation+undone+coop
worlds 1 20 volumes+corrections+relative
worlds 100 20 debits+volumes+corrections+rates+closes+relative
worlds 1 20 volumes+corrections+marketing+coop+expiry
worlds 200 20 debits+volumes+corrections+rates+replaces+closes+protection+rotation+undone+coop+relative+expiry
worlds 31000 25 debits+volumes+corrections+rates+replaces+credits
worlds 1 15 volumes+corrections+closes+protection+rotation+credits
worlds 1 20 volumes+corrections+spiffs+sellers
worlds 1 20 volumes+corrections+rates+spiffs+sellers
worlds 100 20 debits+volumes+corrections+rates+spiffs+credits+sellers
worlds 1 20 debits+volumes+corrections+automatic
worlds 1 20 debits+volumes+corrections+rates+spiffs+credits+sellers+automatic
worlds 90039 1 debits+volumes+corrections+rates+replaces+closes+protection+rotation+undone+coop+relative+expiry+credits+sellers+automatic
