#!/usr/bin/env bash
# The embedded run as an interface: every member of results and balances is named, typed and ordered as its page says, on the
# sample worlds (golden.py looks at all worked cases so); settings, documents that wait, reviews without effect, files of several documents, standard input.
set -eu
claimctl=$PWD/${BUILD:-build/release}/claimctl
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 runs=0
complain() { echo "$1"; failed=1; }
shaped() {      # shaped OPTION...: runs, and looks at what comes out
    local code=0
    "$claimctl" run "$@" --results "$work/results" --balances "$work/balances" > "$work/out" 2> "$work/err" || code=$?
    [ $code -eq 0 ] || [ $code -eq 3 ] || complain "exit $code: $* $(head -3 "$work/err")"
    [ ! -s "$work/out" ] || complain "objects went elsewhere, and something was printed: $* $(head -1 "$work/out")"
    python3 "$top/tests/support/interface.py" "$work/results" "$work/balances" > "$work/blame" || complain "of $*: $(cat "$work/blame")"
    runs=$((runs + 1))
}
shows() { grep -q -- "$1" "$work/results" || complain "the results do not show $1"; }
hides() { ! grep -q -- "$1" "$work/results" || complain "the results show $1"; }

for world in deploy/sample/*/; do shaped --world "$world"; done
cd "$work"
sale='"kind":"POS_SALE","partner_id":"N-100","invoice_line":"1","ship_date":"2026-03-28","vendor_part":"SW-24","qty":"10","uom":"EA","currency":"USD","resale_unit":"250.00","sold_to":{"name":"Alder Systems","id":"C-ALDER","country":"US"}'
printf 'a,b\n1,2\n' > headless.csv
echo '{"document":{"purpose":"cancel","original_report_id":"R9","report_id":"R10","partner_id":"N-100"}}' > cancel.ndjson
printf '{"document":{"report_id":"R9","partner_id":"N-100"}}\n{"invoice_no":"Q2",%s}\n' "$sale" > original.ndjson
echo "{\"invoice_no\":\"Q1\",\"received_at\":\"2026-06-10T10:00:00Z\",$sale}" > late.ndjson
cat > mixed.ndjson <<END
{"invoice_no":"M1","line_id":"m1","approved_by":["amy","bob"],$sale}
{"review":{"line_id":"m1","verb":"release","actor_id":"amy","actor_roles":["approver"]}}
{"record":{"partner":{"partner_id":"Q-1","name":"Queue","country":"US","currency":"USD","roles":[{"role":"VAR"}]}}}
{"invoice_no":"M2","received_at":"yesterday",$sale}
{"kind":"POS_SALE","invoice_no":"M3"}
{"kind":
END
shaped --sample tiny --input mixed.ndjson --received-from-input
shows '"row":2,"review":"void","line_id":"[0-9a-f]*","errors":\[{"code":"NOT_WAITING","number":7101,"severity":"error","level":"record","message":"[^"]*","fix":"[^"]*"}\]}'
shows '"row":4,.*"field":"received_at"'
shows '"row":6,"stage":"INTAKE","outcome":"DEAD"'

# Who waits longer than it may is refused, whatever comes later; else it is at its place, once.
shaped --sample tiny --input cancel.ndjson --input headless.csv --input original.ndjson --received-from-input
hides '"cancel.ndjson","state"'
shows '"document":"original.ndjson".*"standing":"REVERSED"'
shows '"headless.csv","state":"HELD"'
shaped --sample tiny --input cancel.ndjson --input headless.csv --input late.ndjson --input original.ndjson --received-from-input
[ "$(grep -c '"state":"REJECTED".*HELD_EXPIRED.*not answered in 30 days' results)" = 2 ] || complain "two questions that nobody answered: $(grep state results)"
[ "$(grep -n cancel.ndjson results | cut -d: -f1)" -lt "$(grep -n late.ndjson results | cut -d: -f1)" ] || complain "a refusal stands at its place"
shaped --sample tiny --input cancel.ndjson --input headless.csv --input late.ndjson --received-from-input --set held.days_max=90
[ "$(grep -c '"state":"HELD"' results)" = 2 ] || complain "90 days are longer: $(grep state results)"

# A file of several interchanges is several documents, and so is it the second time.
python3 - "$top"/deploy/sample/first-hour/inbox/rheintal/04*.x12 <<'P'
import sys
first = open(sys.argv[1], "rb").read()
number = first[90:99]
open("several.x12", "wb").write(first + first.replace(number, b"%09d" % (int(number) + 1)).replace(b"RH-8812", b"RH-8813"))
P
shaped --sample tiny --input several.x12 --input several.x12
[ "$(grep -o '"document":"several.x12#[12]"' results | sort | uniq -c | tr -s ' \n' ' ')" = ' 4 "document":"several.x12#1" 4 "document":"several.x12#2" ' ] || complain "names of interchanges: $(grep -o '"document":"several[^,]*' results)"
[ "$(grep -c '^{"document":"several.x12#[12]","state":"DUPLICATE"}$' results)" = 2 ] || complain "again: $(grep DUPLICATE results)"
shaped --sample tiny --input several.x12 --set x12.unknown_sender=reject
[ "$(grep -c '"state":"REJECTED".*SENDER_UNKNOWN' results)" = 2 ] || complain "senders whom no profile names: $(grep several results)"

# Any setting of processes or policy; what is none is told with the nearest.
shaped --sample tiny; cp results whole; cp balances left
for set in batch.lines_max=3 post.chunk_lines=1 log.level=debug kafka.brokers=elsewhere:1 kafka.linger.ms=5 "screening.lists_file=$top/deploy/sample/tiny/lists.yaml"; do
    shaped --sample tiny --set "$set"
    cmp -s results whole && cmp -s balances left || complain "$set changes what comes out"
done
printf 'denied: none\n' > nobody.yaml
shaped --sample tiny --set screening.lists_file=nobody.yaml
hides SANCTIONS_HIT
refuses() { code=0; "$claimctl" run --sample tiny "$@" > out 2> err || code=$?; [ $code -eq 78 ] || complain "exit $code, want 78: $*"; }
refuses --set held.days_mx=3;          grep -q 'did you mean held.days_max?' err || complain "no nearest: $(cat err)"
refuses --set commit.interval_ms=soon; grep -q 'it takes a whole number from 1 to 5000 ms' err || complain "no range: $(cat err)"
refuses --set review.take_minutes=x;   grep -q 'review.take_minutes cannot be "x"' err || complain "policy: $(cat err)"
refuses --set screening.lists_file=none.yaml
for lines in 1 7 100000; do
    shaped --sample tiny --batch-lines $lines --seed $lines
    cmp -s results whole && cmp -s balances left || complain "batches of $lines change what comes out"
done

# Standard input; both on standard output, results first; sentences beside them on standard error.
"$claimctl" run --sample tiny --input - --results - --balances - --explain < mixed.ndjson > out 2> err || true
grep -q '^{"document":"stdin",' out && grep -q '^stdin:1  PASS  ' err || complain "standard input: $(head -2 out err)"
sed '/"kind":"[a-z_]*","partner_root_id"/,$d' out > results; sed -n '/"kind":"[a-z_]*","partner_root_id"/,$p' out > balances
python3 "$top/tests/support/interface.py" results balances || complain "results come first"

[ $failed -eq 0 ] && echo "interface: $runs runs shaped as the page says"
exit $failed
