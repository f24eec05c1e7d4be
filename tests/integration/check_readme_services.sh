#!/usr/bin/env bash
# The section of README.md on services: each block runs against services of its own, and the text block behind it is what it
# prints: each line in order, … for what comes from the run. Ports and folders are the test's, the commands are the reader's.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
. tests/support/redis.sh
need_kafka
need_redis
patient_services
local=$scratch/local
instance=$(free_instance)
port=$(free_port)
cat > "$scratch/up" <<UP
bash deploy/local/up.sh --build $build --brokers $KAFKA_BROKERS --dir $local --partitions 4 --redis-port ${REDIS_ADDRESS##*:} \
    --set namespace=readme$$ --set instance=$instance --set http.listen=127.0.0.1:$port --set log.level=warning
UP
at_exit bash deploy/local/down.sh --dir "$local"
bash "$scratch/up"
export CLAIMSTREAM_KAFKA_BROKERS=$KAFKA_BROKERS CLAIMSTREAM_NAMESPACE=readme$$ CLAIMSTREAM_SERVER=http://127.0.0.1:$port \
    CLAIMSTREAM_HTTP_LISTEN=127.0.0.1:$port
PYTHONPATH=tests/support python3 - "$build" "$local" "$scratch/up" <<'P'
import subprocess
import sys
import time

from readme_blocks import blocks_of, missing

build, local, up = sys.argv[1:]
text = open("README.md", encoding="utf-8").read().split("## As services on Apache Kafka")[1].split("\n## ")[0]
blocks = blocks_of(text)
failed = False

for index, (kind, body) in enumerate(blocks):
    if kind != "sh":
        continue
    command = body.replace("build/release", build).replace("build/local", local)
    command = command.replace("make kafka up-local", "true")
    command = command.replace("make up-local", f"bash {up}").replace("make down-local kafka-stop", "true")
    expected = blocks[index + 1][1] if index + 1 < len(blocks) and blocks[index + 1][0] == "text" else ""
    until = time.monotonic() + 300                  # decisions follow their document
    while True:
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=300)
        want = missing(expected, done.stdout.splitlines())
        if (done.returncode in (0, 3) and want is None) or time.monotonic() > until:
            break
        time.sleep(1)
    if done.returncode not in (0, 3) or want is not None:
        print(f"exit {done.returncode}, no line {want!r}: {body}{done.stdout[-2000:]}{done.stderr}")
        failed = True
sys.exit(failed)
P
