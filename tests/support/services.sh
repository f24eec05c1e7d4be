# tests/support/services.sh: the four services of deploy/local/up.sh on Kafka and Redis, for a check. Source it; then
#   services_of NAME SAMPLE PARTITIONS [ARGS...]  what they are to be, ARGS go to up.sh: sets name (their namespace), local (their
#                        folder), instance and port (their HTTP door); they end when the script ends
#   begin_services       starts those that do not run, or fails with what up.sh said
#   claimctl ARGS...     of this build, with their configuration
#   fail TEXT            tells TEXT and the ends of their logs (LOGS; all), and ends the check
. tests/support/kafka.sh
. tests/support/redis.sh

services_of() {
    need_kafka
    need_redis
    patient_services
    name=$1$$ local=$scratch/$1$$ instance=$(free_instance) port=$(free_port)
    services_up=(bash deploy/local/up.sh --build "$build" --brokers "$KAFKA_BROKERS" --dir "$local" --sample "$2" --partitions "$3"
        --redis-port "${REDIS_ADDRESS##*:}" --set "namespace=$name" --set "instance=$instance"
        --set "http.listen=127.0.0.1:$port" "${@:4}")
    at_exit bash deploy/local/down.sh --dir "$local"
}

begin_services() {
    "${services_up[@]}" > "$scratch/up.log" 2>&1 || { cat "$scratch/up.log" >&2; fail "the services do not come up"; }
}

claimctl() { timeout 300 "$build/claimctl" "$@" --config "$local/local.yaml"; }

fail() {
    local log
    echo "$(basename "$0" .sh): $*" >&2
    for log in "$local"/${LOGS:-*}.log; do echo "== $log" >&2; tail -n 10 "$log" >&2; done
    exit 1
}
