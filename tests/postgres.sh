#!/bin/sh
# The PostgreSQL server of the tests: its own data folder and port, never the system's cluster.
#
#   tests/postgres.sh install            installs the server programs when they are missing (root, apt)
#   tests/postgres.sh start [--durable]  starts it if it does not run, prints its URL
#   tests/postgres.sh url [--durable]    prints the URL of a server that was started
#   tests/postgres.sh stop               stops both kinds
#
# The usual server keeps nothing over a loss of power, which makes the tests quick. `--durable` is another one, in
# another folder, which syncs every commit: for tests that kill it, and for figures.
#
# Everything but the URL goes to standard error. The role in the URL may create databases and is not a superuser, as
# in production. It has a password because a superuser or an owner reached without one could run programs as whoever
# started the tests.
set -eu

checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
target=${CARGO_TARGET_DIR:-$checkout/target}
case $target in /*) ;; *) target=$checkout/$target ;; esac

say() { printf '%s\n' "postgres.sh: $*" >&2; }
fail() { say "$*"; exit 1; }

# Prints the folder that holds initdb, pg_ctl and postgres, of the newest version there is.
programs() {
    {
        ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5,5nr || :
        ls -d /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin 2>/dev/null || :
        found=$(command -v initdb || :)
        [ -z "$found" ] || dirname -- "$found"
        found=$(command -v pg_config || :)
        [ -z "$found" ] || "$found" --bindir
    } | while IFS= read -r folder; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ]; then
            printf '%s\n' "$folder"
            break
        fi
    done
}

install_programs() {
    [ -z "$(programs)" ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "PostgreSQL's server programs are missing. Install PostgreSQL 15 or newer (on Debian and Ubuntu:" \
            "sudo apt-get install postgresql; on macOS: brew install postgresql), then try again."
    fi
    say "installing PostgreSQL"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update </dev/null >&2 || say "apt-get update failed; trying with the package lists there are"
    # Its own cluster may fail to start (no init system in a container); only the programs matter here.
    apt-get install -y --no-install-recommends postgresql </dev/null >&2 || :
    [ -n "$(programs)" ] || fail "apt-get install postgresql did not bring the server programs"
}

# PostgreSQL refuses to run as root.
server_user() {
    if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

as_server() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
    elif command -v runuser >/dev/null; then
        runuser -u "$(server_user)" -- "$@"
    else
        setpriv --reuid "$(server_user)" --regid "$(id -g "$(server_user)")" --clear-groups "$@"
    fi
}

# Sets `folder`: below the target folder or, where the server's user cannot reach that (a checkout in a closed home),
# below /tmp under a name made from the checkout's.
choose_folder() { # name
    folder=$target/$1
    [ "$(id -u)" = 0 ] || { mkdir -p "$folder"; chmod 700 "$folder"; return 0; }
    mkdir -p "$folder"
    own "$folder"
    if ! as_server test -w "$folder"; then
        rmdir "$folder" 2>/dev/null || :
        folder=/tmp/campo-$1-$(printf '%s' "$target" | cksum | tr -d ' ')
        # Without -p: in a folder that everybody writes to, a name that is there already may be somebody's trap.
        mkdir "$folder" 2>/dev/null || [ -d "$folder" ] && [ ! -L "$folder" ] || fail "$folder is not a folder"
        owner=$(ls -ld "$folder" | awk '{ print $3 }')
        case $owner in
            root | "$(server_user)") own "$folder" ;;
            *) fail "$folder belongs to $owner; remove it" ;;
        esac
    fi
}

own() { # folder
    chown "$(server_user)" "$1"
    chmod 700 "$1"
}

# Whether the process named in the pid file is this folder's server: after kill -9 or a restart of the machine the
# file stays behind, and its number may be another process by now.
running() {
    pid=$(head -n 1 "$folder/data/postmaster.pid" 2>/dev/null) && [ -n "$pid" ] || return 1
    if [ -r "/proc/$pid/cmdline" ]; then
        line=$(tr '\0' ' ' <"/proc/$pid/cmdline")
    else
        line=$(ps -o args= -p "$pid" 2>/dev/null) || return 1
    fi
    case $line in *postgres*"$folder/data"*) return 0 ;; *) return 1 ;; esac
}

create() {
    say "creating $folder"
    rm -rf "$folder/data" "$folder/port" "$folder/password" "$folder/log"
    set -- -D "$folder/data" -U postgres --auth=scram-sha-256 --encoding=UTF8 --locale=C
    [ "$durable" = yes ] || set -- "$@" --no-sync
    # initdb wants a password for the superuser with this --auth; nobody will ever know it.
    secret >"$folder/superuser"
    chmod 644 "$folder/superuser"
    as_server "$bin/initdb" "$@" --pwfile="$folder/superuser" >"$folder/initdb.log" 2>&1 </dev/null || {
        cat "$folder/initdb.log" >&2
        fail "initdb failed"
    }
    rm -f "$folder/superuser"
    password=$(secret)
    # In single-user mode no client program and no running server is needed.
    # `commit_delay` stands in for a slow disk in the figures.
    printf "create role campo login createdb password '%s'\ngrant set on parameter commit_delay to campo\n" "$password" |
        as_server "$bin/postgres" --single -D "$folder/data" postgres >"$folder/initdb.log" 2>&1 ||
        fail "creating the role failed, see $folder/initdb.log"
    (umask 077 && printf '%s' "$password" >"$folder/password")
}

secret() { od -An -N 16 -tx1 /dev/urandom | tr -d ' \n'; }

settings() {
    cat <<EOT
listen_addresses=127.0.0.1
unix_socket_directories=
max_connections=300
timezone=UTC
log_timezone=UTC
EOT
    if [ "$durable" = yes ]; then
        printf '%s\n' fsync=on synchronous_commit=on full_page_writes=on
    else
        printf '%s\n' fsync=off synchronous_commit=off full_page_writes=off wal_level=minimal max_wal_senders=0
    fi
}

# Starts the server on the port of last time, or on another where that is taken. The ports tried lie below those that
# systems lend to outgoing connections.
launch() {
    port=$(cat "$folder/port" 2>/dev/null) || port=
    options=$(settings | sed "s/^\([^=]*\)=\(.*\)/-c \1='\2'/" | tr '\n' ' ')
    attempt=0
    while [ $attempt -lt 20 ]; do
        attempt=$((attempt + 1))
        [ -n "$port" ] || port=$((20000 + $(od -An -N 2 -tu2 /dev/urandom) % 12000))
        : >"$folder/log"
        [ "$(id -u)" != 0 ] || chown "$(server_user)" "$folder/log"
        # No inherited descriptor: whoever reads our output, or waits for our lock, would wait for the server's end.
        if as_server "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 -o "-p $port $options" start \
            </dev/null >/dev/null 2>&1 9>&-; then
            printf '%s' "$port" >"$folder/port"
            return 0
        fi
        if grep -q 'could not bind\|Address already in use' "$folder/log"; then
            port=
        elif grep -q 'shared memory block\|still in use' "$folder/log"; then
            sleep 0.2 # children of a killed server are still ending
        else
            return 1
        fi
    done
    return 1
}

start() {
    bin=$(programs)
    [ -n "$bin" ] || { install_programs; bin=$(programs); }
    choose_folder "$name"
    # Two test runs that start at once make one server. Without flock(1), as on macOS, start it beforehand.
    exec 9>"$folder/lock"
    ! command -v flock >/dev/null || flock 9
    cd / # the server's user may not be able to read where we were
    if ! running; then
        rm -f "$folder/data/postmaster.pid"
        wanted=$("$bin/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
        [ -s "$folder/password" ] && [ "$(cat "$folder/data/PG_VERSION" 2>/dev/null)" = "$wanted" ] || create
        if ! launch; then
            # Data of a server without fsync does not survive a crash of the machine. It is only ever test data.
            say "it does not start with the data there is, starting anew:"
            tail -n 5 "$folder/log" >&2
            create
            launch || { cat "$folder/log" >&2; fail "the server does not start"; }
        fi
    fi
    exec 9>&-
    url
}

url() {
    running || fail "it does not run; start it with: tests/postgres.sh start"
    printf 'postgres://campo:%s@127.0.0.1:%s/postgres\n' "$(cat "$folder/password")" "$(cat "$folder/port")"
}

stop() {
    bin=$(programs)
    cd /
    for name in postgres postgres-durable; do
        [ -d "$target/$name" ] || [ -d "/tmp/campo-$name-$(printf '%s' "$target" | cksum | tr -d ' ')" ] || continue
        choose_folder "$name"
        running || continue
        as_server "$bin/pg_ctl" -D "$folder/data" -m fast -w -t 30 stop >/dev/null 2>&1 </dev/null ||
            as_server "$bin/pg_ctl" -D "$folder/data" -m immediate -w -t 30 stop >&2 </dev/null ||
            fail "the server in $folder does not stop"
        say "stopped the server in $folder"
    done
}

durable=no
name=postgres
[ "${2:-}" != --durable ] || { durable=yes; name=postgres-durable; }

case ${1:-} in
    install) install_programs ;;
    start) start ;;
    url) choose_folder "$name"; url ;;
    stop) stop ;;
    *) fail "usage: tests/postgres.sh install | start [--durable] | url [--durable] | stop" ;;
esac
