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

# A port such that it and the next one are free.
free_port() {
    python3 - <<'PYTHON'
import socket
while True:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        port = first.getsockname()[1]
        try:
            second.bind(("127.0.0.1", port + 1))
        except (OSError, OverflowError):
            continue
        print(port)
        break
PYTHON
}

# scratch_folder: an empty folder that is gone at the end; its path in $scratch.
scratch_folder() {
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/claimstream.XXXXXX")
    at_exit rm -rf "$scratch"
}
