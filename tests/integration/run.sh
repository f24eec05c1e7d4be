#!/usr/bin/env bash
# run.sh BUILD CHECK...: runs the integration checks and leaves their counts below BUILD/tests/run, LANES of them (4)
# beside each other, since most of each is waiting. Those that share a Kafka node and a Redis, started here on free ports
# and stopped at the end, have a namespace of their own; the others start their own, since they hurt them.
# SKIP=integration leaves all of it out.
set -euo pipefail
cd "$(dirname "$0")/../.."
export BUILD=$1
shift
case " ${SKIP:-} " in *" integration "*) echo "integration: left out by SKIP"; exit 0 ;; esac

. tests/support/kafka.sh
. tests/support/redis.sh
scratch_folder
failures=$scratch/failures
touch "$failures"

run() {
    local check=$1 count=$build/tests/run/${1#tests/} begun=$SECONDS
    count=${count%.sh}.check
    mkdir -p "$(dirname "$count")"
    if bash tests/support/record.sh "$count" bash "$check"; then
        echo "1 0" > "$count"
        echo "$check: passed in $((SECONDS - begun)) s"
    else
        echo "0 1" > "$count"
        echo "$check: failed"
        echo "$check" >> "$failures"
    fi
}

# The next of the queue; none is an end.
take() {
    (flock 9; head -n 1 "$queue"; sed -i 1d "$queue") 9> "$queue.lock"
}
lane() {
    local check
    while check=$(take) && [ -n "$check" ]; do run "$check"; done
}

# What takes a minute or more goes first: begun last, one lane would wait for it alone.
LONG="redis_runs hostile_door openapi chaos claimctl kafka_tls kafka_zombie kafka_away kafka_exactly_once"
queue=$scratch/queue
for check in $LONG; do printf '%s\n' "$@" | grep "/check_$check.sh\$" || true; done > "$queue"
printf '%s\n' "$@" | grep -vxFf "$queue" >> "$queue.rest" || true
cat "$queue.rest" >> "$queue"
if grep -lqE '^(need_(kafka|redis)|services_of)' "$@"; then       # first: it brings what all need and is missing
    own_kafka
    own_redis
    export KAFKA_BROKERS REDIS_ADDRESS
fi
lanes=()
end_lanes() { for lane in "${lanes[@]}"; do kill -TERM -- "-$lane" 2> /dev/null || true; done; }
at_exit end_lanes
set -m                                              # a process group for each, to be ended as one
for lane in $(seq "${LANES:-4}"); do lane & lanes+=($!); done
set +m
wait "${lanes[@]}"
echo "integration: $# checks in $SECONDS s"
[ ! -s "$failures" ]
