#!/usr/bin/env bash
# Natural persons are hidden in everything that claimctl shows of a run: their last four characters stand for them;
# --unmask shows one object to who may see it, with a reason, and leaves a note (surfaces.md 4.5).
set -eu
claimctl=$PWD/${BUILD:-build/release}/claimctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$PWD/deploy/sample/first-hour" "$work/world"
cd "$work"
failed=0
complain() { echo "$1"; failed=1; }
cat > world/ours.csv <<'N'
entry_id,kind,name,aliases,weak_aliases,countries,birth_dates,identifiers,program,remarks
P-1,PERSON,"DORVANIK, Petr",,,RU,1960,,TEST,invented
P-2,PERSON,"TANUWI, Regina",,,US,,,TEST,invented
N
cat > world/lists.yaml <<'N'
sources:
  - {id: OURS, purpose: DENIED, format: CSV, files: [ours.csv], required: true, max_age_hours: 0}
N
python3 - > input.ndjson <<'P'
import json
petr = {"name": "Petr Dorvanik", "country": "RU", "kind": "PERSON", "birth_year": 1960, "address": "Quayside Row 12"}
sale = {"kind": "POS_SALE", "partner_id": "N-100", "invoice_line": "1", "vendor_part": "SW-24", "qty": "3",
        "currency": "USD", "resale_unit": "250.00", "received_at": "2026-04-12T09:00:00Z"}
rep = {"partner_id": "V-310", "rep_id": "AL-R8", "received_at": "2026-04-11T08:00:00Z"}
for line in ({**rep, "kind": "REP_ROSTER", "name": "Regina Tanuwi", "valid_from": "2026-01-01", "status": "ACTIVE",
              "tax_country": "US", "tax_form_on_file": True},
             {**sale, "invoice_no": "I-77", "ship_date": "2026-04-10", "end_customer": petr, "sold_to": petr},
             {**rep, "kind": "SPIFF_CLAIM", "claim_id": "S-8", "program_id": "SPF-26", "invoice_no": "A-78",
              "ship_date": "2026-04-10", "vendor_part": "AP-9", "qty": "1", "currency": "USD",
              "claimed_amount": "45.00",
              "serials": ["AP9X80003"], "sold_to": {"name": "Plain Garden Tools", "id": "C-78", "country": "US"}},
             {**sale, "kind": "POS_RETURN", "invoice_no": "CM-9", "ship_date": "2026-04-10", "qty": "-9",
              "vendor_part": "SW-48", "sold_to": {"name": "Olga Quaysideva", "country": "US", "kind": "PERSON"}},
             {**sale, "invoice_no": "I-79", "ship_date": "2026-99-10",
              "end_customer": {**petr, "country": "Nowhereland"}}):
    print(json.dumps(line))
P
code=0
"$claimctl" run --world world --input input.ndjson --received-from-input --state state --explain > run.out 2>&1 ||
    code=$?
[ $code = 3 ] || complain "run ends with $code: $(tail -n 5 run.out)"
! grep -iE 'dorvanik|tanuwi|quayside' run.out || complain "run --explain: a person"
grep -q 'to \*\{11\}deva do not cover it' run.out || complain "the return: $(grep CM-9 run.out)"
held=$("$claimctl" holds list --state state --format jsonl | python3 -c 'import json,sys
print(*(r["id"] for r in map(json.loads, sys.stdin)))')
show() {        # show WORDS...: prints what it says, and fails when that names a person
    "$claimctl" "$@" --state state > out 2> err || true
    ! grep -iE 'dorvanik|tanuwi|quayside|PETR|regina' out err || complain "claimctl $*: a person"
    cat out
}
{
    for what in "lines list" "payouts list" "payouts export" "holds list" "screen payouts --since beginning --weak" \
        "partners statement N-100"; do show $what --format jsonl; done
    show lines list; show holds list; show partners statement V-310
    for line in I-77 S-8 input.ndjson:1 input.ndjson:4 input.ndjson:5; do
        show lines show $line; show lines explain $line; show holds show $line
    done
    for id in $held; do show holds show "$id"; done
    show holds release I-77 --reason seen --as bert --roles approver; show holds deny CM-9 --reason seen --as bert
} > all
grep -q '"text":"\*\{9\}anik"' all || complain "the last four characters: $(grep -o 'OURS/P-1.*' all)"
grep -q '"subject":"\*.*RU"' all || complain "the case of a person: $(grep PARTY all)"
grep -q 'input.ndjson:5' all || complain "the line that intake refused is not there"

ends() {        # ends CODE WORDS...
    local want=$1 code=0
    shift
    "$claimctl" "$@" --state state > out 2> err || code=$?
    [ $code = "$want" ] || complain "claimctl $* ends with $code, want $want: $(cat out err)"
}
ends 2 holds show I-77 --unmask
ends 77 holds show I-77 --unmask "looks into it" --as vera --roles viewer
! grep -qi dorvanik out || complain "a viewer sees it"
[ ! -e state/audit.ndjson ] || complain "what was refused is noted: $(cat state/audit.ndjson)"
ends 0 holds show I-77 --unmask "looks into it" --as anna
grep -q '"text":"Petr Dorvanik"' out || complain "unmasked: $(cat out)"
ends 0 lines explain input.ndjson:1 --unmask=why --as otto --roles auditor
grep -q '(Regina Tanuwi)' out || complain "unmasked: $(cat out)"
sed 's/"at":"[^"]*",//' state/audit.ndjson > notes
diff notes - <<'N' || complain "the notes"
{"actor":"anna","verb":"hold.unmask","object":"I-77","reason":"looks into it"}
{"actor":"otto","verb":"line.unmask","object":"input.ndjson:1","reason":"why"}
N
exit $failed
