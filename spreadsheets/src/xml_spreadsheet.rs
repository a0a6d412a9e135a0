//! The XML of Excel 2003 (SpreadsheetML), which many programs write and call `.xls`.

use std::{
    collections::HashMap,
    io::{BufReader, Read},
};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use crate::{
    Book, Cell, Kind, Options, Sheet, Unreadable,
    archive::{self, attribute, broken},
    cell::Flaw,
    choose,
    collect::{Rows, Stop, damaged, ended, too_large},
    number_format::NumberFormat,
    serial,
};

/// More sheets and styles than any workbook has.
const MOST: usize = 10_000;

pub(super) fn read(text: &str, options: &Options, rows: &mut Rows<'_>) -> Result<Book, Unreadable> {
    let (sheets, formats) = survey(&mut reader(text))?;
    let chosen = choose(&sheets, options.sheet.as_deref())?.clone();
    let number = sheets.iter().position(|sheet| *sheet == chosen).unwrap_or(0);
    ended(table(&mut reader(text), number, &formats, rows))?;
    Ok(Book { sheets, sheet: chosen.name, ..Book::of(Kind::XmlSpreadsheet) })
}

fn reader(text: &str) -> Reader<BufReader<archive::Bounded<&[u8]>>> {
    archive::reader(archive::Bounded::new(text.as_bytes(), text.len() as u64))
}

type Formats = HashMap<String, NumberFormat>;

fn survey<R: Read>(reader: &mut Reader<BufReader<R>>) -> Result<(Vec<Sheet>, Formats), Unreadable> {
    let (mut sheets, mut formats) = (Vec::new(), Formats::new());
    let (mut buffer, mut style, mut ended) = (Vec::new(), String::new(), false);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "Style" => style = attribute(&element, "ID").unwrap_or_default(),
                "NumberFormat" => {
                    let code = attribute(&element, "Format").unwrap_or_default();
                    formats.insert(style.clone(), named(&code));
                }
                "Worksheet" => {
                    sheets
                        .push(Sheet { name: attribute(&element, "Name").unwrap_or_default(), hidden: false });
                }
                "Visible" => {
                    let hidden = matches!(reader.read_event_into(&mut Vec::new()).map_err(broken)?, Event::Text(text) if text.xml10_content().starts_with("SheetHidden") || text.xml10_content().starts_with("SheetVeryHidden"));
                    if let Some(sheet) = sheets.last_mut() {
                        sheet.hidden |= hidden;
                    }
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "Workbook" => ended = true,
            Event::Eof if ended => return Ok((sheets, formats)),
            Event::Eof => return Err(damaged("the workbook is cut off")),
            _ => {}
        }
        if sheets.len() > MOST || formats.len() > MOST {
            return Err(too_large("sheets", MOST as u64));
        }
    }
}

/// Formats have names here besides codes.
fn named(code: &str) -> NumberFormat {
    match code {
        "General Date" | "Long Date" | "Medium Date" | "Short Date" => NumberFormat::Date,
        "Long Time" | "Medium Time" | "Short Time" => NumberFormat::Time,
        "Percent" => NumberFormat::Percent(2),
        "General" | "General Number" | "Currency" | "Euro Currency" | "Fixed" | "Standard" | "Scientific"
        | "Yes/No" | "True/False" | "On/Off" => NumberFormat::Plain,
        code => NumberFormat::read(&code.chars().take(1024).collect::<String>()),
    }
}

fn table<R: Read>(
    reader: &mut Reader<BufReader<R>>,
    number: usize,
    formats: &Formats,
    rows: &mut Rows<'_>,
) -> Result<(), Stop> {
    let (mut buffer, mut sheets, mut row) = (Vec::new(), 0, 0_i64);
    let mut inside = false;
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "Worksheet" => {
                    inside = sheets == number;
                    sheets += 1;
                }
                "Row" if inside => {
                    row = index(&element).unwrap_or(row + 1);
                    rows.begin(row, attribute(&element, "Hidden").as_deref() == Some("1"))?;
                    // Rows below that are empty alike
                    let span =
                        attribute(&element, "Span").and_then(|span| span.parse::<i64>().ok()).unwrap_or(0);
                    let cells = cells(reader, formats, rows.columns())?;
                    for (column, cell) in cells {
                        rows.cell(row, column, cell)?;
                    }
                    row = row.saturating_add(span.clamp(0, 1_048_576));
                }
                _ => {}
            },
            Event::End(element) if inside && element.local_name().as_ref() == "Worksheet" => {
                return rows.end();
            }
            Event::Eof => return Err(damaged("the workbook is cut off").into()),
            _ => {}
        }
    }
}

fn index(element: &BytesStart<'_>) -> Option<i64> {
    attribute(element, "Index")?.parse().ok().filter(|index| *index > 0)
}

/// The cells of one row, to its end.
fn cells<R: Read>(
    reader: &mut Reader<BufReader<R>>,
    formats: &Formats,
    most: usize,
) -> Result<Vec<(usize, Cell)>, Unreadable> {
    let (mut buffer, mut found, mut column) = (Vec::new(), Vec::new(), 0_usize);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) if element.local_name().as_ref() == "Cell" => {
                column = index(&element).map_or(column, |index| (index - 1) as usize);
                let across = attribute(&element, "MergeAcross").and_then(|count| count.parse::<usize>().ok());
                let format = attribute(&element, "StyleID").and_then(|id| formats.get(&id));
                let formula = attribute(&element, "Formula");
                let cell = cell(reader, format, formula.as_deref())?;
                if !cell.is_blank() && found.len() <= most {
                    found.push((column, cell));
                }
                column = column.saturating_add(1 + across.unwrap_or(0));
            }
            Event::End(element) if element.local_name().as_ref() == "Row" => return Ok(found),
            Event::Eof => return Err(damaged("the workbook is cut off")),
            _ => {}
        }
    }
}

fn cell<R: Read>(
    reader: &mut Reader<BufReader<R>>,
    format: Option<&NumberFormat>,
    formula: Option<&str>,
) -> Result<Cell, Unreadable> {
    let (mut buffer, mut kind, mut value) = (Vec::new(), None::<String>, String::new());
    let (mut in_data, mut in_comment) = (false, false);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "Comment" => in_comment = true,
                "Data" if !in_comment => {
                    kind = attribute(&element, "Type");
                    in_data = true;
                }
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "Cell" => break,
                "Comment" => in_comment = false,
                "Data" => in_data = false,
                _ => {}
            },
            Event::Eof => return Err(damaged("the workbook is cut off")),
            event if in_data && !in_comment => archive::push_text(&event, &mut value)?,
            _ => {}
        }
        if value.len() > 1024 * 1024 {
            return Err(too_large("characters_of_one_cell", crate::cell::MAX_CHARACTERS as u64));
        }
    }
    Ok(match (kind.as_deref(), formula) {
        (None, Some(formula)) => Cell::flawed(formula, Flaw::FormulaWithoutValue),
        (Some("Number"), _) => match value.trim().parse::<f64>() {
            Ok(number) => {
                serial::formatted(number, format.unwrap_or(&NumberFormat::Plain), false).as_written(&value)
            }
            Err(_) => Cell::text(&value),
        },
        (Some("DateTime"), _) => date_time(&value, format),
        (Some("Boolean"), _) => Cell::Boolean(value.trim() == "1"),
        (Some("Error"), _) => Cell::Error { error: crate::cell::storable(value.trim()) },
        _ => Cell::text(&value),
    })
}

/// Times of day stand on the last day of 1899.
fn date_time(value: &str, format: Option<&NumberFormat>) -> Cell {
    let cell = serial::iso(value);
    match (&cell, format) {
        (Cell::Moment { moment }, _) if moment.date() == jiff::civil::date(1899, 12, 31) => {
            Cell::Time { time: moment.time() }
        }
        (Cell::Date { date }, Some(NumberFormat::Time)) if *date == jiff::civil::date(1899, 12, 31) => {
            Cell::Time { time: jiff::civil::Time::midnight() }
        }
        _ => cell,
    }
}
