#!/bin/sh
# The mail server that we did not write, for tests: aiosmtpd (PyPI, in an environment of its own in the target folder).
#
#   tests/mail_server.sh install   installs it where it is missing, and prints the path of python
#
# Everything but the path goes to standard error.
set -eu

checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
target=${CARGO_TARGET_DIR:-$checkout/target}
case $target in /*) ;; *) target=$checkout/$target ;; esac
folder=$target/mail-server

say() { printf '%s\n' "mail_server.sh: $*" >&2; }
fail() { say "$*"; exit 1; }

install_server() {
    [ ! -x "$folder/bin/python" ] || "$folder/bin/python" -c 'import aiosmtpd' 2>/dev/null || rm -rf "$folder"
    [ ! -x "$folder/bin/python" ] || return 0
    say "installing aiosmtpd"
    python3 -m venv "$folder" >&2 || fail "python3 with venv is missing (on Debian and Ubuntu: apt-get install python3-venv)"
    "$folder/bin/pip" install --quiet --disable-pip-version-check 'aiosmtpd==1.4.6' >&2
}

case ${1:-} in
    install)
        mkdir -p "$target"
        # Two tests that start at once install once
        exec 9>"$target/mail-server.lock"
        ! command -v flock >/dev/null || flock 9
        install_server
        exec 9>&-
        printf '%s\n' "$folder/bin/python"
        ;;
    *) fail "usage: tests/mail_server.sh install" ;;
esac
