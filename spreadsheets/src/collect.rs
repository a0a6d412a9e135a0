//! From cells in reading order to rows, within the bounds.

use std::ops::ControlFlow;

use super::{Cell, Limits, Options, Row, Unreadable};

/// Why reading stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// Whoever takes the rows has enough
    Enough,
    /// It cannot be read
    Unreadable(Unreadable),
}

impl From<Unreadable> for Stop {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(unreadable)
    }
}

/// Gathers cells, and hands on each row when the next one begins.
pub(super) struct Rows<'a> {
    limits: &'a Limits,
    wanted: usize,
    take: &'a mut dyn FnMut(Row) -> ControlFlow<()>,
    number: i64,
    hidden: bool,
    cells: Vec<Cell>,
    count: usize,
    text_bytes: usize,
}

impl<'a> Rows<'a> {
    pub(super) fn new(options: &'a Options, take: &'a mut dyn FnMut(Row) -> ControlFlow<()>) -> Self {
        let (limits, wanted) = (&options.limits, options.first_rows.unwrap_or(usize::MAX));
        Self { limits, wanted, take, number: 0, hidden: false, cells: Vec::new(), count: 0, text_bytes: 0 }
    }

    /// The most columns that are read.
    pub(super) const fn columns(&self) -> usize {
        self.limits.columns
    }

    /// Begins a row, which its format may hide. Rows must come in order.
    pub(super) fn begin(&mut self, row: i64, hidden: bool) -> Result<(), Stop> {
        if row != self.number {
            if row < self.number {
                return Err(damaged(format!("row {row} comes behind row {}", self.number)).into());
            }
            self.flush()?;
            (self.number, self.hidden) = (row, hidden);
        }
        Ok(())
    }

    /// Takes the cell of `row` (from 1) and `column` (from 0). Rows must come in order.
    pub(super) fn cell(&mut self, row: i64, column: usize, cell: Cell) -> Result<(), Stop> {
        self.begin(row, false)?;
        if cell.is_blank() {
            return Ok(());
        }
        if column >= self.limits.columns {
            return Err(too_large("columns", self.limits.columns as u64).into());
        }
        self.text_bytes = self.text_bytes.saturating_add(cell.size_bytes());
        if self.text_bytes > self.limits.text_bytes {
            return Err(too_large("bytes_of_text", self.limits.text_bytes as u64).into());
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::Empty);
        }
        self.cells[column] = cell;
        Ok(())
    }

    /// The end of the sheet.
    pub(super) fn end(&mut self) -> Result<(), Stop> {
        self.flush()?;
        if self.count == 0 { Err(Unreadable::Empty.into()) } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Stop> {
        if self.cells.is_empty() {
            return Ok(());
        }
        if self.count == self.limits.rows {
            return Err(too_large("rows", self.limits.rows as u64).into());
        }
        self.count += 1;
        let cells = std::mem::take(&mut self.cells);
        match (self.take)(Row { number: self.number, hidden: self.hidden, cells }) {
            ControlFlow::Continue(()) if self.count < self.wanted => Ok(()),
            _ => Err(Stop::Enough),
        }
    }
}

/// That somebody had enough is no failure.
pub(super) fn ended(result: Result<(), Stop>) -> Result<(), Unreadable> {
    match result {
        Ok(()) | Err(Stop::Enough) => Ok(()),
        Err(Stop::Unreadable(unreadable)) => Err(unreadable),
    }
}

pub(super) fn damaged(reason: impl std::fmt::Display) -> Unreadable {
    let reason: String = reason.to_string().chars().take(200).collect();
    Unreadable::Damaged(super::cell::storable(&reason))
}

pub(super) const fn too_large(what: &'static str, limit: u64) -> Unreadable {
    Unreadable::TooLarge { what: std::borrow::Cow::Borrowed(what), limit }
}
