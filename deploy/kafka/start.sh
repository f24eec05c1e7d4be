#!/usr/bin/env bash
# start.sh --port PORT --dir DIR [--set KEY=VALUE]...: starts one Apache Kafka node on 127.0.0.1 and returns when
# a record can be written; one that runs from DIR on PORT already is left alone. The controller listens on PORT + 1. A folder
# that holds data already is started as it is.
# Leaves DIR/{server.properties,broker.pid,broker.log,data,starting}. KAFKA_JARS: where the jars are, or go (build/deps/kafka).
# KAFKA_JVM=quick: half the work of a start, and never the full speed; for a node that lives for minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
jars=${KAFKA_JARS:-$here/../../build/deps/kafka}
port=9092 dir="" settings=""

fail() { echo "start.sh: $2" >&2; exit "$1"; }

while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || fail 64 "$1 needs a value"
    case $1 in
        --port) port=$2 ;;
        --dir)  dir=$2 ;;
        --set)  settings+="$2"$'\n' ;;
        *)      fail 64 "unknown option $1" ;;
    esac
    shift 2
done
[ -n "$dir" ] || fail 64 "--dir is missing"

options=(-Djava.awt.headless=true -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.showDateTime=true
    -Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS)

# The classes are those of the jars that Maven checked: a sixth of a start was checking them again.
quick=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote)
jvm=(-XX:+UseG1GC -XX:MaxGCPauseMillis=20)
[ "${KAFKA_JVM:-}" != quick ] || jvm=("${quick[@]}")

is_taken() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

# The jars once; the version is part of the mark, so that a new pin is fetched.
fetch_jars() {      # fetch_jars VERSION
    command -v mvn > /dev/null || bash "$here/../packages.sh" openjdk-17-jdk-headless maven || true
    command -v mvn > /dev/null || fail 69 "the jars of Kafka are not there yet, and neither is Maven: install the package maven"
    rm -rf "$jars" && mkdir -p "$jars"
    MAVEN_OPTS="${quick[*]}" mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$(cd "$jars" && pwd)" \
        > "$jars/mvn.log" 2>&1 || { tail -20 "$jars/mvn.log" >&2; fail 69 "Maven cannot fetch org.apache.kafka:kafka_2.13:$1"; }
    touch "$jars/complete-$1"
}

# Two nodes may start at once; the node itself must not inherit the lock.
resolve_jars() {
    local version
    version=$(sed -n '/kafka_2.13/{n;s/.*<version>\(.*\)<.*/\1/p}' "$here/pom.xml")
    [ ! -f "$jars/complete-$version" ] || return 0
    mkdir -p "$(dirname "$jars")"
    exec 8> "$jars.lock"
    flock 8
    [ -f "$jars/complete-$version" ] || fetch_jars "$version"
    exec 8>&-
}

new_id() { head -c 16 /dev/urandom | base64 | tr '+/' 'ab' | tr -d '='; }

# What it leaves differs from node to node by two ids alone: the first keeps it beside the jars, the others copy it.
format() {
    if [ -d "$jars/formatted" ]; then
        mkdir -p "$dir/data" && cp "$jars/formatted"/* "$dir/data"
        sed -i "s/^cluster.id=.*/cluster.id=$(new_id)/; s/^directory.id=.*/directory.id=$(new_id)/" \
            "$dir/data/meta.properties"
        return
    fi
    java "${options[@]}" -Xmx256m "${quick[@]}" -cp "$jars/*" kafka.tools.StorageTool format -t "$(new_id)" -c "$dir/server.properties" \
        > "$dir/format.log" 2>&1 || { cat "$dir/format.log" >&2; fail 70 "the storage cannot be formatted"; }
    cp -r "$dir/data" "$jars/formatted.$$" && mv -T "$jars/formatted.$$" "$jars/formatted" || rm -rf "$jars/formatted.$$"
}

command -v java > /dev/null || bash "$here/../packages.sh" openjdk-17-jdk-headless maven || true
command -v java > /dev/null || fail 69 "java is missing: install the package openjdk-17-jdk-headless"
resolve_jars
jars=$(cd "$jars" && pwd)
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
exec 9> "$dir/starting"                         # until it is given back, stop.sh waits for a process to end
flock 9
if [ -f "$dir/broker.pid" ] && kill -0 "$(cat "$dir/broker.pid")" 2> /dev/null; then
    is_taken "$port" || fail 73 "a node runs from $dir already, process $(cat "$dir/broker.pid"), but not on port $port"
    echo "kafka: 127.0.0.1:$port, process $(cat "$dir/broker.pid"), runs already"
    exit 0
fi
is_taken "$port" && fail 73 "port $port is taken"

sed -e "s|@PORT@|$port|g; s|@CONTROLLER_PORT@|$((port + 1))|g; s|@DIR@|$dir|g" "$here/server.properties" > "$dir/server.properties"
printf '%s' "$settings" >> "$dir/server.properties"             # a later line wins
[ -f "$dir/data/meta.properties" ] || format

setsid java "${options[@]}" -Xms768m -Xmx768m "${jvm[@]}" -cp "$jars/*" kafka.Kafka \
    "$dir/server.properties" > "$dir/broker.log" 2>&1 < /dev/null 9>&- &
node=$!
echo $node > "$dir/broker.pid"
until grep -qzx kafka.Kafka "/proc/$node/cmdline" 2> /dev/null || ! kill -0 $node 2> /dev/null; do sleep 0.01; done
exec 9>&-                                       # stop.sh knows it by that word

for _ in $(seq 3000); do
    kill -0 $node 2> /dev/null || { tail -20 "$dir/broker.log" >&2 || true; rm -f "$dir/broker.pid"; fail 70 "the node ended at once"; }
    if is_taken "$port" && python3 "$here/ready.py" "$port" 2> "$dir/ready.log"; then
        echo "kafka: 127.0.0.1:$port, process $node"
        exit 0
    fi
    sleep 0.1
done
tail -5 "$dir/ready.log" "$dir/broker.log" >&2
fail 70 "no record could be written for five minutes"
