#!/usr/bin/env bash
# Purity, read from the object files: what the domain and every decide.o leave undefined is an export of base or domain
# (or of the same service), or one of a dozen libc names and libgcc's 128-bit helpers. A clock, a socket or a malloc in a
# decision fails here without any review. Only the release variant is asked: sanitizers add symbols of their own.
set -eu
build=${BUILD:-build/release}
case $build in *release*) ;; *) exit 0 ;; esac
libc=" memcpy memset memcmp memmove memchr strlen strcmp strncmp __stack_chk_fail _GLOBAL_OFFSET_TABLE_ __memcpy_chk __memset_chk __memmove_chk
 __divti3 __modti3 __udivti3 __umodti3 __divmodti4 __udivmodti4 __multi3 "
libc=$(tr '\n' ' ' <<< "$libc")
failed=0

exports() { nm --defined-only -g "$@" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u; }

check() {       # check LABEL EXPORTS OBJECT...
    local label=$1 known=$2
    shift 2
    nm -uA "$@" | awk -v label="$label" -v libc="$libc" '
        BEGIN { split(libc, names, " "); for (i in names) is_known[names[i]] }
        FILENAME != "-" { is_known[$1]; next }
        !($NF in is_known) { sub(/:$/, "", $1); print $1 ": " label " may not use " $NF; failed = 1 }
        END { exit failed }' "$known" - || failed=1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mapfile -t domain < <(find "$build/common/domain" -name '*.o')
mapfile -t base < <(find "$build/common/base" -name '*.o')
exports "${base[@]}" "${domain[@]}" > "$work/pure"
check "the domain" "$work/pure" "${domain[@]}"
# Nor does it remember anything: a second line of the same input has the same answer.
size -A "${domain[@]}" | awk '
    NF == 2 || /:$/ { object = $1 }
    $1 ~ /^\.t?(data|bss)$/ && $2 > 0 { print object ": the domain may not keep state between lines: " $1; failed = 1 }
    END { exit failed }' || failed=1

for decide in "$build"/services/*/decide.o; do
    [ -e "$decide" ] || continue
    folder=$(dirname "$decide")
    mapfile -t helpers < <(find "$folder" -maxdepth 1 -name '*.o' ! -name main.o ! -name stage.o ! -name prefetch.o ! -name gather.o ! -name record.o ! -name tick.o ! -name outbox.o ! -name restoration.o ! -name stored_rows.o ! -name expiry.o ! -name rescreening.o ! -name slot_conflicts.o ! -name registry_rebuild.o)
    { cat "$work/pure"; exports "${helpers[@]}"; } | sort -u > "$work/own"
    case $folder in */intake | */claimctl) continue ;; esac
    check "a decision" "$work/own" "${helpers[@]}"
done
exit $failed
