//! Workbooks of Excel until 2003, through calamine.
//!
//! calamine reads the whole file at once, follows whatever chain of sectors the container names, and reserves room for
//! what records claim. So the workbook's stream is taken out of the container first, by a reader that checks the chains,
//! its records are walked ([`check`]), and calamine gets a new container with nothing else in it. It does not tell the
//! number formats of cells, so that those are taken out of the records as well ([`formats`]).

mod check;
mod formats;
mod records;

use std::{
    borrow::Cow,
    io::{Cursor, Read as _, Write as _},
};

use calamine::{Data, Reader as _, SheetType, SheetVisible, Xls, XlsError};
use cfb::CompoundFile;

use self::formats::Formats;
use super::{
    Book, Cell, Kind, Options, Sheet, Unreadable, choose,
    collect::{Rows, Stop, damaged, ended},
    serial,
};

pub(super) fn read(bytes: &[u8], options: &Options, rows: &mut Rows<'_>) -> Result<Book, Unreadable> {
    let mut stream = workbook(bytes)?;
    check::prepare(&mut stream)?;
    let mut book: Xls<_> = Xls::new(Cursor::new(container(&stream)?)).map_err(|error| match error {
        XlsError::Password => Unreadable::PasswordProtected,
        other => damaged(other),
    })?;
    let sheets = sheets(book.sheets_metadata());
    let chosen = choose(&sheets, options.sheet.as_deref())?.name.clone();
    let is_1904 = book.has_1904_epoch();
    let listed = book.sheets_metadata().iter().position(|sheet| sheet.name == chosen);
    let formats = Formats::read(&stream, listed.unwrap_or_default())?;
    let range = book.worksheet_range(&chosen).map_err(damaged)?;
    ended(cells(&range, &formats, is_1904, rows))?;
    Ok(Book { sheets, sheet: chosen, ..Book::of(Kind::Xls) })
}

/// The sheets with cells, as a book lists them.
fn sheets(listed: &[calamine::Sheet]) -> Vec<Sheet> {
    let with_cells = listed.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    with_cells
        .map(|sheet| Sheet { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible })
        .collect()
}

/// The stream of the workbook. Sectors that are not there may hold nothing of it: whatever stands in them it is the same.
fn workbook(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let Cow::Owned(padded) = whole(bytes, 0) else { return stream(bytes) };
    let found = stream(&padded)?;
    match stream(&whole(bytes, u8::MAX)) {
        Ok(other) if other == found => Ok(found),
        _ => Err(damaged("it is cut off")),
    }
}

fn stream(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
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

/// The container, with sectors of `filler` behind its end where its allocation table speaks of more than there are: some
/// programs write no more of the last ones than they use.
fn whole(bytes: &[u8], filler: u8) -> Cow<'_, [u8]> {
    /// The most sectors that are added
    const MOST: usize = 1024;
    let short = |at: usize| Some(usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    let (Some(shift @ (9 | 12)), Some(low), Some(high)) = (short(30), short(44), short(46)) else {
        return bytes.into();
    };
    let sector = 1_usize << shift;
    // Each sector of the table speaks of as many sectors as numbers fit into it
    let spoken_of = (low | high << 16).saturating_mul(sector / 4);
    let there = (bytes.len() / sector).saturating_sub(1);
    let missing = spoken_of.saturating_sub(there);
    if bytes.len().is_multiple_of(sector) && (missing == 0 || missing > MOST.max(sector / 4)) {
        return bytes.into();
    }
    let mut padded = bytes.to_vec();
    padded.resize((there.max(spoken_of.min(there + MOST)) + 1) * sector, filler);
    padded.into()
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

fn cells(
    range: &calamine::Range<Data>,
    formats: &Formats,
    is_1904: bool,
    rows: &mut Rows<'_>,
) -> Result<(), Stop> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        let (row, column) = (first_row + row as u32, first_column + column as u32);
        let cell = match (number(value), formats.of(row, column)) {
            (Some(number), Some(format)) => serial::formatted(number, format, is_1904),
            _ => cell(value, is_1904),
        };
        rows.cell(i64::from(row) + 1, column as usize, cell)?;
    }
    rows.end()
}

fn number(value: &Data) -> Option<f64> {
    match value {
        Data::Int(number) => Some(*number as f64),
        Data::Float(number) => Some(*number),
        Data::DateTime(time) => Some(time.as_f64()),
        _ => None,
    }
}

/// A cell whose format is not known.
fn cell(value: &Data, is_1904: bool) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::Bool(yes) => Cell::Boolean(*yes),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::text(text),
        Data::Int(number) => Cell::number(*number as f64),
        Data::Float(number) => Cell::number(*number),
        Data::DateTime(time) if time.is_duration() => serial::duration(time.as_f64()),
        // Shown as `h:mm` or as a day: which of both is not known, and nobody means January of 1900
        Data::DateTime(time) if !is_1904 && (1.0..32.0).contains(&time.as_f64()) => {
            serial::duration(time.as_f64())
        }
        Data::DateTime(time) => serial::cell(time.as_f64(), is_1904),
        Data::Error(error) => Cell::Error { error: error.to_string() },
    }
}
