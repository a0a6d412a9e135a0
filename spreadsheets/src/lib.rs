//! Tables in files as customers' programs write them: xlsx, xls, ods, tables of HTML, the XML of Excel 2003 and delimited
//! text, read row by row within bounds; and the one writer of tables ([`mod@write`]).
//!
//! The bytes come from strangers. Whatever they claim, reading takes bounded memory and time and ends with rows or with
//! an [`Unreadable`] that names what is wrong. A value is right, or its cell says that it is not ([`Cell::Flawed`]); rows
//! are handed on before the end of a file is known, so they count only once [`read`] has returned well.
//!
//! What a merged range shows stands in its first cell; the others are empty. Rows without any value are left out.

mod archive;
pub mod cell;
mod collect;
mod html;
mod kind;
mod number_format;
mod ods;
mod serial;
mod text;
pub mod wire;
pub mod write;
mod xls;
mod xlsx;
mod xml_spreadsheet;

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

pub use cell::{Cell, Flaw};
pub use kind::Kind;

/// How much of a file is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Limits {
    /// Rows with values of the sheet
    pub rows: usize,
    /// Columns, counted from the first one of the sheet
    pub columns: usize,
    /// What a part of an archive unpacks to
    pub unpacked_bytes: u64,
    /// The text of all cells of the sheet together, in an `xls` of all its sheets: one shared text can stand in every cell
    pub text_bytes: usize,
    /// The table of texts that cells of an `xlsx` share, which is held in memory
    pub shared_text_bytes: usize,
}

impl Default for Limits {
    /// As many rows as a sheet of Excel has, 200 columns, 2 GiB unpacked, 1 GiB of text, 256 MiB of it in memory.
    fn default() -> Self {
        Self {
            rows: 1_048_576,
            columns: 200,
            unpacked_bytes: 2 * 1024 * 1024 * 1024,
            text_bytes: 1024 * 1024 * 1024,
            shared_text_bytes: 256 * 1024 * 1024,
        }
    }
}

/// How a file is read, where somebody says so. What is absent is found out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Options {
    /// The name of the sheet, without regard to case and blanks around it; else the first that is shown
    pub sheet: Option<String>,
    /// The encoding of a text
    pub encoding: Option<Encoding>,
    /// The delimiter of a text, an ASCII character
    pub delimiter: Option<u8>,
    /// How many rows are wanted, where those at its beginning are enough
    pub first_rows: Option<usize>,
    /// How much is read
    pub limits: Limits,
}

/// An encoding of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, the low byte first
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, the high byte first
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// That of Windows in the Americas and Western Europe
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// The code page of DOS there
    #[serde(rename = "ibm850")]
    Ibm850,
}

/// A row with at least one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its number as the spreadsheet shows it, from 1. In a text it is the line on which the row begins
    pub number: i64,
    /// True when the spreadsheet does not show it
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// The cells from the first column to the last one with a value
    pub cells: Vec<Cell>,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Its name
    pub name: String,
    /// True when the spreadsheet does not show it
    pub hidden: bool,
}

/// What was read, besides rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// The format of the file
    pub kind: Kind,
    /// Its sheets in order; none for a text
    pub sheets: Vec<Sheet>,
    /// The sheet whose rows were read; empty for a text
    pub sheet: String,
    /// The encoding, of a text
    pub encoding: Option<Encoding>,
    /// True when nothing but its looks speaks for that encoding
    pub is_guessed: bool,
    /// What stands between the fields of a text
    pub delimiter: Option<char>,
}

impl Book {
    pub(crate) const fn of(kind: Kind) -> Self {
        Self {
            kind,
            sheets: Vec::new(),
            sheet: String::new(),
            encoding: None,
            is_guessed: false,
            delimiter: None,
        }
    }
}

/// Why no row, or no further row, can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Unreadable {
    /// There is nothing in it
    #[error("the file is empty")]
    Empty,
    /// It is something else; the name of the format
    #[error("this is no spreadsheet but {0}")]
    NotASpreadsheet(std::borrow::Cow<'static, str>),
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
        what: std::borrow::Cow<'static, str>,
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

/// Hands the rows of a sheet to `take`, which may break off: all of them, or as many as are wanted.
///
/// Blocks for as long as reading takes: some seconds at the bounds.
pub fn read(
    bytes: &[u8],
    options: &Options,
    take: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<Book, Unreadable> {
    let kind = kind::detect(bytes)?;
    let mut rows = collect::Rows::new(options, take);
    match kind {
        Kind::Xlsx => xlsx::read(bytes, options, &mut rows),
        Kind::Ods => ods::read(bytes, options, &mut rows),
        Kind::Xls => xls::read(bytes, options, &mut rows),
        Kind::Text | Kind::Html | Kind::XmlSpreadsheet => text(bytes, options, &mut rows),
    }
}

/// Whatever is text.
fn text(bytes: &[u8], options: &Options, rows: &mut collect::Rows<'_>) -> Result<Book, Unreadable> {
    let decoded = text::decode::decode(bytes, options.encoding)?;
    let mut book = match kind::of_text(&decoded.text)? {
        Kind::Html => html::read(&decoded.text, options, rows)?,
        Kind::XmlSpreadsheet => xml_spreadsheet::read(&decoded.text, options, rows)?,
        _ => text::read(&decoded.text, options, rows)?,
    };
    (book.encoding, book.is_guessed) = (Some(decoded.encoding), decoded.guessed);
    Ok(book)
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
mod corpus;
#[cfg(test)]
mod tests;
