#!/usr/bin/env bash
# record.sh RESULT COMMAND...: runs a test, shows what it says, and keeps that beside RESULT (.log) for as long as it fails:
# tests/support/failures.sh tells it again at the very end.
result=$1
log=${result%.*}.log
shift
begun=$SECONDS
"$@" > "$log" 2>&1
code=$?
cat "$log"
[ $((SECONDS - begun)) -lt 15 ] || echo "slow: $result, $((SECONDS - begun)) s"
if [ $code -eq 0 ]; then rm -f "$log"; else echo "$result: failed with $code" >> "$log"; fi
exit $code
