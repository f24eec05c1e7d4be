#!/usr/bin/env bash
# claimctl against a broker: topics, records of a world under four eyes, and every reading verb shows what it shows of the folder
# that the same run left.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
. tests/support/redis.sh
need_kafka
need_redis
claimctl=$PWD/$build/claimctl
export CLAIMSTREAM_KAFKA_BROKERS=$KAFKA_BROKERS CLAIMSTREAM_REDIS_ADDRESS=$REDIS_ADDRESS CLAIMSTREAM_NAMESPACE=cli$$ CLAIMSTREAM_TOPICS_ALLOW_SINGLE_REPLICA=true XDG_CONFIG_HOME=$scratch
world=deploy/sample/first-hour
out=$scratch/out err=$scratch/err
failed=0
complain() { echo "check_claimctl: $1"; failed=1; }
ends() { local want=$1 code=0; shift; "$@" > "$out" 2> "$err" || code=$?; [ $code -eq "$want" ] || complain "exit $code, want $want: $*
$(head -20 "$out" "$err")"; }
# A doctor on a node that takes its time may find it slow: asked again until it is well.
heals() { eventually is_well || ends 0 "$claimctl" doctor; }
is_well() { "$claimctl" doctor > "$out" 2> "$err"; }
says() { grep -qF -- "$1" "$out" "$err" || complain "does not say \"$1\": $(head -5 "$out" "$err")"; }

# --- topics ---
ends 6 "$claimctl" topics check
ends 0 "$claimctl" topics create --partitions 12
says "16 created"
ends 0 "$claimctl" topics create
says "16 existed"
ends 0 "$claimctl" topics check
ends 69 "$claimctl" topics check --brokers 127.0.0.1:1

# --- records of a world; what is in force does not change ---
ends 0 "$claimctl" load "$world"
says "31 in force"
ends 0 "$claimctl" load --sample first-hour
says "31 unchanged"
ends 5 "$claimctl" load deploy/sample/tiny
says "PROGRAM/VR-26 version 1	conflict"
ends 0 "$claimctl" tail programs.v1 --exit --where 'type=PROGRAM and id~vr' -f '%k %{terms.versions.approver_id}\n'
[ "$(cat "$out")" = "PROGRAM/VR-26 world:first-hour" ] || complain "tail with a filter and a format: $(cat "$out")"

# --- a topic of others, by a descriptor set: ours stands in for it ---
protoc -I proto --include_imports -o "$scratch/set" proto/claimstream/v1/*.proto
foreign=("$claimctl" tail "$CLAIMSTREAM_NAMESPACE.programs.v1" --desc "$scratch/set" --exit)
ends 0 "$claimctl" tail programs.v1 --exit -f '%k\n'
sort "$out" > "$scratch/keys"
ends 0 "${foreign[@]}" --type claimstream.v1.Reference -f '%k\n'
sort "$out" | cmp -s - "$scratch/keys" || complain "by a descriptor set other records come: $(head -3 "$out")"
ends 0 "${foreign[@]}" --type Reference --where 'type=PROGRAM and id~vr' -f '%t %k %{terms.versions.approver_id}\n'
[ "$(cat "$out")" = "$CLAIMSTREAM_NAMESPACE.programs.v1 PROGRAM/VR-26 world:first-hour" ] || complain "by a descriptor set: $(cat "$out")"
ends 4 "${foreign[@]}" --type claimstream.v1.Referense
says "did you mean claimstream.v1.Reference?"
ends 2 "${foreign[@]}"
ends 1 "$claimctl" tail x --type Reference --desc README.md --exit
says "it is no descriptor set"
ends 4 "$claimctl" tail no.such.topic --type Reference --desc "$scratch/set" --exit

# --- partners: one person proposes, another puts in force ---
printf -- '- partner_id: T-1\n  name: Test\n  roles: [{role: VAR}]\n  currency: USD\n' > "$scratch/partners.yaml"
printf -- '  payee: {payee_id: P-1, name: Tess Payable}\n' >> "$scratch/partners.yaml"
ends 0 "$claimctl" partners import "$scratch/partners.yaml"
says "a plan: nothing was sent"
ends 0 "$claimctl" partners import "$scratch/partners.yaml" --as ann --execute
says "PARTNER/T-1	proposed"
ends 0 "$claimctl" partners import "$scratch/partners.yaml" --as ann --execute
says "PARTNER/T-1	waits"
ends 0 "$claimctl" partners import "$scratch/partners.yaml" --as bob --execute
says "proposed by ann, approved by bob"
ends 0 "$claimctl" partners list --json
python3 - "$out" <<'P' || failed=1
import json, sys
rows = {row["partner_id"]: row for row in map(json.loads, open(sys.argv[1], encoding="utf-8"))}
assert rows["T-1"]["standing"] == "in force" and rows["T-1"]["author_id"] == "ann" and rows["T-1"]["revision"] == 1, rows["T-1"]
P

# Another root: the plan says what stays behind.
sed 's/  name: Test/  root_id: T-9\n  name: Test/' "$scratch/partners.yaml" > "$scratch/moved.yaml"
ends 0 "$claimctl" partners import "$scratch/moved.yaml"
says "warning: T-1 moves from root T-1 to T-9: its sales, agreements, lots, volumes and funds stay with T-1"

# A record that nobody can read changes nothing for the stages, and so for who looks; it is named by its place.
printf '542d31\t\t7a7a7a\n' | "$build/tests/tool/record_send" "$KAFKA_BROKERS" "$CLAIMSTREAM_NAMESPACE.partners.v1"
ends 0 "$claimctl" partners list --json
says '"partner_id":"T-1"'
says "warning: partners.v1 partition 0 offset "
says ", key T-1: the record cannot be read; what stood under the key before stays in force"
ends 0 "$claimctl" partners show T-1
says '"partner_id":"T-1"'
says '"name":"********able"'
ends 77 "$claimctl" partners show T-1 --unmask "who is paid" --as vera --roles viewer
ends 0 "$claimctl" partners show T-1 --unmask "who is paid" --as ann --roles auditor
says '"name":"Tess Payable"'
ends 0 "$claimctl" tail partners.v1 --exit --where 'partner_id=T-1' --json
says '"name":"********able"'
ends 0 "$claimctl" audit export --json
says '"act":"partner.unmask","object":"T-1","reason":"who is paid"'
ends 0 "$claimctl" partners import "$scratch/partners.yaml" --as ann
says "PARTNER/T-1	unchanged"
heals
says "1 records of partners.v1 and programs.v1 cannot be read"

# --- programs: created, published and retired by two people; closed for every root ---
ends 0 "$claimctl" programs create VOLUME_REBATE NEW-26
cp "$out" "$scratch/new.yaml"
ends 0 "$claimctl" programs publish "$scratch/new.yaml" --as ann --roles program_manager --execute
ends 0 "$claimctl" programs publish "$scratch/new.yaml" --as bob --roles approver --execute
says "proposed by ann, approved by bob"
ends 0 "$claimctl" programs show NEW-26
grep -v '^# version' "$out" | cmp -s - "$scratch/new.yaml" || complain "the text on file is the text published: $(diff "$out" "$scratch/new.yaml" | head -5)"
sed 's/lag_days: 0/lag_days: 9/' "$scratch/new.yaml" > "$scratch/changed.yaml"
ends 5 "$claimctl" programs publish "$scratch/changed.yaml" --as eve --roles approver --execute
says "in force with other content"
ends 0 "$claimctl" programs retire NEW-26 --on 2026-12-31 --as ann --roles program_manager --execute
ends 0 "$claimctl" programs retire NEW-26 --on 2026-12-31 --as bob --roles approver --execute
ends 0 "$claimctl" programs list --json
python3 - "$out" <<'P' || failed=1
import json, sys
rows = [row for row in map(json.loads, open(sys.argv[1], encoding="utf-8")) if row["id"] == "NEW-26"]
assert [(row["version"], row["status"], row["standing"]) for row in rows] == [(1, "ACTIVE", "in force"), (2, "ENDED", "in force")], rows
P
# Of a program all versions are audited, each act once, though every record repeats them
cp -r deploy/sample/first-hour "$scratch/two"
sed 's/NEW-26/NEW-27/' "$scratch/new.yaml" > "$scratch/two/programs/NEW-27-1.yaml"
sed 's/^version: 1/version: 2/; s/^\( *\)version: 1$/\1version: 2/; s/valid_from: .*/valid_from: 2027-01-01/' \
    "$scratch/two/programs/NEW-27-1.yaml" > "$scratch/two/programs/NEW-27-2.yaml"
# where people have published, a world is a plan, and wants a reason
ends 0 "$claimctl" load "$scratch/two"
says "a plan: nothing was sent"
says "PROGRAM/NEW-27 version 2	in force"
ends 0 "$claimctl" programs list --json
! grep -q NEW-27 "$out" || complain "a plan was published"
ends 2 "$claimctl" load "$scratch/two" --execute
says "needs --reason TEXT here"
ends 0 "$claimctl" load "$scratch/two" --execute --reason "terms of the year" --as ann
ends 0 "$claimctl" audit export --json
says "terms of the year"
ends 0 "$claimctl" audit export --format csv
[ "$(grep -c 'PROGRAM/NEW-26 version' "$out")" -eq 4 ] && [ "$(grep -c 'PROGRAM/NEW-27 version [12],' "$out")" -eq 2 ] ||
    complain "the audit of programs: $(grep NEW-2 "$out")"
ends 0 "$claimctl" programs close VR-26 --period 2026-Q1 --phase EARNING
[ "$(wc -l < "$out")" -eq 6 ] || complain "a close for each root: $(cat "$out")"
ends 4 "$claimctl" programs close NONE --period 2026-Q1 --phase EARNING
ends 2 "$claimctl" programs close SD-26 --period 2026-Q1 --phase EARNING
ends 2 "$claimctl" programs close VR-26 --period 2026-Q1 --phase EARNING --execute
says "needs --reason TEXT"
ends 69 "$claimctl" programs close VR-26 --period 2026-Q1 --phase EARNING --execute --reason x --server http://127.0.0.1:1

# --- contexts ---
mkdir -p "$scratch/claimstream"
printf 'contexts:\n  look: {readonly: true, actor: eve, kafka: {socket.keepalive.enable: "true"}}\n' > "$scratch/claimstream/config.yaml"
ends 77 "$claimctl" --context look partners import "$scratch/partners.yaml" --execute
ends 77 "$claimctl" --context look programs close VR-26 --period 2026-Q1 --phase EARNING --execute --reason x
ends 0 "$claimctl" --context look partners list
ends 78 "$claimctl" --context lok partners list
says "did you mean look?"
printf '# brokers and contexts come here\n' > "$scratch/claimstream/config.yaml"
ends 78 "$claimctl" --context look partners list
says "there is no context look"

# --- what a run left, read from topics ---
"$build/tests/tool/kafka_mirror" "$KAFKA_BROKERS" "$CLAIMSTREAM_NAMESPACE" "$world" all
"$claimctl" run --sample first-hour --state "$scratch/run" > "$out" || [ $? -eq 3 ]
for words in "lines list" "lines list REJECT" "payouts list" "payouts verify" "payouts export --format csv" "agreements balance" "holds list" \
             "partners statement N-100" "partners statement V-310" "lines show 03-northgate-pos.csv:198" "lines explain 03-northgate-pos.csv:198" \
             "lines list --format json" "holds list --format csv"; do
    ends 0 "$claimctl" $words --state "$scratch/run"
    mv "$out" "$scratch/want"
    ends 0 "$claimctl" $words
    diff "$scratch/want" "$out" > "$scratch/diff" || complain "claimctl $words differs from what the run left:
$(head -10 "$scratch/diff")"
done
ends 0 "$claimctl" lines trace 03-northgate-pos.csv:198
[ "$(cut -f2 "$out" | tr '\n' ' ')" = "claims.received.v1 claims.classified.v1 claims.cleared.v1 claims.decided.v1 payouts.v1 " ] || complain "the way of a line: $(cat "$out")"
ends 4 "$claimctl" lines trace nobody
ends 2 "$claimctl" tail claims.held.v1 --exit --where 'outcom=HOLD'
says "no record there has a member outcom; did you mean outcome?"
ends 0 "$claimctl" tail deadletters.v1 claims.held.v1 --exit --where 'outcom=HOLD'
says "records has a member outcom; --format jsonl prints those there are"
ends 0 "$claimctl" tail claims.decided.v1 --exit --json
cp "$out" "$scratch/decided"
ends 0 "$claimctl" tail claims.decided.v1 --format help
python3 - "$scratch/decided" "$out" <<'P' || failed=1
import json, sys
known = {line.split("\t")[0].replace("[]", "") for line in open(sys.argv[2], encoding="utf-8")}
wide = ("headers.", "line.programs.")
def names(node, path):
    for each in node if isinstance(node, list) else [node]:
        for name, inner in each.items() if isinstance(each, dict) else []:
            yield path + name
            yield from names(inner, path + name + ".")
seen = {name for record in map(json.loads, open(sys.argv[1], encoding="utf-8")) for name in names(record, "")}
missing = {name for name in seen - known if not name.startswith(wide) and name.count(".") < 5}
assert len(seen) > 100 and not missing, f"members that --format help does not name: {sorted(missing)}"
P
ends 0 "$claimctl" tail claims.held.v1 --exit --where 'outcome=HOLD' -f '%{line.row}\n'
[ "$(sort "$out" | tr '\n' ' ')" = "200 201 " ] || complain "held rows: $(cat "$out")"

# --- acts on what waits: a plan, then a record ---
ends 2 "$claimctl" holds release 03-northgate-pos.csv:200
ends 0 "$claimctl" holds release 03-northgate-pos.csv:200 --reason "seen" --as ann
says "effective at once"
ends 1 "$claimctl" holds confirm 03-northgate-pos.csv:200 --reason "seen" --as bob --roles approver
says "NO_PROPOSAL"
ends 77 "$claimctl" holds release 03-northgate-pos.csv:200 --reason "seen" --as ann --roles viewer
ends 5 "$claimctl" holds release 03-northgate-pos.csv:198 --reason "seen"
ends 0 "$claimctl" tail reviews.v1 --exit
[ ! -s "$out" ] || complain "a plan sent something: $(cat "$out")"
ends 0 "$claimctl" holds deny 03-northgate-pos.csv:200 --reason "not ours" --as ann --execute
ends 0 "$claimctl" tail reviews.v1 --exit -f '%{act} %{verb} %{stage} %{actor_id} %{note}\n'
[ "$(cat "$out")" = "PROPOSE DENY COMPLIANCE ann not ours" ] || complain "the review sent: $(cat "$out")"
ends 0 "$claimctl" holds take 03-northgate-pos.csv:201 --as ann --for 30m --execute
says "noted"
ends 0 "$claimctl" tail reviews.v1 --exit -f '%{act} %{stage} %{actor_id}\n'
[ "$(grep -c '^TAKE COMPLIANCE ann$' "$out")" = 1 ] || complain "the take sent: $(cat "$out")"
ends 2 "$claimctl" holds release 03-northgate-pos.csv:201 --reason x --for 30m

# --- lag: records that wait, their age and money; the registry as the tables know it; doctor ---
ends 0 "$claimctl" lag --json
python3 - "$out" <<'P' || failed=1
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
waits = {row["topic"]: 0 for row in rows}
for row in rows: waits[row["topic"]] += row["lag"]
assert waits["claims.received.v1"] > waits["claims.cleared.v1"] > 200 and waits["claims.submitted.v1"] == 0, waits
assert any("USD" in row.get("money", "") and row["time"].endswith(" s") for row in rows), rows[:3]
P
ends 0 "$claimctl" lag --stage payout
[ "$(head -1 "$out" | cut -f2-6)" = "TOPIC	PARTITION	CURRENT-OFFSET	LOG-END-OFFSET	LAG" ] || complain "the names people read blind: $(head -1 "$out")"
ends 6 "$claimctl" registry check
says "missing	SPF-26:"
ends 0 "$claimctl" registry rebuild
ends 2 "$claimctl" registry rebuild --execute
ends 0 "$claimctl" registry rebuild --execute --reason "a new server" --roles operator
ends 0 "$claimctl" registry check
says "0 missing in Redis"
ends 69 "$claimctl" registry check --set redis.address=127.0.0.1:1
heals
says "rolled back in"
says "0 failures"
ends 6 "$claimctl" doctor --brokers 127.0.0.1:1
says "do not answer"
ends 0 "$claimctl" info
says "environment CLAIMSTREAM_KAFKA_BROKERS"

# --- dead letters: listed, fixed, sent again, dropped; each audited, none twice ---
"$build/tests/tool/kafka_mirror" "$KAFKA_BROKERS" "$CLAIMSTREAM_NAMESPACE" "$world" dead
ends 0 "$claimctl" deadletters list --json
python3 - "$out" <<'P' || failed=1
import json, sys
rows = {row["code"]: row for row in map(json.loads, open(sys.argv[1], encoding="utf-8"))}
assert (rows["FIELD_MISSING"]["count"], rows["FIELD_MISSING"]["open"], rows["UNREADABLE"]["topic"]) == (3, 3, "claims.classified.v1"), rows
P
# A person in what was refused: hidden, but for who asks in so many words
hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; }
headers=x-original-topic=$(hex claims.submitted.v1),claimstream-code=$(hex FIELD_INVALID)
printf '%s\t%s\t%s\n' "$(hex R-1)" "$headers" \
    "$(hex '{"kind":"POS_SALE","sold_to":{"name":"Petr Dorvanik","kind":"PERSON"}}')" |
    "$build/tests/tool/record_send" "$KAFKA_BROKERS" "$CLAIMSTREAM_NAMESPACE.deadletters.v1"
ends 0 "$claimctl" tail deadletters.v1 --exit --json
says '"sold_to":{"name":"*********anik","kind":"PERSON"}'
! grep -q Dorvanik "$out" || complain "a person in a dead letter"
ends 0 "$claimctl" deadletters list --code FIELD_INVALID --json
person=$(sed 's/.*"id":"\([^"]*\)".*/\1/' "$out")
ends 0 "$claimctl" deadletters show "$person"
says '"name":"*********anik"'
ends 0 "$claimctl" deadletters show "$person" --unmask "asks for his data" --as ann
says '"name":"Petr Dorvanik"'
ends 0 "$claimctl" deadletters drop "$person" --reason "noise" --execute --roles operator
ends 0 "$claimctl" lines explain 00000000000000000000000000000001
says "FIELD_MISSING  qty is missing. Add it."
ends 0 "$claimctl" deadletters list --code FIELD_MISSING
letter=$(head -1 "$out" | cut -f1)
ends 0 "$claimctl" deadletters fix "$letter"
sed 's/"D-1"/"D-2"/' "$out" > "$scratch/fixed.json"
ends 2 "$claimctl" deadletters redrive "$letter" --execute --roles operator
ends 0 "$claimctl" deadletters redrive "$letter" --reason plan
ends 0 "$claimctl" tail claims.submitted.v1 --exit
[ ! -s "$out" ] || complain "a plan sent something: $(cat "$out")"
echo "no object" > "$scratch/wrong.json"
ends 1 "$claimctl" deadletters redrive "$letter" --with "$scratch/wrong.json" --reason x --execute --roles operator
ends 0 "$claimctl" deadletters redrive "$letter" --with "$scratch/fixed.json" --reason "corrected" --as ann --execute --roles operator
ends 5 "$claimctl" deadletters redrive "$letter" --reason "again" --execute --roles operator
says "redriven by ann before"
ends 0 "$claimctl" tail claims.submitted.v1 --exit -f '%p %k %{invoice_no} %{headers.claimstream-attempt}\n'
[ "$(cat "$out")" = "1 N-100 D-2 2" ] || complain "the copy that was sent: $(cat "$out")"
ends 0 "$claimctl" deadletters redrive --code FIELD_MISSING --reason "the rest" --rate 50 --execute --roles operator
ends 0 "$claimctl" deadletters drop --code UNREADABLE --reason "noise" --execute --roles operator
ends 0 "$claimctl" deadletters list
[ "$(cut -f5 "$out" | tr '\n' ' ')" = "0 0 0 " ] || complain "nothing is open any more: $(cat "$out")"
ends 0 "$claimctl" tail audit.v1 --exit -f '%{verb}\n'
wanted=" 2 deadletter.drop 3 deadletter.redrive 1 deadletter.unmask 1 load 1 partner.unmask 1 registry.rebuild "
[ "$(grep -v '^publish$' "$out" | sort | uniq -c | tr -s ' \n' ' ')" = "$wanted" ] ||
    complain "the audit: $(cat "$out")"
exit $failed
