#!/usr/bin/env bash
# The HTTP door over TLS: documents, refusals in the middle of a body, a certificate that changes at SIGHUP while a
# connection lasts, one that cannot be taken; what is no TLS or too old a one is not answered. A key of another
# certificate keeps the start with 78.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/intake.sh
scratch_folder
tls=$scratch/tls
mkdir "$tls"
issue() {       # issue PLACE DAYS
    openssl req -newkey rsa:2048 -nodes -subj "/CN=door" -keyout "$tls/$1.key" -out "$tls/$1.csr" \
        2> "$scratch/openssl.log"
    openssl x509 -req -in "$tls/$1.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days "$2" -out "$tls/$1.pem" \
        -extfile <(echo "subjectAltName=IP:127.0.0.1") 2> "$scratch/openssl.log"
}
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=ca -keyout "$tls/ca.key" -out "$tls/ca.pem" \
    2> "$scratch/openssl.log"
issue door 5 && issue next 30
intake_of tls 1 "intake.auth: none" \
    "http: {certificate_file: $tls/door.pem, key_file: $tls/door.key, body_bytes_max: 1MiB}"

code=0
"$build/claim-intake" --config "$scratch/intake.yaml" --check --set "http.key_file=$tls/next.key" \
    > "$scratch/check" 2>&1 || code=$?
[ $code = 78 ] && in_file "it is not the key of that certificate" "$scratch/check" ||
    fail "another key ends with $code: $(cat "$scratch/check")"
code=0
"$build/claim-intake" --config "$scratch/intake.yaml" --check --set http.key_file= > "$scratch/check" 2>&1 || code=$?
[ $code = 78 ] && in_file "a certificate and its key go together" "$scratch/check" ||
    fail "no key ends with $code: $(cat "$scratch/check")"

begin_intake
in_file '"level":"warning".*"event":"certificate_loaded".*"days_left":[45]' "$scratch/claim-intake.log" ||
    fail "a certificate that ends in five days is no warning"

documents=https://127.0.0.1:$port/v1/documents
sale() { printf '{"kind":"POS_SALE","partner_id":"N-100","invoice_no":"%s","ship_date":"2026-03-01","vendor_part":"P","qty":"1","uom":"EA","currency":"USD","resale_unit":"2.50"}' "$1"; }
sale 1 > "$scratch/1.json"
ask() { curl -sS --max-time 300 --cacert "$tls/ca.pem" -o "$scratch/answer" -w '%{http_code}' "$@" 2> "$scratch/curl" ||
    true; }
[ "$(ask --data-binary "@$scratch/1.json" "$documents")" = 202 ] ||
    fail "a document over TLS: $(cat "$scratch/answer" "$scratch/curl")"
[ "$(ask --tls-max 1.2 "$documents")" = 200 ] ||
    fail "TLS 1.2 is not spoken: $(cat "$scratch/curl")"
[ "$(ask --tlsv1 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 "$documents")" = 000 ] ||
    fail "TLS 1.1 is spoken"
[ "$(ask "http://127.0.0.1:$port/v1/documents")" = 000 ] || fail "what is no TLS is answered: $(cat "$scratch/answer")"
head -c 3000000 /dev/zero > "$scratch/large"
[ "$(ask --data-binary "@$scratch/large" "$documents")" = 413 ] ||
    fail "a body that is too large: $(cat "$scratch/answer" "$scratch/curl")"
{ printf '\037\213'; head -c 3000 /dev/zero; } > "$scratch/broken"
[ "$(ask --data-binary "@$scratch/broken" -H 'Content-Encoding: gzip' "$documents")" = 400 ] && in_file "problems/encoding-broken" "$scratch/answer" ||
    fail "in the middle of a body the answer is lost: $(cat "$scratch/answer" "$scratch/curl")"
sale 2 > "$scratch/2.json"
"$build/claimctl" submit "$scratch/2.json" --config "$scratch/intake.yaml" --ca-file "$tls/ca.pem" \
    > "$scratch/out" 2>&1 ||
    fail "claimctl over TLS: $(cat "$scratch/out")"
! "$build/claimctl" submit "$scratch/2.json" --config "$scratch/intake.yaml" > "$scratch/out" 2>&1 ||
    fail "claimctl believes whom nobody certifies"

# Until when it holds, and what the clock says, is for alerts
curl -s "127.0.0.1:$admin/metrics" > "$scratch/metrics"
python3 - "$scratch/metrics" <<'PY' || fail "metrics: $(grep -E 'certificate|clock' "$scratch/metrics")"
import re, sys, time
text = open(sys.argv[1], encoding="utf-8").read()
ends = int(re.search(r'certificate_expiry_timestamp_seconds{service="intake",use="door"} (\d+)', text)[1])
clock = float(re.search(r'clock_timestamp_seconds{service="intake"} ([0-9.]+)', text)[1])
assert ends > time.time() and abs(clock - time.time()) < 60, (ends, clock)
PY

# Another certificate: for who comes, not for who is there
serial() { openssl s_client -connect "127.0.0.1:$port" -CAfile "$tls/ca.pem" < /dev/null 2> /dev/null \
    | openssl x509 -noout -serial; }
before=$(serial)
python3 - "$port" "$tls/ca.pem" "$tls" "$intake" <<'PY' || fail "a connection does not outlive its certificate"
import http.client, os, signal, ssl, subprocess, sys, time
port, ca, tls, pid = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
c = http.client.HTTPSConnection("127.0.0.1", port, timeout=300, context=ssl.create_default_context(cafile=ca))
def ask():
    c.request("GET", "/v1/openapi.json")
    a = c.getresponse(); a.read()
    assert a.status == 200, a.status
ask()
sock = c.sock
for part in ("pem", "key"):
    os.replace(f"{tls}/next.{part}", f"{tls}/door.{part}")
os.kill(pid, signal.SIGHUP)
until = time.monotonic() + 300
while time.monotonic() < until:
    seen = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}"], stdin=subprocess.DEVNULL, capture_output=True, check=False).stdout
    own = subprocess.run(["openssl", "x509", "-noout", "-serial"], input=seen, capture_output=True, check=False).stdout
    if own and own == subprocess.run(["openssl", "x509", "-noout", "-serial", "-in", f"{tls}/door.pem"], capture_output=True, check=False).stdout:
        break
    time.sleep(0.1)
else:
    sys.exit("the certificate stays")
ask()
assert c.sock is sock
PY
[ "$(serial)" != "$before" ] || fail "the certificate stays"
printf 'none\n' > "$tls/door.pem"
kill -HUP $intake
eventually in_file '"event":"certificate_refused".*no chain of certificates' "$scratch/claim-intake.log" ||
    fail "a file without a certificate is not told"
sale 3 > "$scratch/3.json"
[ "$(ask --data-binary "@$scratch/3.json" "$documents")" = 202 ] ||
    fail "behind a refused certificate: $(cat "$scratch/answer" "$scratch/curl")"
has_all() {
    [ "$("$build/claimctl" tail claims.received.v1 --config "$scratch/intake.yaml" --from beginning --exit \
        -f '%{line_id}\n' | sort -u | wc -l)" = 3 ]
}
eventually has_all ||
    fail "not every document is there"
kill -TERM $intake
wait $intake || fail "it ends with $?"
echo "  3 documents over TLS 1.2 and 1.3, a certificate changed under a connection, one refused"
