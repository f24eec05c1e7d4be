#!/usr/bin/env bash
# The manual pages: scdoc and mandoc take them, and every command, verb, option, setting, code and metric stands on its
# page exactly once.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/deploy/tools.sh
need scdoc scdoc
need mandoc mandoc
build=${BUILD:-build/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 deploy/manual/pages.py "$build" "$work"
for page in "$work"/*.scd; do scdoc < "$page" > "${page%.scd}"; done
mandoc -Tlint -Werror "$work"/*.[1578]
python3 tests/deploy/man.py "$work" "$build"
