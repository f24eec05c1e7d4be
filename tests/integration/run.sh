#!/usr/bin/env bash
# run.sh BUILD CHECK...: runs the integration checks and leaves their counts below BUILD/tests/run. Those that share a Kafka node and
# a Redis, started here on free ports and stopped at the end, run one behind the other, each in a namespace of its own; beside them
# run those that start their own, since they hurt them. Most of both is waiting. SKIP=integration leaves all of it out.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1
shift
case " ${SKIP:-} " in *" integration "*) echo "integration: left out by SKIP"; exit 0 ;; esac

. tests/support/kafka.sh
. tests/support/redis.sh
export BUILD=$build
scratch_folder
failures=$scratch/failures
touch "$failures"

run() {
    local check count begun
    for check in "$@"; do
        count=$build/tests/run/${check#tests/}
        count=${count%.sh}.check
        mkdir -p "$(dirname "$count")"
        begun=$SECONDS
        if bash tests/support/record.sh "$count" bash "$check"; then
            echo "1 0" > "$count"
            echo "$check: passed in $((SECONDS - begun)) s"
        else
            echo "0 1" > "$count"
            echo "$check: failed"
            echo "$check" >> "$failures"
        fi
    done
}

end_beside() { kill -TERM -- "-$beside" 2> /dev/null || true; }

shared=() alone=()
for check in "$@"; do
    if grep -qE '^need_(kafka|redis)' "$check"; then shared+=("$check"); else alone+=("$check"); fi
done
if [ ${#shared[@]} -gt 0 ]; then                    # first: it brings what both need and is missing
    own_kafka
    own_redis
    export KAFKA_BROKERS REDIS_ADDRESS
fi
if [ ${#alone[@]} -gt 0 ]; then
    set -m                                          # a process group of its own, to be ended as one
    run "${alone[@]}" & beside=$!
    set +m
    at_exit end_beside
fi
[ ${#shared[@]} -eq 0 ] || run "${shared[@]}"
[ ${#alone[@]} -eq 0 ] || wait "$beside"
[ ! -s "$failures" ]
