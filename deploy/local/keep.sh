#!/usr/bin/env bash
# keep.sh DIR SERVICE COMMAND...: runs a service of up.sh and, as every supervisor does, starts it again when it ends with
# 75, which asks for that (Kafka was away for too long, say); any other end is its last. One keeper a service:
# DIR/SERVICE.lock. SIGTERM is passed on, and the keeper ends behind its service.
set -u
dir=$1 service=$2 ends=""
shift 2
exec 9> "$dir/$service.lock"
flock -w 5 9 || exit 0                               # up.sh tries it for a moment now and then
echo $$ > "$dir/$service.keeper"
rm -f "$dir/$service.exit"
trap 'ends=1; kill -TERM "$child" 2> /dev/null' TERM

code=75
while [ $code -eq 75 ] && [ -z "$ends" ]; do
    "$@" 9>&- < /dev/null >> "$dir/$service.log" 2>&1 &
    child=$!
    echo $child > "$dir/$service.pid"
    code=0
    wait $child || code=$?
    while kill -0 $child 2> /dev/null; do           # a signal ended the waiting, not the service
        code=0
        wait $child || code=$?
    done
    [ $code -ne 75 ] || [ -n "$ends" ] || sleep 1
done
echo $code > "$dir/$service.exit"
rm -f "$dir/$service.keeper"
