#!/usr/bin/env bash
# The same files through our readers and through those of others: Python's csv, openpyxl, node-x12, pyx12, the SDK of CloudEvents. The peers
# are installed into build/tools, which needs pip, npm and, once, a network. What is missing fails with its name; SKIP=peers leaves it out.
set -euo pipefail
cd "$(dirname "$0")/../.."
case " ${SKIP:-} " in *" peers "*) echo "check_peers: left out by SKIP"; exit 0 ;; esac

build=${BUILD:-build/release}
python=(openpyxl==3.1.5 pyx12==4.0.0 cloudevents==2.2.0)
node=node-x12@1.7.1
tools=$PWD/build/tools/peers-$(echo "${python[*]} $node" | sha256sum | cut -c1-12)

missing() { echo "check_peers: $* ; SKIP=peers leaves the check out" >&2; exit 1; }

if [ ! -e "$tools/whole" ]; then
    rm -rf "$tools" && mkdir -p "$tools"
    { python3 -m pip --version && command -v npm; } > /dev/null 2>&1 || bash deploy/packages.sh python3-pip nodejs npm || true
    python3 -m pip --version > /dev/null 2>&1 || missing "pip is missing: install the package python3-pip"
    command -v npm > /dev/null || missing "npm is missing: install the packages nodejs and npm"
    python3 -m pip install --quiet --disable-pip-version-check --target "$tools/python" "${python[@]}" > "$tools/install.log" 2>&1 \
        || { cat "$tools/install.log" >&2; missing "pip cannot install ${python[*]}"; }
    npm install --silent --no-audit --no-fund --prefix "$tools" "$node" > "$tools/install.log" 2>&1 \
        || { cat "$tools/install.log" >&2; missing "npm cannot install $node"; }
    touch "$tools/whole"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PYTHONPATH=$tools/python python3 tests/support/peers.py "$build/claimctl" "$build/tests/tool/peer_view" "$tools/node_modules/node-x12" "$work" "${TEST_SEED:-1}"
