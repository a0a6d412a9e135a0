#!/bin/sh
# Tests the Swift side on Linux: SwiftPM and Swift of Debian 13 in a folder of their own, the core's library of this
# machine, and a running server. Parses the sources of the app, which needs Xcode to be built. Needs root, mmdebstrap, and
# what android/jvm/phone.sh needs. Takes about five minutes the first time, two later; 2.4 GB.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
checkout=$(CDPATH='' cd -- "$here/.." && pwd -P)
target=${CARGO_TARGET_DIR:-$checkout/target}
case $target in /*) ;; *) target=$checkout/$target ;; esac
root=$target/swift
since=$(date +%s)

say() { printf '%s\n' "test.sh: $*" >&2; }
[ "$(id -u)" = 0 ] || { say "it makes a chroot, which needs root"; exit 1; }
if ! command -v mmdebstrap >/dev/null; then
    apt-get update </dev/null >&2 || :
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends mmdebstrap </dev/null >&2
fi

# One that was left half made has no mark
if [ ! -e "$root/.whole" ]; then
    say "installing Swift into $root"
    rm -rf "$root"
    mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\(http[^ ]*\) .*/\2/p; s/^URIs: *\(http[^ ]*\).*/\1/p' \
        /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -v security | head -n 1)
    mmdebstrap --variant=apt --include=swiftlang,libc6-dev,libstdc++-14-dev \
        --dpkgopt='path-exclude=/usr/libexec/swift/lib/swift_static/*' \
        --dpkgopt='path-exclude=/usr/libexec/swift/bin/*lldb*' trixie "$root" "${mirror:-http://deb.debian.org/debian}" >&2
    touch "$root/.whole"
fi

# The server is needed, too
"$checkout/android/jvm/phone.sh" install
"$checkout/android/jvm/phone.sh" bindings --workspace
"$here/core.sh"
(cd "$checkout/android/jvm" && mvn -B -q -pl core -am -DskipTests install)

# The package as SwiftPM sees it, with its build kept from the last time
work=$root/campo
mkdir -p "$work"
for part in CampoCore Campo; do
    mkdir -p "$work/$part"
    (cd "$here/$part" && tar -cf - --exclude=.build .) | tar -xf - -C "$work/$part"
done
cp "$target/debug/libcampo_mobile_core.so" "$work/CampoCore/generated/"

stand=$work/stand.json
rm -f "$stand"
# Into a file: what Maven prints has colours, whoever reads it
(cd "$checkout/android/jvm/core" && mvn -B -q dependency:build-classpath -Dmdep.outputFile=target/classpath -Dmdep.includeScope=test)
classpath=$(cat "$checkout/android/jvm/core/target/classpath")
mkfifo "$work/input.$$"
java "-Djna.library.path=$target/debug" -cp "$checkout/android/jvm/core/target/classes:$checkout/android/jvm/core/target/test-classes:$classpath" \
    campo.core.StandKt "$stand" <"$work/input.$$" &
office=$!
exec 3>"$work/input.$$"
rm "$work/input.$$"
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
trap 'exec 3>&-; wait $office || :; umount "$root/proc" || :' EXIT
for _ in $(seq 1 600); do [ -e "$stand" ] && break; kill -0 $office; sleep 0.1; done

say "parsing the sources of the app"
chroot "$root" sh -c 'cd /campo/Campo/Sources && swiftc -frontend -parse *.swift'
chroot "$root" env LC_ALL=C.UTF-8 CAMPO_STAND=/campo/stand.json HOME=/tmp \
    sh -c 'cd /campo/CampoCore && swift test --disable-sandbox'
say "the Swift lane took $(($(date +%s) - since)) s"
