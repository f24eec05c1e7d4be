#!/usr/bin/env bash
# The sample worlds end as their READMEs say: every line, case and balance.
set -eu
for expected in tests/golden/worlds/*.json; do
    python3 tests/support/world.py "${BUILD:-build/release}/claimctl" "$expected"
done

# Results read outlines of dossiers; beside sentences, which need the whole, they are the same bytes.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for world in deploy/sample/*/world.yaml; do
    world=${world%/world.yaml}
    for also in "" --explain; do
        "${BUILD:-build/release}/claimctl" run --world "$world" --results "$scratch/results$also" $also > /dev/null 2>&1 || [ $? = 3 ]
    done
    cmp "$scratch/results" "$scratch/results--explain"
done
