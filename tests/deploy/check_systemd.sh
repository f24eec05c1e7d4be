#!/usr/bin/env bash
# The units: as make.sh writes them, without a complaint of systemd, and with an exposure of at most 1.5.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/deploy/tools.sh
need systemd-analyze systemd
build=${BUILD:-build/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

mkdir "$work/want"
bash deploy/systemd/make.sh "$work/want"
for unit in "$work/want"/*.service; do
    cmp -s "$unit" "deploy/systemd/$(basename "$unit")" || { echo "deploy/systemd/$(basename "$unit"): run deploy/systemd/make.sh"; failed=1; }
done

# Programs stand where they were built; those that are not stand in for themselves.
cp deploy/systemd/claimstream.target "$work/"
for unit in deploy/systemd/*@.service; do
    program=$(basename "$unit" @.service)
    ln -sf "$PWD/$build/$program" "$work/$program"
    [ -x "$build/$program" ] || ln -sf /bin/true "$work/$program"
    sed "s|/usr/bin/$program|$work/$program|" "$unit" > "$work/$program@0.service"
    systemd-analyze verify "$work/$program@0.service" > "$work/said" 2>&1 || failed=1
    if [ -s "$work/said" ]; then sed "s|^|$unit: |" "$work/said"; failed=1; fi
    systemd-analyze security --offline=yes --threshold=15 "$work/$program@0.service" > "$work/said" 2>&1 \
        || { tail -n 1 "$work/said"; echo "$unit: more exposed than 1.5"; failed=1; }
done
exit $failed
