//! Delimited text: its encoding and delimiter are found out from what it holds.

pub(crate) mod decode;
mod delimiter;
mod records;

use crate::{
    Book, Cell, Kind, Options, Unreadable,
    cell::Flaw,
    collect::{Rows, Stop, ended},
    write::looks_like_a_formula,
};

pub(super) fn read(text: &str, options: &Options, rows: &mut Rows<'_>) -> Result<Book, Unreadable> {
    let found = delimiter::find(text, options.delimiter);
    ended(table(text, found, rows))?;
    Ok(Book { delimiter: Some(char::from(found.delimiter)), ..Book::of(Kind::Text) })
}

fn table(text: &str, found: delimiter::Found, rows: &mut Rows<'_>) -> Result<(), Stop> {
    // A line that Excel wrote for itself counts for people, who see it
    let line = 1 + i64::from(found.begin > 0);
    let mut records = records::Records::new(text, found.begin, line, found.delimiter, found.fields);
    let mut record = Vec::new();
    while let Some(line) = records.next(&mut record) {
        for (column, field) in record.iter().enumerate() {
            let cell = match unprotected(&field.text) {
                text if field.ambiguous => Cell::flawed(text, Flaw::UnclosedQuote),
                text if text.contains(char::REPLACEMENT_CHARACTER) => Cell::flawed(text, Flaw::Undecodable),
                text => Cell::text(text),
            };
            rows.cell(line, column, cell)?;
        }
    }
    rows.end()
}

/// Without the apostrophe that keeps a spreadsheet from running a cell: our own writer puts it there, and others do.
fn unprotected(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if looks_like_a_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}
