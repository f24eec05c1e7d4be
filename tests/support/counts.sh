#!/usr/bin/env bash
# counts.sh BUILD... NAME: adds up what the tests below BUILD/tests/run counted and prints it; fails when one failed.
set -eu
name=${!#}
passed=0 failed=0
for build in "${@:1:$#-1}"; do
    while read -r p f; do passed=$((passed + p)); failed=$((failed + f)); done \
        < <(find "$build/tests/run" \( -name '*.count' -o -name '*.check' \) -exec cat {} +)
    while read -r log; do           # it failed and left no count: make removes what ends badly
        [ -e "${log%.log}.count" ] || [ -e "${log%.log}.check" ] || failed=$((failed + 1))
    done < <(find "$build/tests/run" -name '*.log')
done
skipped=0
for part in ${SKIP:-}; do skipped=$((skipped + 1)); echo "skipped by the command line: $part"; done
echo "tests: $passed passed, $failed failed, $skipped skipped"
echo "$name: passed $passed failed $failed skipped $skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
