#!/usr/bin/env bash
# Lists that change while a run goes on (screening.md 6.6): parties on file are compared with what is new, their lines make the
# case; entries that go close theirs; a list that lost too much is refused. Other runs of the same input end alike.
set -eu
claimctl=$PWD/${BUILD:-build/release}/claimctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$PWD/deploy/sample/tiny" "$work/world"
cd "$work"
failed=0
complain() { echo "$1"; failed=1; }
header=entry_id,kind,name,aliases,weak_aliases,countries,birth_dates,identifiers,program,remarks
cp world/denied.csv world/without.csv
for n in $(seq 1 20); do printf 'Y-%02d,ORGANISATION,MADE UP COMPANY %d,,,,,,TEST,invented\n' "$n" "$n" >> world/without.csv; done
cp world/without.csv world/more.csv
printf 'Z-1,ORGANISATION,ZEPHYRINE OFFSHORE VENTURES,,,,,,TEST,invented\n' >> world/more.csv
printf '%s\nQ-9,ORGANISATION,QUORLAN FREIGHT,,,,,,TEST,invented\n' "$header" > world/shrunk.csv
id=$(grep -o 'id: [A-Z-]*' world/lists.yaml | head -1 | cut -d' ' -f2)
part=$(sed -n 2p world/products.csv | cut -d, -f1)
sale() { printf '{"kind":"POS_SALE","line_id":"%s","partner_id":"N-100","invoice_no":"Z-%s","ship_date":"2025-04-02","vendor_part":"%s","qty":"%s","resale_unit":"900.00","currency":"USD","sold_to":{"name":"%s","country":"US"%s},"received_at":"%s"}\n' "$@"; }
swap() { printf '{"record":{"sources":[{"id":"%s","purpose":"DENIED","format":"CSV","files":["%s"],"required":"true","max_age_hours":"0"}]}}\n' "$id" "$1"; }
{
    sale A1 A1 "$part" 1 'Zephyrine Offshore Ventures Ltd' '' 2026-04-08T09:00:00Z
    sale A2 A2 "$part" 2 'Zephyrine Offshore Ventures Ltd' '' 2026-04-08T10:00:00Z
    sale A3 A3 "$part" 3 'Plain Garden Tools' '' 2026-04-08T10:00:00Z
    swap more.csv
    sale B1 B1 "$part" 4 'Zephyrine Offshore Ventures Ltd' '' 2026-04-09T09:00:00Z
} > input.ndjson
run() { local state=$1; shift; "$claimctl" run --world world --input input.ndjson --received-from-input --state "$state" --results "$state.res" "$@" > "$state.out" 2> "$state.err" || [ $? -eq 3 ]; }
run one || complain "a list swapped midway: $(cat one.err)"
python3 - <<'P' || failed=1
import json
rows = {r["ref"]: r for r in map(json.loads, open("one.res", encoding="utf-8")) if "ref" in r}
assert [rows[n]["outcome"] for n in ("A1", "A2", "A3", "B1")] == ["PASS", "PASS", "PASS", "HOLD"], {n: rows[n]["outcome"] for n in rows}
assert rows["B1"]["reasons"][0] == "SANCTIONS_HIT", rows["B1"]
P
"$claimctl" holds list --state one > holds 2>&1
[ "$(grep -c 'case .*ZEPHYRINE' holds)" -eq 1 ] || complain "one case for the pair: $(cat holds)"

# The seed and the cut of batches change nothing
run two --seed 9 --batch-lines 1 || complain "$(cat two.err)"
cmp -s one.res two.res || complain "another seed, other results"

# Without the swap nobody is found; with a swap and no further line the lines already paid make the case
head -3 input.ndjson > short.ndjson && swap more.csv >> short.ndjson && cp short.ndjson input.ndjson
run three || complain "$(cat three.err)"
"$claimctl" holds list --state three > holds 2>&1
[ "$(grep -c 'case .*ZEPHYRINE' holds)" -eq 1 ] || complain "parties on file meet a new entry: $(cat holds)"

# The entry goes: its case closes
swap without.csv >> input.ndjson
run four || complain "$(cat four.err)"
"$claimctl" holds list --state four > holds 2>&1
! grep -q ZEPHYRINE holds || complain "an entry that is gone keeps its case: $(cat holds)"

# A list that lost too many entries is refused and the one in force stays
head -3 input.ndjson > short.ndjson && swap more.csv >> short.ndjson && swap shrunk.csv >> short.ndjson && cp short.ndjson input.ndjson
run five || complain "$(cat five.err)"
grep -q 'lost too many entries' five.err || complain "a shrunk list is told: $(cat five.err)"
"$claimctl" holds list --state five > holds 2>&1
[ "$(grep -c 'case .*ZEPHYRINE' holds)" -eq 1 ] || complain "the list in force stays: $(cat holds)"
exit $failed
