#!/usr/bin/env bash
# deploy/config/<service>.yaml is what the service says of its settings, comment by comment; and every name there is one that
# the reader takes, also without its #.
set -eu
build=${BUILD:-build/release}
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in deploy/config/*.yaml; do
    service=$(basename "$file" .yaml)
    [ -x "$build/$service" ] || { echo "$file: there is no program $service"; failed=1; continue; }
    : > "$work/empty.yaml"
    env -i "$build/$service" --config "$work/empty.yaml" --settings=yaml > "$work/want"
    if ! diff -u "$file" "$work/want" > "$work/diff"; then
        head -20 "$work/diff"
        echo "$file: not what the settings say; run:  $build/$service --settings=yaml > $file"
        failed=1
    fi
    sed -E 's/^#([a-z][a-z0-9_.]*: )/\1/' "$file" > "$work/all.yaml"
    "$build/$service" --config "$work/all.yaml" --settings > "$work/table" 2> "$work/errors" || { cat "$work/errors"; failed=1; }
    taken=$(grep -c "file $work/all.yaml" "$work/table") named=$(grep -cE '^#[a-z][a-z0-9_.]*: ' "$file")
    [ "$taken" = "$named" ] || { echo "$file: $named settings are named, $taken are taken"; failed=1; }
done
for service in claim-intake partner-classifier claim-screener payout-calculator; do
    [ ! -x "$build/$service" ] || [ -f "deploy/config/$service.yaml" ] || { echo "deploy/config/$service.yaml is missing"; failed=1; }
done
exit $failed
