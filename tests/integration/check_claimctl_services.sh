#!/usr/bin/env bash
# A world through the four services by `claimctl load --documents`: what claimctl then reads from the topics is what an embedded run
# of the same world leaves; a person's decisions take effect, with the second signature where two are asked.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/services.sh
PATIENT_S=20                                        # it waits out a session
scratch_folder
cp -r deploy/sample/first-hour/profiles "$scratch/profiles"
services_of load first-hour 4 --set "intake.profiles_dir=$scratch/profiles"
door=127.0.0.1:$port
begin_services

# A door that goes away and comes again is waited for.
kill_service "$local" claim-intake
claimctl load --sample first-hour --documents --wait > "$scratch/load" 2> "$scratch/load.err" & loading=$!
eventually in_file "it is sent again" "$scratch/load.err" || fail "load says nothing of a door that is away"
begin_services
wait $loading || fail "load ends with $?: $(cat "$scratch/load" "$scratch/load.err")"
[ "$(grep -c POSTED "$scratch/load")" = 9 ] || fail "documents posted: $(cat "$scratch/load")"
"$build/claimctl" run --sample first-hour --state "$scratch/run" > /dev/null || [ $? -eq 3 ]
prints() {          # prints FILE COMMAND...: what the file has
    local want=$1
    shift
    claimctl "$@" > "$scratch/got" 2> "$scratch/err" && cmp -s "$want" "$scratch/got"
}
for words in "lines list" "payouts verify" "agreements balance" "partners statement N-100" "partners statement V-310"; do
    "$build/claimctl" $words --state "$scratch/run" > "$scratch/want"
    eventually prints "$scratch/want" $words || fail "claimctl $words differs from the embedded run: $(diff "$scratch/want" "$scratch/got")"
done
nothing_waits() {
    [ "$(claimctl lag --json 2> /dev/null |
        python3 -c 'import json, sys; print(sum(json.loads(line)["lag"] for line in sys.stdin))')" = 0 ]
}
eventually nothing_waits || fail "something still waits: $(claimctl lag)"

# What a program writes goes into a file first: a reader that has seen enough and leaves would end it with an error.
has_outcome() {     # has_outcome LINE OUTCOME
    claimctl lines list --json > "$scratch/lines" 2> /dev/null
    grep -F "\"line\":\"$1\"" "$scratch/lines" > "$scratch/line" && grep -qF "\"outcome\":\"$2\"" "$scratch/line"
}
outcome_is() { eventually has_outcome "$1" "$2" || fail "$1 is not $2: $(claimctl lines explain "$1" 2>&1)"; }
claimctl holds take 03-northgate-pos.csv:200 --as ann --execute > "$scratch/take" 2>&1 || fail "take: $(cat "$scratch/take")"
claimctl holds list > "$scratch/holds"          # the command ended when the stage had it
grep -qF "TAKEN by ann since" "$scratch/holds" || fail "what one person took others do not see: $(cat "$scratch/holds")"
code=0; claimctl holds deny 03-northgate-pos.csv:200 --reason "not ours" --as bob --execute > "$scratch/take" 2>&1 || code=$?
[ "$code" = 5 ] && grep -qF "[TAKEN]" "$scratch/take" && grep -qF "TAKEN by ann since" "$scratch/take" || fail "a line that was taken is open to others: $(cat "$scratch/take")"
claimctl holds deny 03-northgate-pos.csv:200 --reason "not ours" --as ann --execute > /dev/null 2>&1
outcome_is 03-northgate-pos.csv:200 REJECT
sell() {            # sell NAME DAY: a further line to the customer whose line waits; the door is that of the settings
    printf '%s\n' "$(head -1 deploy/sample/first-hour/inbox/northgate/03-northgate-pos.csv)" \
        "INV,$1,1,3/$2/2026,3/$2/2026,SW-24,1,EA,\$251.00,USD,,,,,,Kestral Maritime,,US,," > "$scratch/$1.csv"
    claimctl submit "$scratch/$1.csv" --partner N-100 --profile northgate > "$scratch/sell" 2>&1 || fail "submit ends with $?: $(cat "$scratch/sell")"
}
sell INV-96001 25
outcome_is INV-96001.csv:2 HOLD
claimctl documents show "$(sed -n '1s/.* //p' "$scratch/sell")" > "$scratch/show" 2>&1 || fail "documents show: $(cat "$scratch/show")"
claimctl documents show INV-96001.csv 2> /dev/null | cmp -s - "$scratch/show" || fail "a document is not found by its name"
claimctl documents show nothing.csv > "$scratch/show" 2>&1 && fail "a name that nobody gave is found" || grep -q "documents list prints both" "$scratch/show" || fail "a document that is not there: $(cat "$scratch/show")"
claimctl documents response INV-96001.csv > "$scratch/show" 2>&1 && fail "a text has an 849"
in_file "^error\[NOT_FOUND\]: INV-96001.csv: An 849 answers X12; of another format /lines" "$scratch/show" ||
    fail "an 849 of a text: $(cat "$scratch/show")"
claimctl documents rejects INV-96001.csv > "$scratch/show" 2> "$scratch/err" || fail "no rejects end with $?"
[ "$(cat "$scratch/show" "$scratch/err")" = "nothing to print: INV-96001.csv has no rejects" ] ||
    fail "no rejects: $(cat "$scratch/show" "$scratch/err")"
claimctl lines explain INV-96001.csv > "$scratch/explained"
in_file "list entry FIRST-HOUR/FH-1 score" "$scratch/explained" || fail "a held line does not say which entry its party met"
claimctl holds list > "$scratch/holds"
case=$(sed -n '/\tcase [0-9a-f]* PARTY /{s/.*\tcase \([0-9a-f]*\) PARTY .*/\1/p;q}' "$scratch/holds")
claimctl holds clear "$case" --reason "another firm" --as ann --execute > "$scratch/clear" 2>&1 || fail "clear: $(cat "$scratch/clear")"
bob_confirms() { claimctl holds confirm "$1" --reason "seen" --as bob --roles approver "${@:2}" > "$scratch/clear" 2>&1; }
bob_confirms "$case" --execute || fail "a case is not confirmed right behind its proposal: $(cat "$scratch/clear")"
grep -q "those that wait go on by holds release or deny" "$scratch/clear" || fail "a cleared case does not say what its lines wait for: $(cat "$scratch/clear")"
grep -q "cleared: PARTY/.*in force" "$scratch/clear" || fail "two signatures on a case publish no verdict: $(cat "$scratch/clear")"
claimctl tail programs.v1 --exit 2> /dev/null | grep PARTY/ > "$scratch/party" || fail "there is no verdict on programs.v1"
grep -q ann "$scratch/party" && grep -q bob "$scratch/party" || fail "a verdict does not name who signed it: $(cat "$scratch/party")"
claimctl audit export > "$scratch/audit" || fail "audit export ends with $?"
for deed in "ann propose clear_party $case another firm" "bob confirm $case seen" "ann publish PARTY/"; do
    tr '\t' ' ' < "$scratch/audit" | grep -qF " $deed" || fail "the audit lacks '$deed': $(cat "$scratch/audit")"
done
is_decided() { has_outcome "$1" PASS || has_outcome "$1" HOLD; }
passes() {          # the services read it beside what they decide: a line may yet come before it, and be held
    try=$((try + 1))
    sell "INV-9${try}003" "$((10 + try % 15))"
    eventually is_decided "INV-9${try}003.csv:2" && has_outcome "INV-9${try}003.csv:2" PASS
}
try=0
eventually passes || fail "a cleared party's lines are held: $(claimctl lines explain "INV-9${try}003.csv:2" 2>&1)"
claimctl holds release 03-northgate-pos.csv:201 --reason "another firm" --as ann --execute > "$scratch/release" 2>&1
grep -q "another person confirms" "$scratch/release" || fail "a sanctions hit takes two: $(cat "$scratch/release")"
claimctl holds confirm 03-northgate-pos.csv:201 --reason "seen" --as bob --roles approver --execute > "$scratch/confirm" 2>&1 || fail "confirm: $(cat "$scratch/confirm")"
outcome_is 03-northgate-pos.csv:201 PASS
# A period is closed through intake's door, for each partner root, once.
close() { code=0; claimctl programs close VR-26 --period 2026-Q2 --phase EARNING "$@" --server "http://$door" > "$scratch/close" 2>&1 || code=$?; }
close
[ "$code" = 0 ] && grep -q "nothing was sent" "$scratch/close" || fail "the plan of a close: $(cat "$scratch/close")"
roots=$(grep -c PERIOD_CLOSE "$scratch/close")
close --execute --reason "the quarter is over" --wait
[ "$code" = 0 ] && grep -q "$roots lines = $roots passed + 0 rejected" "$scratch/close" && grep -q "decided   $roots of $roots" "$scratch/close" || fail "close ends with $code: $(cat "$scratch/close")"
claimctl tail claims.received.v1 --exit --where 'kind=PERIOD_CLOSE' > "$scratch/closes" 2> /dev/null
[ "$(grep -c close-VR-26-2026-Q2-EARNING "$scratch/closes")" = "$roots" ] || fail "closes on file: $(cat "$scratch/closes")"
close --execute --reason "the quarter is over"
[ "$code" = 5 ] || fail "closing again ends with $code: $(cat "$scratch/close")"
claimctl payouts verify > "$scratch/verified" && in_file " 0 differ" "$scratch/verified" || fail "payouts differ: $(cat "$scratch/verified")"
is_whole() { claimctl registry check > "$scratch/registry" 2>&1; }
eventually is_whole || fail "the registry lacks slots: $(cat "$scratch/registry")"

# A document of which no line went on is named all the same.
printf '{"kind":"POS_SALE","partner_id":"N-100"}\n' > "$scratch/only-bad.ndjson"
code=0
"$build/claimctl" submit "$scratch/only-bad.ndjson" --server "http://$door" > "$scratch/bad" 2>&1 || code=$?
[ "$code" = 3 ] || fail "a document of nothing but refused lines ends with $code: $(cat "$scratch/bad")"
is_listed() { claimctl lines list > "$scratch/lines" 2>&1 && in_file "^only-bad.ndjson:1	" "$scratch/lines"; }
eventually is_listed || fail "the document is not named: $(tail -n 3 "$scratch/lines")"
is_a_letter() { claimctl deadletters list --all --json > "$scratch/letters" 2>&1 && in_file '"document":"only-bad.ndjson"' "$scratch/letters"; }
eventually is_a_letter || fail "the letter is not named: $(tail -n 2 "$scratch/letters")"

# A next version of a profile is taken over by SIGHUP; what it reads otherwise is put right once, and noted.
sed 's/^version: 1/version: 2/; s/^  dates: mdy/&\n  constants: [{field: location_id, value: EAST-1}]/' \
    "$scratch/profiles/northgate@1.yaml" > "$scratch/profiles/northgate@2.yaml"
kill -HUP "$(cat "$local/claim-intake.pid")"
plans() { claimctl replay plan --profile northgate@2 --format csv > "$scratch/plan" 2> "$scratch/err"; }
eventually plans || fail "no plan under a new profile: $(cat "$scratch/err")"
in_file ',03-northgate-pos.csv,northgate@1,0,' "$scratch/plan" && in_file ',07-pos.csv,northgate@1,0,2,0,0,0,0,' "$scratch/plan" &&
    in_file ',08-stock.ndjson,northgate@1,3,0,0,0,0,0,' "$scratch/plan" || fail "the plan: $(cat "$scratch/plan")"
[ "$(grep -oE ',0[378]-[^,]*' "$scratch/plan" | sort -c 2>&1)" = "" ] || fail "a plan is not in the order of receipt: $(cat "$scratch/plan")"
claimctl replay status > "$scratch/status" && ! in_file replay- "$scratch/status" || fail "a plan posts: $(cat "$scratch/status")"
for _ in 1 2; do
    claimctl replay run 07-pos.csv --profile northgate@2 --reason "the site was missing" --as ann --roles operator --execute \
        > "$scratch/replay" 2>&1 || fail "replay run ends with $?: $(cat "$scratch/replay")"
done
is_corrected() { claimctl replay status --format csv > "$scratch/status" && in_file ',2,2,0,0,0,.*,07-pos.csv.replay-northgate@2' "$scratch/status"; }
eventually is_corrected || fail "the corrections are not decided: $(cat "$scratch/status")"
[ "$(grep -c 'replay-' "$scratch/status")" = 1 ] || fail "one replay posts twice: $(cat "$scratch/status")"
claimctl tail audit.v1 --from beginning --exit > "$scratch/audit" 2> /dev/null
in_file '"verb":"document.replay".*"reason":"the site was missing"' "$scratch/audit" || fail "nobody notes a replay: $(cat "$scratch/audit")"

# What the screener says of the registry, of its lists and of the cache of profiles.
admin=9103
metric_is() {       # metric_is NAME LABELS VALUE: value as a pattern
    curl -s --max-time 300 "127.0.0.1:$((admin + 10 * instance))/metrics" > "$scratch/metrics"
    grep "^claimstream_$1[{ ]" "$scratch/metrics" > "$scratch/metric" && grep -q -- "$2.* $3\$" "$scratch/metric"
}
eventually metric_is registry_up "" 1 || fail "the registry is whole: $(cat "$scratch/metric")"
eventually metric_is list_age_seconds 'list="FIRST-HOUR"' '.*[1-9].*' || fail "the age of the list: $(cat "$scratch/metric")"
eventually metric_is profile_cache_total 'event="round_trip"' '[1-9].*' || fail "trips to Redis: $(cat "$scratch/metric")"
counts() { eventually metric_is "$1" "$2" '[1-9].*' || fail "$1: $(cat "$scratch/metric")"; }
counts rule_results_total 'rule="SCR_01",mode="ENFORCE",value="TRUE"'
counts rule_overturned_total 'rule="SCR_01"'
counts screening_seconds_count ""
counts profile_reads_total 'source="redis"'
counts reference_records_total 'topic="all"'
counts state_save_seconds_count ""
admin=9102
eventually metric_is rule_stopped_minor_total 'currency="USD"' 9000 ||
    fail "money that the role stopped: $(cat "$scratch/metric")"
is_well() { claimctl doctor > "$scratch/doctor" 2>&1; }
eventually is_well || fail "doctor: $(cat "$scratch/doctor")"

# A service that is gone is told of, once its group has given up on it.
kill_service "$local" claim-screener
misses_screener() {
    code=0
    claimctl doctor > "$scratch/doctor" 2>&1 || code=$?
    [ "$code" = 6 ] && grep -q "nobody works in .*compliance any more" "$scratch/doctor"
}
eventually misses_screener || fail "doctor is content without a screener: $(cat "$scratch/doctor")"
misses_registry() { claimctl doctor > "$scratch/doctor" 2>&1; in_file "Redis holds no registry of this installation" "$scratch/doctor"; }
! in_file "Redis holds no registry" "$scratch/doctor" || fail "doctor misses a registry that is there: $(cat "$scratch/doctor")"
redis-cli -p "${REDIS_ADDRESS##*:}" --scan --pattern "$name:*" > "$scratch/keys"           # other checks share that Redis
[ -s "$scratch/keys" ] || fail "Redis has nothing of this installation"
xargs redis-cli -p "${REDIS_ADDRESS##*:}" del < "$scratch/keys" > /dev/null
eventually misses_registry || fail "an emptied registry: $(cat "$scratch/doctor")"
echo "  9 documents through 4 services as an embedded run has them; denied by one, released by two"
