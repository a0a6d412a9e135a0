//! The cells of a sheet.

use std::io::{BufReader, Read};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{strings::Strings, text_of, unescaped};
use crate::{
    Cell, Unreadable,
    archive::broken,
    cell::Flaw,
    collect::{Rows, Stop, damaged},
    number_format::NumberFormat,
    serial,
};

/// What cells refer to.
pub(super) struct Within<'a> {
    pub(super) strings: &'a Strings,
    pub(super) formats: &'a [NumberFormat],
    pub(super) is_1904: bool,
}

pub(super) fn read<R: Read>(
    reader: &mut Reader<BufReader<R>>,
    within: &Within<'_>,
    rows: &mut Rows<'_>,
) -> Result<(), Stop> {
    let (mut buffer, mut row, mut column) = (Vec::new(), 0_i64, 0_usize);
    let (mut content, mut in_data, mut ended) = (Content::default(), false, false);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "sheetData" => in_data = true,
                "row" if in_data => {
                    let head = Head::of(&element);
                    (row, column) = (head.row.unwrap_or(row + 1), 0);
                    rows.begin(row, head.hidden)?;
                }
                "c" if in_data => {
                    let head = Head::of(&element);
                    if let Some((at_row, at_column)) = head.place {
                        (row, column) = (at_row, at_column);
                    }
                    content.read(reader, &mut buffer)?;
                    rows.cell(row, column, content.cell(&head, within)?)?;
                    column += 1;
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "sheetData" => {
                (in_data, ended) = (false, true);
            }
            // Not before: at the end of a part it is known whether its bytes are those that were written
            Event::Eof if ended => return rows.end(),
            Event::Eof => return Err(damaged("a sheet is cut off").into()),
            _ => {}
        }
    }
}

/// The attributes of a row or a cell.
#[derive(Debug, Default)]
struct Head {
    /// The number of a row
    row: Option<i64>,
    /// Row and column of a cell
    place: Option<(i64, usize)>,
    style: usize,
    kind: Kind,
    hidden: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Text,
    Boolean,
    Error,
    Date,
}

impl Head {
    fn of(element: &BytesStart<'_>) -> Self {
        let mut head = Self::default();
        for attribute in element.attributes().with_checks(false).flatten() {
            let value = &*attribute.value;
            match attribute.key.as_ref() {
                "r" => match value.parse() {
                    Ok(row) => head.row = Some(row),
                    Err(_) => head.place = place(value),
                },
                "s" => head.style = value.parse().unwrap_or(usize::MAX),
                "t" => {
                    head.kind = match value {
                        "s" => Kind::Shared,
                        "str" | "inlineStr" => Kind::Text,
                        "b" => Kind::Boolean,
                        "e" => Kind::Error,
                        "d" => Kind::Date,
                        _ => Kind::Number,
                    };
                }
                "hidden" => head.hidden = matches!(value, "1" | "true"),
                _ => {}
            }
        }
        head
    }
}

/// `C12`: row 12, column 2.
fn place(reference: &str) -> Option<(i64, usize)> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).count();
    if !(1..=3).contains(&letters) {
        return None;
    }
    let column = reference[..letters]
        .bytes()
        .fold(0_usize, |column, byte| column * 26 + usize::from(byte.to_ascii_uppercase() - b'A') + 1);
    Some((reference[letters..].parse().ok()?, column - 1))
}

/// What stands in a cell.
#[derive(Debug, Default)]
struct Content {
    value: String,
    has_value: bool,
    formula: String,
    has_formula: bool,
}

impl Content {
    fn read<R: Read>(
        &mut self,
        reader: &mut Reader<BufReader<R>>,
        buffer: &mut Vec<u8>,
    ) -> Result<(), Unreadable> {
        self.value.clear();
        self.formula.clear();
        (self.has_value, self.has_formula) = (false, false);
        loop {
            buffer.clear();
            let name = match reader.read_event_into(buffer).map_err(broken)? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "v" => "v",
                    "is" => "is",
                    "f" => "f",
                    _ => continue,
                },
                Event::End(element) if element.local_name().as_ref() == "c" => return Ok(()),
                Event::Eof => return Err(damaged("a sheet is cut off")),
                _ => continue,
            };
            if name == "f" {
                self.has_formula = true;
                text_of(reader, buffer, name, &mut self.formula)?;
            } else {
                self.has_value = true;
                text_of(reader, buffer, name, &mut self.value)?;
            }
        }
    }

    fn cell(&self, head: &Head, within: &Within<'_>) -> Result<Cell, Unreadable> {
        let value = self.value.as_str();
        let is_missing = !self.has_value || (value.is_empty() && head.kind != Kind::Text);
        if is_missing && self.has_formula {
            return Ok(Cell::flawed(&format!("={}", self.formula), Flaw::FormulaWithoutValue));
        }
        if is_missing {
            return Ok(Cell::Empty);
        }
        let bad = || damaged(format!("a cell holds `{}`", value.chars().take(40).collect::<String>()));
        Ok(match head.kind {
            Kind::Shared => {
                let number = value.trim().parse().map_err(|_| bad())?;
                Cell::text(within.strings.get(number).ok_or_else(bad)?)
            }
            Kind::Text => Cell::text(&unescaped(value)),
            Kind::Boolean => Cell::Boolean(matches!(value.trim(), "1" | "true")),
            Kind::Error => Cell::Error { error: crate::cell::storable(value) },
            Kind::Date => serial::iso(value),
            Kind::Number => {
                let number: f64 = value.trim().parse().map_err(|_| bad())?;
                let format = within.formats.get(head.style).unwrap_or(&NumberFormat::Plain);
                serial::formatted(number, format, within.is_1904).as_written(value)
            }
        })
    }
}
