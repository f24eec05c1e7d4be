#!/usr/bin/env bash
# A worker stands still beyond its session and the time of its transaction, once before its offsets are sent, once before its EndTxn,
# which then arrives from a process that owns nothing any more. Another one takes over what it had, and when it wakes up nothing
# of it is seen: every line takes effect once (kafka.md 4.4, 6.6, 13.4).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh

toy=$build/tests/tool/kafka_toy
own_kafka_through_proxy
export TOY_PARTITIONS=4 TOY_LINES=20 TOY_VERBOSE=4

pids=()
fail() { tail -n 8 "$scratch"/said.* >&2; echo "check_kafka_zombie: $1" >&2; exit 1; }
begin_worker() {    # begin_worker NUMBER: its process in pids
    TOY_INSTANCE=$1 "$toy" work > /dev/null 2>> "$scratch/said.$1" &
    pids[$1]=$!
}
end_workers() {
    local pid
    for pid in "${pids[@]}"; do kill -KILL "$pid" 2> /dev/null || true; wait "$pid" 2> /dev/null || true; done
    pids=()
}
at_exit end_workers
keep() { kill -0 "${pids[$1]}" 2> /dev/null || begin_worker "$1"; }         # 75: a supervisor starts it again

is_paused() { keep 0; grep -q "^paused ApiKey $1 " "$scratch/proxy.log"; }
is_right() {        # is_right LINES NUMBER...: those workers are kept alive meanwhile
    local lines=$1 code=0 number
    shift
    for number in "$@"; do keep "$number"; done
    said=$("$toy" judge "$lines") || code=$?
    # At its EndTxn all that the worker wrote is in the log of an open transaction (0); when it sends its offsets
    # some of it may still be on its way, and stands still with them (3).
    [ $code = 0 ] || { [ $code = 3 ] && [ "$request" = 28 ]; }
}

# stands_still KEY: in the request of that ApiKey, 28 TxnOffsetCommit, 26 EndTxn
stands_still() {
    request=$1
    export TOY_NAMESPACE=zombie$1
    "$toy" topics
    "$toy" load 0 1000
    : > "$scratch/said.0"
    : > "$scratch/said.1"
    echo "pause $1 toy-0-" >&7
    begin_worker 0
    eventually is_paused "$1" || fail "there is no transaction to stand still in"
    kill -STOP "${pids[0]}"
    begin_worker 1
    eventually is_right 1000 1 || fail "behind a worker that stands still: $said"
    echo heal >&7                                   # what it had sent arrives now
    kill -CONT "${pids[0]}"
    "$toy" load 1000 500
    eventually is_right 1500 0 1 || fail "behind a worker that woke up: $said"
    echo "  $1: $said"
    end_workers
}

stands_still 28
stands_still 26
