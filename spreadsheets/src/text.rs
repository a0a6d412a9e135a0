//! Delimited text: its encoding and delimiter are found out from what it holds.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{
    Book, Cell, Kind, Unreadable,
    collect::{Rows, Stop, damaged, ended},
};

/// How many lines decide on the delimiter.
const LINES: usize = 20;
const DELIMITERS: [u8; 4] = [b';', b',', b'\t', b'|'];

pub(super) fn read(bytes: &[u8], rows: &mut Rows<'_>) -> Result<Book, Unreadable> {
    let text = decode(bytes)?;
    ended(records(&text, rows))?;
    Ok(Book { kind: Kind::Text, sheets: Vec::new(), sheet: String::new() })
}

fn records(text: &str, rows: &mut Rows<'_>) -> Result<(), Stop> {
    let (delimiter, skip) = said(text).unwrap_or_else(|| (delimiter(text), 0));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(&text.as_bytes()[skip..]);
    let mut record = csv::StringRecord::new();
    // A line that Excel wrote for itself counts for people, who see it
    let lines_before = i64::from(skip > 0);
    while reader.read_record(&mut record).map_err(|error| Stop::from(damaged(error)))? {
        let line = record.position().map_or(0, |position| line(&text[skip..], position)) + lines_before;
        for (column, value) in record.iter().enumerate() {
            rows.cell(line, column, Cell::text(value))?;
        }
    }
    rows.end()
}

/// The line on which a record begins, from 1: its position is before the empty lines that were read over.
fn line(text: &str, position: &csv::Position) -> i64 {
    let rest = text.as_bytes().get(position.byte() as usize..).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let empty = ends.filter(|byte| **byte == b'\n').count();
    position.line() as i64 + empty as i64
}

/// The text of a file: by its byte order mark; UTF-16 without one by its zeros; UTF-8 where it is that; and otherwise
/// Windows-1252, in which every byte means something and which Excel writes in the countries of Campo's customers.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => without_mark(bytes),
    };
    let (text, _) = encoding.decode_with_bom_removal(bytes);
    let controls = text.chars().take(4096).filter(|c| c.is_control() && !c.is_whitespace()).count();
    // One lost character does no harm; a program or a picture has many.
    if controls * 50 > text.len().min(4096) || text.contains('\0') {
        return Err(Unreadable::NotASpreadsheet("binary"));
    }
    Ok(text)
}

fn without_mark(bytes: &[u8]) -> &'static Encoding {
    let start = &bytes[..bytes.len().min(1024)];
    let zeros = |offset: usize| start.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let half = start.len() / 2;
    if half >= 2 && zeros(1) * 10 > half * 7 && zeros(0) == 0 {
        UTF_16LE
    } else if half >= 2 && zeros(0) * 10 > half * 7 && zeros(1) == 0 {
        UTF_16BE
    } else if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        WINDOWS_1252
    }
}

/// The delimiter that Excel was told to use, by a first line such as `sep=;`, and how long that line is.
fn said(text: &str) -> Option<(u8, usize)> {
    let line = text.lines().next()?;
    let [delimiter] = line.trim().strip_prefix("sep=")?.as_bytes() else { return None };
    Some((*delimiter, text.find('\n').map_or(text.len(), |at| at + 1)))
}

/// The delimiter that most lines have the same number of times; the more often the better.
fn delimiter(text: &str) -> u8 {
    let lines = outside_quotes(text);
    let score = |delimiter: u8| {
        let counts: Vec<usize> =
            lines.iter().map(|line| line.bytes().filter(|byte| *byte == delimiter).count()).collect();
        let first = counts.first().copied().unwrap_or(0);
        let same = counts.iter().filter(|count| **count == first).count();
        if first == 0 { (0, 0) } else { (same, first) }
    };
    // The first of equals is the one that Spanish Excel writes.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| score(*delimiter)).unwrap_or(b';')
}

/// The first lines without what stands in quotes.
fn outside_quotes(text: &str) -> Vec<String> {
    let (mut lines, mut line, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars().take(100_000) {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\n' if !line.trim().is_empty() => lines.push(std::mem::take(&mut line)),
            '\n' | '\r' => {}
            other => line.push(other),
        }
        if lines.len() == LINES {
            return lines;
        }
    }
    if !line.trim().is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_every_line_has() {
        for (text, expected) in [
            ("a;b;c\n1;2;3\n", b';'),
            ("a,b,c\n1,2,3\n", b','),
            ("a\tb\n1\t2\n", b'\t'),
            ("a|b\n1|2\n", b'|'),
            ("Nombre;Latitud\nAna;-12,05\nBeto;-12,06\n", b';'),
            ("\"a;b\",c\n\"d\",e\n", b','),
            ("only\none\n", b';'),
            ("", b';'),
        ] {
            assert_eq!(delimiter(text), expected, "{text}");
        }
    }

    #[test]
    fn every_encoding_of_the_office_is_read() {
        let text = "Dirección;Año\nJirón Ñuñoa;2030\n";
        let utf16 =
            |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let windows = WINDOWS_1252.encode(text).0.into_owned();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            [&b"\xFF\xFE"[..], &utf16(text, u16::to_le_bytes)].concat(),
            [&b"\xFE\xFF"[..], &utf16(text, u16::to_be_bytes)].concat(),
            utf16(text, u16::to_le_bytes),
            utf16(text, u16::to_be_bytes),
            windows,
        ] {
            assert_eq!(decode(&bytes).unwrap(), text);
        }
        assert!(decode(&[1, 2, 3, 4, 0, 0, 5, 6]).is_err());
    }
}
