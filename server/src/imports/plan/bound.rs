//! A column of a template in a file: where it stands, and what a row has for it.

use std::collections::BTreeMap;

use campo_spreadsheets::{Cell, Row};

use crate::imports::{
    columns::{self, folded},
    draft::{Column, Empty, Piece, Split},
    fields::Field,
    value::How,
};

/// A column of the template in the file.
#[derive(Debug)]
pub(super) struct Bound {
    /// Which column of the file; none for a constant and for an optional column that is not there
    pub(super) index: Option<usize>,
    pub(super) heading: Option<String>,
    pub(super) name: String,
    pub(super) field: Field,
    pub(super) default: Option<Cell>,
    /// What cells say, folded, and what is meant
    pub(super) values: BTreeMap<String, String>,
    pub(super) required: bool,
    pub(super) clears: bool,
    pub(super) how: How,
    pub(super) split: Option<Split>,
    pub(super) join: Vec<Piece>,
}

/// Which columns of the file a column of the template may be; a heading can stand over several.
pub(super) fn find(column: &Column, folded: &[String]) -> Vec<usize> {
    if let Some(letter) = &column.letter {
        return columns::index(letter).into_iter().collect();
    }
    let Some(heading) = column.heading.as_deref() else { return Vec::new() };
    let wanted = columns::folded(heading);
    folded.iter().enumerate().filter(|(_, heading)| **heading == wanted).map(|(index, _)| index).collect()
}

impl Bound {
    pub(super) fn of(
        column: &Column,
        field: Field,
        index: Option<usize>,
        headings: &[String],
        key: Option<&String>,
        how: &How,
    ) -> Self {
        let heading = index.and_then(|index| headings.get(index)).filter(|heading| !heading.is_empty());
        Self {
            index,
            heading: heading.or(column.heading.as_ref()).cloned(),
            name: column.field.clone(),
            field,
            default: column.default.clone().map(Cell::Text),
            values: column.values.iter().map(|(said, meant)| (folded(said), meant.clone())).collect(),
            required: column.required || key == Some(&column.field),
            clears: column.empty == Empty::Clear,
            how: How {
                date_order: column.date_order.unwrap_or(how.date_order),
                decimal_comma: column.decimal_comma.unwrap_or(how.decimal_comma),
                zone: how.zone.clone(),
            },
            split: column.split.clone(),
            join: column.join.clone(),
        }
    }

    pub(super) fn constant(name: &str, field: Field, value: &str, how: &How) -> Self {
        Self {
            index: None,
            heading: None,
            name: name.to_owned(),
            field,
            default: Some(Cell::Text(value.to_owned())),
            values: BTreeMap::new(),
            required: false,
            clears: false,
            how: how.clone(),
            split: None,
            join: Vec::new(),
        }
    }

    /// What stands in its cell, as the customer wrote it.
    pub(super) fn found(&self, cells: &[Cell]) -> Option<String> {
        self.index.and_then(|index| cells.get(index)).filter(|cell| !cell.is_blank()).map(Cell::shown)
    }

    /// What the row has for it: its cell, what that means, or what counts without one.
    pub(super) fn cell(&self, row: &Row) -> Option<Cell> {
        let own = if self.join.is_empty() {
            self.index.and_then(|index| row.cells.get(index)).filter(|cell| !cell.is_blank()).cloned()
        } else {
            self.joined(row)
        };
        let own = match (&self.split, own) {
            (Some(split), Some(cell)) => split_of(split, &cell),
            (_, own) => own,
        };
        let cell = own.or_else(|| self.default.clone()).filter(|cell| !cell.is_blank())?;
        match self.values.get(&folded(&cell.shown())) {
            Some(meant) if meant.trim().is_empty() => None,
            Some(meant) => Some(Cell::Text(meant.clone())),
            None => Some(cell),
        }
    }

    /// Texts and cells in one; the first cell that cannot be read stands for all.
    fn joined(&self, row: &Row) -> Option<Cell> {
        let (mut text, mut has_cell) = (String::new(), false);
        for piece in &self.join {
            let column = piece.column.as_deref().and_then(columns::index);
            let cell = column.and_then(|index| row.cells.get(index)).filter(|cell| !cell.is_blank());
            match (cell, &piece.text) {
                (Some(cell @ (Cell::Error { .. } | Cell::Flawed { .. })), _) => return Some(cell.clone()),
                (Some(cell), _) if cell.lost_digits() => return Some(cell.clone()),
                (Some(cell), _) => {
                    has_cell = true;
                    text.push_str(&cell.shown());
                }
                (None, Some(part)) => text.push_str(part),
                (None, None) => {}
            }
        }
        has_cell.then_some(Cell::Text(text))
    }
}

/// A part of a text. What is no text has no parts and is wrong for its field, as it would be without.
fn split_of(split: &Split, cell: &Cell) -> Option<Cell> {
    let Cell::Text(text) = cell else { return Some(cell.clone()) };
    let part = text.split(split.by.as_str()).nth(split.part.saturating_sub(1))?.trim();
    (!part.is_empty()).then(|| Cell::Text(part.to_owned()))
}
