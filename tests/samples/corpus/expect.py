"""Writes beside each file of the corpus what its cells must become: `<file>.table`.

A line is the number of the row, `hidden` or nothing, the trap, and what its value is: a kind and what a person reads. What is
expected comes from the traps, and from OTHERWISE where a program or a format cannot hold a trap; never from Campo.
"""

import fnmatch
import pathlib
import sys

import traps

# Path, the kind that is found, where rows stand, whether it can hide rows
FILES = [
    ("openpyxl/trampas.xlsx", "xlsx", "sheet", True),
    ("openpyxl/1904.xlsx", "xlsx", "sheet", True),
    ("xlsxwriter/trampas.xlsx", "xlsx", "sheet", True),
    ("xlsxwriter/en-linea.xlsx", "xlsx", "sheet", True),
    ("pandas/trampas.xlsx", "xlsx", "dense", False),
    ("pandas/trampas.csv", "text", "dense lines", False),
    ("pandas/punto-y-coma.csv", "text", "dense lines", False),
    ("pandas/tabla.xls", "html", "dense", False),
    ("exceljs/trampas.xlsx", "xlsx", "sheet", True),
    ("exceljs/trampas.csv", "text", "lines", False),
    ("sheetjs/trampas.xlsx", "xlsx", "sheet", True),
    ("sheetjs/trampas.xls", "xls", "sheet", False),
    ("sheetjs/viejo.xls", "xls", "sheet in ASCII", False),
    ("sheetjs/trampas.ods", "ods", "sheet", False),
    ("sheetjs/trampas.csv", "text", "lines", False),
    ("sheetjs/trampas.html", "html", "sheet", False),
    ("sheetjs/trampas.xml", "xml_spreadsheet", "sheet", True),
    ("sheetjs/unicode.txt", "text", "lines", False),
    ("libreoffice/trampas.xlsx", "xlsx", "sheet", True),
    ("libreoffice/trampas.ods", "ods", "sheet", True),
    ("libreoffice/trampas.xls", "xls", "sheet", False),
    ("libreoffice/trampas.html", "html", "sheet without hidden rows", False),
    ("libreoffice/trampas.csv", "text", "lines", False),
    ("libreoffice/ansi.csv", "text", "lines", False),
]

# Files that are refused, and what is said of them
REFUSED = {"sheetjs/trampas.xlsb": "this is no spreadsheet but XLSB"}

# What is expected where a program or a format holds something else: the last that fits counts
OTHERWISE = []


def otherwise(pattern, why, **values):
    """In the files of this pattern a trap is that; blanks of its name are underscores. `why` is for who reads."""
    del why
    OTHERWISE.extend((pattern, name.replace("_", " "), what) for name, what in values.items())


# How a spreadsheet shows values: what it writes where there is text alone
SHOWN = dict(
    ceros_por_formato="text:00042", texto_en_formato="text:OT-00042", porcentaje="text:50%", porcentaje_fino="text:12.34%",
    moneda="text:S/ 1,234.50", negativo="text:-12.05", binario="text:0.3", quince="text:999999999999999",
    dieciséis="text:1234567890123456", fecha="text:15/01/2030", mes="text:Jan-30", fecha_y_hora="text:15/01/2030 08:30",
    hora="text:8:30", veinticuatro="text:0:00", treinta_y_seis_horas="text:36:00:00", menos_tres_horas="text:-3:00:00",
    sí="text:TRUE", fórmula="text:2",
)
for pattern in ("sheetjs/*.csv", "sheetjs/*.txt", "sheetjs/*.html", "libreoffice/*.csv", "libreoffice/*.html"):
    otherwise(pattern, "it writes what it shows", **SHOWN)
for pattern in ("sheetjs/*.csv", "sheetjs/*.txt", "sheetjs/*.html"):
    otherwise(pattern, "it shows nothing for less than no time", menos_tres_horas="empty:")
otherwise("libreoffice/*.html", "it writes the number", sí="text:1")

# Values as a language prints them
otherwise(
    "pandas/*.csv", "it prints values without their formats",
    ceros_por_formato="text:42", texto_en_formato="text:42", porcentaje="text:0.5", porcentaje_fino="text:0.1234",
    moneda="text:1234.5", negativo="text:-12.05", binario="text:0.30000000000000004", quince="text:999999999999999",
    dieciséis="text:1234567890123456", fecha="text:2030-01-15", mes="text:2030-01-15",
    fecha_y_hora="text:2030-01-15 08:30:00", hora="text:08:30:00", veinticuatro="text:1.0",
    treinta_y_seis_horas="text:1.5", menos_tres_horas="text:-0.125", sí="text:True", fórmula="text:2",
)
otherwise(
    "exceljs/*.csv", "it prints values without their formats",
    ceros_por_formato="text:42", texto_en_formato="text:42", porcentaje="text:0.5", porcentaje_fino="text:0.1234",
    moneda="text:1234.5", negativo="text:-12.05", binario="text:0.30000000000000004", quince="text:999999999999999",
    dieciséis="text:1234567890123456", fecha="text:15/01/2030 00:00", mes="text:15/01/2030 00:00",
    fecha_y_hora="text:15/01/2030 08:30", hora="text:30/12/1899 08:30", veinticuatro="text:1",
    treinta_y_seis_horas="text:1.5", menos_tres_horas="text:-0.125", sí="text:true", fórmula="text:2",
    fórmula_fallida="text:[object Object]",
)

# Workbooks
otherwise(
    "openpyxl/*", "it stores no values of formulas",
    fórmula="formula without value:=1+1", fórmula_de_texto='formula without value:="a"&"b"',
    fórmula_fallida="formula without value:=NA()",
)
otherwise(
    "pandas/trampas.xlsx", "it has formats of days alone, writes times as text, and a text that begins with = as a formula of 0",
    ceros_por_formato="number:42", texto_en_formato="number:42", porcentaje="number:0.5", porcentaje_fino="number:0.1234",
    veinticuatro="number:1", treinta_y_seis_horas="number:1.5", igual="number:0",
    hora="text:08:30:00",
)
otherwise(
    "pandas/tabla.xls", "it prints values without their formats, and breaks and tabs as Python writes them",
    ceros_por_formato="text:42", texto_en_formato="text:42", porcentaje="text:0.5", porcentaje_fino="text:0.1234",
    moneda="text:1234.5", negativo="text:-12.05", binario="text:0.3", quince="text:999999999999999",
    dieciséis="text:1234567890123456", fecha="text:2030-01-15", mes="text:2030-01-15",
    fecha_y_hora="text:2030-01-15 08:30:00", hora="text:08:30:00", veinticuatro="text:1.0",
    treinta_y_seis_horas="text:1.5", menos_tres_horas="text:-0.125", sí="text:True", fórmula="text:2",
    dos_líneas="text:uno\\ndos", separadores='text:a;b,"c"\\td',
)
for pattern in ("openpyxl/*", "exceljs/*.xlsx", "sheetjs/*.xlsx"):
    otherwise(pattern, "it does not escape what ECMA-376 (ST_Xstring) reads as a character, so that Excel shows that", escapado="text:aAb")
for pattern in ("sheetjs/*.html", "libreoffice/*.html"):
    otherwise(pattern, "in HTML a tab is a blank", separadores='text:a;b,"c" d')
otherwise("libreoffice/*.xlsx", "it keeps 15 digits", dieciséis="number:1234567890123460")
otherwise("libreoffice/*.ods", "it keeps yes as the formula of one; less than no time is no time of day", sí="number:1", menos_tres_horas="text:-3:00:00")
otherwise("libreoffice/*.xls", "it stores 0 for the formula", fórmula_de_texto="number:0")
otherwise("libreoffice/ansi.csv", "Windows-1252 has no such characters", descompuesto="text:Direccio?n", invisible="text:Ta?rea", emoji="text:?? ok")
otherwise("sheetjs/viejo.xls", "underscores are seen", invisible="text:Ta_rea_")
otherwise("sheetjs/*.html", "it writes no errors", fórmula_fallida="empty:")
otherwise(
    "sheetjs/*.ods", "it writes neither formats nor errors",
    ceros_por_formato="number:42", texto_en_formato="number:42", porcentaje="number:0.5", porcentaje_fino="number:0.1234",
    fecha="number:47498", mes="number:47498", fecha_y_hora="number:47498.3541666667", hora="number:0.354166666666667",
    veinticuatro="number:1", treinta_y_seis_horas="number:1.5", fórmula_fallida="empty:",
)


def expected(path, trap):
    name, _, _, _, what = trap
    for pattern, of, other in OTHERWISE:
        if of == name and fnmatch.fnmatch(path, pattern):
            what = other
    return what


def escaped(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def ascii_of(text):
    return "".join(one if ord(one) < 128 else "_" * (len(one.encode("utf-16-le")) // 2) for one in text)


def table(path, kind, where, hides):
    lines = [kind]
    shift = 0
    for place, (row, trap) in enumerate(traps.rows()):
        if "without hidden rows" in where and trap[0] == traps.HIDDEN:
            shift -= 1
            continue
        number = place + 2 if "dense" in where else row
        hidden = "hidden" if hides and trap[0] == traps.HIDDEN else ""
        what = expected(path, trap)
        name = trap[0]
        if "in ASCII" in where:
            # That is all that SheetJS writes of the oldest format: an underscore for each unit of UTF-16
            name, what = ascii_of(name), ascii_of(what)
        lines.append("\t".join([str(number + shift), hidden, name, escaped(what)]))
        if "lines" in where and trap[1] == "text":
            shift += what.count("\n")
    return "\n".join(lines) + "\n"


folder = pathlib.Path(sys.argv[1])
for file in FILES:
    (folder / f"{file[0]}.table").write_text(table(*file), encoding="utf-8", newline="\n")
for path, why in REFUSED.items():
    (folder / f"{path}.table").write_text(f"refused\t{why}\n", encoding="utf-8", newline="\n")
