#!/usr/bin/env bash
# An exported function begins with its file's noun; in the step files of a stage with the folder's (architecture.md 9).
set -eu
build=${BUILD:-build/release}
failed=0
# Families: files that share the noun of their header.
declare -A also=(
    [rounding]="round split" [currency]="currency money" [calendar]="date period" [kind]="kind" [verdict]="verdict reasons"
    [program]="program product products" [line]="line party texts" [partner]="partner span" [reason]="reason outcome"
    [vocabulary]="word" [str]="slice text" [rule]="rule" [catalogue]="catalogue program price matrix limits"
    [books]="books" [claim_value]="claim_value"
)
for object in $(find "$build/common/base" "$build/common/domain" -maxdepth 1 -name '*.o' 2>/dev/null); do
    noun=$(basename "$object" .o)
    nouns=${also[$noun]:-$noun}
    for symbol in $(nm --defined-only -g "$object" | awk 'NF == 3 && $2 == "T" { print $3 }'); do
        ok=0
        for n in $nouns; do case $symbol in "$n" | "${n}_"*) ok=1 ;; esac; done
        [ $ok = 1 ] || { echo "common/${object#"$build"/common/}: $symbol does not begin with $nouns"; failed=1; }
    done
done
exit $failed
