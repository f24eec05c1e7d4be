#!/usr/bin/env bash
# down.sh [--dir DIR] [--remove] [--only SERVICE]: drains the services that up.sh started, then ends its Redis. --remove deletes
# their data too; what lies in Kafka stays there. --only ends one of them.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=build/local remove=""
services="claim-intake partner-classifier claim-screener payout-calculator" redis=redis
while [ $# -gt 0 ]; do
    case $1 in
        --dir)    dir=$2; shift 2 ;;
        --remove) remove=1; shift ;;
        --only)   services=$2 redis=""; shift 2 ;;
        *)        echo "down.sh: unknown option $1" >&2; exit 64 ;;
    esac
done
[ -d "$dir" ] || exit 0
dir=$(cd "$dir" && pwd -P)

pid_of() { cat "$dir/$1.$2" 2> /dev/null || true; }
# One that was killed and that nobody has waited for yet does not run.
runs() { grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"; }

# A number that another process has since, behind a restart of the machine say, is none of ours: a service and its keeper
# name this folder on their command line, its Redis works in it.
is_ours() {
    runs "$1" || return 1
    case $2 in
        redis) [ "$(readlink "/proc/$1/cwd")" = "$dir" ] && grep -qs '^redis-server' "/proc/$1/comm" ;;
        *)     tr '\0' '\n' < "/proc/$1/cmdline" | grep -qxF -e "$dir" -e "$dir/local.yaml" ;;
    esac
}

# Its keeper passes the signal on, and starts it no more. Either may end by itself just now.
end() {
    local kind pid
    for kind in keeper pid; do
        pid=$(pid_of "$1" $kind)
        is_ours "$pid" "$1" && kill -TERM "$pid" 2> /dev/null && return
    done
    return 0
}
for service in $services; do end "$service"; done
for service in $services $redis; do
    [ "$service" = redis ] && end redis
    for _ in $(seq 3000); do
        is_ours "$(pid_of "$service" pid)" "$service" || break
        sleep 0.1
    done
    if is_ours "$(pid_of "$service" pid)" "$service"; then
        echo "down.sh: $service did not drain in five minutes and is killed" >&2
        kill -KILL "$(pid_of "$service" pid)"
    fi
    rm -f "$dir/$service.pid" "$dir/$service.keeper"
done
[ -z "$remove" ] || rm -rf "$dir"
