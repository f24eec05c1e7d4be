#!/usr/bin/env bash
# A worker that is killed with -9 again and again: every line takes effect once, its state with it (kafka.md 6.3, 13.4). Two
# workers that come and go: the same, with partitions that move. Then two processes with one ordinal: one of them ends.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
need_kafka

toy=$build/tests/tool/kafka_toy
RANDOM=${SEED:-1}
export TOY_PARTITIONS=4 TOY_LINES=25

fail() { tail -n 20 "$scratch"/said.* >&2; echo "check_kafka_exactly_once: $1" >&2; exit 1; }

is_right() {    # 0: every line once, and a kill met an open transaction; 3: it did not
    judged=0
    kill -0 $worker 2> /dev/null || begin_worker 0      # 75: a supervisor starts it again
    said=$("$toy" judge "$1") || judged=$?
    [ $judged = 0 ] || [ $judged = 3 ]
}

judge() {       # judge LINES: waits until nothing is missing any more
    eventually is_right "$1" || fail "lines are lost or doubled: $said"
    echo "  $said"
    [ $judged = 0 ] || fail "no kill met an open transaction"
}

begin_worker() {        # begin_worker NUMBER: its process in $worker
    : > "$scratch/said.$1"
    TOY_INSTANCE=$1 "$toy" work > /dev/null 2> "$scratch/said.$1" & worker=$!
}

# Restored and at work: whoever is killed sooner has nothing to lose. One that gave up at its start is for the supervisor.
works() { in_file "replayed" "$scratch/said.$1" || ! kill -0 "$2" 2> /dev/null; }

is_open() { in_file "stays open" "$scratch/said.$1" || { kill -0 $worker 2> /dev/null || begin_worker "$1"; false; }; }

killed_open() {         # killed_open NUMBER: a worker that wrote all of a transaction and is killed before it commits
    export TOY_HALT=3
    begin_worker "$1"
    eventually is_open "$1" || fail "a worker comes to no commit"
    unset TOY_HALT
    kill_worker KILL $worker
}

kill_worker() { kill "-$1" "$2" 2> /dev/null || true; wait "$2" 2> /dev/null || true; }

killed_again_and_again() {
    export TOY_NAMESPACE=once$$
    "$toy" topics
    "$toy" load 0 20000
    killed_open 0
    for _ in $(seq "${KILLS:-8}"); do
        begin_worker 0
        eventually works 0 $worker || fail "a worker does not come to work"
        sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
        kill_worker KILL $worker
    done
    begin_worker 0
    judge 20000
    kill_worker TERM $worker
}

coming_and_going() {
    local first second
    export TOY_NAMESPACE=move$$
    "$toy" topics
    "$toy" load 0 20000
    killed_open 1
    for _ in 1 2 3; do
        begin_worker 0
        first=$worker
        begin_worker 1
        second=$worker
        eventually works 0 $first || fail "a worker does not come to work"
        sleep "0.$((RANDOM % 10))"
        kill_worker KILL $first
        sleep "0.$((RANDOM % 10))"
        kill_worker KILL $second
    done
    begin_worker 0
    judge 20000                                     # instance 1 is gone: its partitions wait out the session
    kill_worker TERM $worker
}

one_ended() { ! kill -0 "$1" 2> /dev/null || ! kill -0 "$2" 2> /dev/null; }

one_ordinal_twice() {
    local first second code=0
    begin_worker 0
    first=$worker
    eventually works 0 $first || fail "a worker does not come to work"
    "$toy" work > /dev/null 2>&1 & second=$!
    eventually one_ended $first $second || fail "two workers with one ordinal go on beside each other"
    wait -n $first $second 2> /dev/null || code=$?
    [ "$code" = 75 ] || fail "a fenced worker ended with $code instead of 75"
    kill_worker TERM $first
    kill_worker TERM $second
}

killed_again_and_again
coming_and_going
TOY_VERBOSE=0 one_ordinal_twice
