#!/usr/bin/env bash
# failures.sh BUILD...: the tests below BUILD/tests/run that failed, each by its name and with what it said: what was expected and
# what came, the first lines of a sanitizer's report, what a script complained of (lines that begin with its name) and
# the end of its output. Nothing when all passed.
set -eu
lines=14 named=0
find "$@" -path '*/tests/run/*' -name '*.log' -size +0 2> /dev/null | sort > "${TMPDIR:-/tmp}/failures.$$"
trap 'rm -f "${TMPDIR:-/tmp}/failures.$$"' EXIT
while read -r log; do
    [ $named -gt 0 ] || echo "failed:"
    name=${log%.log}
    echo "  ${name/\/tests\/run\// }"
    named=$((named + 1))
    [ $named -le 4 ] || continue                    # the others by their names
    stem=${name##*/check_}
    awk -v most=$lines -v complaint="^(check_)?${stem##*/}: " '
        /^  [^ ]+\.[ch]:[0-9]+: / || /AddressSanitizer|ThreadSanitizer|LeakSanitizer|runtime error:|broken promise/ { told = 6 }
        /^Run Summary/ { told = 0 }
        told > 0 && NF { told--; key[++keys] = $0; next }
        $0 ~ complaint { said[++complaints] = $0; next }
        NF { all[++n] = $0 }
        END { for (i = 1; i <= complaints && i <= most; i++) print "    " said[i]
              if (keys) for (i = 1; i <= keys && i <= most; i++) print "    " key[i]
              else for (i = n > most ? n - most + 1 : 1; i <= n; i++) print "    " all[i] }' "$log"
done < "${TMPDIR:-/tmp}/failures.$$"
[ $named -eq 0 ]
