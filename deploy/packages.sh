#!/usr/bin/env bash
# deploy/packages.sh [--build] [PACKAGE...]: installs the Debian packages that the build and the tests need and that are
# missing, and those named; --build: what the build alone needs. As root, or with a sudo that asks nothing; otherwise it
# prints the one command to run and fails.
set -eu
needed="gcc make pkg-config libprotobuf-c-dev protobuf-c-compiler protobuf-compiler libssl-dev
libxxhash-dev libyaml-dev libjansson-dev libcsv-dev libutf8proc-dev libzip-dev libexpat1-dev zlib1g-dev liblmdb-dev
librdkafka-dev libhiredis-dev libuv1-dev libmicrohttpd-dev libgnutls28-dev libcurl4-openssl-dev
icu-devtools python3 binutils"
if [ "${1:-}" = --build ]; then shift; else needed="$needed clang lld libcunit1-dev redis-server"; fi
needed="$needed $*"

find_missing() {
    missing=""
    for package in $needed; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
    done
}
find_missing
[ -z "$missing" ] && exit 0

if [ "$(id -u)" -eq 0 ]; then as_root=""
elif sudo -n true 2>/dev/null; then as_root="sudo -n"
else
    echo "packages are missing; run:  sudo apt-get update && sudo apt-get install -y$missing" >&2
    exit 69
fi
# Two checks may need something at the same moment: one installs, the other then finds it there. Nothing that apt starts keeps the lock.
here=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$here/build"
exec 9> "$here/build/packages.lock"
flock 9
find_missing
[ -z "$missing" ] && exit 0
export DEBIAN_FRONTEND=noninteractive
echo "installing:$missing"
$as_root apt-get update -qq 9>&-
# shellcheck disable=SC2086
$as_root apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends $missing > /dev/null 9>&-
