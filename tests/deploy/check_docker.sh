#!/usr/bin/env bash
# The image, as far as it can be judged without building it: pinned bases, nobody's root, every package that the build
# needs, no secret, and `make install` gives every program.
set -euo pipefail
cd "$(dirname "$0")/../.."
file=deploy/docker/Dockerfile
failed=0
complain() { echo "$file: $1"; failed=1; }

while read -r image; do
    case $image in
        *:latest | *:) complain "$image is not pinned" ;;
        *:*) ;;
        *) complain "$image has no tag" ;;
    esac
done < <(awk '/^FROM/ { print $2 }' "$file")
grep -q '^USER 65532:65532' "$file" || complain "does not run as 65532"
grep -q '^STOPSIGNAL SIGTERM' "$file" || complain "SIGTERM is what drains"
! grep -nE 'PASSWORD|SECRET|TOKEN' "$file" || complain "a secret has no place in an image"
! grep -nE '^ADD|\b(curl|wget) ' "$file" || complain "takes something from outside of Debian and the tree"

# Libraries that the tree links are packages here and in packages.sh.
needed=$(sed -n '/^needed=/,/"$/p' deploy/packages.sh | tr ' ' '\n' | grep -oE '^(")?lib[a-z0-9.+-]+-dev|needed="lib[a-z0-9-]+-dev' | tr -d '"' | grep -v cunit)
for package in $needed; do grep -qw -- "$package" "$file" || complain "$package is in deploy/packages.sh and not here"; done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make --no-print-directory install PREFIX=/usr DESTDIR="$work" > "$work/log" 2>&1 || { cat "$work/log"; complain "make install fails"; }
for service in deploy/config/*.yaml; do
    [ -x "$work/usr/bin/$(basename "$service" .yaml)" ] || complain "make install leaves out $(basename "$service" .yaml)"
done
[ -f "$work/usr/share/claimstream/config/claim-screener.yaml" ] || complain "make install leaves out the configuration"
[ -f "$work/usr/share/claimstream/ruleset.yaml" ] || complain "make install leaves out the ruleset"

# Named together, in whatever order and with -j, the services begin on a Kafka that runs, and it ends behind them.
order() {
    make --no-print-directory -n -j2 "$@" 2>/dev/null | grep -oE '(start|up|down|stop)\.sh' | tr '\n' ' '
}
[ "$(order up-local kafka)" = "start.sh up.sh " ] || complain "make up-local kafka begins the services first"
[ "$(order kafka-stop down-local)" = "down.sh stop.sh " ] || complain "make kafka-stop down-local ends Kafka first"
exit $failed
