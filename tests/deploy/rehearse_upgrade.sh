#!/usr/bin/env bash
# rehearse_upgrade.sh COMMIT [BUILT]: the upgrade of deploy/README.md from the release of COMMIT to this tree, on
# Kafka: services of COMMIT decide, hold and park lines; one after the other, readers before writers, those of this
# tree take their place, while lines go on to come; then what was parked is woken, what was held is released or
# denied, and what was paid is returned, cancelled and replaced. Three times: each process drained and its tables
# kept; killed with -9 amid lines, its tables kept; its tables taken away, so that they come from the changelog. Every
# line and payout is as one embedded run of this tree has them. BUILT: a tree of COMMIT that is built already. Some
# minutes, and a build.
set -euo pipefail
cd "$(dirname "$0")/../.."
before=${2:-} commit=${1:?rehearse_upgrade.sh COMMIT [BUILT]}
. tests/support/services.sh
scratch_folder
if [ -z "$before" ]; then
    before=$scratch/before
    at_exit git worktree remove --force "$before"
    git worktree add --quiet --detach "$before" "$commit"
    make -C "$before" -j2 all > "$scratch/make.log" 2>&1 || { tail -5 "$scratch/make.log" >&2; exit 1; }
fi
order="payout-calculator claim-screener partner-classifier claim-intake"

python3 tests/bench/labelled.py --lines 400 --seed "${SEED:-1}" --out "$scratch/traffic"
python3 tests/deploy/rehearse_upgrade.py worlds "$scratch/traffic" "$scratch"
inputs() {
    local n
    for n in 1 2 3 4; do echo --input "$scratch/step-$n/inbox/step-$n.ndjson"; done
    echo --input "$scratch/records.ndjson" --input "$scratch/later/inbox/behind.ndjson"
}
run() {
    local code=0
    # shellcheck disable=SC2046
    "$build/tests/tool/run_records" --world "$scratch/first" $(inputs) "${@:2}" > "$1" 2> "$scratch/run.log" || code=$?
    [ "$code" = 0 ] || [ "$code" = 3 ] || { cat "$scratch/run.log" >&2; echo "the run ends with $code" >&2; exit 1; }
}
run "$scratch/waiting"
python3 tests/deploy/rehearse_upgrade.py acts "$scratch/waiting" "$scratch"
run "$scratch/embedded" --input "$scratch/acts.ndjson" --input "$scratch/last/inbox/last.ndjson"

# Sent again while the door is exchanged: the same document is itself.
sends() { claimctl load "$scratch/$1" --documents --wait --door "127.0.0.1:$port" > "$scratch/load.log" 2>&1; }
load() {
    PATIENCE=60 eventually sends "$1" && return
    cat "$scratch/load.log" >&2
    fail "the world '$1' does not get through"
}
declare -A stage=([payout-calculator]=payout [claim-screener]=compliance [partner-classifier]=classification
    [claim-intake]=intake)

# Ends a service of the former release as $2 says, and begins its successor; the lines of $3 come meanwhile.
exchange() {
    local sender
    load "$3" & sender=$!
    if [ "$2" != drained ]; then
        sleep "0.$((RANDOM % 8 + 1))"
        kill_service "$local" "$1"
    fi
    bash deploy/local/down.sh --dir "$local" --only "$1"
    [ "$2" != anew ] || rm -rf "${local:?}/state/${stage[$1]}"
    begin_services
    wait "$sender" || fail "$3 did not get through"
}

act() {
    local of line verb
    while read -r of line verb; do
        claimctl holds "$verb" "$line" --reason rehearsed --as ann --roles approver --execute \
            > "$scratch/act.log" 2>&1 || { cat "$scratch/act.log" >&2; fail "$of: $verb of $line does not go"; }
    done < "$scratch/acts.txt"
}

said() {
    local topic
    for topic in claims.held.v1 claims.decided.v1 payouts.v1; do
        claimctl tail $topic --from beginning --exit --json
    done > "$scratch/services"
    python3 tests/deploy/rehearse_upgrade.py compare "$scratch/embedded" "$scratch/services" > "$scratch/compared" 2>&1
}

rehearse() {
    local service n=0
    services_of "upgrade-$1" none 4 --set workers=1 \
        --set "screening.lists_file=$scratch/first/lists.yaml"
    local after=("${services_up[@]}")
    services_up=(bash "$before/deploy/local/up.sh" "${after[@]:2}")
    services_up=("${services_up[@]/#$build/$before/build/release}")
    begin_services
    load first
    services_up=("${after[@]}")
    for service in $order; do
        exchange "$service" "$1" "step-$((++n))"
    done
    load later
    act
    load last
    PATIENCE=${PATIENCE:-60} eventually said ||
        { cat "$scratch/compared" >&2; fail "$1: the services differ from a run"; }
    ! grep -h '"event":"\(rows_outdated\|state_discarded\|worker_died\)"' "$local"/*.log ||
        fail "$1: the log tells of a fault"
    claimctl payouts verify > "$scratch/verified" || fail "$1: $(tail -1 "$scratch/verified")"
    claimctl state verify --state-dir "$local/state" > "$scratch/verified" ||
        { cat "$scratch/verified" >&2; fail "$1: tables and changelogs differ"; }
    echo "  $1: $(cat "$scratch/compared")"
    bash deploy/local/down.sh --dir "$local"
}

versions() { "$1/claimctl" version | grep -o 'rows of.*' | tr -s ' ' | paste -sd ';'; }
echo "  from $commit: $(versions "$before/build/release")"
echo "  to: $(versions "$build")"
for way in ${WAYS:-drained killed anew}; do rehearse "$way"; done
