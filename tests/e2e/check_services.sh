#!/usr/bin/env bash
# The command line of the services, as far as it needs no broker: help, version, settings with their origin, mistakes named with
# their place, exit codes of surfaces.md 2.3.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${BUILD:-build/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
complain() { echo "$service: $1"; failed=1; }

# ends CODE ARGS...: what it says goes to $work/out and $work/err.
ends() {
    local want=$1 code=0
    shift
    env -i "$build/$service" "$@" > "$work/out" 2> "$work/err" || code=$?
    [ "$code" = "$want" ] || complain "$* ends with $code instead of $want"
}
says() { grep -qF -- "$1" "$work/out" "$work/err" || complain "does not say: $1"; }

services=""
for service in claim-intake partner-classifier claim-screener payout-calculator; do [ -x "$build/$service" ] && services+=" $service"; done
for service in $services; do
    ends 0 --help
    says "usage: $service [options]"
    says "--health"
    ends 0 --version
    python3 -c 'import json, sys; v = json.load(open(sys.argv[1])); assert v["service"] == sys.argv[2] and v["librdkafka"]' "$work/out" "$service" || complain "--version is no object of ours"
    ends 0 --settings=md
    says '| `kafka.brokers` | list | 127.0.0.1:9092 | no | bootstrap servers'
    ends 2 --hepl
    says "error[USAGE 6002]: unknown option hepl; did you mean --help?"
    ends 2 --check --health
    ends 1 --health --set admin.listen=127.0.0.1:1
    says "nobody answers on the admin port"

    # The first that speaks: option, environment, file.
    printf 'batch:\n  lines_max: 10\ncommit.settle_ms: 7\nlog.level: debug\n' > "$work/a.yaml"
    CLAIMSTREAM_LOG_LEVEL=warning "$build/$service" --config "$work/a.yaml" --set batch.lines_max=30 --settings > "$work/out" 2> "$work/err" || complain "--settings fails"
    grep -qE '^batch.lines_max +count +4000 +30 +option --set$' "$work/out" || complain "the option is not above the file"
    grep -qE "^commit.settle_ms +ms +3 +7 +file $work/a.yaml:3$" "$work/out" || complain "the place in the file is not told"
    grep -qE '^log.level +word +info +warning +environment CLAIMSTREAM_LOG_LEVEL$' "$work/out" || complain "the environment is not above the file"

    # Every mistake with its place and the nearest name, all at once; nothing is started.
    printf 'batch:\n  line_max: 10\ncommit.settle_ms: 5000\n' > "$work/b.yaml"
    ends 78 --config "$work/b.yaml"
    says "  at $work/b.yaml:2:3  batch.line_max"
    says "  did you mean batch.lines_max?"
    says "  it takes a whole number from 0 to 1000 ms"
    ends 78 --config "$work/missing.yaml"
    ends 78 --set kafka.sasl.password=hunter2
    ! grep -qF hunter2 "$work/err" || complain "a password is repeated"
    [ ! -s "$work/out" ] || complain "a service that is not started logs"
done

service=claim-screener
ends 78 --check --set state.dir="$work/state"
says "screening.lists_file is not set: nobody would be screened"
printf 'sources:\n  - {id: A, purpose: FORWARDER, format: CSV, files: [nothing.csv]}\n' > "$work/lists.yaml"
ends 78 --check --set state.dir="$work/state" --set screening.lists_file="$work/lists.yaml"
says "no list of denied parties is named"
printf 'sources:\n  - {id: A, purpose: DENIED, format: CSV, files: [nothing.csv]}\n' > "$work/lists.yaml"
ends 78 --check --set state.dir="$work/state" --set screening.lists_file="$work/lists.yaml"
says "no list of purpose DENIED could be read"
ends 78 --check --set state.dir=/proc/nowhere --set screening.lists_file="$work/lists.yaml"
says "the folder of the state cannot be written"
printf 'not a seed' > "$work/seed"
ends 78 --check --set state.dir="$work/state" --set state.seed_file="$work/seed"
says "write 16 hex digits"
service=claim-intake
ends 78 --check --set state.dir="$work/state" --set intake.spool_dir="$work/seed"
says "at $work/seed  intake.spool_dir"
service=payout-calculator
ends 78 --check --set state.dir="$work/state" --set kafka.isolation.level=read_uncommitted
says "isolation.level"

# The keeper of make up-local starts one again that ends with 75, and no other.
service=keep.sh
mkdir "$work/kept"
cat > "$work/kept/service" <<'S'
#!/usr/bin/env bash
echo run >> "$1/runs"
[ "$(wc -l < "$1/runs")" -lt 3 ] && exit 75
exit "$2"
S
for code in 0 78 137; do
    rm -f "$work/kept/runs"
    bash deploy/local/keep.sh "$work/kept" claim-intake bash "$work/kept/service" "$work/kept" $code
    runs=$(wc -l < "$work/kept/runs")
    [ "$runs" = 3 ] || complain "a service that ends with 75, 75, $code ran $runs times"
done
bash deploy/local/keep.sh "$work/kept" claim-intake sleep 600 & keeper=$!
is_kept() { [ "$(cat "/proc/$(cat "$work/kept/claim-intake.pid")/comm" 2> /dev/null)" = sleep ]; }
for _ in $(seq 600); do is_kept && break; sleep 0.1; done
kept=$(cat "$work/kept/claim-intake.pid")
bash deploy/local/keep.sh "$work/kept" claim-intake false     # a second keeper leaves it alone
[ "$(cat "$work/kept/claim-intake.pid")" = "$kept" ] || complain "two keepers ran one service"
kill -TERM $keeper
wait $keeper || true
! kill -0 "$kept" 2> /dev/null || complain "the service outlives its keeper"
exit $failed
