# tests/support/cleanup.sh: what a script started is stopped, however it ends. Source it; then `at_exit COMMAND...`.
cleanups=()

at_exit() { cleanups=("$(printf '%q ' "$@")" "${cleanups[@]}"); }

run_cleanups() {
    local command
    for command in "${cleanups[@]}"; do eval "$command" || true; done
    cleanups=()
}

trap run_cleanups EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# eventually COMMAND...: until it succeeds, looking five times a second, for five minutes. No check depends on how fast something
# comes: it waits for what it wants to see, never for a time.
eventually() {
    local until=$((SECONDS + ${PATIENCE:-300}))
    until "$@"; do
        [ $SECONDS -lt $until ] || return 1
        sleep 0.2
    done
}

# kill_service DIR SERVICE: kill -9 of a service of deploy/local/up.sh. One that has just ended by itself is being started again by
# its keeper: then that one.
kill_service() { eventually kill_named "$1/$2.pid"; }
kill_named() { kill -KILL "$(cat "$1")" 2> /dev/null; }

# in_file PATTERN FILE: whether a line of it matches; a file that is not there has none.
in_file() { grep -q -- "$1" "$2" 2> /dev/null; }

# A port such that it and the next one are free; an instance whose four services find their admin ports free.
free_port() { python3 tests/support/ports.py; }
free_instance() { python3 tests/support/ports.py 100 899 10 9101 9102 9103 9104; }

# scratch_folder: a folder of this script that is gone at the end; its path in $scratch. Asked for again it is the same.
scratch_folder() {
    [ -z "${scratch:-}" ] || return 0
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/claimstream.XXXXXX")
    at_exit rm -rf "$scratch"
}
