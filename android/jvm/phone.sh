#!/bin/sh
# The Android app's sources on the JVM, over the real core: bindings, tests, and the phone in a window.
#
#   android/jvm/phone.sh install    installs JDK 17, Maven and what a window needs, where they are missing (root, apt)
#   android/jvm/phone.sh bindings   writes the Kotlin and Swift sides of the core's border from its library
#   android/jvm/phone.sh test       the wrapper's tests and a working day on the screens; prints its time
#   android/jvm/phone.sh pictures   each screen as pictures into android/jvm/desktop/target/pictures: Spanish by day, by
#                                   night and at a text of 200 %, and English
#   android/jvm/phone.sh run …      the phone in a window; `--help` lists its arguments
#
# Nothing but Java, Maven and cargo is needed: no Android SDK, no Gradle, no device.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
checkout=$(CDPATH='' cd -- "$here/../.." && pwd -P)
target=${CARGO_TARGET_DIR:-$checkout/target}
case $target in /*) ;; *) target=$checkout/$target ;; esac
library=$target/debug
budget_s=240

say() { printf '%s\n' "phone.sh: $*" >&2; }
fail() { say "$*"; exit 1; }

has_java() { command -v javac >/dev/null && [ "$(javac -version 2>&1 | sed 's/^javac \([0-9]*\).*/\1/')" -ge 17 ]; }

install_programs() {
    packages=
    has_java || packages="$packages openjdk-17-jdk-headless"
    command -v mvn >/dev/null || packages="$packages maven"
    # What Skia draws with; a window also needs X
    if command -v dpkg-query >/dev/null; then
        for package in libgl1 libfontconfig1 libx11-6 libxi6 libxrender1 libxtst6 libxext6 fontconfig "$@"; do
            dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || packages="$packages $package"
        done
    fi
    [ -n "$packages" ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        has_java && command -v mvn >/dev/null && return 0
        fail "JDK 17 and Maven are needed. Install them (on Debian and Ubuntu: sudo apt-get install$packages)."
    fi
    say "installing$packages"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update </dev/null >&2 || say "apt-get update failed; trying with the package lists there are"
    # shellcheck disable=SC2086
    apt-get install -y --no-install-recommends $packages </dev/null >&2 || fail "apt-get install$packages failed"
}

bindings() {
    # shellcheck disable=SC2086
    (cd "$checkout" && cargo build ${1:--p campo-mobile-core})
    cargo build --manifest-path "$checkout/bindings/Cargo.toml" --target-dir "$target/bindings" --locked
    core=$(ls "$library"/libcampo_mobile_core.so "$library"/libcampo_mobile_core.dylib 2>/dev/null | head -n 1)
    for language in kotlin:android/core/src/generated/kotlin swift:ios/CampoCore/generated; do
        folder=$checkout/${language#*:}
        rm -rf "$folder.new"
        "$target/bindings/debug/bindings" "$core" "$checkout/mobile-core/uniffi.toml" "${language%%:*}" "$folder.new"
        # What did not change keeps its time, so that nothing is compiled again for it
        if ! diff -rq "$folder.new" "$folder" >/dev/null 2>&1; then
            rm -rf "$folder" && mkdir -p "$(dirname "$folder")" && cp -R "$folder.new" "$folder"
        fi
        rm -rf "$folder.new"
    done
}

maven() {
    # After the first time nothing is looked for outside
    offline=
    [ ! -e "$here/target/resolved" ] || [ "$here/target/resolved" -ot "$here/pom.xml" ] \
        || [ "$here/target/resolved" -ot "$here/desktop/pom.xml" ] || offline=-o
    (cd "$here" && mvn -B -q $offline "-Dcampo.library.folder=$library" "$@") || return 1
    mkdir -p "$here/target" && touch "$here/target/resolved"
}

case ${1:-} in
install) shift; install_programs "$@" ;;
bindings) shift; bindings "$@" ;;
test)
    since=$(date +%s)
    install_programs
    # All of it, as `make test` builds it: with other packages beside it a crate can have other features, and is built anew.
    # The server is needed, too
    bindings --workspace
    maven install -Dsurefire.printSummary=true
    taken=$(($(date +%s) - since))
    say "the phone's lane took $taken s of $budget_s s"
    ;;
pictures)
    install_programs
    bindings --workspace
    rm -rf "$here/desktop/target/pictures"
    maven install -Dcampo.pictures=all -Dtest=DayTest -Dsurefire.failIfNoSpecifiedTests=false
    say "the pictures are in $here/desktop/target/pictures"
    ;;
run)
    shift
    install_programs
    bindings
    maven -DskipTests install
    (cd "$here/desktop" && mvn -B -q -o dependency:build-classpath -Dmdep.outputFile=target/classpath -Dmdep.includeScope=runtime)
    exec java "-Djna.library.path=$library" -cp "$here/desktop/target/classes:$(cat "$here/desktop/target/classpath")" \
        campo.desktop.MainKt "$@"
    ;;
*) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
