#!/usr/bin/env bash
# State on disk beside Kafka: a worker that is killed with -9 again and again goes on from what it had saved, replays the
# rest, and its tables are what its changelog says, also when their folder is lost or of another boot (kafka.md 6.3, 6.4);
# packs of the changelog are given up meanwhile, pass by pass (runtime/changelog.h).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
need_kafka

toy=$build/tests/tool/kafka_toy
RANDOM=${SEED:-2}
export TOY_NAMESPACE=state$$ TOY_PARTITIONS=4 TOY_LINES=50 TOY_STATE=$scratch/state TOY_SLACK=4000

worker=
fail() {
    echo "check_kafka_state: $1" >&2
    tail -20 "$scratch/said" >&2
    [ -z "$worker" ] || kill -KILL "$worker" 2> /dev/null
    exit 1
}

start_worker() { TOY_SAVE_MS=$save_ms "$toy" work 2>> "$scratch/said" & worker=$!; }
keep() { kill -0 "$worker" 2> /dev/null || start_worker; }          # 75: a supervisor starts it again

is_at_work() {
    replayed=$(sed -n 's/.*replayed \([0-9]*\) records.*/\1/p' "$scratch/said" | head -n 1)
    [ -n "$replayed" ] || { keep; return 1; }
}

begin_worker() {        # begin_worker [SAVE_MS]: until it has restored its state and is at work
    save_ms=${1:-300}
    : > "$scratch/said"
    start_worker
    eventually is_at_work || fail "the worker did not come to work"
}

saved_offsets() { "$build/claimctl" state list --state-dir "$TOY_STATE" --format tsv 2> /dev/null | awk 'NR > 1 { sum += $5 } END { print sum + 0 }'; }

saves_once_more() {     # it has committed and saved something since, of what is loaded meanwhile at the latest
    before=$(saved_offsets)
    "$toy" load $loaded 1000
    loaded=$((loaded + 1000))
    eventually has_saved || fail "the worker saves nothing"
}
has_saved() { keep; [ "$(saved_offsets)" != "$before" ]; }

end_worker() { kill "-$1" "$worker" 2> /dev/null || true; wait "$worker" 2> /dev/null || true; worker=; }

is_right() {    # 3: right, and no kill met an open transaction; check_kafka_exactly_once.sh insists on those
    local code=0
    keep
    said=$("$toy" judge $loaded) || code=$?
    [ $code = 0 ] || [ $code = 3 ]
}

judged() {      # until nothing is missing any more, for as long as lines are added on a slow machine
    local before=none
    said=""
    until eventually is_right; do
        [ "${said%%, twice*}" != "$before" ] || fail "lines are lost or doubled: $said"
        before=${said%%, twice*}
    done
    echo "  $said"
}

verified() {
    "$build/claimctl" state verify --state-dir "$TOY_STATE" "${broker[@]}" > "$scratch/verified" \
        || { cat "$scratch/verified" >> "$scratch/said"; fail "tables and changelog differ"; }
    [ "$(grep -c agrees "$scratch/verified")" = 4 ] || fail "four partitions were to be verified"
}

# Certain to have committed what it did not save: it saves nothing by itself, and some of its lines are there.
kill_unsaved() {
    has_committed() {
        keep
        "$build/claimctl" tail claims.classified.v1 "${broker[@]}" --from beginning --exit -f x > "$scratch/committed" &&
            [ -s "$scratch/committed" ]
    }
    begin_worker $never
    eventually has_committed || fail "the worker commits nothing"
    end_worker KILL
    begin_worker
    [ "$replayed" -gt 0 ] || fail "what was committed and not saved is not replayed"
    resumed=$replayed
    end_worker KILL
}

# What was not saved by itself is saved by a clean end. Closing gives up on a disk that takes too long, which costs replay
# alone: a machine that stands still may do that once.
ends_clean() {
    "$toy" load $loaded 500
    loaded=$((loaded + 500))
    begin_worker $never
    judged
    end_worker TERM
    begin_worker
    end_worker TERM
    [ "$replayed" = 0 ]
}

never=100000000 broker=(--brokers "$KAFKA_BROKERS" --set "namespace=$TOY_NAMESPACE")
"$toy" topics
loaded=20000 resumed=0
"$toy" load 0 $loaded
kill_unsaved
for _ in $(seq "${KILLS:-8}"); do
    begin_worker
    resumed=$((resumed + replayed))
    saves_once_more
    sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
    end_worker KILL
done
begin_worker
resumed=$((resumed + replayed))
judged
end_worker TERM
case $said in *", 0 packs given up") fail "no pass over the tables came to its end" ;; esac
verified

ends_clean || ends_clean || ends_clean || fail "$replayed records were replayed after a clean end"
sed -i 's/^clean [^ ]*/dirty another-boot-of-the-machine/' "$TOY_STATE"/toy/p*/*/owner
begin_worker
end_worker TERM
[ "$replayed" -gt 1000 ] || fail "tables in use when the machine stopped were trusted: $replayed records were replayed"
all=$replayed
rm -r "$TOY_STATE"
begin_worker
end_worker TERM
[ "$replayed" = "$all" ] || fail "$replayed of $all records were replayed into an empty folder"
verified
echo "  state: killed ${KILLS:-8} times, $resumed records replayed in all; 4 partitions agree with their changelog; 0 replayed after a clean end, $all without the folder"
