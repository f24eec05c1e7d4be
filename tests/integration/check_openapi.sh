#!/usr/bin/env bash
# The description of intake's door against a running claim-intake: it is OpenAPI 3.1; each operation, status and content type in it is
# asked for and given; each answer fits its schema, and none is given that does not stand there. What another process of the group gives
# that waits for partitions, and one that was told to end, is asked for too. Needs npm and, once, a network.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/kafka.sh
. tests/support/redis.sh
need_kafka
need_redis
patient_services
name=openapi$$
tools=build/tools/openapi
pins=tests/integration/openapi
ids=()
fail() { echo "check_openapi: $1" >&2; tail -n 8 "$scratch"/*/log >&2; exit 1; }
end_all() { for id in "${ids[@]}"; do kill -KILL "$id" 2> /dev/null || true; done; }
at_exit end_all

for word in node npm; do command -v $word > /dev/null || bash deploy/packages.sh nodejs npm || true; command -v $word > /dev/null || { echo "check_openapi: $word is missing: install the packages nodejs and npm" >&2; exit 1; }; done
if ! cmp -s $pins/package.json $tools/package.json || [ ! -f $tools/complete ]; then
    rm -rf $tools; mkdir -p $tools; cp $pins/package.json $tools/
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix $tools > $tools/install.log 2>&1 || { tail -20 $tools/install.log >&2; echo "check_openapi: npm cannot install what $pins/package.json names" >&2; exit 1; }
    touch $tools/complete
fi

hash_of() { printf %s "$1" | sha256sum | cut -d' ' -f1; }
cat > "$scratch/submitters.yaml" <<CONFIG
submitters:
  - {id: alder, partner_id: N-100, reports_for: ["*"], kinds: [POS_SALE, POS_RETURN]}
  - {id: flood, partner_id: N-200}
tokens:
  - {submitter: alder, sha256: $(hash_of all), scopes: [submit, read, operate]}
  - {submitter: alder, sha256: $(hash_of reads), scopes: [read]}
  - {submitter: alder, sha256: $(hash_of submits), scopes: [submit]}
  - {submitter: flood, sha256: $(hash_of flood), scopes: [submit, read, operate]}
CONFIG
start() {       # start PLACE INSTANCE: its ports in PLACE/port; ready when it says so
    mkdir -p "$scratch/$1"
    free_port > "$scratch/$1/port"
    cat > "$scratch/$1/intake.yaml" <<CONFIG
kafka.brokers: "$KAFKA_BROKERS"
topics.allow_single_replica: true
namespace: $name
instance: $2
state.dir: $scratch/$1/state
admin.listen: 127.0.0.1:$(free_port)
http: {listen: "127.0.0.1:$(cat "$scratch/$1/port")", requests_per_second: 1, requests_burst: 3000, body_rate_min: 1KiB}
intake: {submitters: $scratch/submitters.yaml, spool_dir: $scratch/$1/spool, raw_dir: $scratch/$1/raw}
post.chunk_lines: 100
batch.lines_max: 100
CONFIG
    "$build/claim-intake" --config "$scratch/$1/intake.yaml" > "$scratch/$1/log" 2>&1 &
    ids+=($!)
    eventually is_ready_or_ended "$1" && is_ready "$1" || fail "$1 does not become ready"
}
is_ready() {    # a standby stands by
    "$build/claim-intake" --config "$scratch/$1/intake.yaml" --health > "$scratch/$1/health" 2>&1 || { [ "$1" = standby ] && in_file "standing by" "$scratch/$1/health"; }
}
is_ready_or_ended() { is_ready "$1" || ! kill -0 "${ids[-1]}" 2> /dev/null; }
ask() { python3 $pins/ask.py "$(cat "$scratch/$2/port")" "$scratch" "$1" "$scratch/exchanges" > "$scratch/asked" || fail "$1: $(cat "$scratch/asked")"; }

printf 'kafka.brokers: "%s"\nnamespace: %s\n' "$KAFKA_BROKERS" "$name" > "$scratch/topics.yaml"
"$build/claimctl" topics create --partitions 1 --replicas 1 --config "$scratch/topics.yaml" > "$scratch/topics.log" 2>&1 || fail "topics: $(cat "$scratch/topics.log")"
cp deploy/sample/first-hour/inbox/rheintal/04*.x12 "$scratch/pos.x12"
python3 - "$scratch/rejects.xlsx" <<'P'
import sys, zipfile
rows = [["Invoice", "Ship Date", "Part", "Qty", "UOM", "Currency", "Resale"], ["W-1", "2026-03-01", "SW-24", "1", "EA", "USD", "2.5"], ["W-2", "2026-03-01", "SW-24", "x", "EA", "USD", "2.5"]]
cells = "".join(f'<row r="{r}">' + "".join(f'<c r="{chr(65 + c)}{r}" t="inlineStr"><is><t>{v}</t></is></c>' for c, v in enumerate(row)) + "</row>" for r, row in enumerate(rows, 1))
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>')
    z.writestr("_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    z.writestr("xl/workbook.xml", '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>')
    z.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
    z.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>')
P

start_both() {
    start owner $((100 + $$ % 400))
    owner=${ids[-1]}
    start standby $((500 + $$ % 400))               # one partition: the second of the group has none
    standby=${ids[-1]}
}
start_both
ask closed standby
ask open owner

# Told to end while an answer is owed: that one is given, others are refused. A drain waits four seconds for it: a machine that is
# too slow for so many lines takes fewer.
gave=no refused=no number=0
drains_with() {     # drains_with LINES NUMBER
    local owed asking
    python3 - "$@" > "$scratch/large.ndjson" <<'P'
import sys
for n in range(int(sys.argv[1])):
    print('{"kind":"POS_SALE","partner_id":"N-100","invoice_no":"D-%s-%d","ship_date":"2026-03-01","vendor_part":"SW-24","qty":"1","uom":"EA","currency":"USD","resale_unit":"2.50"}' % (sys.argv[2], n))
P
    curl -sS -o "$scratch/owed" -w '%{http_code}' -H 'Authorization: Bearer all' --data-binary "@$scratch/large.ndjson" \
        "http://127.0.0.1:$(cat "$scratch/owner/port")/v1/documents" > "$scratch/owed.status" &
    owed=$!
    python3 $pins/ask.py "$(cat "$scratch/owner/port")" "$scratch" draining "$scratch/exchanges.draining" > "$scratch/refused" 2>&1 & asking=$!
    ask sent owner
    kill -TERM "$owner"
    ! wait $asking || refused=yes
    wait $owed || true
    [ "$(cat "$scratch/owed.status")" != 202 ] || gave=yes
    wait "$owner" || fail "a drained process ends with $?"
    cat "$scratch/exchanges.draining" >> "$scratch/exchanges"
    [ $gave = yes ] && [ $refused = yes ]
}
for lines in 20000 8000 3000 1000 300 100 3000 1000 300 100 100 100; do
    number=$((number + 1))
    ! drains_with $lines $number || break
    kill -TERM "$standby" && wait "$standby" || true    # it has taken the partition over
    start_both
done
[ $gave = yes ] || fail "the answer that was owed: $(cat "$scratch/owed.status" "$scratch/owed")"
[ $refused = yes ] || fail "a door that is about to end does not say so: $(cat "$scratch/refused")"

curl -sS "http://127.0.0.1:$(cat "$scratch/standby/port")/v1/openapi.json" > "$scratch/openapi.json"
cp $pins/validate.mjs $tools/
node $tools/validate.mjs "$scratch/openapi.json" "$scratch/exchanges" || fail "the description and the door differ"
