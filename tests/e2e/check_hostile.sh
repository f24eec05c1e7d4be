#!/usr/bin/env bash
# A hostile user: outputs that cannot be written, runs that are stopped, options, reviews and records that make no sense. The
# tool answers with its exit codes and says what to do; it never dies of a signal and nothing is lost.
set -eu
claimctl=$PWD/${BUILD:-build/release}/claimctl
cases=$PWD/tests/golden/cases samples=$PWD/deploy/sample
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
complain() { echo "$1"; failed=1; }
ends() { local want=$1 code=0; shift; "$@" > out 2> err || code=$?; [ $code -eq "$want" ] || complain "exit $code, want $want: $*
$(head -5 err)"; }
says() { grep -q -- "$1" err || complain "does not say \"$1\": $(head -3 err)"; }
shows() { grep -q -- "$1" "$2" || complain "$2 does not show \"$1\""; }
tiny=(run --sample tiny)

# Outputs. A failed write is 1 with a message, also where lines were refused; a closed pipe keeps the verdict.
ends 1 "$claimctl" "${tiny[@]}" --results /dev/full;  says "/dev/full: No space left"
ends 1 "$claimctl" "${tiny[@]}" --balances /dev/full; says "/dev/full: No space left"
ends 1 bash -c '"$0" run --sample tiny --results - > /dev/full' "$claimctl";  says "standard output: No space left"
ends 1 bash -c '"$0" run --sample tiny --explain > /dev/full' "$claimctl";    says "standard output: No space left"
ends 1 bash -c '"$0" run --sample tiny --results - >&-' "$claimctl";          says "standard output"
ends 3 bash -c '"$0" run --sample tiny --results - | head -1; exit "${PIPESTATUS[0]}"' "$claimctl"
[ ! -s err ] || complain "a closed pipe is no word worth: $(cat err)"
ends 1 bash -c 'ulimit -f 4; exec "$0" run --sample first-hour --results results' "$claimctl"; says "File too large"
if [[ $claimctl != *asan* ]]; then                  # which takes all addresses for itself
    ends 1 bash -c 'ulimit -v 8000000; exec "$0" run --sample tiny' "$claimctl"
    says "ulimit -v leaves it 7812 MiB of addresses"
    ends 3 bash -c 'ulimit -v 18874368; exec "$0" run --sample tiny --results a --balances b' "$claimctl"
fi

# What is read is not emptied, and nothing is written over: a file has one use. A device may have several.
echo kept > own.csv; ln -s own.csv link.csv; cp own.csv kept.csv
for way in "run --sample tiny --input own.csv --results own.csv" "run --sample tiny --input own.csv --balances ./own.csv" \
    "run --sample tiny --input link.csv --results own.csv" "submit --check --rejects link.csv own.csv" \
    "submit --check --lines own.csv own.csv"; do
    ends 2 "$claimctl" $way; says "read as well as written"
    cmp -s own.csv kept.csv || complain "$way emptied its input"
done
cp -r "$samples/tiny" own; mv own/denied.csv denied; sed -i 's|denied.csv|../denied|' own/lists.yaml; cp -r own own.kept; cp denied denied.kept
for file in denied $(find own -type f ! -name README.md); do
    ends 2 "$claimctl" run --world own --results "$file"; says "read as well as written"
    diff -r own own.kept && cmp denied denied.kept || complain "--results $file wrote over a file of the world"
done
for _ in 1 2; do ends 3 "$claimctl" run --world own --results own/results --balances own/balances; done
ends 2 "$claimctl" "${tiny[@]}" --results both --balances both;       says "both is written twice"
ends 2 "$claimctl" submit --check --lines own.csv --rejects link.csv kept.csv; says "link.csv is written twice"
ends 3 "$claimctl" "${tiny[@]}" --results /dev/null --balances /dev/null
ends 3 "$claimctl" "${tiny[@]}" --results - --balances -

# State folders. One that was not finished is no run to be read, and can be written again; one run writes it at a time.
ends 1 bash -c 'ulimit -f 8; exec "$0" run --sample first-hour --state s' "$claimctl"; says "dossiers: File too large"
for verb in "lines list" "holds list" "payouts list"; do ends 4 "$claimctl" --state s $verb; says "has not ended, or was stopped"; done
ends 3 "$claimctl" run --sample first-hour --state s
ends 0 "$claimctl" --state s lines list
"$claimctl" --state s lines list > before || true
ends 4 "$claimctl" run --sample first-hour --state s --input mistyped.csv; says "mistyped.csv"
ends 1 "$claimctl" run --sample first-hour --state s --input .;            says "FILE_UNREADABLE"
ends 78 "$claimctl" run --sample first-hour --state s --set no.such=1
ends 1 bash -c 'ulimit -f 8; exec "$0" run --sample first-hour --state s' "$claimctl"; says "dossiers: File too large"
ends 0 "$claimctl" --state s lines list; cmp -s before out || complain "a failed run leaves the former one as it was"
ends 0 "$claimctl" --state s agreements balance
[ "$(ls s | tr '\n' ' ')" = "1.acts.ndjson 1.balances.ndjson 1.command 1.dossiers run run.lock " ] || complain "a failed run leaves no files: $(ls s)"
ends 3 "$claimctl" run --sample tiny --state s
ends 0 "$claimctl" --state s lines list; [ "$(wc -l < out)" -lt "$(wc -l < before)" ] || complain "the later run counts: $(wc -l < out)"
[ "$(ls s | tr '\n' ' ')" = "2.acts.ndjson 2.balances.ndjson 2.command 2.dossiers run run.lock " ] || complain "the former run goes: $(ls s)"
echo kept > kept; cp kept foreign-results
mkfifo busy
"$claimctl" "${tiny[@]}" --input busy --state s > /dev/null 2>&1 & run=$!
exec 3> busy
ends 1 "$claimctl" "${tiny[@]}" --state s --results foreign-results; says "in use by another run"
cmp -s kept foreign-results || complain "a run that is refused writes no results"
ends 0 "$claimctl" --state s lines list
exec 3>&-
code=0; wait $run || code=$?
[ $code -eq 3 ] || complain "exit $code, want 3: the first of two runs ends as if it were alone"
ends 0 "$claimctl" --state s lines list
mkdir foreign; touch foreign/file
ends 1 "$claimctl" "${tiny[@]}" --state foreign; says "no run has written"
ends 4 "$claimctl" --state nowhere lines list
bash -c '"$0" run --sample tiny --state closed >&- 2>&-' "$claimctl" || true
ends 0 "$claimctl" --state closed lines list

# Ctrl-C: what was taken is decided, written and summed up; 130. A killed run is not taken for a finished one.
mkfifo slow
env --default-signal=INT "$claimctl" "${tiny[@]}" --input slow --results results --state stopped 2> err & run=$!
exec 3> slow
kill -INT $run
exec 3>&-
code=0; wait $run || code=$?
[ $code -eq 130 ] || complain "exit $code, want 130 after an interrupt: $(cat err)"
says "interrupted after 11 lines"
[ "$(grep -c '"outcome"' results)" = 11 ] || complain "an interrupted run writes what it did: $(wc -l < results)"
ends 0 "$claimctl" --state stopped lines list
"$claimctl" "${tiny[@]}" --input slow --state stopped 2> err & run=$!
exec 3> slow
kill -KILL $run
exec 3>&-
wait $run 2> err || true
ends 0 "$claimctl" --state stopped lines list
"$claimctl" "${tiny[@]}" --input slow --state killed 2> err & run=$!
exec 3> slow
kill -KILL $run
exec 3>&-
wait $run 2> err || true
ends 4 "$claimctl" --state killed lines list; says "has not ended, or was stopped"
ends 3 "$claimctl" "${tiny[@]}" --state killed
ends 0 "$claimctl" --state killed lines list

# A document beyond 2 GiB is refused as a document; the others of the run are answered.
truncate -s 2147483649 huge.csv
ends 3 "$claimctl" "${tiny[@]}" --input huge.csv --results results
shows '"document":"huge.csv","state":"REJECTED".*"code":"DOCUMENT_TOO_LARGE".*2147483649 bytes; 2147483648 are read' results
[ "$(grep -c '"outcome"' results)" = 11 ] || complain "lines before a huge document: $(wc -l < results)"
ends 3 "$claimctl" submit --check --lines lines huge.csv
shows '"code":"DOCUMENT_TOO_LARGE"' lines
rm huge.csv

# Options.
ends 2 "$claimctl" "${tiny[@]}" --world .;       says "one world"
ends 2 "$claimctl" "${tiny[@]}" --currency US;   says "ISO 4217"
ends 2 "$claimctl" "${tiny[@]}" --reslts -;      says "did you mean --results"
ends 2 "$claimctl" "${tiny[@]}" --results;       says "needs a value"
ends 2 "$claimctl" "${tiny[@]}" --batch-lines 0
ends 78 "$claimctl" "${tiny[@]}" --set foo=1

# Reviews that cannot be read are void at their place and say which member; the run goes on.
cat > reviews.ndjson <<END
{"review":{"act":"decline","verb":"deny","actor_id":"amy","actor_roles":["approver"]}}
{"review":{"act":"sign","line_id":"x","verb":"release","actor_id":"amy"}}
{"review":{"line_id":"x","verb":"release"}}
{"review":{"line_id":"x","verb":"realease","actor_id":"amy"}}
{"review":{"line_id":"x","verb":"adjust","acepted_qty":"1","actor_id":"amy"}}
{"review":{"line_id":"x","verb":"release","actor_id":"amy","note":"$(printf '%5000s' x)"}}
{"review":{"line_id":"x","verb":"release","actor_id":"amy","note":"a\u0000b"}}
{"review":{"line_id":"$(printf '%70s' x)","verb":"release","actor_id":"amy"}}
{"review":{"line_id":["x"],"verb":"release","actor_id":"amy","actor_roles":{"a":"b"}}}
{"review":{"line_id":"x","verb":"adjust","accepted_qty":"much","actor_id":"amy"}}
{"review":"release"}
{"review":{"line_id":"x","verb":"release","actor_id":"amy","actor_roles":["approver"]}}
END
ends 3 "$claimctl" "${tiny[@]}" --input reviews.ndjson --results results
fields=$(grep '"review":"void"' results | sed 's/.*"code":"\([A-Z_]*\)".*"field":"\([a-z_]*\)".*/\1 \2/; s/.*"code":"\([A-Z_]*\)".*/\1/' | tr '\n' ',')
want="FIELD_INVALID line_id,FIELD_INVALID act,FIELD_INVALID actor_id,FIELD_INVALID verb,FIELD_INVALID acepted_qty,FIELD_INVALID note,"
want+="FIELD_INVALID line_id,FIELD_INVALID line_id,FIELD_INVALID accepted_qty,FIELD_INVALID review,NOT_WAITING,"
[ "$fields" = "$want" ] || complain "void reviews: $fields
want          $want"
shows "Did you mean accepted_qty?" results
shows '"row":7,"stage":"INTAKE","outcome":"DEAD"' results

# Names of lines: given once, at most 64 bytes, without the / that a payout's name is made with.
for name in good good 'b/c' "$(printf '%065d' 1)"; do
    echo '{"kind":"POS_SALE","partner_id":"N-100","invoice_no":"M'$((number=${number:-0}+1))'","ship_date":"2026-03-01","vendor_part":"SW-24","qty":"1","uom":"EA","currency":"USD","resale_unit":"1","line_id":"'"$name"'"}'
done > names.ndjson
ends 3 "$claimctl" "${tiny[@]}" --input names.ndjson --results results
codes=$(grep '"document":"names.ndjson"' results | grep -o '"code":"[A-Z_]*"' | cut -d'"' -f4 | tr '\n' ',')
[ "$codes" = "LINE_NAME_TAKEN,LINE_NAME_INVALID,LINE_NAME_INVALID," ] || complain "names: $codes"

# A return of two sales has two results of one program: each entry is explained by one of them.
late='"received_at":"2025-02-20T09:00:00Z"'
sale='"kind":"POS_SALE","partner_id":"D1","currency":"USD","vendor_part":"SW-48","qty":"2","resale_unit":"9","sold_to":{"name":"Alder","country":"US","id":"C-ALDER","role":"END_USER"}'
for day in 1 2 3; do echo "{$sale,\"invoice_no\":\"HOST-$day\",\"claim_id\":\"H$day\",\"ship_date\":\"2025-02-0$day\",$late}"; done > returned.ndjson
echo '{"kind":"POS_RETURN","partner_id":"D1","currency":"USD","vendor_part":"SW-48","invoice_no":"HOST-4","claim_id":"H4","qty":"-3","ship_date":"2025-02-10","end_customer":{"name":"Alder","country":"US","id":"C-ALDER"},'"$late}" >> returned.ndjson
ends 0 "$claimctl" run --world "$cases/RET-003" --input returned.ndjson --received-from-input --state returned --results results
ends 0 "$claimctl" --state returned payouts verify
ends 0 "$claimctl" --state returned lines explain returned.ndjson:4
[ "$(grep -c '^    payout' out)" = 2 ] || complain "each entry once: $(cat out)"

# A replaced line has one successor: a second REPLACE of it earns nothing until the first is cancelled.
new='"partner_id":"N-100","invoice_no":"Z1","invoice_line":"1","ship_date":"2026-03-01","vendor_part":"SW-24","uom":"EA","currency":"USD","resale_unit":"250.00","sold_to":{"name":"Alder Systems","id":"C-ALDER","country":"US"}'
cat > replaced.ndjson <<END
{"kind":"POS_SALE","line_id":"O","qty":"10",$new}
{"kind":"REPLACE","replaces_kind":"POS_SALE","original_line_ref":"O","line_id":"A","qty":"7",$new}
{"kind":"REPLACE","replaces_kind":"POS_SALE","original_line_ref":"O","line_id":"B","qty":"7",$new}
{"kind":"CANCEL","original_line_ref":"A","line_id":"C","partner_id":"N-100"}
{"kind":"REPLACE","replaces_kind":"POS_SALE","original_line_ref":"O","line_id":"D","qty":"6",$new}
END
ends 3 "$claimctl" "${tiny[@]}" --input replaced.ndjson --results results
outcomes=$(grep replaced.ndjson results | sed 's/.*"ref":"\(.\)".*"outcome":"\([A-Z]*\)".*/\1 \2/' | tr '\n' ',')
[ "$outcomes" = "O PASS,A PASS,B HOLD,C PASS,D PASS," ] || complain "replaced: $outcomes"

# What no line tells is told beside the lines of a document: sets that were refused, sheets that were not read.
envelope='ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    '
envelope+='*260408*0900*U*00401*000004711*0*P*:~GS*PT*NW*CS*20260408*0900*1*X*004010~'
set867() {
    printf 'ST*867*%s~BPT*00*R%s*20260401*02~CUR*DS*USD~N1*DS*NORTHGATE*92*N-100~PTD*SD***IV*N-%s~' "$1" "$1" "$1"
    printf 'DTM*011*%s~QTY*39*2*EA~LIN**VP*SW-24~AMT*LP*10~SE*10*%s~' "$2" "$1"
}
{ printf '%s' "$envelope"; set867 0001 20260302; set867 0002 20261305; printf 'GE*2*1~IEA*1*000004711~'; } > sets.x12
ends 3 "$claimctl" submit --check --partner N-100 sets.x12; grep -q "set 0002" out || complain "--check names no set: $(cat out)"
ends 3 "$claimctl" "${tiny[@]}" --input sets.x12 --partner N-100; says "set 0002"

[ $failed -eq 0 ] && echo "hostile: nothing broke"
exit $failed
