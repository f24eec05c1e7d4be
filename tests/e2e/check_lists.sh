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
exit $failed
