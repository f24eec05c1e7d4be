#!/usr/bin/env bash
# The verbs of `rules`: what is in force, cases beside a ruleset, and a world under another one.
set -eu
claimctl=$PWD/${BUILD:-build/release}/claimctl
tiny=$PWD/deploy/sample/tiny first=$PWD/deploy/sample/first-hour
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
complain() { echo "$1"; failed=1; }
ends() { local want=$1 code=0; shift; "$@" > out 2> err || code=$?; [ $code -eq "$want" ] || complain "exit $code, want $want: $*
$(cat out err)"; }
prints() { cat > want; diff -u want out || complain "of: $1"; }

ends 0 "$claimctl" rules list
[ "$(wc -l < out)" -eq 68 ] || complain "a row for each rule: $(wc -l < out)"
grep -q $'^DUP-03\tnear duplicate\tCOMPLIANCE\tHOLD\t1\tENFORCE\tduplicate.near_hold_points=9 ' out || complain "DUP-03: $(grep DUP-03 out)"
grep -q $'^VEL-02\tjust under a limit\tCOMPLIANCE\tSCORE\t2\tOFF\t-$' out || complain "VEL-02: $(grep VEL-02 out)"

cat > ruleset.yaml <<Y
ruleset: {id: trial, version: 7, valid_from: 1990-01-01}
rules: {DUP-03: {mode: SHADOW}}
settings: {velocity.rep_day_lines: 5}
tests:
  - name: a sale beyond tomorrow is refused
    world: $tiny
    lines:
      - {kind: POS_SALE, partner_id: N-100, invoice_no: "80001", ship_date: 2027-01-01, vendor_part: SW-48-POE, qty: "1", resale_unit: "1.00", currency: USD, sold_to: {name: Elm, country: US, id: C-1}}
    expect:
      - {outcome: REJECT, reasons: [SHIP_FUTURE], paid: "0.00", rules: ["AGR-08=TRUE", "DUP-01=FALSE", "DUP-02=silent"]}
Y
part=$(sed -n 2p "$tiny/products.csv" | cut -d, -f1)
sed -i "s/SW-48-POE/$part/" ruleset.yaml
ends 0 "$claimctl" rules list --ruleset ruleset.yaml
grep -q $'^DUP-03.*\tSHADOW\t' out || complain "modes in force: $(grep DUP-0 out)"
grep -q 'velocity.rep_day_lines=5' out || complain "thresholds in force"
sed 's/DUP-03: {mode: SHADOW}/DUP-01: {mode: SHADOW}/' ruleset.yaml > barred.yaml
ends 1 "$claimctl" rules list --ruleset barred.yaml
grep -q 'rule DUP-01 is always enforced' err || complain "a rule that no ruleset changes: $(cat err)"
ends 0 "$claimctl" rules show VEL-01 --ruleset ruleset.yaml
prints "rules show" <<'W'
rule	VEL-01 1201	burst
stage	COMPLIANCE
class	HOLD
wave	1
mode	ENFORCE	a ruleset may set ENFORCE, SHADOW or OFF
reason	PATTERN_REVIEW 704	HOLD
setting	velocity.rep_day_lines=5
setting	velocity.site_day_lines=200
setting	velocity.day_ratio_percent=400
evidence	WINDOW
W
ends 4 "$claimctl" rules show NONE-01
ends 0 "$claimctl" rules list --world "$first"
ends 0 "$claimctl" rules test ruleset.yaml
[ "$(cat out)" = "ok	a sale beyond tomorrow is refused" ] || complain "rules test: $(cat out)"
sed 's/AGR-08=TRUE/AGR-08=FALSE/' ruleset.yaml > wrong.yaml
ends 6 "$claimctl" rules test wrong.yaml
grep -q 'AGR-08 is TRUE, want FALSE' out || complain "a failed case: $(cat out)"
ends 0 "$claimctl" rules simulate --world "$first" --ruleset ruleset.yaml
grep -q $'^DUP-03\t1\t1\t0\t0\t1\t+24.90 USD\t1\t0\t0\t0\t1\tnear duplicate$' out && grep -q $'^N-100\tVR-26\tEARNED\t977.27\t1002.17\t+24.90\tUSD$' out \
    || complain "rules simulate: $(cat out)"
ends 0 "$claimctl" rules simulate --world "$first" --ruleset ruleset.yaml --lines -
python3 - <<'P' || failed=1
import json
rows = [json.loads(line) for line in open("out", encoding="utf-8")]
near = [r for r in rows if "DUP-03" in r["now"]["rules"]]
assert [(r["now"]["outcome"], r["then"]["outcome"], r["then"]["rules"]["DUP-03"]) for r in near] == [("HOLD", "PASS", "TRUE SHADOW")], near
assert all(r.get("row") != 0 for r in rows) and any("row" not in r for r in rows), rows      # X12 has no rows
assert [(r["now"]["earned"], r["then"]["earned"]) for r in near] == [({}, {"USD": "24.90"})], near
P
# A rule that leaves SHADOW too soon is told
cp -r "$first" world && printf 'ruleset: {id: now, version: 1, valid_from: 1990-01-01}\nrules: {DUP-03: {mode: SHADOW}}\n' > world/programs/ruleset.yaml
printf 'ruleset: {id: then, version: 2, valid_from: 1990-01-01}\nrules: {DUP-03: {mode: ENFORCE}}\n' > then.yaml
ends 0 "$claimctl" rules simulate --world world --ruleset then.yaml --since 5d
grep -q '^DUP-03 would leave SHADOW after .* days and .* lines; shadow.days_min is 14, shadow.lines_min 10000$' err || complain "leaving SHADOW: $(cat err)"
ends 2 "$claimctl" rules simulate --world "$first" --ruleset ruleset.yaml --since soon
ends 2 "$claimctl" rules
# What a run left is judged again with the acts of people since, and shows what its world shows
"$claimctl" run --world "$first" --state state > run.out 2>&1 || [ $? -eq 3 ]
printf 'ruleset: {id: trial, version: 8, valid_from: 1990-01-01}\nrules: {DUP-03: {mode: OFF}}\n' > near.yaml
ends 0 "$claimctl" rules simulate --world "$first" --ruleset near.yaml
cp out world.out
ends 0 "$claimctl" rules simulate --state state --ruleset near.yaml
cmp -s world.out out || complain "world and run differ: $(diff world.out out)"
ends 0 "$claimctl" holds release 03-northgate-pos.csv:200 --reason seen --as ann --state state --execute
ends 0 "$claimctl" rules simulate --state state --ruleset near.yaml
! grep -q '^DUP-03' out || complain "what people released still holds: $(cat out)"
ends 2 "$claimctl" rules simulate --state state --world "$first" --ruleset near.yaml
exit $failed
