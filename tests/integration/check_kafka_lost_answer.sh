#!/usr/bin/env bash
# The answer to a commit does not come: once the broker has committed and the answer is lost on its way, once the network is cut
# under the commit. A new instance fences what is left of it and reads back which it was; no line is lost or doubled (kafka.md 5.1).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh

toy=$build/tests/tool/kafka_toy
own_kafka_through_proxy
export TOY_NAMESPACE=lost TOY_LINES=20 TOY_HASTY=1 TOY_VERBOSE=4

"$toy" topics
"$toy" load 0 1000
start_worker() { "$toy" work > "$scratch/worker.out" 2>> "$scratch/worker.log" & worker=$!; }
stop_worker() { kill -TERM "$worker" 2> /dev/null && wait "$worker"; }
fail() { cat "$scratch/worker.log" >&2; echo "check_kafka_lost_answer: $1" >&2; exit 1; }
# A worker that gave up (75) is started again, as a supervisor would.
keep() { kill -0 "$worker" 2> /dev/null || start_worker; }
says() { in_file "$1" "$scratch/worker.log" || { keep; return 1; }; }
has_said() { eventually says "$1" || fail "$2"; }
# One that gives up before it has read back, on a machine that stood still, loses another answer.
is_read_back() {
    in_file "reading back" "$scratch/worker.log" && return
    keep
    echo "swallow 26 100000" >&7                    # EndTxn: the broker commits, nobody hears of it
    : > "$scratch/worker.log"
    has_said "commit: INDEFINITE" "no answer was lost"
    echo "swallow 26 0" >&7
    reads_back_or_ends() { in_file "reading back" "$scratch/worker.log" || ! kill -0 "$worker" 2> /dev/null; }
    eventually reads_back_or_ends
    in_file "reading back" "$scratch/worker.log"
}

echo "swallow 26 100000" >&7
start_worker
at_exit stop_worker
eventually is_read_back || fail "an answer that was lost is not read back"
: > "$scratch/worker.log"
"$toy" load 1000 1000
# The network is cut under a commit, and stays so until the worker has given up waiting for its answer.
is_paused() { keep; in_file "^paused ApiKey 26" "$scratch/proxy.log"; }
meets_the_cut() {
    in_file "commit: \(ABORTED\|STALE\|INDEFINITE\|DEAD\)" "$scratch/worker.log" || ! kill -0 "$worker" 2> /dev/null
}
echo "pause 26 toy-" >&7
eventually is_paused || fail "there is no commit to be cut"
echo cut >&7
eventually meets_the_cut || fail "no commit met the cut"
echo heal >&7
is_whole() {
    said=$("$toy" judge 2000) || true               # 3: no fault met an open transaction, which a lost answer need not
    case $said in *"twice 0, missing 0, strange 0, dead 0"*) return 0 ;; esac
    kill -0 "$worker" 2> /dev/null || start_worker          # 75: the broker gave its transaction up while the network was cut
    return 1
}
said=""
# The hasty one has a minute to finish what it began; where each of its two seconds is too short, one with time finishes it.
if ! PATIENCE=60 eventually is_whole; then
    stop_worker || true
    export TOY_HASTY=0
    start_worker
fi
eventually is_whole || fail "lines are lost or doubled: $said"
stop_worker || true
echo "  $said; $(cat "$scratch/worker.out")"
[[ $said =~ said\ ([0-9]+)\ of\ ([0-9]+) && ${BASH_REMATCH[1]} = "${BASH_REMATCH[2]}" ]] || fail "the state differs"
