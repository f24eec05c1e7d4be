#!/usr/bin/env bash
# The worked cases of tests/golden/cases, each by its id, each number exact. Those of incentives that are not built yet stand
# in tests/golden/later.txt with the incentive they wait for; a case that passes may not stand there.
set -eu
claimctl=${BUILD:-build/release}/claimctl
later=$(sed 's/ .*//' tests/golden/later.txt)
ids=$(cd tests/golden/cases && ls -d */ | tr -d / | grep -vxF "$later")
# shellcheck disable=SC2086
python3 tests/support/golden.py "$claimctl" tests/golden/cases $ids
for id in $later; do
    if python3 tests/support/golden.py "$claimctl" tests/golden/cases "$id" > /dev/null 2>&1; then
        echo "tests/golden/later.txt: $id passes; take it out"
        exit 1
    fi
done
