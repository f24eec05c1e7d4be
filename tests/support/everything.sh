#!/usr/bin/env bash
# everything.sh MAKE JOBS: every test, whatever fails; the last lines are the counts, or the tests that failed with what
# they said. What does not compile ends it at once.
set -u
make=$1 jobs=$2 failed=0

# claim-intake takes no document on a disk of which 80 % are used (feeds.md 4); the builds below take a gigabyte.
used=$(df --output=pcent "${TMPDIR:-/tmp}" | tr -dc 0-9)
if [ "${used:-0}" -gt 80 ]; then
    echo "make test: ${TMPDIR:-/tmp} is $used % full; from 80 % on claim-intake answers 503: make room" >&2
    exit 1
fi

# Of an earlier run: what failed, and what is counted anew in any case.
find build/*/tests/run -name '*.log' -delete 2> /dev/null
rm -rf build/*/tests/run/integration
"$make" --no-print-directory "-j$jobs" tools || exit 1
"$make" --no-print-directory -k "-j$jobs" everything || failed=1
echo "make test: built and run in $SECONDS s, $([ $failed -eq 0 ] && echo nothing || echo something) failed"
bash tests/support/counts.sh build/release build/asan build/tsan "make test" || failed=1
bash tests/support/failures.sh build/release build/asan build/tsan || failed=1
exit $failed
