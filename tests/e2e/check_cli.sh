#!/usr/bin/env bash
# The verbs that read a finished run of the tiny world: exact outputs, exit codes.
set -eu
claimctl=$PWD/${BUILD:-build/release}/claimctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$PWD
tiny=$PWD/deploy/sample/tiny
cd "$work"
failed=0
complain() { echo "$1"; failed=1; }
ends() { local want=$1 code=0; shift; "$@" > out 2> err || code=$?; [ $code -eq "$want" ] || complain "exit $code, want $want: $*
$(cat out err)"; }
prints() { cat > want; diff -u want out || complain "of: $1"; }

ends 3 "$claimctl" run --sample tiny --state run

# --- payouts export ---
ends 0 "$claimctl" payouts export --format csv --partner N-100 --program SD-26 --ledger EARNED --state run
[ "$(cut -d, -f2,7,10,12-14 out | tr -d '\r')" = "partner_id,program_id,ledger,qty,amount,currency
N-100,SD-26,EARNED,200,350.00,USD
N-100,SD-26,EARNED,230,402.50,USD
N-100,SD-26,EARNED,170,297.50,USD" ] || complain "rows: $(cat out)"
[ "$(grep -c $'\r$' out)" -eq 4 ] || complain "rows end as RFC 4180 says"
ends 0 "$claimctl" payouts export --format jsonl --program VR-26 --state run
python3 - <<'P' || failed=1
import json
rows = [json.loads(line) for line in open("out", encoding="utf-8")]
assert [(r["amount"], r["currency"], r["ledger"]) for r in rows] == [("25.00", "USD", "EARNED"), ("125.00", "USD", "EARNED"), ("-20.00", "USD", "EARNED")], rows
P
ends 0 "$claimctl" payouts export --format jsonl --partner NOBODY --state run
[ ! -s out ] || complain "entries of nobody: $(cat out)"
ends 2 "$claimctl" payouts export --state run
ends 2 "$claimctl" payouts export --format xml --state run
ends 2 "$claimctl" payouts list --partner N-100 --state run
ends 2 "$claimctl" payouts export --fromat csv --state run
grep -q 'did you mean --format?' err || complain "no nearest option: $(cat err)"

exit $failed
