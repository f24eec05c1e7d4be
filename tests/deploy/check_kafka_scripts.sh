#!/usr/bin/env bash
# start.sh and stop.sh without Kafka: a node that is about to start when stop.sh comes does not run behind it.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/cleanup.sh
scratch_folder
version=$(sed -n '/kafka_2.13/{n;s/.*<version>\(.*\)<.*/\1/p}' deploy/kafka/pom.xml)
mkdir "$scratch/bin" "$scratch/jars"
touch "$scratch/jars/complete-$version"

# Formats until it may go on; the node says who it is, and stays.
cat > "$scratch/bin/java" <<'J'
#!/usr/bin/env bash
here=$(dirname "$0")
case $* in
    *StorageTool*) touch "$here/formats"; until [ -e "$here/go" ]; do sleep 0.05; done ;;
    *)             echo $$ > "$here/node"; until [ -e "$here/end" ]; do sleep 0.05; done ;;
esac
J
chmod +x "$scratch/bin/java"
at_exit touch "$scratch/bin/end"

PATH=$scratch/bin:$PATH KAFKA_JARS=$scratch/jars \
    bash deploy/kafka/start.sh --port "$(free_port)" --dir "$scratch/kafka" > "$scratch/start.out" 2>&1 &
start=$!
eventually [ -e "$scratch/bin/formats" ]
bash deploy/kafka/stop.sh --dir "$scratch/kafka" --remove &
stop=$!
touch "$scratch/bin/go"
wait $stop
[ ! -e "$scratch/kafka" ] || { echo "the folder of the node is still there"; exit 1; }
code=0
wait $start || code=$?
[ $code -eq 70 ] || { echo "start.sh ends with $code, want 70: $(cat "$scratch/start.out")"; exit 1; }
! kill -0 "$(cat "$scratch/bin/node")" 2> /dev/null || { echo "the node runs on"; exit 1; }
