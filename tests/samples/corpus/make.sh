#!/bin/sh
# Writes the corpus anew: the traps of traps.py by every program, and beside each file what its cells must become. What
# comes out is committed; the test `corpus` reads it and needs none of these programs.
#
#   tests/samples/corpus/make.sh   (make corpus)   needs Python, Node and LibreOffice, which it installs where it may
set -eu
cd "$(dirname "$0")"
checkout=$(CDPATH='' cd -- ../../.. && pwd -P)
target=${CARGO_TARGET_DIR:-$checkout/target}
case $target in /*) ;; *) target=$checkout/$target ;; esac

python=$(sh "$checkout/tests/python.sh" corpus openpyxl==3.1.5 XlsxWriter==3.2.5 pandas==2.3.3)
"$checkout/tests/clients.sh" install libreoffice-calc:/usr/bin/soffice
"$python/python" write.py . "$target/corpus.json"

packages=$target/corpus-node
mkdir -p "$packages"
(
    cd "$checkout/console"
    . ./node.sh
    node_ready
    cd "$packages"
    [ -f package.json ] || echo '{"private": true}' >package.json
    [ -d node_modules/exceljs ] && [ -d node_modules/xlsx ] ||
        npm install --no-audit --no-fund --loglevel=error exceljs@4.4.0 xlsx@0.18.5 >&2
    node "$checkout/tests/samples/corpus/write.mjs" "$target/corpus.json" "$checkout/tests/samples/corpus" "$packages"
)

# LibreOffice reads what XlsxWriter wrote and saves it in its own ways
mkdir -p libreoffice
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
save() {
    soffice "-env:UserInstallation=file://$profile" --headless --convert-to "$2" --outdir "$profile/out" \
        xlsxwriter/trampas.xlsx >/dev/null 2>&1
    mv "$profile/out/trampas.${2%%:*}" "libreoffice/$1"
}
save trampas.xlsx 'xlsx:Calc MS Excel 2007 XML'
save trampas.ods 'ods:calc8'
save trampas.xls 'xls:MS Excel 97'
save trampas.html 'html:HTML (StarCalc)'
# Fields by semicolon, quotes, the encoding, and cells as they are shown: 76 is UTF-8, 1 is Windows-1252
save trampas.csv 'csv:Text - txt - csv (StarCalc):59,34,76,1'
save ansi.csv 'csv:Text - txt - csv (StarCalc):59,34,1,1'

"$python/python" expect.py .
