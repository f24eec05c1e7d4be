# tests/support/kafka.sh: Apache Kafka for a check. Source it; then
#   need_kafka           the shared node of `make integration` if KAFKA_BROKERS names one, else one of our own; $scratch is there
#   own_kafka [ARGS...]  one of our own on a free port, for checks that hurt it; kafka_folder is its folder, ARGS go to start.sh
#   own_kafka_through_proxy  one of our own behind a network that obeys descriptor 7 (tests/chaos/kafka_proxy.c); its log is proxy.log
#   patient_services     from here on no machine is too slow for the services that are started: sessions, polls, transactions and
#                        records may take PATIENT_S seconds (60), Redis ten (a registry that is away parks lines)
#   kill_kafka           kill -9 of our own;  restart_kafka: starts it again on what is there
# KAFKA_BROKERS says where it listens; programs are in $build. What was started is stopped and deleted when the script ends.
. tests/support/cleanup.sh
export KAFKA_JVM=${KAFKA_JVM:-quick}
build=${BUILD:-build/release}

own_kafka() {
    local tries
    scratch_folder
    kafka_folder=$scratch/kafka
    # A node that stood still must not fence itself; behind a kill it waits so long for itself: $@ may say less.
    kafka_arguments=(--set broker.session.timeout.ms=60000 "$@")
    at_exit bash deploy/kafka/stop.sh --dir "$kafka_folder" --kill --remove
    for tries in 1 2 3; do                          # a port may be taken between asking and listening
        kafka_port=$(free_port)
        bash deploy/kafka/start.sh --port "$kafka_port" --dir "$kafka_folder" "${kafka_arguments[@]}" && break
        [ "$tries" -lt 3 ] || { echo "kafka.sh: no node could be started" >&2; exit 1; }
    done
    export KAFKA_BROKERS=127.0.0.1:$kafka_port
}

own_kafka_through_proxy() {
    local door proxy
    door=$(free_port)
    own_kafka --set "advertised.listeners=PLAINTEXT://127.0.0.1:$door"
    mkfifo "$scratch/orders"
    "$build/chaos/kafka_proxy" "$door" "$kafka_port" < "$scratch/orders" > "$scratch/proxy.log" 2>&1 & proxy=$!
    at_exit kill "$proxy"
    exec 7> "$scratch/orders"
    export KAFKA_BROKERS=127.0.0.1:$door
}

need_kafka() {
    scratch_folder
    [ -n "${KAFKA_BROKERS:-}" ] || own_kafka
}
patient_services() {
    local s=${PATIENT_S:-60}
    export CLAIMSTREAM_KAFKA_SESSION_TIMEOUT_MS=${s}000 CLAIMSTREAM_KAFKA_MAX_POLL_INTERVAL_MS=60000 \
        CLAIMSTREAM_KAFKA_TRANSACTION_TIMEOUT_MS=${s}000 CLAIMSTREAM_KAFKA_MESSAGE_TIMEOUT_MS=$((s * 3 / 4))000 \
        CLAIMSTREAM_KAFKA_REQUEST_TIMEOUT_MS=$((s / 2))000 CLAIMSTREAM_KAFKA_SOCKET_TIMEOUT_MS=$((s / 2))000 \
        CLAIMSTREAM_REDIS_TIMEOUT_MS=10000
}
kill_kafka() { bash deploy/kafka/stop.sh --dir "$kafka_folder" --kill; }
restart_kafka() { bash deploy/kafka/start.sh --port "$kafka_port" --dir "$kafka_folder" "${kafka_arguments[@]}"; }
