//! OpenDocument spreadsheets, streamed: a repeated cell or row takes no memory until it is asked for, and a claim of a
//! billion rows costs nothing.

use std::{collections::HashSet, io::Read};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{
    Book, Cell, Kind, Limits, Sheet, Unreadable,
    archive::{self, attribute},
    choose,
    collect::{Rows, Stop, damaged, ended, too_large},
};

/// Blanks in a row that one element can stand for; more say nothing.
const MAX_BLANKS: usize = 1000;
/// The most characters of one cell, which can be repeated before its text is counted: as many as Excel has.
const MAX_CHARACTERS: usize = 32_767;

pub(super) fn read(
    bytes: &[u8],
    sheet: Option<&str>,
    limits: &Limits,
    rows: &mut Rows<'_>,
) -> Result<Book, Unreadable> {
    let mut archive = archive::open(bytes, limits)?;
    if is_encrypted(&mut archive)? {
        return Err(Unreadable::PasswordProtected);
    }
    let sheets = sheets(&mut Content::open(&mut archive)?)?;
    let chosen = choose(&sheets, sheet)?.clone();
    let number = sheets.iter().position(|sheet| *sheet == chosen).unwrap_or(0);
    ended(table(&mut Content::open(&mut archive)?, number, rows))?;
    Ok(Book { kind: Kind::Ods, sheets, sheet: chosen.name })
}

fn is_encrypted(archive: &mut archive::Archive<'_>) -> Result<bool, Unreadable> {
    let Ok(part) = archive.by_name("META-INF/manifest.xml") else { return Ok(false) };
    let mut reader = archive::reader(part);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) if element.local_name().as_ref() == "encryption-data" => return Ok(true),
            Event::Eof => return Ok(false),
            _ => {}
        }
    }
}

/// The part with all sheets.
struct Content<R: Read> {
    reader: Reader<std::io::BufReader<R>>,
    buffer: Vec<u8>,
}

/// What happens in it, as far as it matters.
enum Step {
    Start(BytesStart<'static>),
    End(String),
    Text(String),
    Other,
    EndOfPart,
}

impl<'a, 'b> Content<zip::read::ZipFile<'a, std::io::Cursor<&'b [u8]>>> {
    fn open(archive: &'a mut archive::Archive<'b>) -> Result<Self, Unreadable> {
        let part = archive.by_name("content.xml").map_err(archive::unreadable)?;
        Ok(Self { reader: archive::reader(part), buffer: Vec::new() })
    }
}

impl<R: Read> Content<R> {
    fn next(&mut self) -> Result<Step, Unreadable> {
        self.buffer.clear();
        Ok(match self.reader.read_event_into(&mut self.buffer).map_err(damaged)? {
            Event::Start(element) => Step::Start(element.into_owned()),
            Event::End(element) => Step::End(element.local_name().as_ref().to_owned()),
            Event::Text(text) => Step::Text(text.xml10_content().into_owned()),
            Event::CData(text) => Step::Text(text.xml10_content().into_owned()),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(damaged)?.map(String::from);
                let named =
                    || quick_xml::escape::resolve_xml_entity(&reference.xml10_content()).map(str::to_owned);
                Step::Text(character.or_else(named).unwrap_or_default())
            }
            Event::Eof => Step::EndOfPart,
            _ => Step::Other,
        })
    }

    /// Reads over everything in an element that has begun.
    fn skip(&mut self, name: &str) -> Result<(), Unreadable> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Step::Start(element) if element.local_name().as_ref() == name => depth += 1,
                Step::End(ended) if ended == name => depth -= 1,
                Step::EndOfPart => return Err(damaged("content.xml is cut off")),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The sheets with their names, hidden ones by their style.
fn sheets<R: Read>(content: &mut Content<R>) -> Result<Vec<Sheet>, Unreadable> {
    let (mut hidden_styles, mut style, mut sheets) = (HashSet::new(), String::new(), Vec::new());
    loop {
        match content.next()? {
            Step::Start(element) => match element.local_name().as_ref() {
                "style" => style = attribute(&element, "name").unwrap_or_default(),
                "table-properties" if attribute(&element, "display").as_deref() == Some("false") => {
                    hidden_styles.insert(style.clone());
                }
                "table" => {
                    let name = attribute(&element, "name").unwrap_or_default();
                    let hidden =
                        attribute(&element, "style-name").is_some_and(|name| hidden_styles.contains(&name));
                    sheets.push(Sheet { name, hidden });
                    content.skip("table")?;
                }
                _ => {}
            },
            Step::EndOfPart => return Ok(sheets),
            _ => {}
        }
    }
}

/// The cells of the sheet with this number.
fn table<R: Read>(content: &mut Content<R>, number: usize, rows: &mut Rows<'_>) -> Result<(), Stop> {
    let mut seen = 0;
    loop {
        match content.next()? {
            Step::Start(element) if element.local_name().as_ref() == "table" => {
                if seen == number {
                    return body(content, rows);
                }
                seen += 1;
                content.skip("table")?;
            }
            Step::EndOfPart => return Err(damaged("content.xml is cut off").into()),
            _ => {}
        }
    }
}

fn body<R: Read>(content: &mut Content<R>, rows: &mut Rows<'_>) -> Result<(), Stop> {
    let mut row = 1_i64;
    loop {
        match content.next()? {
            Step::Start(element) if element.local_name().as_ref() == "table-row" => {
                let repeats = repeats(&element, "number-rows-repeated");
                let cells = cells(content, rows.columns())?;
                if cells.iter().any(|(_, cell)| !cell.is_blank()) {
                    for copy in 0..repeats {
                        for (column, cell) in &cells {
                            rows.cell(row.saturating_add(copy), *column, cell.clone())?;
                        }
                    }
                }
                row = row.saturating_add(repeats);
            }
            // Another table inside, of a filter or a chart
            Step::Start(element) if element.local_name().as_ref() == "shapes" => content.skip("shapes")?,
            Step::End(ended) if ended == "table" => return rows.end(),
            Step::EndOfPart => return Err(damaged("content.xml is cut off").into()),
            _ => {}
        }
    }
}

/// The cells of one row with their columns, no more than one beyond the bound.
fn cells<R: Read>(content: &mut Content<R>, most: usize) -> Result<Vec<(usize, Cell)>, Unreadable> {
    let (mut cells, mut column) = (Vec::new(), 0_usize);
    loop {
        match content.next()? {
            Step::Start(element)
                if matches!(element.local_name().as_ref(), "table-cell" | "covered-table-cell") =>
            {
                let repeats = repeats(&element, "number-columns-repeated") as usize;
                let covered = element.local_name().as_ref() == "covered-table-cell";
                let name = if covered { "covered-table-cell" } else { "table-cell" };
                let cell = cell(content, &element, name)?;
                if !cell.is_blank() && cells.last().is_none_or(|(last, _)| *last < most) {
                    let until = column.saturating_add(repeats).min(most + 1);
                    cells.extend((column..until.max(column + 1)).map(|column| (column, cell.clone())));
                }
                column = column.saturating_add(repeats);
            }
            Step::End(ended) if ended == "table-row" => return Ok(cells),
            Step::EndOfPart => return Err(damaged("content.xml is cut off")),
            _ => {}
        }
    }
}

/// The value of a cell, and for a number what is shown of it.
fn cell<R: Read>(content: &mut Content<R>, element: &BytesStart<'_>, name: &str) -> Result<Cell, Unreadable> {
    let of = |name: &str| attribute(element, name);
    let value_of =
        |name: &str| of(name).map(|value| bounded(value.chars().count()).map(|()| value)).transpose();
    // LibreOffice says so in an extension only; the value is the text of the error then.
    let failed = element
        .attributes()
        .with_checks(false)
        .flatten()
        .any(|attribute| attribute.key.as_ref() == "calcext:value-type" && &*attribute.value == "error");
    let kind = element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.as_ref() == "office:value-type")
        .map(|attribute| attribute.value.into_owned());
    let shown = paragraphs(content, name)?;
    let text = || Cell::text(&shown);
    if failed {
        return Ok(Cell::Error { error: shown });
    }
    let number = || of("value").and_then(|value| value.parse::<f64>().ok());
    Ok(match kind.as_deref() {
        Some("float" | "currency" | "percentage") => {
            number().map_or_else(text, |number| with_zeros(number, &shown))
        }
        Some("boolean") => of("boolean-value").map_or_else(text, |value| Cell::Boolean(value == "true")),
        Some("date") => value_of("date-value")?.map_or_else(text, |value| date(&value)),
        Some("time") => value_of("time-value")?.map_or_else(text, |value| time(&value)),
        Some("string") => value_of("string-value")?.map_or_else(text, |value| Cell::text(&value)),
        _ => text(),
    })
}

/// A number; with what is shown of it where that is digits with zeros before them, or a percentage.
fn with_zeros(number: f64, shown: &str) -> Cell {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let kept = shown.ends_with('%')
        || (number.fract() == 0.0
            && number >= 0.0
            && shown.starts_with('0')
            && shown.len() > 1
            && digits(shown).parse::<f64>().is_ok_and(|same| (same - number).abs() < 0.5)
            && !shown.contains([',', '.']));
    match Cell::number(number) {
        Cell::Number { number, .. } => Cell::Number { number, shown: kept.then(|| shown.to_owned()) },
        other => other,
    }
}

fn date(value: &str) -> Cell {
    if let Ok(date) = value.parse() {
        return if value.contains('T') { moment(value) } else { Cell::Date { date } };
    }
    moment(value)
}

fn moment(value: &str) -> Cell {
    match value.parse::<jiff::civil::DateTime>() {
        Ok(moment) if moment.time() == jiff::civil::Time::midnight() => Cell::Date { date: moment.date() },
        Ok(moment) => Cell::Moment { moment },
        Err(_) => Cell::text(value),
    }
}

/// `PT08H30M00S`, a length of time by the standard.
fn time(value: &str) -> Cell {
    let read = || {
        let rest = value.strip_prefix("PT")?;
        let (hours, rest) = rest.split_once('H')?;
        let (minutes, rest) = rest.split_once('M')?;
        let seconds = rest.strip_suffix('S')?.replace(',', ".");
        let (hours, minutes): (f64, f64) = (hours.parse().ok()?, minutes.parse().ok()?);
        Some((hours * 3600.0 + minutes * 60.0 + seconds.parse::<f64>().ok()?) / 86_400.0)
    };
    read().map_or_else(|| Cell::text(value), super::serial::duration)
}

/// The text of a cell up to its end, a line for each paragraph; notes are no part of it.
fn paragraphs<R: Read>(content: &mut Content<R>, name: &str) -> Result<String, Unreadable> {
    let (mut text, mut paragraphs, mut characters) = (String::new(), 0, 0);
    let mut push = |part: &str, count: usize| {
        characters += part.chars().count() * count;
        bounded(characters)?;
        text.extend(std::iter::repeat_n(part, count));
        Ok(())
    };
    loop {
        match content.next()? {
            Step::Start(element) => match element.local_name().as_ref() {
                "annotation" => content.skip("annotation")?,
                "p" => {
                    if paragraphs > 0 {
                        push("\n", 1)?;
                    }
                    paragraphs += 1;
                }
                "s" => {
                    let count = attribute(&element, "c").and_then(|count| count.parse().ok()).unwrap_or(1);
                    push(" ", MAX_BLANKS.min(count))?;
                }
                "tab" => push("\t", 1)?,
                "line-break" => push("\n", 1)?,
                _ => {}
            },
            Step::Text(part) if paragraphs > 0 => push(&part, 1)?,
            Step::End(ended) if ended == name => return Ok(text),
            Step::EndOfPart => return Err(damaged("content.xml is cut off")),
            _ => {}
        }
    }
}

/// Refuses what is longer than a cell can be.
fn bounded(characters: usize) -> Result<(), Unreadable> {
    if characters > MAX_CHARACTERS {
        return Err(too_large("characters_of_one_cell", MAX_CHARACTERS as u64));
    }
    Ok(())
}

fn repeats(element: &BytesStart<'_>, name: &str) -> i64 {
    attribute(element, name).and_then(|count| count.parse().ok()).unwrap_or(1).max(1)
}
