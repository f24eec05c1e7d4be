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

# free_ports FIRST LAST STEP OFFSET...: a number from FIRST to LAST such that the ports at STEP times it, plus each OFFSET, are free.
# All lie below those that connections get: a client that asks a dead server again and again would meet himself there one day.
free_ports() {
    python3 - "$@" << 'PYTHON'
import random, socket, sys
first, last, step, *offsets = map(int, sys.argv[1:])


def are_free(ports):
    sockets = [socket.socket() for _ in ports]
    try:
        for s, port in zip(sockets, ports):
            s.bind(("127.0.0.1", port))
        return True
    except OSError:
        return False
    finally:
        for s in sockets:
            s.close()


print(next(n for n in iter(lambda: random.randint(first, last), None) if are_free([step * n + offset for offset in offsets])))
PYTHON
}

# A port such that it and the next one are free.
free_port() { free_ports 20000 31999 1 0 1; }

# An instance whose four services find their admin ports free.
free_instance() { free_ports 100 899 10 9101 9102 9103 9104; }

# scratch_folder: a folder of this script that is gone at the end; its path in $scratch. Asked for again it is the same.
scratch_folder() {
    [ -z "${scratch:-}" ] || return 0
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/claimstream.XXXXXX")
    at_exit rm -rf "$scratch"
}
