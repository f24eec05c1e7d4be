#!/usr/bin/env bash
# Kafka over mutual TLS, and over SASL with the password from a file, on a node of its own with certificates made here:
# topics, the start-up check, doctor and a service that becomes ready; a certificate of somebody else's and a wrong
# password are told. Beside it Redis by TLS, with a password, through its end and its return.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
. tests/support/redis.sh
scratch_folder
patient_services
tls=$scratch/tls
mkdir "$tls"
fail() { echo "check_kafka_tls: $1" >&2; exit 1; }

authority() {   # authority NAME
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$1" -keyout "$tls/$1.key" -out "$tls/$1.pem" 2> "$scratch/openssl.log"
}
issue() {       # issue NAME AUTHORITY DAYS
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$tls/$1.key" -out "$tls/$1.csr" 2> "$scratch/openssl.log"
    openssl x509 -req -in "$tls/$1.csr" -CA "$tls/$2.pem" -CAkey "$tls/$2.key" -CAcreateserial -days "$3" -out "$tls/$1.pem" \
        -extfile <(echo "subjectAltName=IP:127.0.0.1") 2> "$scratch/openssl.log"
}
authority ca && authority other
issue broker ca 30 && issue service ca 5 && issue stranger other 30
cat "$tls/broker.key" "$tls/broker.pem" > "$tls/broker-store.pem"
printf 'one password' > "$tls/password"
printf 'another' > "$tls/wrong"

port=$(free_port) secure=$(free_port) signed=$(free_port)
at_exit bash deploy/kafka/stop.sh --dir "$scratch/kafka" --kill --remove
bash deploy/kafka/start.sh --port "$port" --dir "$scratch/kafka" --set broker.session.timeout.ms=60000 \
    --set "listeners=PLAINTEXT://127.0.0.1:$port,SSL://127.0.0.1:$secure,SASL_SSL://127.0.0.1:$signed,CONTROLLER://127.0.0.1:$((port + 1))" \
    --set "advertised.listeners=PLAINTEXT://127.0.0.1:$port,SSL://127.0.0.1:$secure,SASL_SSL://127.0.0.1:$signed" \
    --set "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT" \
    --set "ssl.keystore.type=PEM" --set "ssl.keystore.location=$tls/broker-store.pem" \
    --set "ssl.truststore.type=PEM" --set "ssl.truststore.location=$tls/ca.pem" \
    --set "listener.name.ssl.ssl.client.auth=required" --set "sasl.enabled.mechanisms=PLAIN" \
    --set 'listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_claims="one password";' \
    > "$scratch/start.log" || { cat "$scratch/start.log" >&2; fail "the node does not start"; }

printf 'a_redis_password\n' > "$tls/redis-password"
cached=$(free_port)
own_redis --tls-port "$cached" --tls-cert-file "$tls/broker.pem" --tls-key-file "$tls/broker.key" \
    --tls-ca-cert-file "$tls/ca.pem" --tls-auth-clients yes --appendonly yes \
    --user claims on ">$(cat "$tls/redis-password")" '~*' '&*' +@all
redis=(--set "redis.address=127.0.0.1:$cached" --set redis.user=claims --set "redis.password_file=$tls/redis-password"
    --set redis.tls=true --set "redis.tls_ca=$tls/ca.pem" --set "redis.tls_certificate=$tls/service.pem"
    --set "redis.tls_key=$tls/service.key")

export CLAIMSTREAM_TOPICS_ALLOW_SINGLE_REPLICA=true CLAIMSTREAM_REDIS_ADDRESS=127.0.0.1:1 XDG_CONFIG_HOME=$scratch
mutual=(--set "kafka.brokers=127.0.0.1:$secure" --set kafka.security.protocol=ssl --set "kafka.ssl.ca.location=$tls/ca.pem"
    --set "kafka.ssl.certificate.location=$tls/service.pem" --set "kafka.ssl.key.location=$tls/service.key")
sasl=(--set "kafka.brokers=127.0.0.1:$signed" --set kafka.security.protocol=sasl_ssl --set "kafka.ssl.ca.location=$tls/ca.pem"
    --set kafka.sasl.mechanism=PLAIN --set kafka.sasl.username=claims --set "kafka.sasl.password_file=$tls/password")

"$build/claimctl" topics create --partitions 2 "${mutual[@]}" > "$scratch/topics" || fail "topics over mutual TLS: $(cat "$scratch/topics")"
is_well() { "$build/claimctl" doctor "${mutual[@]}" > "$scratch/doctor"; }
eventually is_well || { cat "$scratch/doctor" >&2; fail "doctor over mutual TLS"; }
grep -q "warning.certificates.*service.pem holds for [45] days" "$scratch/doctor" || fail "a certificate that ends in five days is no warning"
grep -q "ok.certificates.*ca.pem holds for [23]. days" "$scratch/doctor" || fail "the authority's certificate is not named"
is_seen() {
    code=0
    "$build/claimctl" doctor "${mutual[@]}" "${redis[@]}" "${@:3}" > "$scratch/doctor" 2>&1 || code=$?
    [ $code -eq "$1" ] && grep -qE "$2" "$scratch/doctor"
}
sees() {            # sees CODE WORDS SETTINGS...: what doctor says of Redis
    eventually is_seen "$@" || { cat "$scratch/doctor" >&2; fail "doctor on Redis: exit $code, not $1 with: $2"; }
}
sees 0 "ok.redis.version 7.* by TLS"
sees 6 "failure.redis.*no authority of redis.tls_ca" --set "redis.tls_ca=$tls/other.pem"
sees 6 "failure.redis.*WRONGPASS" --set "redis.password_file=$tls/wrong"
sees 6 "failure.redis.*where it speaks TLS, set redis.tls to true" --set redis.tls=false --set redis.tls_ca= \
    --set redis.tls_certificate= --set redis.tls_key=
checks_out() {      # 75: the node was too slow
    "$build/payout-calculator" --check --set "state.dir=$scratch/state" "$@" > "$scratch/check" 2>&1
}
for way in mutual sasl; do
    declare -n options=$way
    eventually checks_out "${options[@]}" || { cat "$scratch/check" >&2; fail "--check over $way"; }
done

# Redis that does not fit ends the check, Redis that is away is told.
is_said() {
    code=0
    "$build/payout-calculator" --check --set "state.dir=$scratch/state" "${mutual[@]}" "${redis[@]}" "${@:3}" \
        > "$scratch/check" 2>&1 || code=$?
    [ $code -eq "$1" ] && grep -qE "$2" "$scratch/check"
}
says() {            # says CODE WORDS SETTINGS...
    eventually is_said "$@" || { cat "$scratch/check" >&2; fail "--check on Redis: exit $code, not $1 with: $2"; }
}
says 0 "are as they must be"
says 78 "does not bear the name elsewhere" --set redis.tls_server_name=elsewhere
says 78 "none.pem: it cannot be read" --set "redis.tls_ca=$tls/none.pem"
says 78 "redis.tls_ca.*|it is set, but redis.tls is false" --set redis.tls=false
says 0 "warning: Redis at 127.0.0.1:1: Connection refused" --set redis.address=127.0.0.1:1

# A life over each, with Redis, which ends and comes back.
told() { [ "$(grep -c "\"event\":\"redis_$1\"" "$scratch/$way.log")" -ge "$2" ]; }
loses_redis() {
    eventually told regained 1 || fail "Redis by TLS is not reached: $(grep redis_ "$scratch/$way.log")"
    kill_redis
    eventually told lost 1 || fail "the end of Redis is not told"
    restart_redis || fail "Redis does not come back"
    eventually told regained 2 || fail "Redis is not reached again: $(grep redis_ "$scratch/$way.log")"
}
is_ready() { "$build/payout-calculator" --set "admin.listen=127.0.0.1:$admin" --health > "$scratch/health"; }
begin_service() {
    "$build/payout-calculator" --set "state.dir=$scratch/state-$way" --set "admin.listen=127.0.0.1:$admin" \
        "${options[@]}" "${redis[@]}" >> "$scratch/$way.log" 2>&1 & service=$!
}
becomes_ready() { is_ready || { kill -0 $service 2> /dev/null || begin_service; false; }; }
for way in mutual sasl; do
    declare -n options=$way
    admin=$(free_port)
    begin_service
    eventually becomes_ready || fail "not ready over $way: $(cat "$scratch/health")"
    loses_redis
    curl -s "127.0.0.1:$admin/debug/config" > "$scratch/config"
    kill $service
    code=0
    wait $service || code=$?
    [ $code -eq 0 ] || fail "over $way it ends with $code"
    ! grep -qE "one password|a_redis_password" "$scratch/config" "$scratch/$way.log" || fail "the password is shown"
done

# refused NAME WORDS OPTIONS...: ends with 75 or 78 within the wait for Kafka, and says why; one too slow to refuse is
# asked again.
is_refused() {
    code=0
    "$build/payout-calculator" --check --set "state.dir=$scratch/state" "${@:3}" > "$scratch/refused.$1" 2>&1 || code=$?
    { [ $code -eq 75 ] || [ $code -eq 78 ]; } && grep -qiE "$2" "$scratch/refused.$1"
}
refused() { eventually is_refused "$@" || { cat "$scratch/refused.$1" >&2; fail "exit $code, or not said: $2"; }; }
refused stranger "certificate|ssl" "${mutual[@]}" --set "kafka.ssl.certificate.location=$tls/stranger.pem" --set "kafka.ssl.key.location=$tls/stranger.key" &
stranger=$!
refused impostor "certificate|ssl" "${mutual[@]}" --set "kafka.ssl.ca.location=$tls/other.pem" &
impostor=$!
refused wrong "authenticat|sasl" "${sasl[@]}" --set "kafka.sasl.password_file=$tls/wrong" &
wrong=$!
for one in $stranger $impostor $wrong; do wait "$one" || exit 1; done
echo "  mutual TLS, SASL over TLS; three that are not let in are told why"
