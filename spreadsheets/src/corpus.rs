//! Files that real programs wrote (`tests/samples/corpus`): each cell is what its author meant, and a file that was cut off
//! or damaged on its way is read as it was or refused, never a panic.

use std::{fs, ops::ControlFlow, path::PathBuf};

use crate::{Book, Cell, Flaw, Kind, Limits, Options, Row, Unreadable, read};

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/samples/corpus"))
}

/// Every file with its table.
fn files() -> Vec<(String, Vec<u8>, String)> {
    let mut found = Vec::new();
    for program in fs::read_dir(folder()).unwrap().map(Result::unwrap).filter(|one| one.path().is_dir()) {
        for entry in fs::read_dir(program.path()).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "table") {
                let table = fs::read_to_string(format!("{}.table", path.display())).unwrap();
                let name = path.strip_prefix(folder()).unwrap().display().to_string();
                found.push((name, fs::read(&path).unwrap(), table));
            }
        }
    }
    found.sort();
    found
}

fn rows(bytes: &[u8]) -> Result<(Book, Vec<Row>), Unreadable> {
    let mut rows = Vec::new();
    // As small as the files are: what takes more is a fault
    let limits = Limits {
        rows: 1000,
        columns: 20,
        unpacked_bytes: 1024 * 1024,
        text_bytes: 1024 * 1024,
        shared_text_bytes: 1024 * 1024,
    };
    let book = read(bytes, &Options { limits, ..Options::default() }, &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok((book, rows))
}

/// A kind and what a person reads.
fn told(cell: Option<&Cell>) -> String {
    let cell = cell.unwrap_or(&Cell::Empty);
    let kind = match cell {
        Cell::Empty => "empty",
        Cell::Boolean(_) => "boolean",
        Cell::Text(_) => "text",
        Cell::Number { .. } => "number",
        Cell::Date { .. } => "date",
        Cell::Time { .. } => "time",
        Cell::Moment { .. } => "moment",
        Cell::Error { .. } => "error",
        Cell::Flawed { flaw: Flaw::FormulaWithoutValue, .. } => "formula without value",
        Cell::Flawed { flaw: Flaw::Undecodable, .. } => "undecodable",
        Cell::Flawed { .. } => "flawed",
    };
    format!("{kind}:{}", cell.shown())
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t")
}

/// What is read, in the form of a table.
fn table(bytes: &[u8]) -> String {
    let (book, rows) = match rows(bytes) {
        Ok(read) => read,
        Err(unreadable) => return format!("refused\t{unreadable}\n"),
    };
    let kind = match book.kind {
        Kind::Xlsx => "xlsx",
        Kind::Xls => "xls",
        Kind::Ods => "ods",
        Kind::Text => "text",
        Kind::Html => "html",
        Kind::XmlSpreadsheet => "xml_spreadsheet",
    };
    let mut lines = vec![kind.to_owned()];
    for row in rows.iter().skip(1) {
        let hidden = if row.hidden { "hidden" } else { "" };
        let trap = row.cells.first().map(Cell::shown).unwrap_or_default();
        lines.push(format!("{}\t{hidden}\t{trap}\t{}", row.number, escaped(&told(row.cells.get(1)))));
    }
    lines.join("\n") + "\n"
}

#[test]
fn every_cell_of_every_program_is_what_it_should_be() {
    let files = files();
    assert!(files.len() >= 20, "{}", files.len());
    let mut wrong = Vec::new();
    for (name, bytes, expected) in &files {
        let found = table(bytes);
        for (line, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
            if expected != found {
                wrong.push(format!("{name}.table:{}\n  expected {expected}\n  found    {found}", line + 1));
            }
        }
        let (expected, found) = (expected.lines().count(), found.lines().count());
        if expected != found {
            wrong.push(format!("{name}: {found} lines instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Formats whose parts have checksums: what was altered is noticed.
const fn is_checked(kind: Kind) -> bool {
    matches!(kind, Kind::Xlsx | Kind::Ods)
}

#[test]
fn a_file_that_is_cut_off_is_a_clear_error_or_whole() {
    for (name, bytes, _) in files() {
        let Ok((book, whole)) = rows(&bytes) else { continue };
        for length in (0..bytes.len()).step_by(1 + bytes.len() / 200) {
            let found = rows(&bytes[..length]);
            // The end of a text cannot be told from any other line
            if book.kind != Kind::Text
                && let Ok((_, rows)) = found
            {
                assert_eq!(rows, whole, "{name} cut off at {length} of {}", bytes.len());
            }
        }
    }
}

#[test]
fn a_bit_that_fell_over_is_an_error_or_does_no_harm() {
    for (name, bytes, _) in files() {
        let Ok((book, whole)) = rows(&bytes) else { continue };
        for (count, place) in (0..bytes.len()).step_by(1 + bytes.len() / 400).enumerate() {
            let mut altered = bytes.clone();
            altered[place] ^= 1 << (count % 8);
            if let Ok((_, rows)) = rows(&altered)
                && is_checked(book.kind)
            {
                assert_eq!(rows, whole, "{name} with another bit at {place}");
            }
        }
    }
}
