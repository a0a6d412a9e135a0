#!/bin/sh
# Makes the samples anew from tareas.fods, which is text: edit that. Needs LibreOffice Calc
# (apt-get install --no-install-recommends libreoffice-calc).
set -eu
cd "$(dirname "$0")"
convert() { soffice --headless --convert-to "$1" --outdir "$2" "$3" >/dev/null; }
convert xlsx:"Calc MS Excel 2007 XML" ../../server/samples tareas.fods
convert ods:calc8 . tareas.fods
convert xls:"MS Excel 97" . tareas.fods
