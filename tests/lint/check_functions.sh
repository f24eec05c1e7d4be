#!/usr/bin/env bash
# Short functions with one job: none grows across 50 lines, and files stay one noun (900 lines), tests as well (950).
set -eu
failed=0
long=$(git ls-files -- 'common/*.c' 'services/*.c' | xargs -r awk '
    FNR == 1 { depth = 0 }
    { line = $0; gsub(/"([^"\\]|\\.)*"/, "", line); gsub(/\047.\047|\047\\.\047/, "", line)
      open = gsub(/\{/, "{", line); close_ = gsub(/\}/, "}", line)
      if (depth == 0 && open > 0) { from = FNR; is_function = ($0 ~ /^\{/) }
      depth += open - close_
      if (depth == 0 && close_ > 0 && is_function && FNR - from > 50)
          print FILENAME ":" from ": a function of " FNR - from " lines; part it" }')
[ -z "$long" ] || { echo "$long"; failed=1; }
big=$(git ls-files -- 'common/*.[ch]' 'services/*.[ch]' | xargs -r wc -l | awk '$2 != "total" && $1 > 900 { print $2 ": " $1 " lines; is it still one noun?" }')
[ -z "$big" ] || { echo "$big"; failed=1; }
big=$(git ls-files -- 'tests/unit/*.[ch]' | xargs -r wc -l |
    awk '$2 != "total" && $1 > 950 { print $2 ": " $1 " lines; part it by what is tested" }')
[ -z "$big" ] || { echo "$big"; failed=1; }
exit $failed
