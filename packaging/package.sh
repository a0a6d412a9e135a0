#!/bin/sh
# The Debian package of the server.
#
#   packaging/package.sh build    builds target/debian/campo_…_….deb; installs cargo-deb where it is missing
#   packaging/package.sh test     installs the built package on this machine, starts what it installed, installs it again
#                                 over itself, and removes it; for a machine that can be thrown away (root)
set -eu

checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
target=${CARGO_TARGET_DIR:-$checkout/target}

say() { printf '%s\n' "package.sh: $*" >&2; }
fail() { say "$*"; exit 1; }

build() {
    cargo deb --version >/dev/null 2>&1 || cargo install cargo-deb --locked
    (cd "$checkout" && cargo build --release --locked -p campo-server --bin campo --no-default-features)
    (cd "$checkout" && cargo deb -p campo-server --no-build --output "$target/debian/")
}

# What answers on that port, within half a minute
answers() {
    tries=0
    until curl -fs "http://127.0.0.1:$1/health/ready" >/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || return 1
        sleep 0.5
    done
}

run_installed() { # port
    CAMPO_LISTEN=127.0.0.1:$1 setpriv --reuid campo --regid campo --clear-groups \
        /usr/bin/campo serve --config /etc/campo/campo.toml &
    server=$!
    answers "$1" || { kill "$server"; fail "the installed server does not answer"; }
    kill -TERM "$server"
    wait "$server" || fail "the installed server did not end in order"
}

case ${1:-} in
build) build ;;
test)
    [ "$(id -u)" = 0 ] || fail "needs root"
    [ ! -e /var/lib/campo ] || fail "/var/lib/campo exists: this is not a machine to throw away"
    package=$(ls -t "$target"/debian/campo_*.deb | head -n 1)
    apt-get install -y --no-install-recommends "$package" curl </dev/null
    [ "$(stat -c '%U %a' /var/lib/campo)" = "campo 700" ] || fail "the data folder is not campo's alone"
    [ "$(stat -c '%U:%G %a' /etc/campo/campo.toml)" = "root:campo 640" ] || fail "the settings can be read by others"
    run_installed 18080
    ls /var/lib/campo | grep -q . || fail "the installed server kept nothing in its data folder"
    # In place, so that its owner and mode stay
    changed=$(sed 's/^log_format.*/log_format = "text"/' /etc/campo/campo.toml)
    printf '%s\n' "$changed" >/etc/campo/campo.toml
    apt-get install -y --reinstall "$package" </dev/null
    grep -q '^log_format = "text"' /etc/campo/campo.toml || fail "an upgrade changed the settings"
    run_installed 18080
    apt-get purge -y campo </dev/null
    [ ! -e /usr/bin/campo ] || fail "the binary stays after the package was removed"
    [ -d /var/lib/campo ] || fail "removing the package deleted the data"
    rm -rf /var/lib/campo
    say "installed, started, installed anew and removed"
    ;;
*) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
