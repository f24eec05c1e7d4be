#!/usr/bin/env bash
# `claimctl lists` offline: hits as objects, checks with file and row, differences with exit codes.
set -eu
claimctl=$PWD/${BUILD:-build/release}/claimctl
tiny=$PWD/deploy/sample/tiny/denied.csv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
complain() { echo "$1"; failed=1; }
ends() { local want=$1 code=0; shift; "$@" > out 2> err || code=$?; [ $code -eq "$want" ] || complain "exit $code, want $want: $*"; }

ends 0 "$claimctl" lists search --file "$tiny" --format jsonl "Kestral Maritime"
want='{"entry_id":"TINY-1","name":"KESTREL MARITIME TRADING","score":8878,"band":"LIKELY","weak":false,"alignment":"KESTRAL~KESTREL 8999, MARITIME=MARITIME, +TRADING"}'
[ "$(cat out)" = "$want" ] || complain "is   $(cat out)
want $want"
ends 0 "$claimctl" lists search --file "$tiny" --kind PERSON --country CY "Kestral Maritime"
grep -q "	7378	WEAK	" out || complain "kinds that differ lower by 1500: $(cat out)"
ends 0 "$claimctl" lists search --file "$tiny" "Somebody Else"
[ ! -s out ] || complain "found: $(cat out)"
grep -q 'nobody on these lists has a name like "Somebody Else"' err || complain "that nobody was found is not said: $(cat err)"
ends 1 "$claimctl" lists search --file "$tiny" "!!"
ends 2 "$claimctl" lists search "Kestrel"
ends 2 "$claimctl" lists search --file "$tiny" --kind ROBOT "Kestrel"
ends 0 "$claimctl" lists check "$tiny"
printf 'entry_id,kind,name\nA,,KESTREL\nA,ROBOT,ALDER\n' > torn.csv
ends 1 "$claimctl" lists check "$tiny" torn.csv
grep -q "torn.csv:3" err && grep -q "ROBOT" err && grep -q '"A" stands here and in row 2' err || complain "problems: $(cat err)"
ends 0 "$claimctl" lists diff "$tiny" "$tiny"
printf 'entry_id,kind,name\nA,,KESTREL\n' > other.csv
ends 6 "$claimctl" lists diff "$tiny" other.csv
[ "$(cat out)" = "$(printf '+\tA\tKESTREL\n-\tTINY-1\tKESTREL MARITIME TRADING')" ] || complain "changes: $(cat out)"

# A new file is what a service would take, or it is refused and the one in place stays
mkdir -p lists news
header=entry_id,kind,name,aliases,weak_aliases,countries,birth_dates,identifiers,program,remarks
{ echo $header; for n in $(seq -w 1 20); do echo "A-$n,ORGANISATION,MADE UP COMPANY $n,,,,,,TEST,"; done; } > lists/names.csv
printf 'sources:\n  - {id: OURS, purpose: DENIED, format: CSV, files: [names.csv], required: true, max_age_hours: 24}\n  - {id: SDN, purpose: DENIED, format: OFAC_SDN, files: [ofac/sdn.csv, ofac/alt.csv], required: true, max_age_hours: 0}\n' > lists/lists.yaml
mkdir -p lists/ofac
printf '1,"KESTREL MARITIME",-0- ,"X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n' > lists/ofac/sdn.csv
printf '1,1,"aka","KESTREL LINES",-0- \r\n' > lists/ofac/alt.csv
cp lists/names.csv news/names.csv && echo 'B-1,ORGANISATION,ZEPHYRINE OFFSHORE,,,,,,TEST,' >> news/names.csv
sed -i 's/MADE UP COMPANY 07/QUITE ANOTHER COMPANY/; /A-08/d' news/names.csv
touch -d '2 hours ago' news/names.csv
before=$(sha256sum lists/names.csv)
load() { "$claimctl" lists load --lists lists/lists.yaml --as ann --roles operator "$@"; }
ends 0 load OURS news/names.csv
[ "$(cut -f1,2 out | tr '\t\n' ' ;')" = '~ A-07;- A-08;+ B-1;' ] || complain "what changes: $(cat out)"
grep -q 'OURS: 20 entries; 1 added, 1 changed, 1 removed' err && grep -q 'a plan: nothing was kept' err || complain "the plan: $(cat err)"
[ "$(sha256sum lists/names.csv)" = "$before" ] || complain "a plan changes the list"
ends 77 "$claimctl" lists load --lists lists/lists.yaml OURS news/names.csv --execute --as ann --roles reviewer
ends 0 load OURS news/names.csv --execute
left() { find lists -mindepth 1 -name '.*' -o -name '*.new' | grep . ; }
cmp -s lists/names.csv news/names.csv && ! left || complain "it is not in place"
[ "$(stat -c %Y lists/names.csv)" = "$(stat -c %Y news/names.csv)" ] || complain "the age of a list counts from when it was fetched"
ends 0 load OURS news/names.csv --execute
grep -q 'only its age begins anew' err || complain "the same list again: $(cat err)"
head -18 lists/names.csv > news/short.csv
ends 1 load OURS news/short.csv --execute
grep -q 'refused, the list in force stays' err && cmp -s lists/names.csv news/names.csv || complain "a list that shrank: $(cat err)"
printf '%s\nA,ROBOT,ALDER,,,,,,,\n' $header > news/torn.csv
ends 1 load OURS news/torn.csv --execute
grep -q 'torn.csv:2' err && cmp -s lists/names.csv news/names.csv || complain "a list that cannot be read: $(cat err)"
touch -d '3 days ago' news/names.csv
ends 0 load OURS news/names.csv
grep -q '72 hours old; over 24 hours lines wait' err || complain "an old file is told: $(cat err)"
ends 4 load THEIRS news/names.csv
grep -q 'it names OURS SDN' err || complain "lists are named: $(cat err)"
printf '1,1,"aka","KESTREL SEA LINES",-0- \r\n' > news/alt.csv
ends 0 load SDN news/alt.csv --execute
cmp -s lists/ofac/alt.csv news/alt.csv || complain "one file of several"
ends 2 load SDN news/names.csv
printf '1,1,"aka","KESTREL LAKE LINES",-0- \r\n' > news/alt.csv
printf '1,"KESTREL MARITIME HOLDING",-0- ,"X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n' > news/sdn.csv
mv lists/ofac/sdn.csv lists/ofac/kept && mkdir -p lists/ofac/sdn.csv/full
cp lists/ofac/alt.csv before.csv
ends 1 load SDN news/alt.csv news/sdn.csv --execute
cmp -s lists/ofac/alt.csv before.csv && grep -q 'what was in place before is in force' err || complain "half a list is left in place: $(cat err)"
rm -r lists/ofac/sdn.csv && mv lists/ofac/kept lists/ofac/sdn.csv
ends 0 load SDN news/alt.csv news/sdn.csv --execute
cmp -s lists/ofac/alt.csv news/alt.csv && cmp -s lists/ofac/sdn.csv news/sdn.csv && ! left || complain "two files of several"
exec 8< lists/lists.yaml
flock 8
ends 75 load SDN news/alt.csv --execute
exec 8<&-
left && complain "something is left beside the lists"
ends 2 "$claimctl" lists load OURS news/names.csv --lists

# 32 lists are searched at a time; one that is left out would find nobody
files=()
for n in {1..33}; do cp "$tiny" "many-$n.csv"; files+=(--file "many-$n.csv"); done
ends 0 "$claimctl" lists search "${files[@]:0:64}" --format jsonl "Kestral Maritime"
[ "$(wc -l < out)" -eq 32 ] || complain "hits of 32 lists: $(cat out)"
ends 1 "$claimctl" lists search "${files[@]}" "Kestral Maritime"
grep -q 'more than 32 lists' err || complain "33 lists: $(cat err)"
exit $failed
