#!/usr/bin/env bash
# programs simulate --since: what an installation received, judged again in memory under other terms.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
need_kafka
claimctl=$PWD/$build/claimctl
export CLAIMSTREAM_KAFKA_BROKERS=$KAFKA_BROKERS CLAIMSTREAM_NAMESPACE=history$$ CLAIMSTREAM_TOPICS_ALLOW_SINGLE_REPLICA=true XDG_CONFIG_HOME=$scratch
world=deploy/sample/first-hour
out=$scratch/out err=$scratch/err
failed=0
complain() { echo "check_history: $1"; failed=1; }
ends() { local want=$1 code=0; shift; "$@" > "$out" 2> "$err" || code=$?; [ $code -eq "$want" ] || complain "exit $code, want $want: $*
$(head -20 "$out" "$err")"; }
says() { grep -qF -- "$1" "$out" "$err" || complain "does not say \"$1\": $(head -5 "$out" "$err")"; }
prints() { diff - "$out" > "$scratch/diff" || complain "$1: $(cat "$scratch/diff")"; }
simulate() { local want=$1; shift; ends "$want" "$claimctl" programs simulate --lists "$world/lists.yaml" "$@"; }

ends 0 "$claimctl" topics create --partitions 12
eventually "$claimctl" load "$world" > "$out" 2> "$err" || true          # a node that has just begun may not answer in time
says " in force"

# --- nothing was received yet ---
simulate 0 --since beginning --program "$world/programs/VR-26-1.yaml"
says "0 lines received since, 0 of them end otherwise"

"$build/tests/tool/kafka_mirror" "$KAFKA_BROKERS" "$CLAIMSTREAM_NAMESPACE" "$world" all

# --- the terms in force move nothing ---
simulate 0 --since beginning --program "$world/programs/VR-26-1.yaml"
says "$(printf 'PARTNER\tPROGRAM')"
[ "$(wc -l < "$out")" -eq 1 ] || complain "the terms in force move money: $(cat "$out")"
says " 0 of them end otherwise, 0 move money, 0 sums of money differ"
lines=$(sed -n 's/ lines received since.*//p' "$err")
[ "$lines" -gt 200 ] || complain "lines of the sample: $(cat "$err")"

# --- totals are of all programs: 9 343.76 is what the sample's run earns; the first tier pays 1.5 % instead of 1 %. By hand: N-100 fills it, 0.5 % of 50 000.00; R-200 sells 5 009.xx in it ---
sed 's/version: 1/version: 2/; s/{from: "0", percent: "1"}/{from: "0", percent: "1.5"}/' "$world/programs/VR-26-1.yaml" > "$scratch/VR-26-2.yaml"
simulate 0 --since beginning --program "$scratch/VR-26-2.yaml"
prints "a changed percent" <<'W'
PARTNER	PROGRAM	LEDGER	NOW	THEN	DIFFERENCE	CURRENCY
N-100	VR-26	EARNED	977.27	1227.27	+250.00	USD
R-200	VR-26	EARNED	50.09	75.14	+25.05	USD
TOTAL		EARNED	9343.76	9618.81	+275.05	USD
W
says "2 sums of money differ"
cp "$out" "$scratch/history"

# --- it is what the same world says of itself ---
ends 0 "$claimctl" programs simulate --world "$world" --program "$scratch/VR-26-2.yaml"
grep -v '^TOTAL' "$scratch/history" | cmp -s - "$out" || complain "world and history differ: $(diff "$scratch/history" "$out")"

# --- only what came since counts: R-200 reported after that hour, N-100 before ---
simulate 0 --since 2026-04-08T12:00:00Z --program "$scratch/VR-26-2.yaml"
prints "since an instant" <<'W'
PARTNER	PROGRAM	LEDGER	NOW	THEN	DIFFERENCE	CURRENCY
R-200	VR-26	EARNED	50.09	75.14	+25.05	USD
TOTAL		EARNED	7167.09	7192.14	+25.05	USD
W
sleep 2                                             # the last of them is older than a second now
simulate 0 --since 1s --program "$scratch/VR-26-2.yaml"
says "0 lines received since, 0 of them end otherwise"

# --- a ruleset over the same history: rules, lines and money as in the world; nothing is sent ---
cat > "$scratch/ruleset.yaml" <<'W'
ruleset: {id: default, version: 7, valid_from: 2025-04-01}
rules: {DUP-03: {mode: OFF}}
W
ends 0 "$claimctl" rules simulate --world "$world" --ruleset "$scratch/ruleset.yaml"
cp "$out" "$scratch/rules"
grep -q '^DUP-03	1	0	0	0	1	+24.90 USD	' "$scratch/rules" || complain "a rule that is off holds nothing: $(cat "$scratch/rules")"
ends 0 "$claimctl" rules simulate --ruleset "$scratch/ruleset.yaml" --since beginning --lists "$world/lists.yaml"
diff "$scratch/rules" "$out" || complain "world and history differ"
ends 0 "$claimctl" rules simulate --ruleset "$scratch/ruleset.yaml" --since 1s --lists "$world/lists.yaml"
! grep -q '^DUP-03' "$out" || complain "lines that came before count: $(cat "$out")"
ends 2 "$claimctl" rules simulate --ruleset "$scratch/ruleset.yaml" --since yesterday
ends 0 "$claimctl" tail reviews.v1 --exit
[ ! -s "$out" ] || complain "a simulation sent something: $(cat "$out")"

# --- two programs at once; what people decided on held lines is decided again ---
ends 0 "$claimctl" holds release 03-northgate-pos.csv:200 --reason seen --as ann --execute
sed 's/version: 1/version: 2/; s/amount: "1.80"/amount: "2.40"/' "$world/programs/LG-26-1.yaml" > "$scratch/LG-26-2.yaml"
simulate 0 --since 2026-01-01T00:00:00Z --program "$scratch/VR-26-2.yaml" --program="$scratch/LG-26-2.yaml"
says "N-100	LG-26	EARNED"
says "N-100	VR-26	EARNED"
says "TOTAL		EARNED"
! grep -q 'without effect under these terms' "$err" || complain "an act is lost: $(cat "$err")"

# --- nothing that can be misread ---
simulate 2 --since beginning
simulate 2 --since yesterday --program "$scratch/VR-26-2.yaml"
simulate 2 --since @4 --program "$scratch/VR-26-2.yaml"
ends 2 "$claimctl" programs simulate --since 30d --world "$world" --program "$scratch/VR-26-2.yaml"
ends 4 "$claimctl" programs simulate --since 30d --program "$scratch/none.yaml"
ends 69 "$claimctl" programs simulate --since 30d --program "$scratch/VR-26-2.yaml" --brokers 127.0.0.1:1
sed 's/percent: "1.5"/percent: "1.6"/; s/version: 2/version: 1/' "$scratch/VR-26-2.yaml" > "$scratch/changed.yaml"
simulate 1 --since beginning --program "$scratch/changed.yaml"
says "give the changed record a new version"
exit $failed
