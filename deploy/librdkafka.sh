#!/usr/bin/env bash
# librdkafka.sh FOLDER: builds the newest librdkafka that npm carries as source into FOLDER (include/, lib/), once.
# Debian 12 has 2.0.2; what a newer one brings is in kafka.md 5.2. Then:  make RDKAFKA=FOLDER all
# LIBRDKAFKA_PACKAGE: another npm package that carries the source below deps/librdkafka, such as node-rdkafka@3.6.1 (2.12.0).
set -euo pipefail
package=${LIBRDKAFKA_PACKAGE:-@confluentinc/kafka-javascript@1.10.1}        # 2.15.1
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?librdkafka.sh: into which folder?}

fail() { echo "librdkafka.sh: $*" >&2; exit 69; }

mark=built-from-${package//\//_}-with-zstd
[ -f "$folder/$mark" ] && exit 0
{ command -v npm && command -v c++ && pkg-config --exists libzstd; } > /dev/null || bash "$here/packages.sh" nodejs npm g++ libzstd-dev
command -v npm > /dev/null || fail "npm is missing: install the packages nodejs and npm"
command -v c++ > /dev/null || fail "its configure asks for a C++ compiler: install the package g++"
pkg-config --exists libzstd || fail "zstd is missing, which submitters may pack with: install the package libzstd-dev"
rm -rf "$folder" && mkdir -p "$folder/source"
folder=$(cd "$folder" && pwd)
cd "$folder/source"
archive=$(npm pack --loglevel=error "$package" 2> npm.log | tail -1) \
    || { cat npm.log >&2; fail "npm cannot fetch $package"; }
tar xzf "$archive"
cd package/deps/librdkafka
# What Claimstream needs and nothing else: no Kerberos, no curl, the lz4 that comes with it.
./configure --prefix="$folder" --disable-gssapi --disable-curl --disable-lz4-ext > "$folder/build.log" 2>&1 \
    || { tail -20 "$folder/build.log" >&2; fail "configure failed"; }
make -C src -j2 >> "$folder/build.log" 2>&1 && make -C src install >> "$folder/build.log" 2>&1 \
    || { tail -20 "$folder/build.log" >&2; fail "the build failed"; }
cd "$folder"
rm -rf source
touch "$mark"
sed -n 's/^Version: /librdkafka /p' lib/pkgconfig/rdkafka.pc
