#!/bin/sh
# The programs of strangers that the tests run: clients that customers use against our servers, servers that customers
# have for our clients, and the proxy that operators put in front. They are started by the tests, on loopback, with
# folders of their own.
#
#   tests/clients.sh install                    installs those that are missing (root, apt)
#   tests/clients.sh install PACKAGE:FILE …     installs these instead, where their file is missing
set -eu

# Package and the program by which it is known that it is there.
programs="openssh-client:/usr/bin/sftp lftp:/usr/bin/lftp curl:/usr/bin/curl openssh-server:/usr/sbin/sshd vsftpd:/usr/sbin/vsftpd nginx-light:/usr/sbin/nginx"

say() { printf '%s\n' "clients.sh: $*" >&2; }

install_programs() {
    missing=
    for one in "$@"; do
        [ -e "${one#*:}" ] || missing="$missing ${one%%:*}"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        say "these are missing:$missing. On Debian and Ubuntu: sudo apt-get install$missing"
        exit 1
    fi
    say "installing$missing"
    export DEBIAN_FRONTEND=noninteractive
    # What is installed is not started: the tests start their own, on loopback
    [ -e /usr/sbin/policy-rc.d ] || {
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod +x /usr/sbin/policy-rc.d
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    }
    apt-get update </dev/null >&2 || say "apt-get update failed; trying with the package lists there are"
    # shellcheck disable=SC2086 # a list of words
    apt-get install -y --no-install-recommends $missing </dev/null >&2
}

case ${1:-} in
    install)
        shift
        # shellcheck disable=SC2086 # a list of words
        [ $# -gt 0 ] || set -- $programs
        install_programs "$@"
        ;;
    *) say "usage: tests/clients.sh install [PACKAGE:FILE …]"; exit 1 ;;
esac
