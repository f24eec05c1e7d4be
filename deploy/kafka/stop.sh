#!/usr/bin/env bash
# stop.sh --dir DIR [--kill] [--remove]: ends the node that start.sh started there, in order (SIGTERM) or at once (SIGKILL);
# --remove also deletes its folder. Nothing runs: fine. One that start.sh is about to start is ended when it runs.
set -euo pipefail
dir="" signal=TERM remove=no
while [ $# -gt 0 ]; do
    case $1 in
        --dir)    dir=${2:-}; shift ;;
        --kill)   signal=KILL ;;
        --remove) remove=yes ;;
        *)        echo "stop.sh: unknown option $1" >&2; exit 64 ;;
    esac
    shift
done
[ -n "$dir" ] || { echo "stop.sh: --dir is missing" >&2; exit 64; }

if [ -f "$dir/starting" ]; then
    exec 9< "$dir/starting"
    flock 9
fi
if [ -f "$dir/broker.pid" ]; then
    pid=$(cat "$dir/broker.pid")
    # The number may belong to another process by now.
    if grep -qzx kafka.Kafka "/proc/$pid/cmdline" 2> /dev/null; then
        kill "-$signal" "$pid"
        for tries in $(seq 600); do
            kill -0 "$pid" 2> /dev/null || break
            [ "$tries" -eq 500 ] && kill -KILL "$pid" 2> /dev/null
            sleep 0.1
        done
    fi
    rm -f "$dir/broker.pid"
fi
if [ "$remove" = yes ] && [ -f "$dir/server.properties" ]; then rm -rf "$dir"; fi
