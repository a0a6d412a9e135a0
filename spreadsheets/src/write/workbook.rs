//! Office Open XML through rust_xlsxwriter, each row written out before the next one begins.

use std::io::Write;

use rust_xlsxwriter::{Color, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Unwritable, Value, duration, looks_like_a_formula};

/// The rows of a sheet; behind them another sheet begins.
const ROWS: u32 = 1_048_576;
/// The most characters of a cell, as UTF-16 counts them; of a longer text the beginning is written, and `…`.
const CHARACTERS: usize = 32_767;
/// The most characters of a sheet's name.
const NAME: usize = 31;

pub(super) struct Book {
    workbook: Workbook,
    /// The sheet that is written, and how many there are
    sheet: usize,
    name: String,
    headings: Vec<String>,
    row: u32,
    looks: Looks,
}

impl std::fmt::Debug for Book {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Book")
            .field("sheet", &self.sheet)
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}

/// The looks of cells: as they are, and as wrong.
struct Looks {
    heading: Format,
    plain: Kinds,
    marked: Kinds,
}

struct Kinds {
    any: Format,
    text: Format,
    protected: Format,
    date: Format,
    time: Format,
    moment: Format,
    duration: Format,
}

impl Kinds {
    fn of(base: &Format) -> Self {
        let shown = |code: &str| base.clone().set_num_format(code);
        Self {
            any: base.clone(),
            // What is text stays text when a person corrects it
            text: shown("@"),
            protected: shown("@").set_quote_prefix(),
            date: shown("yyyy-mm-dd"),
            time: shown("hh:mm:ss"),
            moment: shown("yyyy-mm-dd hh:mm:ss"),
            duration: shown("[h]:mm:ss"),
        }
    }
}

impl Book {
    pub(super) fn begin(sheet: &str, headings: &[String]) -> Result<Self, XlsxError> {
        let looks = Looks {
            heading: Format::new().set_bold().set_text_wrap(),
            plain: Kinds::of(&Format::new()),
            marked: Kinds::of(&Format::new().set_background_color(Color::RGB(0x00FB_E3E4))),
        };
        let (name, headings) = (sheet_name(sheet), headings.to_vec());
        let mut book = Self { workbook: Workbook::new(), sheet: 0, name, headings, row: 0, looks };
        book.begin_sheet()?;
        Ok(book)
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        let number = self.sheet + 1;
        let name = if number == 1 {
            self.name.clone()
        } else {
            let end = format!(" {number}");
            let start: String = self.name.chars().take(NAME - end.len()).collect();
            format!("{start}{end}")
        };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        for (column, heading) in (0_u16..).zip(&self.headings) {
            sheet.set_column_width(column, heading.chars().count().clamp(10, 40) as f64)?;
        }
        if !self.headings.is_empty() {
            sheet.set_freeze_panes(1, 0)?;
            for (column, heading) in (0_u16..).zip(&self.headings) {
                sheet.write_string_with_format(0, column, &*cut(heading), &self.looks.heading)?;
            }
        }
        self.row = u32::from(!self.headings.is_empty());
        Ok(())
    }

    pub(super) fn row(&mut self, values: &[Value<'_>], marked: &[usize]) -> Result<(), XlsxError> {
        if self.row == ROWS {
            self.sheet += 1;
            self.begin_sheet()?;
        }
        let sheet = self.workbook.worksheet_from_index(self.sheet)?;
        for (index, value) in values.iter().enumerate() {
            let kinds = if marked.contains(&index) { &self.looks.marked } else { &self.looks.plain };
            write(sheet, self.row, u16::try_from(index).unwrap_or(u16::MAX), value, kinds)?;
        }
        self.row += 1;
        Ok(())
    }

    pub(super) fn end(mut self, to: impl Write + Send) -> Result<(), Unwritable> {
        Ok(self.workbook.save_to_writer(to)?)
    }
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Value<'_>,
    kinds: &Kinds,
) -> Result<(), XlsxError> {
    match value {
        Value::Empty => sheet.write_blank(row, column, &kinds.any),
        Value::Text(text) => {
            let kind = if looks_like_a_formula(text) { &kinds.protected } else { &kinds.text };
            sheet.write_string_with_format(row, column, &*cut(text), kind)
        }
        // Beyond this a spreadsheet rounds
        Value::Whole(number) if number.unsigned_abs() >= 1_000_000_000_000_000 => {
            sheet.write_string_with_format(row, column, number.to_string(), &kinds.text)
        }
        Value::Whole(number) => sheet.write_number_with_format(row, column, *number as f64, &kinds.any),
        Value::Number(number) if number.is_finite() => {
            sheet.write_number_with_format(row, column, *number, &kinds.any)
        }
        Value::Number(number) => sheet.write_string_with_format(row, column, number.to_string(), &kinds.text),
        Value::Boolean(yes) => sheet.write_boolean_with_format(row, column, *yes, &kinds.any),
        Value::Date(date) => match excel_date(*date) {
            Some(day) => sheet.write_datetime_with_format(row, column, &day, &kinds.date),
            None => sheet.write_string_with_format(row, column, date.to_string(), &kinds.text),
        },
        Value::Time(time) => {
            let days = seconds(*time) / 86_400.0;
            sheet.write_number_with_format(row, column, days, &kinds.time)
        }
        Value::Moment(moment) => {
            if let Some(day) = excel_date(moment.date()) {
                let days = day.to_excel() + seconds(moment.time()) / 86_400.0;
                sheet.write_number_with_format(row, column, days, &kinds.moment)
            } else {
                let text = format!("{} {}", moment.date(), moment.time());
                sheet.write_string_with_format(row, column, text, &kinds.text)
            }
        }
        // A negative one is shown as ### by spreadsheets
        Value::Duration(us) if *us < 0 => {
            sheet.write_string_with_format(row, column, duration(*us), &kinds.text)
        }
        Value::Duration(us) => {
            sheet.write_number_with_format(row, column, *us as f64 / 86_400_000_000.0, &kinds.duration)
        }
    }
    .map(drop)
}

fn seconds(time: jiff::civil::Time) -> f64 {
    let whole = i32::from(time.hour()) * 3600 + i32::from(time.minute()) * 60 + i32::from(time.second());
    f64::from(whole) + f64::from(time.subsec_nanosecond()) / 1e9
}

/// Days before 1900 are none in a spreadsheet.
fn excel_date(date: jiff::civil::Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(date.year()).ok().filter(|year| *year >= 1900)?;
    ExcelDateTime::from_ymd(year, date.month() as u8, date.day() as u8).ok()
}

fn cut(text: &str) -> std::borrow::Cow<'_, str> {
    if text.len() <= CHARACTERS || text.encode_utf16().count() <= CHARACTERS {
        return text.into();
    }
    let mut left = CHARACTERS - 1;
    let kept: String = text
        .chars()
        .take_while(|c| {
            let fits = left.checked_sub(c.len_utf16());
            left = fits.unwrap_or(0);
            fits.is_some()
        })
        .collect();
    (kept + "…").into()
}

/// A name that a spreadsheet takes.
fn sheet_name(wanted: &str) -> String {
    let allowed = wanted.chars().map(|c| if "[]:*?/\\".contains(c) || c.is_control() { ' ' } else { c });
    let name: String = allowed.take(NAME).collect();
    let name = name.trim().trim_matches('\'');
    if name.is_empty() { "1".to_owned() } else { name.to_owned() }
}
