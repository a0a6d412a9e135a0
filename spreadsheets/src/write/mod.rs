//! The one writer of tables: rows go in, a file that spreadsheets open comes out, row by row in constant memory.
//!
//! Nothing that is written is ever run: in text a cell that a spreadsheet would take for a formula gets an apostrophe in
//! front, which the reader of this crate takes off again; in a workbook it is a text that is marked as one.

mod delimited;
mod workbook;

use std::{borrow::Cow, io::Write};

use jiff::civil;

use self::{delimited::Delimited, workbook::Book};
use crate::Cell;

/// A format that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text by RFC 4180: commas, CR and LF, UTF-8 with its mark
    Csv,
    /// Office Open XML
    Xlsx,
}

impl Format {
    /// What its files are called by, on the web.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The end of the names of its files.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// What a cell is to hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing
    Empty,
    /// A text
    Text(Cow<'a, str>),
    /// A whole number
    Whole(i64),
    /// A number
    Number(f64),
    /// True or false
    Boolean(bool),
    /// A day
    Date(civil::Date),
    /// A time of day
    Time(civil::Time),
    /// A day and a time
    Moment(civil::DateTime),
    /// A length of time in microseconds
    Duration(i64),
}

impl<'a> Value<'a> {
    /// A text; nothing when it is empty.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// The same, without what it borrows.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Empty => Value::Empty,
            Self::Text(text) => Value::Text(text.into_owned().into()),
            Self::Whole(number) => Value::Whole(number),
            Self::Number(number) => Value::Number(number),
            Self::Boolean(yes) => Value::Boolean(yes),
            Self::Date(date) => Value::Date(date),
            Self::Time(time) => Value::Time(time),
            Self::Moment(moment) => Value::Moment(moment),
            Self::Duration(us) => Value::Duration(us),
        }
    }
}

/// A cell goes out as it came in; what a number format showed stays, as text.
impl<'a> From<&'a Cell> for Value<'a> {
    fn from(cell: &'a Cell) -> Self {
        match cell {
            Cell::Empty => Self::Empty,
            Cell::Boolean(yes) => Self::Boolean(*yes),
            Cell::Text(text) => Self::text(text.as_str()),
            Cell::Number { shown: Some(shown), .. } => Self::text(shown.as_str()),
            Cell::Number { number, shown: None } => Self::Number(*number),
            Cell::Date { date } => Self::Date(*date),
            Cell::Time { time } => Self::Time(*time),
            Cell::Moment { moment } => Self::Moment(*moment),
            Cell::Error { error } => Self::text(error.as_str()),
            Cell::Flawed { flawed, .. } => Self::text(flawed.as_str()),
        }
    }
}

/// Why a table cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum Unwritable {
    /// The disk, or whoever takes the bytes
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The library
    #[error(transparent)]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

/// A table that is being written.
#[derive(Debug)]
pub struct Table(Kind);

#[derive(Debug)]
enum Kind {
    Csv(Delimited),
    Xlsx(Box<Book>),
}

impl Table {
    /// Begins a table with its headings. `sheet` names the sheet of a workbook.
    pub fn begin(format: Format, sheet: &str, headings: &[String]) -> Result<Self, Unwritable> {
        Ok(Self(match format {
            Format::Csv => Kind::Csv(Delimited::begin(headings)),
            Format::Xlsx => Kind::Xlsx(Box::new(Book::begin(sheet, headings)?)),
        }))
    }

    /// Writes a row.
    pub fn row(&mut self, values: &[Value<'_>]) -> Result<(), Unwritable> {
        self.marked_row(values, &[])
    }

    /// Writes a row some of whose cells, by their columns from 0, are shown as wrong where the format can show it.
    pub fn marked_row(&mut self, values: &[Value<'_>], marked: &[usize]) -> Result<(), Unwritable> {
        match &mut self.0 {
            Kind::Csv(text) => text.row(values),
            Kind::Xlsx(book) => book.row(values, marked)?,
        }
        Ok(())
    }

    /// What can go out already: the text of rows. A workbook has nothing before its end.
    pub fn take(&mut self) -> Vec<u8> {
        match &mut self.0 {
            Kind::Csv(text) => text.take(),
            Kind::Xlsx(_) => Vec::new(),
        }
    }

    /// Ends the table; the rest of its bytes go to `to`.
    pub fn end(self, mut to: impl Write + Send) -> Result<(), Unwritable> {
        match self.0 {
            Kind::Csv(mut text) => to.write_all(&text.take())?,
            Kind::Xlsx(book) => book.end(to)?,
        }
        Ok(())
    }
}

/// A length of time as spreadsheets add it up, to the nearest second: `27:05:00`. What reads tables for payrolls knows no
/// fractions.
pub fn duration(us: i64) -> String {
    let seconds = (us.unsigned_abs() + 500_000) / 1_000_000;
    let sign = if us < 0 && seconds > 0 { "-" } else { "" };
    format!("{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"), the wide forms among it.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// True for a text that a spreadsheet might run. A number, a telephone without a second sign and a length of time are
/// none: one sign and then digits with blanks, points, commas or colons only.
pub(crate) fn looks_like_a_formula(text: &str) -> bool {
    let visible = text.trim_start_matches(|c: char| {
        (c.is_whitespace() && !FORMULA.contains(&c)) || matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}')
    });
    visible.starts_with(FORMULA) && !is_signed_number(text)
}

fn is_signed_number(text: &str) -> bool {
    text.strip_prefix(['+', '-']).is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | ',' | ':'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_known_by_what_a_spreadsheet_would_run() {
        for text in [
            "=1+1",
            "@x",
            "-x",
            "＝1",
            "-2-3",
            "+51-999",
            "--5",
            "+(1)",
            "-2+3",
            "\t=1",
            " =1",
            "\u{FEFF}=1",
            "+",
            "-",
            "+ 51",
            "@SUM(A1)",
            "-1:30*2",
        ] {
            assert!(looks_like_a_formula(text), "{text}");
        }
        for text in ["", "a;b", "+51 999 111", "-12.05", "-12,05", "-1:30:00", "a=b", "'x", "12-3", " x"] {
            assert!(!looks_like_a_formula(text), "{text}");
        }
    }

    #[test]
    fn lengths_of_time_are_whole_seconds() {
        for (us, shown) in [
            (0, "0:00:00"),
            (97_500_000_000, "27:05:00"),
            (-5_400_000_000, "-1:30:00"),
            (1, "0:00:00"),
            (-1, "0:00:00"),
            (499_999, "0:00:00"),
            (500_000, "0:00:01"),
            (-500_000, "-0:00:01"),
            (30_599_999_999, "8:30:00"),
            (i64::MIN, "-2562047788:00:55"),
        ] {
            assert_eq!(duration(us), shown);
        }
    }
}
