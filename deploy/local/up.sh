#!/usr/bin/env bash
# up.sh [--brokers LIST] [--dir DIR] [--build DIR] [--sample NAME|none] [--partitions N] [--redis-port PORT]
#       [--set NAME=VALUE]...: Redis, the topics, the reference data of a sample and the services as processes on
# loopback, on a Kafka that runs already. What runs is left alone, what does not is started: after a kill -9 the same
# command starts it again. A service that ends with 75, which asks for it, is started again by keep.sh. When one of them
# cannot start, those that this call started are ended. Not for production. Exit: 78 a setting is wrong, such as a port
# that another process has, 69 Kafka or Redis cannot be had, 75 try again.
# Leaves DIR/{local.yaml,<service>.pid,<service>.log,state,…}.
set -euo pipefail
cd "$(dirname "$0")/../.."
brokers=${KAFKA_BROKERS:-127.0.0.1:9092} dir=build/local build=build/release sample=first-hour partitions=12 redis_port=6379 settings=""
services="claim-intake partner-classifier claim-screener payout-calculator"

fail() { echo "up.sh: $2" >&2; exit "$1"; }

while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || fail 64 "$1 needs a value"
    case $1 in
        --brokers)    brokers=$2 ;;
        --dir)        dir=$2 ;;
        --build)      build=$2 ;;
        --sample)     sample=$2 ;;
        --partitions) partitions=$2 ;;
        --redis-port) redis_port=$2 ;;
        --set)        settings+="${2%%=*}: ${2#*=}"$'\n' ;;
        *)            fail 64 "unknown option $1" ;;
    esac
    shift 2
done
mkdir -p "$dir"
dir=$(cd "$dir" && pwd -P)

# Its keeper holds the lock for as long as it runs, or is about to run again.
is_running() { ! flock -n "$dir/$1.lock" true; }
answers() { (exec 3<> "/dev/tcp/${1%:*}/${1##*:}") 2> /dev/null; }

lists=deploy/local/no-lists.yaml profiles=""
[ "$sample" != none ] && [ -f "deploy/sample/$sample/lists.yaml" ] && lists=deploy/sample/$sample/lists.yaml
[ "$sample" != none ] && [ -d "deploy/sample/$sample/profiles" ] && profiles=$PWD/deploy/sample/$sample/profiles

# What all services read; each passes over what is not its own. What --set names, and names last, stands above the rest.
write_config() {
    {
        cat <<CONFIG
kafka.brokers: "$brokers"
topics.allow_single_replica: true
redis.address: 127.0.0.1:$redis_port
state.dir: $dir/state
screening.lists_file: $PWD/$lists
intake.auth: none
intake.spool_dir: $dir/spool
intake.raw_dir: $dir/raw
intake.accept_received_at: true
CONFIG
        [ -z "$profiles" ] || echo "intake.profiles_dir: $profiles"
        printf '%s' "$settings"
    } | awk -F': ' '!($1 in line) { names[++count] = $1 } { line[$1] = $0 } END { for (i = 1; i <= count; i++) print line[names[i]] }' \
        > "$dir/local.yaml"
}

# One that --set names is there already.
own_redis() { [ -z "$(setting redis.address "")" ] || [ "$(setting redis.address "")" = "127.0.0.1:$redis_port" ]; }

# Who answers PING as Redis does, be it that it asks for a password or reads its file first.
is_redis() {
    (
        exec 3<> "/dev/tcp/127.0.0.1/$redis_port" && printf 'PING\r\n' >&3 && read -r -t 1 answer <&3
        case $answer in +PONG* | -NOAUTH* | -LOADING*) ;; *) exit 1 ;; esac
    ) 2> /dev/null
}

start_redis() {
    command -v redis-server > /dev/null || bash deploy/packages.sh redis-server || fail 69 "redis-server is missing: install the package redis-server"
    [ -f "$dir/redis.pid" ] && kill -0 "$(cat "$dir/redis.pid")" 2> /dev/null && answers "127.0.0.1:$redis_port" && return
    is_redis && { echo "redis: one answers on 127.0.0.1:$redis_port already and is used"; return; }
    ! answers "127.0.0.1:$redis_port" ||
        fail 78 "another process than Redis listens on 127.0.0.1:$redis_port; choose another: make up-local REDIS_PORT=…"
    started_redis=yes
    redis-server --bind 127.0.0.1 --port "$redis_port" --daemonize yes --pidfile "$dir/redis.pid" --logfile "$dir/redis.log" \
        --dir "$dir" --maxmemory-policy noeviction --appendonly yes > /dev/null
    for _ in $(seq 600); do
        answers "127.0.0.1:$redis_port" && return
        sleep 0.1
    done
    fail 69 "redis-server does not answer; see $dir/redis.log"
}

claimctl() { "$build/claimctl" "$@" --config "$dir/local.yaml"; }

# The value of a setting among --set, else $2.
setting() {
    case $'\n'$settings in
        *$'\n'"$1: "*) printf '%s' "$settings" | sed -n "s/^$1: //p" | tail -n 1 | tr -d '"' ;;
        *) echo "$2" ;;
    esac
}

# A port that another process has is told before anything is started; a service finds it only once it runs.
check_port() {
    is_running "$1" || ! answers "$2" && return
    echo "up.sh: another process listens on $2, which is $3 of $1; choose another: $4" >&2
    exit 78
}
declare -A admin=([claim-intake]=9101 [partner-classifier]=9102 [claim-screener]=9103 [payout-calculator]=9104)
check_ports() {
    local service http step
    http=$(setting http.listen 127.0.0.1:8081)
    step=$((10 * $(setting instance 0)))
    [ -z "$http" ] || check_port claim-intake "$http" http.listen "make up-local HTTP_PORT=…"
    for service in $services; do
        [ -n "$(setting admin.listen "")" ] ||
            check_port "$service" "127.0.0.1:$((admin[$service] + step))" "the admin port" "make up-local INSTANCE=…"
    done
}

check_ports
brokers=$(setting kafka.brokers "$brokers")
first=${brokers%%,*}
answers "$first" || fail 69 "no Kafka answers on $first; start one:  make kafka"
write_config
! own_redis || start_redis
claimctl topics create --partitions "$partitions" --replicas 1 > "$dir/topics.log" 2>&1 || { cat "$dir/topics.log" >&2; fail 69 "the topics cannot be created"; }
if [ "$sample" != none ] && [ ! -f "$dir/loaded-$sample" ]; then
    for try in $(seq 30); do                        # the leaders of topics made just now may still be on their way
        claimctl load --sample "$sample" > "$dir/load.log" 2>&1 && break
        [ "$try" -lt 30 ] || { cat "$dir/load.log" >&2; fail 1 "the reference data of $sample cannot be loaded"; }
        sleep 1
    done
    touch "$dir/loaded-$sample"
fi

declare -A started=()
start() {
    setsid bash deploy/local/keep.sh "$dir" "$1" "$build/$1" --config "$dir/local.yaml" < /dev/null > /dev/null 2>&1 &
    local keeper=$!
    started[$1]=yes
    until is_running "$1" || ! kill -0 $keeper 2> /dev/null; do sleep 0.02; done
}
for service in $services; do
    [ -x "$build/$service" ] || continue
    is_running "$service" || start "$service"
done

# One that was killed just before may still have looked alive above.
start_once() { [ -z "${started[$1]:-}" ] && start "$1"; }

is_refused() { [ "$(tail -n 20 "$dir/$1.log" | grep -c '"event":"listener_refused"')" -ge 3 ]; }
# What it said last that went wrong, since it was started last; a port that is taken, say, is named nowhere else.
last_error() {
    python3 - "$dir/$1.log" <<'P'
import json, sys
last = ""
for line in open(sys.argv[1], encoding="utf-8", errors="replace"):
    try:
        event = json.loads(line)
    except ValueError:
        continue
    if event.get("event") == "service_started":
        last = ""
    if event.get("level") in ("warning", "error") and event.get("event") not in ("start_failed", "service_ended"):
        skip = ("time", "level", "service", "instance", "event", "worker")
        last = f"{event['event']}: " + ", ".join(f"{k} {v}" for k, v in event.items() if k not in skip)
print(last[:300])
P
}

# Ready is what the service says of itself. Who waits longer than a few seconds is told for what.
wait_ready() {
    local try
    for try in $(seq 900); do
        "$build/$1" --config "$dir/local.yaml" --health > "$dir/$1.health" 2>&1 && return 0
        is_running "$1" || start_once "$1" || break
        [ $((try % 50)) -ne 0 ] || echo "$1: not ready yet: $(tr '\n' ' ' < "$dir/$1.health" | cut -c1-200) $(last_error "$1")" >&2
        [ "$try" -lt 50 ] || ! is_refused "$1" || break             # nobody makes way for it
        sleep 0.2
    done
    tail -5 "$dir/$1.log" >&2
    cat "$dir/$1.health" >&2
    echo "$1: $(last_error "$1")" >&2
    return 1
}

# What it ended with says whether trying again helps. Nobody is left behind that this call has started.
give_up() {
    local code=75 service
    [ -s "$dir/$1.exit" ] && code=$(cat "$dir/$1.exit")
    [ "$code" -ne 0 ] || code=75                    # somebody else has ended it
    ! is_refused "$1" || code=78
    for service in "${!started[@]}"; do bash deploy/local/down.sh --dir "$dir" --only "$service"; done
    [ -z "${started_redis:-}" ] || bash deploy/local/down.sh --dir "$dir" --only redis
    fail "$code" "$1 does not become ready; see $dir/$1.log"
}
for service in $services; do
    [ -x "$build/$service" ] || continue
    wait_ready "$service" || give_up "$service"
    echo "$service: ready, process $(cat "$dir/$service.pid")"
done

# What claimctl needs to know when it is not all as by default.
defaults="kafka.brokers: \"127.0.0.1:9092\""
if ! grep -qF "$defaults" "$dir/local.yaml" || grep -q '^http.listen' "$dir/local.yaml"; then
    echo "claimctl finds them with: export CLAIMSTREAM_CONFIG=${dir#"$PWD"/}/local.yaml"
fi
