# tests/support/intake.sh: claim-intake alone on Kafka, for a check. Source it; then
#   intake_of NAME PARTITIONS SETTING...  sets name (its namespace), port (its HTTP door) and admin, creates the topics and
#                        $scratch/intake.yaml: each SETTING is a line of it, besides what any needs to run here
#   begin_intake         starts it, its process in $intake, and waits until it is ready; it ends when the script ends
#   fail TEXT            tells TEXT and the end of its log, and ends the check
. tests/support/kafka.sh

intake_of() {
    need_kafka
    name=$1$$ port=$(free_port) admin=$(free_port)
    cat > "$scratch/intake.yaml" <<YAML
kafka.brokers: "$KAFKA_BROKERS"
topics.allow_single_replica: true
namespace: $name
state.dir: $scratch/state
admin.listen: 127.0.0.1:$admin
http.listen: 127.0.0.1:$port
intake.spool_dir: $scratch/spool
intake.raw_dir: $scratch/raw
YAML
    printf '%s\n' "${@:3}" >> "$scratch/intake.yaml"
    "$build/claimctl" topics create --partitions "$2" --replicas 1 --config "$scratch/intake.yaml" \
        > "$scratch/topics.log" 2>&1 ||
        fail "topics: $(cat "$scratch/topics.log")"
}

begin_intake() {
    patient_services
    start_intake
    at_exit end_intake
    eventually becomes_ready || fail "it does not become ready"
}

start_intake() { "$build/claim-intake" --config "$scratch/intake.yaml" >> "$scratch/claim-intake.log" 2>&1 & intake=$!; }
end_intake() { kill "$intake" 2> /dev/null; }
# One that gave up waiting for Kafka is started again, as a supervisor would.
becomes_ready() { is_ready || { kill -0 "$intake" 2> /dev/null || start_intake; false; }; }

is_ready() { "$build/claim-intake" --config "$scratch/intake.yaml" --health > /dev/null 2>&1; }

fail() {
    echo "$(basename "$0" .sh): $*" >&2
    tail -n 20 "$scratch/claim-intake.log" >&2
    exit 1
}
