#!/usr/bin/env bash
# The manual of who writes terms: its tables are the program's, its examples lint and pay what they say, its
# snippets can be read; what other systems are told (schemas export) is sound, and check finds what changed.
set -eu
claimctl=$PWD/${BUILD:-build/release}/claimctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
complain() { echo "$1"; failed=1; }
ends() {
    local want=$1 code=0
    shift
    "$@" > "$work/out" 2> "$work/err" || code=$?
    [ $code -eq "$want" ] || complain "exit $code, want $want: $* $(head -20 "$work/out" "$work/err")"
}

python3 tests/lint/manual.py "$claimctl" || failed=1

# --- examples: one an incentive, without a finding, and each pays what its cases say ---
for file in deploy/manual/examples/*.yaml; do
    ends 0 "$claimctl" programs lint "$file"
    ends 0 "$claimctl" programs test "$file"
    grep -q '^ok' "$work/out" || complain "$file has no cases"
    sed 's/paid: "[0-9.-]*"}$/paid: "7.77"}/' "$file" > "$work/wrong.yaml"
    ends 6 "$claimctl" programs test "$work/wrong.yaml"
done
[ "$(sed -n 's/.*incentive: \([A-Z_]*\).*/\1/p' deploy/manual/examples/*.yaml | sort -u | wc -l)" -eq 8 ] ||
    complain "an incentive has no example"

# --- snippets of the pages: records lint, profiles load ---
python3 - "$work" <<'P'
import glob, re, sys
count = 0
for page in sorted(glob.glob("deploy/manual/*.md")):
    for block in re.findall(r"```yaml\n(.*?)```", open(page, encoding="utf-8").read(), flags=re.S):
        word = re.match(r"([a-z_]+)", block).group(1)
        count += 1
        name = "northgate@1" if word == "profile" else f"{count}"
        if word != "program": open(f"{sys.argv[1]}/{word}-{name}.yaml", "w", encoding="utf-8").write(block)
P
for file in "$work"/{ruleset,limits,matrix,tax_table}-*.yaml; do ends 0 "$claimctl" programs lint "$file"; done
mkdir -p "$work/world/profiles" "$work/world/inbox/northgate"
cp "$work"/profile-northgate@1.yaml "$work/world/profiles/northgate@1.yaml"
cp -r deploy/sample/tiny/{programs,partners.yaml,products.csv,denied.csv} "$work/world"
cp "$work"/clock-*.yaml "$work/world/world.yaml"
cp "$work"/sources-*.yaml "$work/world/lists.yaml"
printf 'Customer,Qty,Mfr Part Number,Inv #,Inv Line,Ship Date,Price\nAlder,3,SW-24,INV-1,1,3/20/2026,250.00\n' \
    > "$work/world/inbox/northgate/march.csv"
ends 0 "$claimctl" run --world "$work/world" --explain
grep -q '^march.csv:2  PASS' "$work/out" || complain "the world of the page: $(cat "$work/out")"
head -1 deploy/sample/tiny/denied.csv > "$work/columns"
grep -qxF "$(sed -n 's/^`\(entry_id,[a-z_,]*\)`.*/\1/p' deploy/manual/lists.md)" "$work/columns" ||
    complain "columns of a list of names"

# --- lines: those of the page are taken in a run behind each other ---
python3 - "$work/page.ndjson" <<'P'
import re, sys
text = open("deploy/manual/lines.md", encoding="utf-8").read()
blocks = "".join(re.findall(r"```json\n(.*?)```", text, flags=re.S))
open(sys.argv[1], "w", encoding="utf-8").write(re.sub(r"\n (?=[\" {])", " ", blocks))
P
ends 0 "$claimctl" submit --check --lines "$work/typed" "$work/page.ndjson"
[ "$(grep -c '"outcome":"PASS"' "$work/typed")" -eq 7 ] || complain "lines of the page: $(cat "$work/typed")"
ends 3 "$claimctl" run --sample first-hour --input "$work/page.ndjson" --explain    # the agreement is on file there
grep -q '^page.ndjson:[0-9]*  PASS  CANCEL of SW-24 .* takes back 46.20 USD' "$work/out" ||
    complain "the CANCEL of the page: $(grep '^page' "$work/out")"
ends 0 "$claimctl" help CANCEL
grep -q 'needs: original_line_ref' "$work/out" || complain "help of a kind: $(cat "$work/out")"
ends 0 "$claimctl" help invoice_no
grep -q 'required of: POS_SALE' "$work/out" || complain "help of a member: $(cat "$work/out")"

# --- schemas ---
ends 0 "$claimctl" schemas show program.volume.tiers --format jsonl
grep -q '"key":"volume.tiers\[\].percent","type":"decimal from 0 to 1000"' "$work/out" ||
    complain "keys of tiers: $(cat "$work/out")"
ends 4 "$claimctl" schemas show progam
grep -q 'did you mean program' "$work/err" || complain "no such record: $(cat "$work/err")"
ends 4 "$claimctl" schemas show program.volumes
ends 0 "$claimctl" schemas export "$work/set"
ends 0 "$claimctl" schemas check "$work/set"
protoc --decode_raw < "$work/set/claimstream.binpb" > "$work/raw"
grep -q 'claimstream/v1/payout.proto' "$work/raw" || complain "the descriptor set lacks payouts"
python3 - "$work/set" <<'P' || failed=1
import json, sys
read = lambda name: json.load(open(f"{sys.argv[1]}/{name}", encoding="utf-8"))
topics, program = read("asyncapi.json")["channels"], read("program.schema.json")
line = read("line.schema.json")["properties"]
assert "method" in line["lines"]["items"]["properties"] and "country" in line["end_customer"]["properties"], line
assert read("openapi.json")["openapi"].startswith("3.1")
payouts = topics["payouts.v1"]
assert payouts["messages"]["record"]["x-message"] == "claimstream.v1.Payout", payouts
assert payouts["x-isolation-level"] == "read_committed", payouts
assert payouts["bindings"]["kafka"]["topicConfiguration"] == {"cleanup.policy": ["delete"], "retention.ms": -1}, payouts
assert topics["partners.v1"]["bindings"]["kafka"]["partitions"] == 1 and len(topics) == 16, topics.keys()
assert program["required"] == ["program"] and program["additionalProperties"] is False
header, tiers = program["properties"]["program"], program["properties"]["volume"]["properties"]["tiers"]
assert "MDF" in header["properties"]["incentive"]["enum"] and header["required"][:2] == ["id", "version"], header
by_number = lambda name: {row["number"]: row for row in read(name)}
reasons, rules, issues = by_number("reasons.json"), by_number("rules.json"), by_number("issues.json")
short = reasons[804]
assert short["name"] == "COST_MISMATCH" and short["outcome"] == "SHORT" and "{" in short["sentence"], short
assert reasons[101]["x12_901"] == "15", reasons[101]
assert rules[103]["rule"] == "DUP-03" and rules[103]["reasons"] == ["NEAR_DUPLICATE"], rules[103]
assert issues[1101]["x12"] == {"ta1": "001"} and issues[1001]["reason"] == "UNREADABLE", issues[1101]
assert tiers["items"]["properties"]["percent"]["description"] and tiers["maxItems"] == 48, tiers
P
protoc -I proto --include_imports -o "$work/set/claimstream.binpb" proto/claimstream/v1/review.proto
ends 0 "$claimctl" schemas check "$work/set"            # who reads less than there is, is not disturbed
mkdir -p "$work/old/claimstream/v1"
sed 's/string payee_id = 12;/int64 payee_id = 12;/' proto/claimstream/v1/payout.proto \
    > "$work/old/claimstream/v1/payout.proto"
protoc -I "$work/old" --include_imports -o "$work/set/claimstream.binpb" claimstream/v1/payout.proto
ends 6 "$claimctl" schemas check "$work/set"
grep -q '^breaks	claimstream.v1.Payout.payee_id = 12 is another field now$' "$work/out" ||
    complain "a field of another type: $(cat "$work/out")"
rm "$work/set/lists.schema.json"
ends 6 "$claimctl" schemas check "$work/set"
grep -q '^missing	lists.schema.json$' "$work/out" || complain "a file that is missing: $(cat "$work/out")"
exit $failed
