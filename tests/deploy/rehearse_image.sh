#!/usr/bin/env bash
# rehearse_image.sh: the steps of deploy/docker/Dockerfile without a container engine. Those of its build stage run, word for
# word, in a fresh Debian 12 made by debootstrap; what they leave is laid over glibc alone, as the image lays it over its base,
# and every program answers there as user 65532. Needs root, debootstrap and Debian's archive; a quarter of an hour.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/deploy/tools.sh
need debootstrap debootstrap
[ "$(id -u)" -eq 0 ] || { echo "rehearse_image: only root may change its root" >&2; exit 77; }
work=$(mktemp -d)
built=$work/build final=$work/final
leave() { umount "$built/proc" "$final/proc" 2> /dev/null || true; rm -rf --one-file-system "$work"; }
trap leave EXIT

# One step a line: continued lines are joined, comments left out; only what stands before the second FROM.
steps() {
    awk '/^FROM/ && ++stage > 1 { exit } /^[ \t]*#/ { next } { line = line $0 }
         /\\$/ { sub(/\\$/, "", line); next } { print line; line = "" }' deploy/docker/Dockerfile
}

debootstrap --variant=minbase bookworm "$built" > "$work/log" 2>&1 || { tail -5 "$work/log"; exit 1; }
cp /etc/resolv.conf "$built/etc/resolv.conf"
rm -rf "$built/etc/apt/sources.list" "$built/etc/apt/sources.list.d"
for file in sources.list sources.list.d apt.conf.d; do [ ! -e "/etc/apt/$file" ] || cp -a "/etc/apt/$file" "$built/etc/apt/"; done
mount -t proc proc "$built/proc"
# npm asks whom this machine asks, and trusts whom it trusts.
if command -v npm > /dev/null; then
    npm_config_registry=$(npm config get registry)
    export npm_config_registry
fi
if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    cp /etc/ssl/certs/ca-certificates.crt "$built/tmp/authorities.crt"
    export npm_config_cafile=/tmp/authorities.crt
fi

folder=/
while read -r word rest; do
    case $word in
        RUN)     echo "RUN ${rest:0:100}"
                 chroot "$built" /usr/bin/env DEBIAN_FRONTEND=noninteractive sh -ec "cd '$folder'; $rest" > "$work/log" 2>&1 \
                     || { tail -20 "$work/log"; echo "rehearse_image: the step fails"; exit 1; } ;;
        WORKDIR) folder=$rest && mkdir -p "$built$folder" ;;
        COPY)    [ "$rest" = ". ." ] || { echo "rehearse_image: COPY $rest is not known here"; exit 1; }
                 git archive HEAD | tar -x -C "$built$folder" ;;
    esac
done < <(steps)

# The base of the image: glibc with its loader, nothing that we brought.
mkdir -p "$final/tmp" "$final/proc" && chmod 1777 "$final/tmp"
mount -t proc proc "$final/proc"                # as a container has it
chroot "$built" sh -ec 'cd /tmp && apt-get update > /dev/null && apt-get download -q libc6 > /dev/null'
dpkg-deb -x "$built"/tmp/libc6_*.deb "$final"
cp -a "$built/root-fs/." "$final/"
inside() { chroot --userspec=65532:65532 "$final" "$@"; }
for program in "$built"/root-fs/usr/bin/*; do
    program=/usr/bin/${program##*/}
    if [ "$program" = /usr/bin/claimctl ]; then inside "$program" version; else inside "$program" --version; fi > "$work/said" \
        || { cat "$work/said"; echo "rehearse_image: $program does not run"; exit 1; }
    echo "$program: $(head -c 100 "$work/said" | head -1)"
done
inside /bin/true 2> /dev/null && { echo "rehearse_image: there is more in the image than our programs"; exit 1; }
code=0
inside /usr/bin/claimctl run --sample first-hour > "$work/said" 2>&1 || code=$?
[ "$code" -eq 3 ] || { tail -5 "$work/said"; echo "rehearse_image: the demo ends with $code"; exit 1; }
echo "rehearse_image: every step runs, every program answers; $(du -sm "$built/root-fs" | cut -f1) MiB over the base"
