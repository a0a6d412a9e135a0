//! OpenDocument spreadsheets, streamed: a repeated cell or row takes no memory until it is asked for, and a claim of a
//! billion rows costs nothing.

use std::{collections::HashSet, io::Read};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{
    Book, Cell, Flaw, Kind, Options, Sheet, Unreadable,
    archive::{self, Bounded, attribute, broken},
    choose,
    collect::{Rows, Stop, damaged, ended, too_large},
    number_format, serial,
};

/// Blanks in a row that one element can stand for; more say nothing.
const MAX_BLANKS: usize = 1000;
/// The most characters of one cell, which can be repeated before its text is counted: as many as Excel has.
const MAX_CHARACTERS: usize = 32_767;

pub(super) fn read(bytes: &[u8], options: &Options, rows: &mut Rows<'_>) -> Result<Book, Unreadable> {
    let limit = options.limits.unpacked_bytes;
    let mut archive = archive::open(bytes)?;
    if is_encrypted(&mut archive)? {
        return Err(Unreadable::PasswordProtected);
    }
    let sheets = sheets(&mut Content::open(&mut archive, limit)?)?;
    let chosen = choose(&sheets, options.sheet.as_deref())?.clone();
    let number = sheets.iter().position(|sheet| *sheet == chosen).unwrap_or(0);
    ended(table(&mut Content::open(&mut archive, limit)?, number, rows))?;
    Ok(Book { sheets, sheet: chosen.name, ..Book::of(Kind::Ods) })
}

fn is_encrypted(archive: &mut archive::Archive<'_>) -> Result<bool, Unreadable> {
    let Ok(part) = archive.by_name("META-INF/manifest.xml") else { return Ok(false) };
    let mut reader = archive::reader(Bounded::new(part, 64 * 1024 * 1024));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
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

impl<'a, 'b> Content<Bounded<zip::read::ZipFile<'a, std::io::Cursor<&'b [u8]>>>> {
    fn open(archive: &'a mut archive::Archive<'b>, limit: u64) -> Result<Self, Unreadable> {
        let part = archive.by_name("content.xml").map_err(archive::unreadable)?;
        Ok(Self { reader: archive::reader(Bounded::new(part, limit)), buffer: Vec::new() })
    }
}

impl<R: Read> Content<R> {
    fn next(&mut self) -> Result<Step, Unreadable> {
        self.buffer.clear();
        Ok(match self.reader.read_event_into(&mut self.buffer).map_err(broken)? {
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
                let hidden =
                    attribute(&element, "visibility").is_some_and(|visibility| visibility != "visible");
                let cells = cells(content, rows.columns())?;
                if cells.iter().any(|(_, cell)| !cell.is_blank()) {
                    for copy in 0..repeats {
                        rows.begin(row.saturating_add(copy), hidden)?;
                        for (column, cell) in &cells {
                            rows.cell(row.saturating_add(copy), *column, cell.clone())?;
                        }
                    }
                }
                row = row.saturating_add(repeats);
            }
            // Another table inside, of a filter or a chart
            Step::Start(element) if element.local_name().as_ref() == "shapes" => content.skip("shapes")?,
            Step::End(ended) if ended == "table" => {
                // At the end of a part it is known whether its bytes are those that were written
                while !matches!(content.next()?, Step::EndOfPart) {}
                return rows.end();
            }
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
    let written = of("value").unwrap_or_default();
    let number = || written.parse::<f64>().ok();
    Ok(match kind.as_deref() {
        Some("percentage") => number().map_or_else(text, |number| percentage(number, &shown)),
        Some("currency") => {
            number().map_or_else(text, |number| Cell::number(number).unless_altered(&written))
        }
        Some("float") => {
            number().map_or_else(text, |number| as_shown(number, &shown).unless_altered(&written))
        }
        Some("boolean") => of("boolean-value").map_or_else(text, |value| Cell::Boolean(value == "true")),
        Some("date") => value_of("date-value")?.map_or_else(text, |value| serial::iso(&value)),
        Some("time") => value_of("time-value")?.and_then(|value| time(&value)).unwrap_or_else(text),
        Some("string") => value_of("string-value")?.map_or_else(text, |value| Cell::text(&value)),
        None if shown.is_empty() => match of("formula") {
            Some(formula) => Cell::flawed(&formula, Flaw::FormulaWithoutValue),
            None => Cell::Empty,
        },
        _ => text(),
    })
}

/// A percentage with as many decimals as are shown.
fn percentage(number: f64, shown: &str) -> Cell {
    let decimals = shown.trim_end_matches(['%', ' ', '\u{A0}']);
    let decimals = decimals.rsplit_once([',', '.']).map_or(0, |(_, behind)| behind.len());
    match Cell::number(number) {
        Cell::Number { number, .. } => {
            Cell::Number { number, shown: Some(number_format::percent(number, decimals.min(10))) }
        }
        other => other,
    }
}

/// A number; with what is shown of it where that is its digits with zeros before them or text around them.
fn as_shown(number: f64, shown: &str) -> Cell {
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    let kept = number.fract() == 0.0
        && number >= 0.0
        && !digits.is_empty()
        && (digits.len() > 1 || shown.chars().any(char::is_alphabetic))
        && digits.parse::<f64>().is_ok_and(|same| (same - number).abs() < 0.5)
        && shown != format!("{number:.0}")
        && !shown.contains([',', '.', '\'', '\u{A0}', '\u{202F}'])
        && !is_grouped(shown);
    match Cell::number(number) {
        Cell::Number { number, .. } => Cell::Number { number, shown: kept.then(|| shown.to_owned()) },
        other => other,
    }
}

/// True for thousands with blanks between them.
fn is_grouped(shown: &str) -> bool {
    let mut groups = shown.split(' ');
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    rest.peek().is_some()
        && !first.starts_with('0')
        && first.len() <= 3
        && first.bytes().all(|byte| byte.is_ascii_digit())
        && rest.all(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `PT08H30M00S`, a length of time by the standard; none where it is less than none, of which what is shown counts.
fn time(value: &str) -> Option<Cell> {
    let read = || {
        let rest = value.strip_prefix("PT")?;
        let (hours, rest) = rest.split_once('H')?;
        let (minutes, rest) = rest.split_once('M')?;
        let seconds = rest.strip_suffix('S')?.replace(',', ".");
        let (hours, minutes): (f64, f64) = (hours.parse().ok()?, minutes.parse().ok()?);
        Some((hours * 3600.0 + minutes * 60.0 + seconds.parse::<f64>().ok()?) / 86_400.0)
    };
    read().map(serial::duration)
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
