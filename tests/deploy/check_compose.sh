#!/usr/bin/env bash
# docker-compose.yml: dclint without a warning, and what no linter knows: compose.cjs.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/deploy/tools.sh
node_tools
"$tools/node_modules/.bin/dclint" -c tests/deploy/dclint.json --max-warnings 0 docker-compose.yml
NODE_PATH=$tools/node_modules node tests/deploy/compose.cjs docker-compose.yml "${BUILD:-build/release}"
