//! Tables of HTML, as programs on the web write them and call them `.xls`. Each table is a sheet; the one with the most
//! cells is the one to read.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    Book, Cell, Kind, Options, Sheet, Unreadable, choose,
    collect::{Rows, Stop, damaged, ended},
};

/// The deepest table in tables.
const MAX_DEPTH: usize = 20;
/// The most tables.
const MAX_TABLES: usize = 1000;
/// The most rows or columns that one cell stands for.
const MAX_SPAN: usize = 1000;
/// The most bytes of text that a cell is gathered from.
const MAX_TEXT: usize = 256 * 1024;

pub(super) fn read(text: &str, options: &Options, rows: &mut Rows<'_>) -> Result<Book, Unreadable> {
    let mut counts = Vec::new();
    let counted = walk(text, &mut |table, _, _, cell, _| {
        if counts.len() <= table {
            counts.resize(table + 1, 0_usize);
        }
        counts[table] += usize::from(!cell.is_blank());
        Ok(())
    });
    ended(counted)?;
    let sheets: Vec<Sheet> =
        (1..=counts.len()).map(|number| Sheet { name: number.to_string(), hidden: false }).collect();
    let chosen = if options.sheet.is_some() {
        choose(&sheets, options.sheet.as_deref())?.clone()
    } else {
        let most = (0..counts.len()).rev().max_by_key(|table| counts[*table]);
        most.and_then(|table| sheets.get(table)).cloned().ok_or(Unreadable::Empty)?
    };
    let number = sheets.iter().position(|sheet| *sheet == chosen).unwrap_or(0);
    ended(table(text, number, rows))?;
    Ok(Book { sheets, sheet: chosen.name, ..Book::of(Kind::Html) })
}

fn table(text: &str, number: usize, rows: &mut Rows<'_>) -> Result<(), Stop> {
    walk(text, &mut |table, row, column, cell, hidden| {
        if table == number {
            rows.begin(row, hidden)?;
            rows.cell(row, column, cell)?;
        }
        Ok(())
    })?;
    rows.end()
}

/// Hands on each cell: its table, row from 1, column from 0, and whether its row is hidden.
type Take<'a> = dyn FnMut(usize, i64, usize, Cell, bool) -> Result<(), Stop> + 'a;

/// A table that has begun.
#[derive(Debug, Default)]
struct Table {
    number: usize,
    row: i64,
    column: usize,
    hidden: bool,
    /// The text of the cell that has begun
    cell: Option<String>,
    /// How many columns that cell takes, and rows
    span: (usize, usize),
    /// Columns that cells of rows above take, and for how many rows more
    taken: BTreeMap<usize, usize>,
}

impl Table {
    fn end_cell(&mut self, take: &mut Take<'_>) -> Result<(), Stop> {
        let Some(text) = self.cell.take() else { return Ok(()) };
        while self.taken.contains_key(&self.column) {
            self.column += 1;
        }
        take(self.number, self.row.max(1), self.column, Cell::text(&text), self.hidden)?;
        for column in self.column..self.column + self.span.0 {
            if self.span.1 > 1 {
                // The row that it stands in is counted off at its end
                self.taken.insert(column, self.span.1);
            }
        }
        self.column += self.span.0;
        Ok(())
    }

    fn begin_row(&mut self, hidden: bool) {
        self.taken.retain(|_, rows| {
            *rows -= 1;
            *rows > 0
        });
        (self.row, self.column, self.hidden) = (self.row + 1, 0, hidden);
    }
}

fn walk(text: &str, take: &mut Take<'_>) -> Result<(), Stop> {
    let (mut open, mut tables): (Vec<Table>, usize) = (Vec::new(), 0);
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        push(open.last_mut(), &rest[..at]);
        let (tag, behind) = Tag::read(&rest[at..]);
        rest = behind;
        let Some(tag) = tag else { continue };
        match tag.name.as_str() {
            "style" | "script" => rest = behind_end(rest, &tag.name),
            "table" => {
                if open.len() == MAX_DEPTH || tables == MAX_TABLES {
                    return Err(damaged("it has too many tables").into());
                }
                open.push(Table { number: tables, ..Table::default() });
                tables += 1;
            }
            "/table" => {
                if let Some(mut table) = open.pop() {
                    table.end_cell(take)?;
                }
            }
            name => {
                if let Some(table) = open.last_mut() {
                    step(table, name, &tag, take)?;
                }
            }
        }
    }
    // Rows may be missing
    if open.is_empty() { Ok(()) } else { Err(damaged("a table is not closed").into()) }
}

fn step(table: &mut Table, name: &str, tag: &Tag<'_>, take: &mut Take<'_>) -> Result<(), Stop> {
    match name {
        "tr" => {
            table.end_cell(take)?;
            let style = tag.attribute("style").unwrap_or_default().to_lowercase().replace(' ', "");
            table.begin_row(style.contains("display:none"));
        }
        "td" | "th" => {
            table.end_cell(take)?;
            let span = |name| {
                let said = tag.attribute(name).and_then(|value| value.trim().parse::<usize>().ok());
                said.unwrap_or(1).clamp(1, MAX_SPAN)
            };
            table.span = (span("colspan"), span("rowspan"));
            table.cell = Some(String::new());
        }
        "/td" | "/th" | "/tr" => table.end_cell(take)?,
        "br" | "br/" | "/p" | "/div" => {
            if let Some(cell) = &mut table.cell {
                cell.push('\n');
            }
        }
        _ => {}
    }
    Ok(())
}

/// Adds text to the cell that has begun, blanks as HTML shows them.
fn push(table: Option<&mut Table>, text: &str) {
    let Some(cell) = table.and_then(|table| table.cell.as_mut()) else { return };
    if cell.len() + text.len() > MAX_TEXT {
        // Longer than any cell: what is kept is enough to say so
        cell.extend(text.chars().take(MAX_TEXT.saturating_sub(cell.len())));
        return;
    }
    let mut is_blank = cell.is_empty() || cell.ends_with([' ', '\n']);
    for c in text_of(text).chars() {
        if matches!(c, ' ' | '\n' | '\r' | '\t') {
            if !is_blank {
                cell.push(' ');
            }
            is_blank = true;
        } else {
            cell.push(c);
            is_blank = false;
        }
    }
}

/// A tag: its name in lower case, `/td` where it ends something.
struct Tag<'a> {
    name: String,
    rest: &'a str,
}

impl<'a> Tag<'a> {
    /// The tag with which `text` begins, and what is behind it; none for a comment.
    fn read(text: &'a str) -> (Option<Self>, &'a str) {
        if let Some(comment) = text.strip_prefix("<!--") {
            let end = comment.find("-->").map_or(comment.len(), |at| at + 3);
            return (None, &comment[end..]);
        }
        let inside = &text[1..];
        let mut quote = None;
        let end = inside.find(|c| {
            match (quote, c) {
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), c) if open == c => quote = None,
                (None, '>') => return true,
                _ => {}
            }
            false
        });
        // A bracket that nothing closes is a character
        let Some(end) = end else { return (None, "") };
        let (inside, behind) = (&inside[..end], &inside[end + 1..]);
        let length = inside.find(char::is_whitespace).unwrap_or(inside.len());
        let name = inside[..length].to_ascii_lowercase();
        (Some(Self { name, rest: &inside[length..] }), behind)
    }

    fn attribute(&self, wanted: &str) -> Option<Cow<'a, str>> {
        let mut rest = self.rest.trim_start();
        while !rest.is_empty() {
            let length = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
            let name = &rest[..length];
            rest = rest[length..].trim_start();
            let Some(value) = rest.strip_prefix('=') else {
                if length == 0 {
                    return None;
                }
                continue;
            };
            let value = value.trim_start();
            let (value, behind) = if let Some(quote @ ('"' | '\'')) = value.chars().next() {
                let inside = &value[1..];
                let end = inside.find(quote).unwrap_or(inside.len());
                (&inside[..end], inside.get(end + 1..).unwrap_or_default())
            } else {
                value.split_at(value.find(char::is_whitespace).unwrap_or(value.len()))
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(text_of(value));
            }
            rest = behind.trim_start();
        }
        None
    }
}

/// Behind the end of an element whose text is none.
fn behind_end<'a>(text: &'a str, name: &str) -> &'a str {
    let is_end = |at: &usize| {
        let found = text.as_bytes().get(at + 2..at + 2 + name.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    };
    let end = text.match_indices("</").map(|(at, _)| at).find(is_end);
    end.map_or("", |at| text[at..].split_once('>').map_or("", |(_, behind)| behind))
}

/// The letters of these customers by their names in HTML.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{A0}'),
    ("shy", '\u{AD}'),
    ("zwj", '\u{200D}'),
    ("zwnj", '\u{200C}'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("ntilde", 'ñ'),
    ("Ntilde", 'Ñ'),
    ("aacute", 'á'),
    ("eacute", 'é'),
    ("iacute", 'í'),
    ("oacute", 'ó'),
    ("uacute", 'ú'),
    ("Aacute", 'Á'),
    ("Eacute", 'É'),
    ("Iacute", 'Í'),
    ("Oacute", 'Ó'),
    ("Uacute", 'Ú'),
    ("uuml", 'ü'),
    ("Uuml", 'Ü'),
    ("ordm", 'º'),
    ("ordf", 'ª'),
    ("deg", '°'),
    ("iquest", '¿'),
    ("iexcl", '¡'),
    ("atilde", 'ã'),
    ("otilde", 'õ'),
    ("Atilde", 'Ã'),
    ("Otilde", 'Õ'),
    ("ccedil", 'ç'),
    ("Ccedil", 'Ç'),
    ("acirc", 'â'),
    ("ecirc", 'ê'),
    ("ocirc", 'ô'),
    ("agrave", 'à'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("euro", '€'),
    ("middot", '·'),
    ("rsquo", '’'),
    ("lsquo", '‘'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("hellip", '…'),
    ("plusmn", '±'),
    ("acute", '´'),
];

fn text_of(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let (mut shown, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        shown.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].split_once(';').map(|(name, _)| name).filter(|name| name.len() < 12);
        if let Some(c) = name.and_then(character) {
            shown.push(c);
            rest = &rest[name.map_or(0, str::len) + 2..];
        } else {
            shown.push('&');
            rest = &rest[1..];
        }
    }
    shown.push_str(rest);
    shown.into()
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c)
}
