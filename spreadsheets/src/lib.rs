//! Tables in files as customers' programs write them: xlsx, xls, ods and delimited text, read row by row within bounds;
//! and the one writer of tables ([`write`]).
//!
//! The bytes come from strangers. Whatever they claim, reading takes bounded memory and time and ends with rows or with
//! an [`Unreadable`] that names what is wrong; an archive or a container is looked through before a library is handed it
//! (`archive`, `xls`), since libraries allocate what a file claims.
//!
//! What a merged range shows stands in its first cell; the others are empty. Rows without any value are left out.

mod archive;
mod cell;
mod collect;
mod kind;
mod number_format;
mod ods;
mod serial;
mod text;
pub mod write;
mod xls;
mod xls_check;
mod xlsx;

use std::ops::ControlFlow;

pub use cell::Cell;
pub use kind::Kind;

/// How much of a file is read.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Rows with values of the sheet
    pub rows: usize,
    /// Columns, counted from the first one of the sheet
    pub columns: usize,
    /// What the parts of an archive unpack to, together
    pub unpacked_bytes: u64,
    /// The text of all cells of the sheet together, in an `xls` of all its sheets: one shared text can stand in every cell
    pub text_bytes: usize,
}

impl Default for Limits {
    /// 100,000 rows of 200 columns, 256 MiB unpacked, 64 MiB of text.
    fn default() -> Self {
        Self { rows: 100_000, columns: 200, unpacked_bytes: 256 * 1024 * 1024, text_bytes: 64 * 1024 * 1024 }
    }
}

/// A row with at least one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number as the spreadsheet shows it, from 1. In a text it is the line on which the row begins
    pub number: i64,
    /// The cells from the first column to the last one with a value
    pub cells: Vec<Cell>,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name
    pub name: String,
    /// True when the spreadsheet does not show it
    pub hidden: bool,
}

/// What was read, besides rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// The format of the file
    pub kind: Kind,
    /// Its sheets in order; none for a text
    pub sheets: Vec<Sheet>,
    /// The sheet whose rows were read; empty for a text
    pub sheet: String,
}

/// Why no row, or no further row, can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is nothing in it
    #[error("the file is empty")]
    Empty,
    /// It is something else; the name of the format
    #[error("this is no spreadsheet but {0}")]
    NotASpreadsheet(&'static str),
    /// It opens with a password only
    #[error("the file is password-protected")]
    PasswordProtected,
    /// It is cut off or broken
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// A bound was reached
    #[error("the file has more than {limit} {what}")]
    TooLarge {
        /// Of what it has too much: `rows`, `columns`, `cells`, or bytes of something
        what: &'static str,
        /// How many are read
        limit: u64,
    },
    /// It has no sheet of the name that was asked for
    #[error("the file has no sheet `{0}`")]
    NoSuchSheet(String),
    /// It has sheets, but none that is shown
    #[error("the file shows no sheet")]
    NoSheet,
}

/// Hands the rows of a sheet to `take`, which may break off: of the one named `sheet`, or of the first that is shown.
///
/// Blocks for as long as reading takes: a second or two at the bounds.
pub fn read(
    bytes: &[u8],
    sheet: Option<&str>,
    limits: &Limits,
    take: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<Book, Unreadable> {
    let kind = kind::detect(bytes)?;
    let mut rows = collect::Rows::new(limits, take);
    match kind {
        Kind::Xlsx => xlsx::read(bytes, sheet, limits, &mut rows),
        Kind::Ods => ods::read(bytes, sheet, limits, &mut rows),
        Kind::Xls => xls::read(bytes, sheet, limits, &mut rows),
        Kind::Text => text::read(bytes, &mut rows),
    }
}

/// The sheet to read: the one of that name (without regard to case and blanks around it), or the first that is shown.
fn choose<'a>(sheets: &'a [Sheet], wanted: Option<&str>) -> Result<&'a Sheet, Unreadable> {
    match wanted.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => sheets
            .iter()
            .find(|sheet| sheet.name.trim().to_lowercase() == name.to_lowercase())
            .ok_or_else(|| Unreadable::NoSuchSheet(name.to_owned())),
        None => sheets.iter().find(|sheet| !sheet.hidden).ok_or(Unreadable::NoSheet),
    }
}

#[cfg(test)]
mod tests;
