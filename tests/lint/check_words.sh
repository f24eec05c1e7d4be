#!/usr/bin/env bash
# Banned calls with their replacement, floating point, left-overs, and words that do not belong into the tree.
set -eu
failed=0
ban() {         # ban PATTERN WHERE MESSAGE
    local found
    found=$(git grep -nIE "$1" -- $2 ':!tests/lint/*' 2>/dev/null || true)
    [ -z "$found" ] && return 0
    sed "s|\$|    <- $3|" <<< "$found"
    failed=1
}
C="common/*.c common/*.h services/*.c services/*.h"
ban '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof)\(' "$C tests/*.c" "unbounded or silent: use slices, text_put, decimal_parse"
ban '\b(rand|srand|random)\(' "$C" "not repeatable: take a seed"
ban '\b(time|gettimeofday|clock_gettime|localtime|gmtime)\(' "common/base/*.c common/domain/*.c common/wire/*.c services/*/decide.c services/*/rules.c" "no clock here: time comes with the line"
ban '\b(malloc|calloc|realloc|free)\(' "common/domain/*.c services/*/decide.c services/*/rules.c" "memory comes from the arena"

ban '\b(TODO|FIXME|XXX|HACK)\b' "common services tests proto deploy Makefile README.md" "finish it or write the limit down"
ban '/(work|farm)/|registry\.npmjs|repo1\.maven|deb\.debian\.org|pypi\.org' "." "no machine path or registry host in the tree"
ban '\brd_kafka_(seek|pause_part|resume_part|consume_batch)' "$C" "poll one, then poll(0) (kafka.md 16.16)"
ban '<json-c/' "$C" "jansson alone: the two clash (kafka.md 16.57)"
ban '\bsizeof\(struct [a-z_]+\) \* ' "$C" "use ARENA_ARRAY: it checks the product"
# Comments may speak of floating point; code may not, but for the one function of workbook fractions (feeds.md 7.4), and where doubles of
# others are printed as they came.
floats=$(git ls-files -- 'common/*.[ch]' 'common/*.def' 'services/*.[ch]' 'services/*.def' |
    grep -v -e services/intake/workbook_number -e services/claimctl/descriptor | xargs -r awk '
    FNR == 1 { inside = 0 }
    { line = $0
      if (inside) { if (!(end = index(line, "*/"))) next; line = substr(line, end + 2); inside = 0 }
      gsub(/\047(\\.|[^\\\047])\047/, "0", line); gsub(/"(\\.|[^\\"])*"/, "", line); sub(/\/\/.*/, "", line)
      while (begin = index(line, "/*")) {
          rest = substr(line, begin + 2); end = index(rest, "*/"); inside = !end
          line = substr(line, 1, begin - 1) " " (end ? substr(rest, end + 2) : "")
      } }
    line ~ /(^|[^A-Za-z0-9_])(float|double)([^A-Za-z0-9_]|$)/ ||
    line ~ /_Float[0-9]|__float[0-9]|_Decimal|_Complex|strtod|json_real/ ||
    line ~ /(^|[^A-Za-z0-9_.])([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+[eE][-+]?[0-9]+)/ {
        print FILENAME ":" FNR ": no floating point: " line
    }')
[ -z "$floats" ] || { echo "$floats"; failed=1; }
exit $failed
