"""Writes the files of openpyxl, XlsxWriter and pandas."""

import json
import pathlib
import sys
from datetime import date, datetime, time

import openpyxl
import pandas
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

import traps

folder = pathlib.Path(sys.argv[1])


def with_openpyxl(name, epoch=None):
    book = openpyxl.Workbook()
    if epoch:
        book.epoch = epoch
    sheet = book.active
    sheet.title = "Trampas"
    sheet.append(traps.HEADINGS)
    for row, (name_of, how, value, shape, _) in traps.rows():
        sheet.cell(row, 1, name_of)
        cell = sheet.cell(row, 2)
        if how == "formula":
            cell.value = value[0]
        elif how == "text":
            cell.value = value
            # Whatever it looks like
            cell.data_type = "s"
        else:
            cell.value = value
        if shape:
            cell.number_format = shape
        if name_of == traps.HIDDEN:
            sheet.row_dimensions[row].hidden = True
        if name_of == traps.MERGED:
            sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=3)
    hidden = book.create_sheet("Escondida", 0)
    hidden["A1"] = "nada"
    hidden.sheet_state = "hidden"
    book.active = 1
    book.save(folder / "openpyxl" / name)


def with_xlsxwriter(name, options):
    book = xlsxwriter.Workbook(folder / "xlsxwriter" / name, options)
    sheet = book.add_worksheet("Trampas")
    sheet.write_row(0, 0, traps.HEADINGS)
    for row, (name_of, how, value, shape, _) in traps.rows():
        form = book.add_format({"num_format": shape}) if shape else None
        sheet.write_string(row - 1, 0, name_of)
        at = (row - 1, 1)
        if how == "formula":
            sheet.write_formula(*at, value[0], form, value[1])
        elif how == "text" and name_of == traps.MERGED and not options:
            sheet.merge_range(row - 1, 1, row - 1, 2, value)
        elif how == "text":
            sheet.write_string(*at, value, form)
        elif how == "boolean":
            sheet.write_boolean(*at, value, form)
        elif how in ("date", "moment", "time"):
            sheet.write_datetime(*at, value, form)
        else:
            sheet.write_number(*at, value, form)
        if name_of == traps.HIDDEN:
            sheet.set_row(row - 1, None, None, {"hidden": True})
    book.close()


def with_pandas():
    frame = pandas.DataFrame(
        [(trap[0], trap[2][1] if trap[1] == "formula" else trap[2]) for _, trap in traps.rows()],
        columns=traps.HEADINGS,
    )
    frame.to_excel(folder / "pandas" / "trampas.xlsx", index=False, sheet_name="Trampas")
    frame.to_csv(folder / "pandas" / "trampas.csv", index=False)
    frame.to_csv(folder / "pandas" / "punto-y-coma.csv", index=False, sep=";", decimal=",", encoding="utf-8-sig")
    # As programs do that call a table of HTML an Excel file
    frame.to_html(folder / "pandas" / "tabla.xls", index=False)


for program in ("openpyxl", "xlsxwriter", "pandas"):
    (folder / program).mkdir(exist_ok=True)
with_openpyxl("trampas.xlsx")
with_openpyxl("1904.xlsx", CALENDAR_MAC_1904)
with_xlsxwriter("trampas.xlsx", {})
with_xlsxwriter("en-linea.xlsx", {"constant_memory": True})
with_pandas()


def plain(value):
    """For the programs of Node, which get the traps as JSON."""
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        return {"time": value.isoformat()}
    return value


json.dump(
    [
        {"row": row, "name": name, "how": how, "value": plain(value), "format": shape}
        for row, (name, how, value, shape, _) in traps.rows()
    ],
    open(sys.argv[2], "w"),
)
