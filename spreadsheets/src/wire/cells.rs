//! Rows as bytes: numbers in as few bytes as they need, texts with their length before them, a tag before each cell.

use jiff::civil::{Date, DateTime, Time};

use super::MAX_ROWS;
use crate::{Cell, Flaw, Row};

const EMPTY: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const TEXT: u8 = 3;
const NUMBER: u8 = 4;
const SHOWN: u8 = 5;
const DATE: u8 = 6;
const TIME: u8 = 7;
const MOMENT: u8 = 8;
const ERROR: u8 = 9;
/// The first flaw; the others follow in the order of [`FLAWS`]
const FLAWED: u8 = 16;

const FLAWS: [Flaw; 5] =
    [Flaw::Undecodable, Flaw::UnclosedQuote, Flaw::FormulaWithoutValue, Flaw::TooLong, Flaw::DigitsLost];

/// Adds a row to `bytes`.
pub(super) fn push(row: &Row, bytes: &mut Vec<u8>) {
    push_number(row.number as u64, bytes);
    bytes.push(row.hidden.into());
    push_number(row.cells.len() as u64, bytes);
    for cell in &row.cells {
        push_cell(cell, bytes);
    }
}

fn push_cell(cell: &Cell, bytes: &mut Vec<u8>) {
    match cell {
        Cell::Empty => bytes.push(EMPTY),
        Cell::Boolean(yes) => bytes.push(if *yes { TRUE } else { FALSE }),
        Cell::Text(text) => push_text(TEXT, text, bytes),
        Cell::Number { number, shown } => {
            bytes.push(if shown.is_some() { SHOWN } else { NUMBER });
            bytes.extend(number.to_le_bytes());
            if let Some(shown) = shown {
                push_bytes(shown, bytes);
            }
        }
        Cell::Date { date } => {
            bytes.push(DATE);
            push_date(*date, bytes);
        }
        Cell::Time { time } => {
            bytes.push(TIME);
            push_time(*time, bytes);
        }
        Cell::Moment { moment } => {
            bytes.push(MOMENT);
            push_date(moment.date(), bytes);
            push_time(moment.time(), bytes);
        }
        Cell::Error { error } => push_text(ERROR, error, bytes),
        Cell::Flawed { flawed, flaw } => {
            let place = FLAWS.iter().position(|known| known == flaw).unwrap_or(0);
            push_text(FLAWED + place as u8, flawed, bytes);
        }
    }
}

fn push_text(tag: u8, text: &str, bytes: &mut Vec<u8>) {
    bytes.push(tag);
    push_bytes(text, bytes);
}

fn push_bytes(text: &str, bytes: &mut Vec<u8>) {
    push_number(text.len() as u64, bytes);
    bytes.extend(text.as_bytes());
}

/// Seven bits a byte, the low ones first; the highest bit says that more follow.
fn push_number(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn push_date(date: Date, bytes: &mut Vec<u8>) {
    bytes.extend(date.year().to_le_bytes());
    bytes.extend([date.month() as u8, date.day() as u8]);
}

fn push_time(time: Time, bytes: &mut Vec<u8>) {
    bytes.extend([time.hour() as u8, time.minute() as u8, time.second() as u8]);
    bytes.extend(time.subsec_nanosecond().to_le_bytes());
}

/// The rows that `bytes` are; nothing where they are none.
pub(super) fn rows(bytes: &[u8], columns: usize) -> Option<Vec<Row>> {
    let (mut rest, mut rows) = (Rest(bytes), Vec::new());
    while !rest.0.is_empty() {
        if rows.len() == MAX_ROWS {
            return None;
        }
        let number = i64::try_from(rest.number()?).ok()?;
        let hidden = rest.flag()?;
        let count = usize::try_from(rest.number()?).ok().filter(|count| *count <= columns)?;
        let cells = (0..count).map(|_| rest.cell()).collect::<Option<_>>()?;
        rows.push(Row { number, hidden, cells });
    }
    Some(rows)
}

/// What was not taken yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const COUNT: usize>(&mut self) -> Option<[u8; COUNT]> {
        self.take(COUNT)?.try_into().ok()
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn flag(&mut self) -> Option<bool> {
        match self.array()? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::try_from(self.number()?).ok()?;
        let text = std::str::from_utf8(self.take(length)?).ok()?;
        // No database holds it, and no reader lets it through
        (!text.contains('\0')).then(|| text.to_owned())
    }

    fn cell(&mut self) -> Option<Cell> {
        let [tag] = self.array()?;
        Some(match tag {
            EMPTY => Cell::Empty,
            FALSE => Cell::Boolean(false),
            TRUE => Cell::Boolean(true),
            TEXT => Cell::Text(self.text()?),
            NUMBER | SHOWN => {
                let number = Some(f64::from_le_bytes(self.array()?)).filter(|number| number.is_finite())?;
                let shown = if tag == SHOWN { Some(self.text()?) } else { None };
                Cell::Number { number, shown }
            }
            DATE => Cell::Date { date: self.date()? },
            TIME => Cell::Time { time: self.time()? },
            MOMENT => Cell::Moment { moment: DateTime::from_parts(self.date()?, self.time()?) },
            ERROR => Cell::Error { error: self.text()? },
            flawed => {
                let flaw = *FLAWS.get(usize::from(flawed.checked_sub(FLAWED)?))?;
                Cell::Flawed { flawed: self.text()?, flaw }
            }
        })
    }

    fn date(&mut self) -> Option<Date> {
        let year = i16::from_le_bytes(self.array()?);
        let [month, day] = self.array()?;
        Date::new(year, month as i8, day as i8).ok()
    }

    fn time(&mut self) -> Option<Time> {
        let [hour, minute, second] = self.array()?;
        let nanosecond = i32::from_le_bytes(self.array()?);
        Time::new(hour as i8, minute as i8, second as i8, nanosecond).ok()
    }
}
