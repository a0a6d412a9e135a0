#!/bin/sh
# The SOAP clients that we did not write, for tests: zeep (PyPI, in an environment of its own) and PHP's SoapClient.
#
#   tests/soap_clients.sh install   installs what is missing (PHP as root, by apt), and prints the path of python
#
# Everything but the path goes to standard error.
set -eu

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

case ${1:-} in
    install)
        # Two tests that start at once install once
        exec 9<"$0"
        ! command -v flock >/dev/null || flock 9
        install_php
        printf '%s/python\n' "$(sh "$(dirname -- "$0")/python.sh" soap-clients 'zeep==4.3.*')"
        ;;
    *) fail "usage: tests/soap_clients.sh install" ;;
esac
