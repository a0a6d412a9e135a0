"""The traps: what stands in a cell, and what it must become. Every file of the corpus is one sheet of them, a row each: the
name of the trap in column A, its value in column B. What a format or a program cannot hold, it says otherwise (`otherwise`).
"""

from datetime import date, datetime, time, timedelta

# Kinds of what is expected are those of `Cell`: text, number (with what is shown of it), date, time, moment, boolean, error,
# flawed (with the flaw), empty
TRAPS = [
    # name, how it is written, value, number format, expected
    ("letras", "text", "Año Ñandú: áéíóú ü € «»", None, "text:Año Ñandú: áéíóú ü € «»"),
    ("ceros en texto", "text", "00042", None, "text:00042"),
    ("ceros por formato", "number", 42, "00000", "number:00042"),
    ("texto en formato", "number", 42, '"OT-"00000', "number:OT-00042"),
    ("porcentaje", "number", 0.5, "0%", "number:50%"),
    ("porcentaje fino", "number", 0.1234, "0.00%", "number:12.34%"),
    ("moneda", "number", 1234.5, '"S/" #,##0.00', "number:1234.5"),
    ("negativo", "number", -12.05, None, "number:-12.05"),
    ("binario", "number", 0.1 + 0.2, None, "number:0.3"),
    ("quince", "number", 999999999999999, "0", "number:999999999999999"),
    ("dieciséis", "number", 1234567890123456, "0", "number:1234567890123456"),
    ("fecha", "date", date(2030, 1, 15), "dd/mm/yyyy", "date:2030-01-15"),
    ("mes", "date", date(2030, 1, 15), "mmm-yy", "date:2030-01-15"),
    ("fecha y hora", "moment", datetime(2030, 1, 15, 8, 30), "dd/mm/yyyy hh:mm", "moment:2030-01-15 08:30:00"),
    ("hora", "time", time(8, 30), "h:mm", "time:08:30:00"),
    ("veinticuatro", "number", 1.0, "h:mm", "text:24:00:00"),
    ("treinta y seis horas", "number", 1.5, "[h]:mm:ss", "text:36:00:00"),
    ("menos tres horas", "number", -0.125, "[h]:mm:ss", "number:-0.125"),
    ("sí", "boolean", True, None, "boolean:true"),
    ("fórmula", "formula", ("=1+1", 2), None, "number:2"),
    ("fórmula de texto", "formula", ('="a"&"b"', "ab"), None, "text:ab"),
    ("fórmula fallida", "formula", ("=NA()", "#N/A"), None, "error:#N/A"),
    ("dos líneas", "text", "uno\ndos", None, "text:uno\ndos"),
    ("separadores", "text", 'a;b,"c"\td', None, 'text:a;b,"c"\td'),
    ("comillas", "text", '"El Sol" Ferretería', None, 'text:"El Sol" Ferretería'),
    ("igual", "text", "=no es fórmula", None, "text:=no es fórmula"),
    ("más", "text", "+51 999 123 456", None, "text:+51 999 123 456"),
    ("guion", "text", "-", None, "text:-"),
    ("menos", "text", "-5-3", None, "text:-5-3"),
    ("fecha en texto", "text", "15/01/2030", None, "text:15/01/2030"),
    ("error en texto", "text", "#REF!", None, "error:#REF!"),
    ("descompuesto", "text", "Direccio\u0301n", None, "text:Direccio\u0301n"),
    ("invisible", "text", "Ta\u200brea\u00ad", None, "text:Ta\u200brea"),
    ("escapado", "text", "a_x0041_b", None, "text:a_x0041_b"),
    ("oculta", "text", "no se ve", None, "text:no se ve"),
    ("combinada", "text", "dos columnas", None, "text:dos columnas"),
    ("emoji", "text", "👷🏽 ok", None, "text:👷🏽 ok"),
]

HIDDEN = "oculta"
MERGED = "combinada"
HEADINGS = ("Trampa", "Valor")
# A row without anything stands before this one
BEHIND_BLANK = "negativo"


def rows():
    """The traps with the numbers of their rows, from 2 on."""
    number = 2
    for trap in TRAPS:
        if trap[0] == BEHIND_BLANK:
            number += 1
        yield number, trap
        number += 1
