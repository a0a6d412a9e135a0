#!/bin/sh
# The SOAP clients that we did not write, for tests: zeep (PyPI, in an environment of its own) and PHP's SoapClient.
#
#   tests/soap_clients.sh install   installs what is missing (PHP as root, by apt), and prints the path of python
#
# Everything but the path goes to standard error.
set -eu

checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
target=${CARGO_TARGET_DIR:-$checkout/target}
case $target in /*) ;; *) target=$checkout/$target ;; esac
folder=$target/soap-clients

say() { printf '%s\n' "soap_clients.sh: $*" >&2; }
fail() { say "$*"; exit 1; }

has_php() { command -v php >/dev/null && php -m 2>/dev/null | grep -qi '^soap$'; }

install_php() {
    ! has_php || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "PHP with its SOAP extension is missing (on Debian and Ubuntu: sudo apt-get install php-cli php-soap)"
    fi
    say "installing PHP"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update </dev/null >&2 || say "apt-get update failed; trying with the package lists there are"
    apt-get install -y --no-install-recommends php-cli php-soap </dev/null >&2 || :
    has_php || fail "apt-get install php-cli php-soap did not bring PHP's SOAP extension"
}

# A virtual environment where the system has the means for it, else a plain folder beside the system's python.
install_zeep() {
    [ ! -x "$folder/bin/python" ] || "$folder/bin/python" -c 'import zeep' 2>/dev/null || rm -rf "$folder"
    [ ! -x "$folder/bin/python" ] || return 0
    say "installing zeep"
    if ! python3 -m venv "$folder" >&2; then
        [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "python3 with venv is missing"
        apt-get install -y --no-install-recommends python3 python3-venv </dev/null >&2 || :
        python3 -m venv "$folder" >&2
    fi
    "$folder/bin/pip" install --quiet --disable-pip-version-check 'zeep==4.3.*' >&2
}

case ${1:-} in
    install)
        mkdir -p "$target"
        # Two tests that start at once install once
        exec 9>"$target/soap-clients.lock"
        ! command -v flock >/dev/null || flock 9
        install_php
        install_zeep
        exec 9>&-
        printf '%s\n' "$folder/bin/python"
        ;;
    *) fail "usage: tests/soap_clients.sh install" ;;
esac
