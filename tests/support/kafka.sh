# tests/support/kafka.sh: Apache Kafka for a check. Source it; then
#   need_kafka           the shared node of `make integration` if KAFKA_BROKERS names one, else one of our own
#   own_kafka [ARGS...]  one of our own on a free port, for checks that hurt it; kafka_folder is its folder, ARGS go to start.sh
#   kill_kafka           kill -9 of our own;  restart_kafka: starts it again on what is there
# KAFKA_BROKERS says where it listens. Whatever was started is stopped and deleted when the script ends.
. tests/support/cleanup.sh

own_kafka() {
    local tries
    scratch_folder
    kafka_folder=$scratch/kafka
    kafka_arguments=("$@")
    at_exit bash deploy/kafka/stop.sh --dir "$kafka_folder" --kill --remove
    for tries in 1 2 3; do                          # a port may be taken between asking and listening
        kafka_port=$(free_port)
        bash deploy/kafka/start.sh --port "$kafka_port" --dir "$kafka_folder" "$@" && break
        [ "$tries" -lt 3 ] || { echo "kafka.sh: no node could be started" >&2; exit 1; }
    done
    export KAFKA_BROKERS=127.0.0.1:$kafka_port
}

need_kafka() { [ -n "${KAFKA_BROKERS:-}" ] || own_kafka; }
kill_kafka() { bash deploy/kafka/stop.sh --dir "$kafka_folder" --kill; }
restart_kafka() { bash deploy/kafka/start.sh --port "$kafka_port" --dir "$kafka_folder" "${kafka_arguments[@]}"; }
