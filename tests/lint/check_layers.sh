#!/usr/bin/env bash
# The first word of an include is its layer; each layer sees only those below it (architecture.md 9, style.md 5.1).
set -eu
declare -A sees=(
    [base]="base" [domain]="base domain" [wire]="base domain wire" [runtime]="base runtime"
    [stage]="base domain wire runtime stage"
)
# Libraries end where they are named; everything else may use libc only.
declare -A library=(
    [yaml.h]="common/wire/yaml.c" [utf8proc.h]="common/wire services/intake" [expat.h]="common/wire services/intake"
    [zip.h]="services/intake" [csv.h]="services/intake" [iconv.h]="services/intake" [zlib.h]="services/intake"
    [jansson.h]="services/intake services/claimctl"
    [openssl/evp.h]="common/base/hash.c" [xxhash.h]="common/base/hash.c" [protobuf-c/protobuf-c.h]="common/wire services/claimctl/version.c"
    [hiredis/hiredis.h]="common/runtime" [lmdb.h]="common/runtime" [librdkafka/rdkafka.h]="common/runtime" [uv.h]="common/runtime"
    [curl/curl.h]="services/claimctl" [microhttpd.h]="common/runtime services/intake"
    [gnutls/gnutls.h]="common/runtime" [gnutls/abstract.h]="common/runtime" [gnutls/x509.h]="common/runtime"
)
failed=0
complain() { echo "$1"; failed=1; }

while IFS=: read -r file line text; do
    target=${text#*\"} target=${target%%\"*}
    word=${target%%/*}
    case $file in
        common/*) layer=${file#common/}; layer=${layer%%/*}; allowed=${sees[$layer]} ;;
        services/*) layer=${file#services/}; layer=${layer%%/*}
            allowed="base domain stage wire runtime $layer"
            [ "$layer" = claimctl ] && allowed="$allowed intake classification compliance payout" ;;
        *) continue ;;
    esac
    case $target in claimstream/v1/*) word=wire ;; esac
    [[ " $allowed " == *" $word "* ]] || complain "$file:$line: $layer may not include \"$target\"; it sees: $allowed"
done < <(grep -rnE '^#include "' common services --include='*.c' --include='*.h')

while IFS=: read -r file line text; do
    header=${text#*<} header=${header%%>*}
    homes=${library[$header]:-}
    [ -z "$homes" ] && continue
    at_home=0
    for home in $homes; do [[ $file == "$home"* ]] && at_home=1; done
    [ $at_home = 1 ] || complain "$file:$line: <$header> ends in $homes"
done < <(grep -rnE '^#include <' common services --include='*.c' --include='*.h')

# Pure files see no wire, no runtime: a decision knows the business only.
while IFS=: read -r file line text; do
    complain "$file:$line: a pure file includes ${text#*\"}"
done < <(grep -nE '^#include "(wire|runtime)/' services/*/decide.[ch] services/*/rules.[ch] services/*/policy.h 2>/dev/null || true)
exit $failed
