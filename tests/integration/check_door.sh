#!/usr/bin/env bash
# The HTTP door on Apache Kafka: a thousand small documents on 64 connections, pipelined, while claim-intake is killed with -9 in their
# middle, twice. What was answered 202 is on claims.received.v1; what was not lies in the spool or comes again; everything sent a
# second time, with its key and without, is there once. A thousand idle connections and too few descriptors keep nobody out for good.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/services.sh
LOGS=claim-intake
services_of door none 4 --set http.uploads_max=1000 --set http.requests_per_second=100000 --set http.requests_burst=100000 \
    --set http.connections_of_address_max=200
received() { "$build/claimctl" tail claims.received.v1 --config "$local/local.yaml" --from beginning --exit -f '%{line_id}\n'; }
send() { "$build/bench/door" --at "$port" 1000 64 4 "$1"; }
begin_services

accepted=0
for run in 1 2; do
    send $run > "$scratch/sent" &
    sending=$!
    sleep "0.$((run * 3))5"
    kill_service "$local" claim-intake
    wait $sending || true
    answered=$(sed -n 's/.* \([0-9]*\) of 1000 documents accepted.*/\1/p' "$scratch/sent")
    accepted=$((accepted + ${answered:-0}))
    begin_services
done
has_received() {                                    # what the spool kept is posted by and by
    received > "$scratch/received"
    [ "$(wc -l < "$scratch/received")" -ge "$1" ]
}
eventually has_received $accepted || true
[ "$(sort -u "$scratch/received" | wc -l)" -ge $accepted ] || fail "$accepted documents were answered 202, $(sort -u "$scratch/received" | wc -l) lines are there"
all_accepted() { send "$1" > "$scratch/sent" && in_file '1000 of 1000 documents accepted' "$scratch/sent"; }
for run in 1 2 1; do eventually all_accepted $run || fail "what comes again is refused: $(cat "$scratch/sent")"; done
eventually has_received 2000 || true
[ "$(wc -l < "$scratch/received")" = 2000 ] || fail "$(wc -l < "$scratch/received") of 2000 lines are there"
[ "$(sort -u "$scratch/received" | wc -l)" = 2000 ] || fail "some line is there twice"
spool_is_empty() { [ -z "$(ls -A "$local/spool")" ]; }
eventually spool_is_empty || fail "the spool is not empty: $(ls "$local/spool")"

# Connections that say nothing, more than there are descriptors: they are closed, and the door goes on.
prlimit --pid "$(cat "$local/claim-intake.pid")" --nofile=$(($(ls "/proc/$(cat "$local/claim-intake.pid")/fd" | wc -l) + 60)):
python3 - "$port" <<'PY' || fail "idle connections keep the door shut"
import socket, sys, time
idle = []
for _ in range(1000):
    s = socket.socket(); s.setblocking(False)
    s.connect_ex(("127.0.0.1", int(sys.argv[1]))); idle.append(s)
time.sleep(1)
for s in idle: s.close()
until = time.monotonic() + 300
while time.monotonic() < until:
    try:
        s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 30)
        s.sendall(b"GET /problems/too-large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        if b"200 OK" in s.recv(4096): sys.exit(0)
    except OSError: pass
    time.sleep(0.1)
sys.exit(1)
PY
send 3 > "$scratch/sent" || true
prlimit --pid "$(cat "$local/claim-intake.pid")" --nofile=1024:
eventually all_accepted 3 || fail "behind a lack of descriptors: $(cat "$scratch/sent")"
eventually has_received 3000 || true
[ "$(sort -u "$scratch/received" | wc -l)" = 3000 ] && [ "$(wc -l < "$scratch/received")" = 3000 ] || fail "$(sort -u "$scratch/received" | wc -l) lines once of $(wc -l < "$scratch/received"), 3000 were sent"
echo "  2 kills among 2000 documents, 1000 idle connections, too few descriptors: 3000 lines once each, $accepted documents answered before the kills"
