#!/usr/bin/env bash
# The wire contract against its rules and its past: buf lint (STANDARD), buf breaking (WIRE_JSON) against the released
# descriptors, and the golden bytes against the text they were written from. Needs npm and, once, a network: buf is
# installed into build/tools. What is missing fails with its name.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=1.75.0
tools=build/tools/buf-$version
golden=tests/golden/wire/v1
buf=$tools/node_modules/.bin/buf
failed=0

complain() { echo "check_proto: $*" >&2; failed=1; }

command -v protoc > /dev/null || { echo "check_proto: protoc is missing: install the package protobuf-compiler" >&2; exit 1; }
if [ ! -x "$buf" ]; then
    command -v npm > /dev/null || bash deploy/packages.sh nodejs npm
    command -v npm > /dev/null || { echo "check_proto: npm is missing: install the packages nodejs and npm" >&2; exit 1; }
    mkdir -p "$tools"
    npm install --silent --no-audit --no-fund --prefix "$tools" "@bufbuild/buf@$version" > "$tools/install.log" 2>&1 \
        || { cat "$tools/install.log" >&2; echo "check_proto: the npm package @bufbuild/buf $version cannot be installed" >&2; exit 1; }
fi

"$buf" lint proto || complain "the contract breaks a STANDARD rule of buf lint"
"$buf" breaking proto --against "$golden/claimstream.binpb" || complain "the contract breaks what $golden/claimstream.binpb promised"

# A copy with a changed type must be refused, or the check checks nothing.
broken=build/tools/proto-broken
rm -rf "$broken" && cp -r proto "$broken"
sed -i 's/int64 qty_milli = 8;/string qty_milli = 8;/' "$broken/claimstream/v1/line.proto"
if "$buf" breaking "$broken" --against "$golden/claimstream.binpb" > /dev/null 2>&1; then complain "buf breaking lets a changed type pass"; fi

for text in "$golden"/*.txtpb; do
    message=$(sed -n 's/^# proto-message: //p' "$text")
    protoc -I proto --encode="$message" proto/claimstream/v1/*.proto < "$text" | cmp -s - "${text%.txtpb}.bin" \
        || complain "$text and its bytes differ"
done
exit $failed
