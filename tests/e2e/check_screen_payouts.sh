#!/usr/bin/env bash
# `claimctl screen payouts`: what was decided before a list knew of a party is found while it can be stopped, and only then
# (screening.md 6.6): settled and reversed entries are not, nor pairs that people cleared.
set -eu
claimctl=$PWD/${BUILD:-build/release}/claimctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$PWD/deploy/sample/first-hour" "$work/world"
cd "$work"
failed=0
complain() { echo "$1"; failed=1; }
cat > input.ndjson <<'N'
{"record":{"partner":{"partner_id":"V-390","name":"Vantor Systems","status":"ACTIVE","roles":[{"role":"VAR"}],"country":"US","currency":"USD","price_list_id":"PL-US","payee":{"payee_id":"V-390-P","name":"Vantor Collections"},"enrolments":[{"program_id":"SPF-26","valid_from":"2026-01-01"}],"identifiers":[{"type":"TAX","value":"77-01234567"}],"owners":[{"party":{"name":"Halvorn Trust","country":"US"},"share_percent":"30"}]}}}
{"kind":"REP_ROSTER","partner_id":"V-390","rep_id":"VS-1","name":"Petr Olegovich Dorvanik","valid_from":"2026-01-01","status":"ACTIVE","tax_country":"US","tax_form_on_file":true,"received_at":"2026-04-11T08:00:00Z"}
{"kind":"SPIFF_CLAIM","line_id":"one","partner_id":"V-390","claim_id":"S1","program_id":"SPF-26","rep_id":"VS-1","invoice_no":"I-1","invoice_line":"1","ship_date":"2026-04-10","vendor_part":"AP-9","qty":"2","currency":"USD","claimed_amount":"90.00","serials":["AP9X70001","AP9X70002"],"received_at":"2026-04-12T08:00:00Z","sold_to":{"name":"Quorlan Freight","id":"C-77","country":"US","role":"END_USER"}}
{"kind":"SPIFF_CLAIM","line_id":"two","partner_id":"V-390","claim_id":"S2","program_id":"SPF-26","rep_id":"VS-1","invoice_no":"I-2","invoice_line":"1","ship_date":"2026-04-10","vendor_part":"AP-9","qty":"1","currency":"USD","claimed_amount":"45.00","serials":["AP9X70003"],"received_at":"2026-04-12T09:00:00Z","sold_to":{"name":"Plain Garden Tools","id":"C-78","country":"US","role":"END_USER"}}
N
run() { "$claimctl" run --world world ${2:+--input "$2"} --input "$1" --received-from-input --state state > run.out 2>&1 || [ $? -eq 3 ]; }
run input.ndjson || complain "$(cat run.out)"
header=entry_id,kind,name,aliases,weak_aliases,countries,birth_dates,identifiers,program,remarks
printf 'sources: [{id: NEW, purpose: DENIED, format: CSV, files: [new.csv], required: true, max_age_hours: 0}]\n' > lists.yaml
screen() { local code=0; "$claimctl" screen payouts --state state --lists lists.yaml --since beginning --format jsonl "$@" > out 2> err || code=$?; echo $code; }
finds() {       # finds "ENTRY" WANT: what a list of this entry finds, as "as amount" of each, in order
    printf '%s\n%s\n' $header "$1" > new.csv
    code=$(screen)
    is=$(python3 -c 'import json
print(" ".join(":".join((r["as"], r["open"], r["band"])) for r in map(json.loads, open("out"))))')
    [ "$is" = "$2" ] || complain "$1 finds '$is', want '$2': $(cat err)"
    [ "$code" = "$([ -n "$2" ] && echo 6 || echo 0)" ] || complain "$1 ends with $code"
}
[ "$("$claimctl" payouts list --state state | grep -c 'SPF-26.*EARNED.*input.ndjson')" -eq 2 ] || complain "the world pays: $(cat run.out)"
finds 'N-1,ORGANISATION,NOBODY AT ALL,,,,,,,' ''
finds 'N-1,ORGANISATION,QUORLAN FREIGHT,,,,,,,' 'sold_to:90.00:STRONG'
finds 'N-1,ORGANISATION,VANTOR SYSTEMS,,,,,,,' 'partner:90.00:STRONG partner:45.00:STRONG'
finds 'N-1,ORGANISATION,VANTOR COLLECTIONS,,,,,,,' 'payee:90.00:STRONG payee:45.00:STRONG'
finds 'N-1,ORGANISATION,HALVORN TRUST,,,,,,,' 'owner:90.00:STRONG owner:45.00:STRONG'
finds 'N-1,PERSON,PETR OLEGOVICH DORVANIK,,,,,,,' 'rep:90.00:STRONG rep:45.00:STRONG'
finds 'N-1,ORGANISATION,SOMETHING ELSE,,,,,TAX:7701234567,,' 'partner:90.00:STRONG partner:45.00:STRONG'
grep -q 'to be stopped: 2 payouts, 135.00 USD' err || complain "the sum: $(cat err)"
printf '%s\nN-1,ORGANISATION,QUORLAN FREIGHT,,,,,,,\n' $header > new.csv
[ "$(screen --since 2026-04-12T08:30:00Z)" = 0 ] || complain "--since: $(cat out)"
[ "$("$claimctl" screen payouts --state state --since beginning > out 2> err; echo $?)" = 0 ] || complain "the lists of the run itself: $(cat out err)"

# What is settled cannot be stopped any more, what is taken back need not be
first=$("$claimctl" payouts list --state state --format jsonl | python3 -c 'import json,sys
print(next(r["payout_id"] for r in map(json.loads, sys.stdin) if r["partner_id"] == "V-390" and r["amount"] == "90.00"))')
printf '{"kind":"SETTLEMENT","partner_id":"V-390","payout_ids":["%s"],"amount":"60.00","currency":"USD","settled_date":"2026-04-13","settled_reference":"X","received_at":"2026-04-14T09:00:00Z"}\n' "$first" > settled.ndjson
printf '{"kind":"CANCEL","partner_id":"V-390","original_line_ref":"two","received_at":"2026-04-14T10:00:00Z"}\n' >> settled.ndjson
run settled.ndjson input.ndjson || complain "$(cat run.out)"
finds 'N-1,ORGANISATION,VANTOR SYSTEMS,,,,,,,' 'partner:30.00:STRONG'

# People said that it is another one
printf '{"record":{"party":{"party_key":"V-390","entry_id":"N-1","blocked":false}}}\n' > verdict.ndjson
run verdict.ndjson input.ndjson || complain "$(cat run.out)"
finds 'N-1,ORGANISATION,VANTOR SYSTEMS,,,,,,,' ''
grep -q '2 passed over that people cleared' err || complain "cleared: $(cat err)"
# or that it is this one, whatever the lists say
printf '{"record":{"party":{"party_key":"C-77","entry_id":"Q-1","blocked":true}}}\n' > verdict.ndjson
run verdict.ndjson input.ndjson || complain "$(cat run.out)"
finds 'N-1,ORGANISATION,NOBODY AT ALL,,,,,,,' 'sold_to:90.00:BLOCKED'

# Of a partner and its root every owner is looked at, those of the bounds of both records too
python3 - input.ndjson > owned.ndjson <<'P'
import json, sys
record, *lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
partner = json.loads(record)["record"]["partner"]
for who, root, last in (("V-380", "V-380", "Halvorn Trust"), ("V-390", "V-380", "Somebody")):
    names = [f"Holder {who} {n}" for n in range(63)] + [last]
    owners = [{"party": {"name": name, "country": "US"}, "share_percent": "1"} for name in names]
    print(json.dumps({"record": {"partner": {**partner, "partner_id": who, "root_id": root, "owners": owners}}}))
print("\n".join(lines))
P
run owned.ndjson || complain "$(cat run.out)"
finds 'N-1,ORGANISATION,HALVORN TRUST,,,,,,,' 'owner:90.00:STRONG owner:45.00:STRONG'
exit $failed
