//! Office Open XML workbooks, cell by cell through calamine.

use std::io::Cursor;

use calamine::{
    DataRef, Reader as _, SheetType, SheetVisible, Xlsx,
    XlsxError::{self, Password},
};

use super::{
    Book, Cell, Kind, Limits, Sheet, Unreadable, archive, choose,
    collect::{Rows, Stop, damaged, ended},
    number_format::NumberFormat,
    serial,
};

pub(super) fn read(
    bytes: &[u8],
    sheet: Option<&str>,
    limits: &Limits,
    rows: &mut Rows<'_>,
) -> Result<Book, Unreadable> {
    archive::check_workbook(&mut archive::open(bytes, limits)?)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let sheets: Vec<Sheet> = sheets(book.sheets_metadata());
    let chosen = choose(&sheets, sheet)?.name.clone();
    ended(cells(&mut book, &chosen, rows))?;
    Ok(Book { kind: Kind::Xlsx, sheets, sheet: chosen })
}

/// The sheets with cells, as a book lists them.
pub(super) fn sheets(listed: &[calamine::Sheet]) -> Vec<Sheet> {
    let with_cells = listed.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    with_cells
        .map(|sheet| Sheet { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible })
        .collect()
}

fn cells(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, rows: &mut Rows<'_>) -> Result<(), Stop> {
    let is_1904 = book.has_1904_epoch();
    let mut reader = book.worksheet_cells_reader(sheet).map_err(unreadable)?;
    let formats: Vec<NumberFormat> = reader
        .styles()
        .iter()
        .map(|style| {
            let code = style.number_format.as_ref().map_or("General", |format| format.format_code.as_str());
            NumberFormat::read(code)
        })
        .collect();
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let value = value(cell.get_value(), formats.get(style), is_1904);
        rows.cell(i64::from(row) + 1, column as usize, value)?;
    }
    rows.end()
}

fn value(value: &DataRef<'_>, format: Option<&NumberFormat>, is_1904: bool) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Bool(yes) => Cell::Boolean(*yes),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Int(number) => formatted(*number as f64, format),
        DataRef::Float(number) => formatted(*number, format),
        DataRef::DateTime(time) if time.is_duration() => serial::duration(time.as_f64()),
        DataRef::DateTime(time) => serial::cell(time.as_f64(), is_1904),
        DataRef::Error(error) => Cell::Error { error: error.to_string() },
    }
}

fn formatted(number: f64, format: Option<&NumberFormat>) -> Cell {
    match Cell::number(number) {
        Cell::Number { number, .. } => {
            Cell::Number { number, shown: format.and_then(|format| format.shown(number)) }
        }
        other => other,
    }
}

fn unreadable(error: XlsxError) -> Unreadable {
    match error {
        Password => Unreadable::PasswordProtected,
        XlsxError::FileNotFound(part) => damaged(format!("it has no part {part}")),
        other => damaged(other),
    }
}
