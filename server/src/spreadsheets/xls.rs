//! Workbooks of Excel until 2003, through calamine.
//!
//! calamine reads the whole file at once, follows whatever chain of sectors the container names, and reserves room for
//! the cells between the first and the last one. So the workbook's stream is taken out of the container first, by a
//! reader that checks the chains, its records are walked for the places they name, and calamine gets a new container
//! with nothing else in it. What number formats show is not known here: leading zeros are in text cells only.

use std::io::{Cursor, Read as _, Write as _};

use calamine::{Data, Reader as _, Xls, XlsError};
use cfb::CompoundFile;

use super::{
    Book, Cell, Kind, Unreadable, choose,
    collect::{Rows, Stop, damaged, ended, too_large},
    serial, xlsx,
};

/// The most cells between the corners of all sheets together, empty ones counted: 64 MiB in calamine.
const MAX_CELLS: u64 = 2_000_000;
/// The columns of such a sheet.
const MAX_COLUMNS: u16 = 256;

pub(super) fn read(bytes: &[u8], sheet: Option<&str>, rows: &mut Rows<'_>) -> Result<Book, Unreadable> {
    let stream = workbook(bytes)?;
    check(&stream)?;
    let mut book: Xls<_> = Xls::new(Cursor::new(container(&stream)?)).map_err(|error| match error {
        XlsError::Password => Unreadable::PasswordProtected,
        other => damaged(other),
    })?;
    let sheets = xlsx::sheets(book.sheets_metadata());
    let chosen = choose(&sheets, sheet)?.name.clone();
    let is_1904 = book.has_1904_epoch();
    let range = book.worksheet_range(&chosen).map_err(damaged)?;
    ended(cells(&range, is_1904, rows))?;
    Ok(Book { kind: Kind::Xls, sheets, sheet: chosen })
}

/// The stream of the workbook.
fn workbook(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    if file.exists("EncryptedPackage") || file.exists("EncryptionInfo") {
        return Err(Unreadable::PasswordProtected);
    }
    let name = ["Workbook", "Book"].into_iter().find(|name| file.is_stream(name));
    let name = name.ok_or_else(|| damaged("it holds no workbook"))?;
    let mut stream = Vec::new();
    let part = file.open_stream(name).map_err(damaged)?;
    part.take(bytes.len() as u64).read_to_end(&mut stream).map_err(damaged)?;
    Ok(stream)
}

/// A container that holds the stream alone.
fn container(stream: &[u8]) -> Result<Vec<u8>, Unreadable> {
    // As Excel writes it; calamine refuses one of version 4 without a part for small streams
    let mut file =
        CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).map_err(damaged)?;
    file.create_stream("Workbook").and_then(|mut part| part.write_all(stream)).map_err(damaged)?;
    file.flush().map_err(damaged)?;
    Ok(file.into_inner().into_inner())
}

/// Walks the records: where cells stand, and what sheets claim to measure (MS-XLS 2.3 and 2.4).
fn check(stream: &[u8]) -> Result<(), Unreadable> {
    const BEGIN: u16 = 0x0809;
    const DIMENSIONS: u16 = 0x0200;
    const CELLS: [u16; 8] = [0x0203, 0x0204, 0x00D6, 0x0205, 0x027E, 0x00FD, 0x00BD, 0x0006];
    let number = |at: usize| Some(u16::from_le_bytes([*stream.get(at)?, *stream.get(at + 1)?]));
    let (mut at, mut area, mut sheet): (usize, u64, Option<Area>) = (0, 0, None);
    while let (Some(kind), Some(length)) = (number(at), number(at + 2)) {
        let data = at + 4;
        if kind == BEGIN {
            area = area.saturating_add(sheet.take().map_or(0, Area::cells));
        } else if CELLS.contains(&kind) {
            let place = number(data).zip(number(data + 2));
            let (row, column) = place.ok_or_else(|| damaged("a record is cut off"))?;
            if column >= MAX_COLUMNS {
                return Err(damaged(format!("a cell stands in column {column}")));
            }
            sheet.get_or_insert_default().include(row, column);
        } else if kind == DIMENSIONS {
            let claimed = stream.get(data..data + usize::from(length)).and_then(claimed).unwrap_or(0);
            if claimed > MAX_CELLS {
                return Err(too_large("cells", MAX_CELLS));
            }
        }
        if area.saturating_add(sheet.map_or(0, Area::cells)) > MAX_CELLS {
            return Err(too_large("cells", MAX_CELLS));
        }
        at = data + usize::from(length);
    }
    Ok(())
}

/// How many cells a record of dimensions claims, as calamine reserves room for them.
fn claimed(record: &[u8]) -> Option<u64> {
    let short = |at: usize| Some(u64::from(u16::from_le_bytes([*record.get(at)?, *record.get(at + 1)?])));
    let long = |at: usize| Some(short(at)? | short(at + 2)? << 16);
    let (first_row, end_row, first_column, end_column) = match record.len() {
        10 => (short(0)?, short(2)?, short(4)?, short(6)?),
        14 | 16 => (long(0)?, long(4)?, short(8)?, short(10)?),
        _ => return None,
    };
    if end_row > 0 && end_row < first_row {
        return Some(u64::MAX);
    }
    let columns = end_column.max(1) - first_column.min(end_column.saturating_sub(1)).min(0xFF);
    Some((end_row.max(first_row + 1) - first_row).saturating_mul(columns.max(end_column)))
}

/// The corners of what a sheet holds.
#[derive(Debug, Clone, Copy)]
struct Area {
    first: (u16, u16),
    last: (u16, u16),
}

impl Default for Area {
    fn default() -> Self {
        Self { first: (u16::MAX, u16::MAX), last: (0, 0) }
    }
}

impl Area {
    fn include(&mut self, row: u16, column: u16) {
        self.first = (self.first.0.min(row), self.first.1.min(column));
        self.last = (self.last.0.max(row), self.last.1.max(column));
    }

    fn cells(self) -> u64 {
        let side = |first: u16, last: u16| u64::from(last.saturating_sub(first)) + 1;
        side(self.first.0, self.last.0) * side(self.first.1, self.last.1)
    }
}

fn cells(range: &calamine::Range<Data>, is_1904: bool, rows: &mut Rows<'_>) -> Result<(), Stop> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        let row = i64::from(first_row) + row as i64 + 1;
        rows.cell(row, first_column as usize + column, cell(value, is_1904))?;
    }
    rows.end()
}

fn cell(value: &Data, is_1904: bool) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::Bool(yes) => Cell::Boolean(*yes),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::text(text),
        Data::Int(number) => Cell::number(*number as f64),
        Data::Float(number) => Cell::number(*number),
        Data::DateTime(time) if time.is_duration() => serial::duration(time.as_f64()),
        Data::DateTime(time) => serial::cell(time.as_f64(), is_1904),
        Data::Error(error) => Cell::Error { error: error.to_string() },
    }
}
