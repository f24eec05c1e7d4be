# tests/support/redis.sh: Redis for a check. Source it; then
#   need_redis           the shared one of `make integration` if REDIS_ADDRESS names one, else one of our own
#   own_redis [ARGS...]  one of our own on a free port, for checks that hurt it; redis_folder is its folder
#   kill_redis           kill -9 of our own;  restart_redis: starts it again, empty
# REDIS_ADDRESS says where it listens. Whatever was started is stopped and deleted when the script ends.
. tests/support/cleanup.sh

start_redis() {
    redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$redis_folder" --save '' --appendonly no --daemonize no \
        "${redis_arguments[@]}" > "$redis_folder/redis.log" 2>&1 &
    redis_pid=$!
    eventually redis_is_there && kill -0 "$redis_pid" 2> /dev/null
}

redis_is_there() { [ "$(redis-cli -p "$redis_port" ping 2> /dev/null)" = PONG ] || ! kill -0 "$redis_pid" 2> /dev/null; }
kill_redis() { kill -KILL "${redis_pid:-0}" 2> /dev/null && wait "$redis_pid" 2> /dev/null || true; }
restart_redis() { start_redis; }

own_redis() {
    local tries
    command -v redis-server > /dev/null || bash deploy/packages.sh redis-server
    scratch_folder
    redis_folder=$scratch
    redis_arguments=("$@")
    for tries in 1 2 3; do
        redis_port=$(free_port)
        if start_redis; then break; fi
        [ "$tries" -lt 3 ] || { cat "$redis_folder/redis.log" >&2; echo "redis.sh: Redis could not be started" >&2; exit 1; }
    done
    at_exit kill_redis
    export REDIS_ADDRESS=127.0.0.1:$redis_port
}

need_redis() { [ -n "${REDIS_ADDRESS:-}" ] || own_redis; }
