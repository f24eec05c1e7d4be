#!/usr/bin/env bash
# up.sh and down.sh without Kafka: a port that another process has is told before anything is started, and a number that
# another process has since is none of ours.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/cleanup.sh
scratch=$(mktemp -d)
at_exit rm -rf "$scratch"
failed=0
complain() { echo "$1"; failed=1; }

# Whoever listens here, on a port that the kernel chose.
python3 - "$scratch/port" <<'P' &
import socket, sys, time
s = socket.create_server(("127.0.0.1", 0))
open(sys.argv[1] + ".new", "w").write(str(s.getsockname()[1]))
__import__("os").rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
P
listener=$!
at_exit kill $listener
until [ -s "$scratch/port" ]; do sleep 0.05; done
port=$(cat "$scratch/port")

code=0
bash deploy/local/up.sh --dir "$scratch/local" --brokers 127.0.0.1:1 \
    --set http.listen=127.0.0.1:"$port" --set instance=89 > "$scratch/out" 2>&1 || code=$?
[ $code -eq 78 ] || complain "a port that is taken ends with $code, want 78: $(cat "$scratch/out")"
grep -qF "another process listens on 127.0.0.1:$port, which is http.listen of claim-intake" "$scratch/out" ||
    complain "the port is not named: $(cat "$scratch/out")"
[ ! -e "$scratch/local/redis.pid" ] || complain "Redis was started all the same"

# Who accepts connections is no Redis for that.
code=0
bash deploy/local/up.sh --dir "$scratch/local" --brokers 127.0.0.1:"$port" --redis-port "$port" \
    --set http.listen=127.0.0.1:1 --set instance=89 > "$scratch/out" 2>&1 || code=$?
[ $code -eq 78 ] || complain "a Redis that is none ends with $code, want 78: $(cat "$scratch/out")"
grep -qF "another process than Redis listens on 127.0.0.1:$port" "$scratch/out" ||
    complain "the port of Redis is not named: $(cat "$scratch/out")"

# What a process before it said says nothing of the one that is waited for.
{
    echo '{"level":"error","event":"worker_died","code":"KAFKA_FENCED"}'
    echo '{"level":"info","event":"service_started"}'
    echo '{"level":"warning","event":"start_suspended","why":"no room"}'
} > "$scratch/local/claim-intake.log"
said=$(dir=$scratch/local; eval "$(sed -n '/^last_error()/,/^}/p' deploy/local/up.sh)"; last_error claim-intake)
[ "$said" = "start_suspended: why no room" ] || complain "the last error is told as $said"
sed -i '$d' "$scratch/local/claim-intake.log"
said=$(dir=$scratch/local; eval "$(sed -n '/^last_error()/,/^}/p' deploy/local/up.sh)"; last_error claim-intake)
[ -z "$said" ] || complain "an error of the process before is told: $said"

# Behind a restart of the machine the numbers of before are those of others.
mkdir -p "$scratch/local"
for name in claim-intake claim-screener redis; do echo $listener > "$scratch/local/$name.pid"; done
echo $listener > "$scratch/local/claim-intake.keeper"
bash deploy/local/down.sh --dir "$scratch/local" > "$scratch/out" 2>&1 ||
    complain "down.sh ends with $?: $(cat "$scratch/out")"
kill -0 $listener 2> /dev/null || complain "down.sh ended a process of somebody else"
[ -z "$(ls "$scratch/local" | grep -E 'pid$|keeper$')" ] || complain "numbers of before stay: $(ls "$scratch/local")"

exit $failed
