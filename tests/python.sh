#!/bin/sh
# An environment of Python with packages from PyPI, in the target folder: made where it is missing or holds others.
#
#   tests/python.sh NAME PACKAGE…   prints the folder of its programs; all else goes to standard error
set -eu
name=$1
shift
checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
target=${CARGO_TARGET_DIR:-$checkout/target}
case $target in /*) ;; *) target=$checkout/$target ;; esac
folder=$target/$name
wanted=$(printf '%s\n' "$@")

mkdir -p "$target"
# Two that start at once install once
exec 9>"$target/$name.lock"
! command -v flock >/dev/null || flock 9
if [ "$(cat "$folder/packages" 2>/dev/null)" != "$wanted" ]; then
    echo "python.sh: installing $*" >&2
    rm -rf "$folder"
    if ! python3 -m venv "$folder" >&2; then
        if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
            echo "python.sh: Python cannot make environments; on Debian and Ubuntu: apt-get install python3-venv" >&2
            exit 1
        fi
        apt-get install -y --no-install-recommends python3 python3-venv </dev/null >&2 || :
        python3 -m venv "$folder" >&2
    fi
    "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
    printf '%s\n' "$wanted" >"$folder/packages"
fi
exec 9>&-
printf '%s\n' "$folder/bin"
