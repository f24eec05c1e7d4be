# tests/deploy/tools.sh: the tools of the deployment checks. Source it; `node_tools` leaves their folder in $tools.
need() {        # need COMMAND PACKAGE
    command -v "$1" > /dev/null || bash deploy/packages.sh "$2" || true
    command -v "$1" > /dev/null || { echo "$1 is missing: install the package $2" >&2; exit 69; }
}

# Two checks may ask for them at the same moment: one installs, the other waits and finds them there.
node_tools() {
    local pins=tests/deploy/package.json
    tools=build/deps/deploy
    need npm npm
    mkdir -p build/deps
    (
        flock 9
        [ -f "$tools/complete" ] && cmp -s "$pins" "$tools/package.json" && exit 0
        rm -rf "$tools" && mkdir -p "$tools" && cp "$pins" "$tools/package.json"
        npm install --prefix "$tools" --no-audit --no-fund --ignore-scripts > "$tools/npm.log" 2>&1 \
            || { tail -20 "$tools/npm.log" >&2; echo "npm cannot install what $pins names" >&2; exit 69; }
        touch "$tools/complete"
    ) 9> build/deps/deploy.lock || exit
}
