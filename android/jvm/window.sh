#!/bin/sh
# The window of `make phone` on a screen of its own: it opens, its button enrols it with a running server, and a picture of
# it is written into desktop/target/pictures/window.png. Needs what `phone.sh test` built; installs Xvfb and its helpers
# where they are missing (root, apt).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
checkout=$(CDPATH='' cd -- "$here/../.." && pwd -P)
target=${CARGO_TARGET_DIR:-$checkout/target}
case $target in /*) ;; *) target=$checkout/$target ;; esac
"$here/phone.sh" install xvfb xdotool imagemagick curl

work=$(mktemp -d)
say() { printf '%s\n' "window.sh: $*" >&2; }
fail() { say "$*"; cat "$work"/*.log >&2; exit 1; }
classpath() { # module scope
    # What Maven prints is no part of it
    (cd "$here/$1" && mvn -B -q -o dependency:build-classpath -Dmdep.outputFile="$work/$1.classpath" "-Dmdep.includeScope=$2") >&2
    cat "$work/$1.classpath"
}

# The office, which ends with its input
mkfifo "$work/input"
java "-Djna.library.path=$target/debug" -cp "$here/core/target/classes:$here/core/target/test-classes:$(classpath core test)" \
    campo.core.StandKt "$work/stand.json" <"$work/input" >"$work/stand.log" 2>&1 &
office=$!
exec 3>"$work/input"
Xvfb -displayfd 4 -screen 0 500x1000x24 4>"$work/display" 2>"$work/xvfb.log" &
screen=$!
phone=
trap 'exec 3>&-; kill $phone $screen 2>/dev/null || :; wait $office || :; rm -rf "$work"' EXIT

waits() { # what, then a command that is tried for two minutes
    what=$1 && shift
    for _ in $(seq 240); do
        "$@" && return 0
        kill -0 $office $screen $phone 2>/dev/null || fail "something ended before $what"
        sleep 0.5
    done
    fail "in two minutes there was no $what"
}
member() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" "$work/stand.json"; }
window() { DISPLAY=$DISPLAY xdotool search --name '^Campo$' >/dev/null 2>&1; }
# A button does nothing while its act is under way, so that pressing it again does no harm
enrolled() {
    xdotool mousemove 254 915 click 1 2>/dev/null
    curl -s -H "authorization: Bearer $(member token)" "$(member url)/v1/installations" | grep -q '"platform":"desk"'
}
painted() { # more than one colour
    import -window root "$work/window.png" && [ "$(identify -format %k "$work/window.png")" -gt 8 ]
}

waits "screen" test -s "$work/display"
DISPLAY=:$(cat "$work/display")
export DISPLAY SKIKO_RENDER_API=SOFTWARE
waits "company" test -s "$work/stand.json"
java "-Djna.library.path=$target/debug" -cp "$here/desktop/target/classes:$(classpath desktop runtime)" campo.desktop.MainKt \
    --folder "$work/phone" --language es --link "$(member url)/e#$(member code)" >"$work/phone.log" 2>&1 &
phone=$!
waits "window" window
waits "picture" painted
waits "enrolled phone" enrolled
painted
mkdir -p "$here/desktop/target/pictures" && cp "$work/window.png" "$here/desktop/target/pictures/"
say "the window opened and enrolled; $here/desktop/target/pictures/window.png shows it"
