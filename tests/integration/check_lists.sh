#!/usr/bin/env bash
# Lists that change under running services (screening.md 6.4, 6.6): `claimctl lists load` brings a new one in force between batches,
# parties on file are compared with it, the payouts they have had can be found, and lines that follow are held. A list that shrank
# or is torn is refused and the one in force stays; an entry that goes closes its case.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/services.sh
scratch_folder
lists=$scratch/lists

mkdir "$lists"
header=entry_id,kind,name,aliases,weak_aliases,countries,birth_dates,identifiers,program,remarks
named() { echo "$header"; for n in $(seq -w 1 20); do echo "M-$n,ORGANISATION,MADE UP COMPANY $n,,,,,,TEST,"; done; for name in "$@"; do echo "X-1,ORGANISATION,$name,,,,,,TEST,"; done; }
named > "$lists/names.csv"
printf 'sources: [{id: OURS, purpose: DENIED, format: CSV, files: [names.csv], required: true, max_age_hours: 0}]\n' > "$lists/lists.yaml"
services_of lists first-hour 2 --set "intake.profiles_dir=$PWD/deploy/sample/first-hour/profiles" \
    --set "screening.lists_file=$lists/lists.yaml" --set "screening.poll_ms=200"
begin_services
claimctl load --sample first-hour > "$scratch/load" 2>&1 || fail "load ends with $?: $(cat "$scratch/load")"

sell() {            # sell NAME: a sale to the party
    printf '%s\n' "$(head -1 deploy/sample/first-hour/inbox/northgate/03-northgate-pos.csv)" \
        "INV,$1,1,3/2$2/2026,3/2$2/2026,SW-24,1,EA,\$251.00,USD,,,,,,Quorlan Freight,,US,," > "$scratch/$1.csv"
    claimctl submit "$scratch/$1.csv" --partner N-100 --profile northgate > "$scratch/sell" 2>&1 || fail "submit ends with $?: $(cat "$scratch/sell")"
}
has_outcome() { claimctl lines list --json > "$scratch/lines" 2> /dev/null && grep -F "\"line\":\"$1.csv:2\"" "$scratch/lines" > "$scratch/line" && grep -qF "\"outcome\":\"$2\"" "$scratch/line"; }
outcome_is() { eventually has_outcome "$1" "$2" || fail "$1 is not $2: $(claimctl lines explain "$1.csv:2" 2>&1)"; }
logged() { cat "$local"/*screener*.log "$local"/*compliance*.log > "$scratch/log" 2> /dev/null || true; [ "$(grep -c "$1" "$scratch/log")" -ge "$2" ]; }
cases() { claimctl holds list > "$scratch/holds" 2> /dev/null && [ "$(grep -c 'case .*QUORLAN\|case .*Quorlan' "$scratch/holds")" = "$1" ]; }

sell Q-1 1
outcome_is Q-1 PASS
code=0; claimctl screen payouts --lists "$lists/lists.yaml" > "$scratch/found" 2>&1 || code=$?
[ "$code" = 0 ] || fail "nobody is listed yet: $(cat "$scratch/found")"

# The new list: parties on file, their payouts, the next line
named "QUORLAN FREIGHT" > "$scratch/more.csv"
claimctl lists load OURS "$scratch/more.csv" --lists "$lists/lists.yaml" --as ann --roles operator --execute > "$scratch/loaded" 2>&1 || fail "lists load: $(cat "$scratch/loaded")"
eventually logged 'list_loaded.*"entries":21' 1 || fail "the new list is not taken over: $(grep list_ "$scratch/log")"
eventually cases 1 || fail "a party on file meets no new entry: $(cat "$scratch/holds")"
code=0; claimctl screen payouts --lists "$lists/lists.yaml" > "$scratch/found" 2> "$scratch/err" || code=$?
[ "$code" = 6 ] && in_file "Q-1.csv:2.*Quorlan Freight.*OURS/X-1" "$scratch/found" || fail "screen payouts ends with $code: $(cat "$scratch/found" "$scratch/err")"
sell Q-2 2
outcome_is Q-2 HOLD

# One that lost too much, one that is torn: refused
head -12 "$lists/names.csv" > "$scratch/short.csv"
mv "$scratch/short.csv" "$lists/names.csv"
eventually logged 'list_refused.*far fewer' 1 || fail "a list that shrank is not refused: $(grep list_ "$scratch/log")"
sell Q-3 3
outcome_is Q-3 HOLD
printf '%s\nX-1,ROBOT,\n' "$header" > "$scratch/torn.csv"
mv "$scratch/torn.csv" "$lists/names.csv"
eventually logged 'list_refused' 2 || fail "a torn list is not refused: $(grep list_ "$scratch/log")"
sell Q-4 4
outcome_is Q-4 HOLD
cases 1 || fail "the case of the list in force: $(cat "$scratch/holds")"

# The entry goes: its case closes, and the next line passes
named > "$scratch/without.csv"
mv "$scratch/without.csv" "$lists/names.csv"
eventually logged 'list_loaded.*"entries":20' 2 || fail "the list without the entry is not taken over: $(grep list_ "$scratch/log")"
eventually cases 0 || fail "an entry that is gone keeps its case: $(cat "$scratch/holds")"
sell Q-5 5
outcome_is Q-5 PASS
echo "  a list swapped, refused twice and swapped back under running services"
