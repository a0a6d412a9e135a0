//! Walks the records of an old workbook (MS-XLS 2.3 and 2.4) before calamine does, which reserves what they claim: room
//! for every cell between the first and the last one, and a copy of a shared text for each cell that shows it.
//!
//! What is walked is what calamine reads: the globals up to the first end, and each sheet from the place that the globals
//! name to its own end, without what is nested in it.

use std::collections::BTreeSet;

use super::records::{
    BEGIN, BOOLEAN, BOUND_SHEET, CONTINUE, DIMENSIONS, END, FORMULA, MANY_NUMBERS, NAME, NUMBER, PASSWORD,
    RICH_TEXT, Record, SHARED_TEXT, SHORT_NUMBER, TEXT, TEXT_OF_FORMULA, TEXTS, short,
};
use crate::{
    Unreadable,
    collect::{damaged, too_large},
};

/// The most cells between the corners of all sheets together, empty ones counted: some 100 MiB in calamine.
const MAX_CELLS: u64 = 2_000_000;
/// The most characters of all cells together, which calamine holds in memory.
const MAX_TEXT: u64 = 64 * 1024 * 1024;
/// The columns of such a sheet.
const MAX_COLUMNS: u16 = 256;
/// The most parts of the table of texts: calamine takes time for the square of it. Excel begins a part every 8 KiB.
const MAX_TEXT_PARTS: usize = 16_384;

/// Refuses a workbook that claims more than it holds, and takes out of it what is not read.
pub(super) fn prepare(stream: &mut [u8]) -> Result<(), Unreadable> {
    let globals = Globals::read(stream)?;
    Sheets::new(&globals).read(stream)?;
    take_out_formulas(stream);
    Ok(())
}

/// Formulas and names: calamine writes them out with whatever they name.
fn take_out_formulas(stream: &mut [u8]) {
    /// Where the length of a formula stands in its record
    const LENGTH: std::ops::Range<usize> = 20..22;
    let mut at = 0;
    while let Some(Record { kind, data, .. }) = Record::at(stream, at) {
        let end = at + 4 + data.len();
        match kind {
            NAME => stream[at..at + 2].fill(0),
            FORMULA => {
                if let Some(length) = stream[at + 4..end].get_mut(LENGTH) {
                    length.fill(0);
                }
            }
            _ => {}
        }
        at = end;
    }
}

/// What stands before the first sheet.
#[derive(Debug, Default)]
struct Globals {
    /// Where the sheets begin
    places: BTreeSet<usize>,
    /// The characters of each shared text
    texts: Option<Vec<u16>>,
}

impl Globals {
    fn read(stream: &[u8]) -> Result<Self, Unreadable> {
        let mut globals = Self::default();
        for record in Record::all(stream).take_while(|record| record.kind != END) {
            if record.kind == PASSWORD {
                return Err(Unreadable::PasswordProtected);
            }
            if record.kind == BOUND_SHEET && !globals.places.insert(record.long(0)? as usize) {
                return Err(damaged("two sheets stand at one place"));
            }
            if record.kind == TEXTS {
                let behind = Record::all(&stream[record.at..]).skip(1);
                let parts = behind.take_while(|record| record.kind == CONTINUE).map(|record| record.data);
                let parts: Vec<&[u8]> = std::iter::once(record.data).chain(parts).collect();
                if parts.len() > MAX_TEXT_PARTS {
                    return Err(too_large("parts", MAX_TEXT_PARTS as u64));
                }
                let texts = texts(&parts).ok_or_else(|| damaged("its texts are cut off"))?;
                if globals.texts.replace(texts).is_some() {
                    return Err(damaged("it has two tables of texts"));
                }
            }
        }
        Ok(globals)
    }
}

/// The characters of each text of the table (MS-XLS 2.4.265, 2.5.293): a text may go on in the next part, which says anew
/// how wide its characters are.
fn texts(parts: &[&[u8]]) -> Option<Vec<u16>> {
    let mut parts = parts.iter().copied();
    let mut part = parts.next()?.get(8..)?;
    let mut texts = Vec::new();
    loop {
        if part.is_empty() {
            match parts.next() {
                Some(next) => part = next,
                None => return Some(texts),
            }
        }
        if part.is_empty() {
            texts.push(0);
            continue;
        }
        let (characters, flags) = (short(part, 0)?, *part.get(2)?);
        part = &part[3..];
        let mut behind = 0;
        if flags & 8 != 0 {
            behind += 4 * usize::from(short(part, 0)?);
            part = &part[2..];
        }
        if flags & 4 != 0 {
            behind += usize::from(short(part, 0)?) | usize::from(short(part, 2)?) << 16;
            part = &part[4..];
        }
        let (mut left, mut width) = (usize::from(characters), 1 + usize::from(flags & 1));
        while left > 0 {
            let here = left.min(part.len() / width);
            left -= here;
            part = &part[here * width..];
            if left > 0 {
                let (flags, next) = parts.next()?.split_first()?;
                (part, width) = (next, 1 + usize::from(flags & 1));
            }
        }
        while behind > part.len() {
            behind -= part.len();
            part = parts.next()?;
        }
        part = &part[behind..];
        texts.push(characters);
    }
}

/// What the sheets hold, as far as it was walked.
struct Sheets<'a> {
    globals: &'a Globals,
    /// The sheets that have begun and not ended, the innermost last
    open: Vec<Area>,
    /// Sheets that begin where the globals say
    found: usize,
    cells: u64,
    /// Characters, each of at least one byte
    text_bytes: u64,
}

impl<'a> Sheets<'a> {
    const fn new(globals: &'a Globals) -> Self {
        Self { globals, open: Vec::new(), found: 0, cells: 0, text_bytes: 0 }
    }

    fn read(mut self, stream: &[u8]) -> Result<(), Unreadable> {
        for record in Record::all(stream) {
            match record.kind {
                BEGIN => {
                    self.found += usize::from(self.globals.places.contains(&record.at));
                    self.open.push(Area::default());
                }
                END => drop(self.open.pop()),
                DIMENSIONS if claimed(record.data).unwrap_or(0) > MAX_CELLS => {
                    return Err(too_large("cells", MAX_CELLS));
                }
                _ => {
                    self.cell(&record)?;
                    self.text(&record)?;
                }
            }
        }
        // calamine reads what stands there as a sheet, be it in the midst of a record
        if self.found < self.globals.places.len() {
            return Err(damaged("a sheet does not begin where it should"));
        }
        Ok(())
    }

    fn cell(&mut self, record: &Record<'_>) -> Result<(), Unreadable> {
        let Some(area) = self.open.last_mut() else { return Ok(()) };
        let before = area.cells();
        match record.kind {
            FORMULA => {
                area.formula = (record.short(0)?, record.short(2)?);
                area.include(area.formula)?;
            }
            TEXT_OF_FORMULA => area.include(area.formula)?,
            MANY_NUMBERS => {
                let last = record.data.len().checked_sub(2).ok_or_else(|| damaged("a record is cut off"))?;
                area.include((record.short(0)?, record.short(2)?))?;
                area.include((record.short(0)?, record.short(last)?))?;
            }
            NUMBER | TEXT | RICH_TEXT | BOOLEAN | SHORT_NUMBER | SHARED_TEXT => {
                area.include((record.short(0)?, record.short(2)?))?;
            }
            _ => return Ok(()),
        }
        self.cells += area.cells() - before;
        if self.cells > MAX_CELLS { Err(too_large("cells", MAX_CELLS)) } else { Ok(()) }
    }

    fn text(&mut self, record: &Record<'_>) -> Result<(), Unreadable> {
        let characters = match record.kind {
            TEXT | RICH_TEXT => record.short(6)?,
            TEXT_OF_FORMULA => record.short(0)?,
            SHARED_TEXT => {
                let texts = self.globals.texts.as_deref().unwrap_or_default();
                texts.get(record.long(6)? as usize).copied().unwrap_or(0)
            }
            _ => return Ok(()),
        };
        self.text_bytes += u64::from(characters);
        if self.text_bytes > MAX_TEXT { Err(too_large("bytes_of_text", MAX_TEXT)) } else { Ok(()) }
    }
}

/// How many cells a record of dimensions claims, as calamine reserves room for them.
fn claimed(record: &[u8]) -> Option<u64> {
    let short = |at: usize| short(record, at).map(u64::from);
    let long = |at: usize| Some(short(at)? | short(at + 2)? << 16);
    let (first_row, end_row, first_column, end_column) = match record.len() {
        10 => (short(0)?, short(2)?, short(4)?, short(6)?),
        14 | 16 => (long(0)?, long(4)?, short(8)?, short(10)?),
        _ => return None,
    };
    if end_row > 0 && end_row < first_row {
        return Some(u64::MAX);
    }
    let columns = end_column.max(1) - first_column.min(end_column.saturating_sub(1)).min(0xFF);
    Some((end_row.max(first_row + 1) - first_row).saturating_mul(columns.max(end_column)))
}

/// The corners of what a sheet holds.
#[derive(Debug, Clone, Copy, Default)]
struct Area {
    corners: Option<Corners>,
    /// The row and column of the last formula, whose text stands in a record of its own
    formula: (u16, u16),
}

#[derive(Debug, Clone, Copy)]
struct Corners {
    first: (u16, u16),
    last: (u16, u16),
}

impl Area {
    fn include(&mut self, (row, column): (u16, u16)) -> Result<(), Unreadable> {
        if column >= MAX_COLUMNS {
            return Err(damaged(format!("a cell stands in column {column}")));
        }
        let corners = self.corners.get_or_insert(Corners { first: (row, column), last: (row, column) });
        corners.first = (corners.first.0.min(row), corners.first.1.min(column));
        corners.last = (corners.last.0.max(row), corners.last.1.max(column));
        Ok(())
    }

    fn cells(self) -> u64 {
        let side = |first: u16, last: u16| u64::from(last - first) + 1;
        self.corners.map_or(0, |Corners { first, last }| side(first.0, last.0) * side(first.1, last.1))
    }
}
