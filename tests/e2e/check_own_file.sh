#!/usr/bin/env bash
# A person's own file: `run --input` tells the fate of every row and document, in words, and by the exit code.
set -eu
claimctl=$PWD/${BUILD:-build/release}/claimctl
tiny=$PWD/deploy/sample/tiny
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
complain() { echo "$1"; failed=1; }
ends() { local want=$1 code=0; shift; "$@" > out 2> err || code=$?; [ $code -eq "$want" ] || complain "exit $code, want $want: $*
$(cat out err)"; }
says() { grep -qxF -- "$1" out || complain "no line '$1' in:
$(cat out)"; }

# A world that knows all of tiny and brings no documents.
mkdir world
cp -r "$tiny"/. world/
rm -rf world/inbox
sed -i '/^documents:/,/^[^ -]/{/^documents:/d;/^ *-/d}; s/^clock: .*/clock: 2026-04-09T09:00:00Z/' world/world.yaml
cp "$tiny/inbox/northgate/02-pos.csv" my-pos.csv
printf 'a,b\n1,2\n' > headless.csv
: > empty.csv
printf 'PK\003\004 no workbook' > broken.xlsx

# --- one sentence a line, never an object ---
ends 3 "$claimctl" run --world world --input my-pos.csv --explain
named='partner_id is missing. Name the partner in a column or member partner_id, beside the document'
named+=' (--partner, ?partner=), or in your profile.'
says "my-pos.csv:2  REJECT  $named"
says "my-pos.csv:3  REJECT  Column \"Type\": Transaction type SPA is not known. Use INV for a sale, RTN for a return, SD or SPF for a claim, or the name of a kind (POS_SALE); or let your profile say what it means. $named"
says 'my-pos.csv  REJECTED  Nothing of it was posted: all 9 lines were refused.'
! grep -q '^{' out || complain "an object among sentences: $(grep '^{' out)"
sed -e '2s|3/3/2026,3/3/2026|3/3/2026,31/31/2026|' my-pos.csv > bad-date.csv
ends 3 "$claimctl" run --world world --input bad-date.csv --partner N-100 --profile northgate --explain
grep -q '^bad-date.csv:2  REJECT  Column "Ship Date": .*31/31/2026.*\. Send ' out || complain "no bad date: $(cat out)"
head -2 my-pos.csv | sed 's/SW-24/CAB-5/' > uncovered.csv
ends 0 "$claimctl" run --world world --input uncovered.csv --partner N-100 --profile northgate --explain
says 'uncovered.csv:2  PASS  10 × CAB-5 of invoice 70001 line 1 pays nothing. No program pays on this line. VR-26: Part CAB-5 is not covered by VR-26.'
sed -e '10s/Kestral Maritime/"Kestral Maritime/' my-pos.csv > quote.csv
ends 3 "$claimctl" run --world world --input quote.csv --partner N-100 --profile northgate --explain
grep -q '^quote.csv:10  DEAD  A quoted cell is not closed\. .*Close the quote' out || complain "no open quote: $(cat out)"
{ head -2 my-pos.csv; sed -n '3s/.*/"&"/p; 4s/,/;/gp' my-pos.csv; printf 'End of report\nSELL'; } > run-together.csv
ends 3 "$claimctl" run --world world --input run-together.csv --partner N-100 --profile northgate --explain
for row in 3 4 6; do grep -q "^run-together.csv:$row  REJECT  Column \"Type\": " out || complain "no refused row $row: $(cat out)"; done
grep -q '^warning\[ROW_NOTE 1323\]: .*: End of report\.$' err && grep -q 'at run-together.csv:5' err || complain "no note: $(cat err)"
ends 3 "$claimctl" run --world world --input my-pos.csv --results - --explain
grep -q '^{"document":"my-pos.csv","position":217,"row":2,' out || complain "results are objects: $(cat out)"
grep -q '^my-pos.csv:2  REJECT  ' err || complain "sentences beside objects: $(cat err)"

# --- a document that was not posted is told, and is no success ---
asks() {
    ends 0 "$claimctl" run --world world --input "$1" --partner N-100 --explain      # a question is no refusal
    grep -q "^$1  HELD  $2" out || complain "no question: $(cat out)"
    grep -q "^$1  *held: $2" out || complain "no summary: $(cat out)"
}
asks headless.csv 'No row names the columns: '
ends 3 "$claimctl" run --world world --input empty.csv --partner N-100 --explain
grep -q '^empty.csv  REJECTED  The file is empty' out && grep -q '^empty.csv  *refused: The file is empty' out ||
    complain "an empty file is asked about: $(cat out)"
ends 3 "$claimctl" run --world world --input broken.xlsx
grep -q '^broken.xlsx  *refused: The workbook cannot be read' out || complain "no refusal: $(cat out)"

# --- every input in the summary, however small ---
ends 3 "$claimctl" run --sample first-hour --input my-pos.csv --input headless.csv --input my-pos.csv --partner N-100 --profile northgate
grep -q '^03-northgate-pos.csv  *200 = ' out || complain "the world's document: $(cat out)"
grep -q '^my-pos.csv  *9 = ' out || complain "a small input: $(cat out)"
grep -q '^headless.csv  *held: No row names the columns: a,b\.$' out || complain "a held input: $(cat out)"
grep -q '^my-pos.csv  *was posted before$' out || complain "an input twice: $(cat out)"

# --- what is refused promises no answer, whatever else was in doubt ---
{ head -1 my-pos.csv; sed -n 10p my-pos.csv; sed -n 10p my-pos.csv; } > twice.csv
ends 3 "$claimctl" run --world world --input twice.csv --partner N-100 --profile northgate --explain
grep -q '^twice.csv:3  REJECT  .* is refused\. ' out || complain "no refusal: $(cat out)"
! grep -q '^twice.csv:3 .*under review' out || complain "a review of what is refused: $(cat out)"
! grep -q 'answer by \.' out || complain "an empty date: $(cat out)"

exit $failed
