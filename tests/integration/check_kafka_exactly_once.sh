#!/usr/bin/env bash
# A worker that is killed with -9 again and again: every line takes effect once, its state with it (kafka.md 6.3, 13.4). Two
# workers that come and go: the same, with partitions that move. Then two processes with one ordinal: one of them ends.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
need_kafka

toy=${BUILD:-build/release}/tests/tool/kafka_toy
RANDOM=${SEED:-1}
export TOY_PARTITIONS=4 TOY_LINES=25

proved=0                                            # runs in which a kill met an open transaction: the rest prove little

judge() {       # judge LINES: waits until nothing is missing any more, for half a minute
    local tries said code
    for tries in $(seq 30); do
        code=0
        said=$("$toy" judge "$1") || code=$?
        [ $code = 0 ] && proved=$((proved + 1))
        [ $code = 0 ] || [ $code = 3 ] && { echo "  $said"; return 0; }
        [ "$tries" -lt 30 ] && sleep 1
    done
    echo "  $said"
    echo "check_kafka_exactly_once: lines are lost or doubled" >&2
    return 1
}

kill_worker() { kill "-$1" "$2" 2> /dev/null || true; wait "$2" 2> /dev/null || true; }

killed_again_and_again() {
    export TOY_NAMESPACE=once$$
    "$toy" topics
    "$toy" load 0 20000
    for _ in $(seq "${KILLS:-10}"); do
        "$toy" work > /dev/null &
        sleep "0.$((RANDOM % 6 + 2))"
        kill_worker KILL $!
    done
    "$toy" work > /dev/null &
    judge 20000
    kill_worker TERM $!
}

coming_and_going() {
    local first second
    export TOY_NAMESPACE=move$$
    "$toy" topics
    "$toy" load 0 20000
    for _ in 1 2 3; do
        TOY_INSTANCE=0 "$toy" work > /dev/null & first=$!
        TOY_INSTANCE=1 "$toy" work > /dev/null & second=$!
        sleep "1.$((RANDOM % 10))"
        kill_worker KILL $first
        sleep "0.$((RANDOM % 10))"
        kill_worker KILL $second
    done
    TOY_INSTANCE=0 "$toy" work > /dev/null & first=$!
    judge 20000                                     # instance 1 is gone: its partitions wait out the session
    kill_worker TERM $first
}

one_ordinal_twice() {
    local first second code=0
    "$toy" work > /dev/null & first=$!
    sleep 1
    TOY_VERBOSE=0 "$toy" work > /dev/null 2>&1 & second=$!
    wait -n $first $second 2> /dev/null || code=$?
    [ "$code" = 75 ] || { echo "check_kafka_exactly_once: a fenced worker ended with $code instead of 75" >&2; return 1; }
    kill_worker TERM $first
    kill_worker TERM $second
}

killed_again_and_again
coming_and_going
[ $proved -gt 0 ] || { echo "check_kafka_exactly_once: no kill met an open transaction" >&2; exit 1; }
TOY_VERBOSE=0 one_ordinal_twice
