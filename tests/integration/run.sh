#!/usr/bin/env bash
# run.sh BUILD CHECK...: runs the integration checks on one Apache Kafka node and one Redis, both started here on free ports and
# stopped at the end, and leaves their counts below BUILD/tests/run. A check that hurts them starts its own. Checks that share
# the node use a namespace of their own. SKIP=integration leaves all of it out.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1
shift
case " ${SKIP:-} " in *" integration "*) echo "integration: left out by SKIP"; exit 0 ;; esac

. tests/support/kafka.sh
. tests/support/redis.sh
own_kafka
own_redis
export KAFKA_BROKERS REDIS_ADDRESS BUILD=$build
failed=0
for check in "$@"; do
    count=$build/tests/run/${check#tests/}
    count=${count%.sh}.check
    mkdir -p "$(dirname "$count")"
    begun=$SECONDS
    if bash "$check"; then
        echo "1 0" > "$count"
        echo "$check: passed in $((SECONDS - begun)) s"
    else
        echo "0 1" > "$count"
        echo "$check: failed"
        failed=1
    fi
done
exit $failed
