//! From the cells of a row to the documents of what it makes, by a template. Pure and total: every row is documents, or
//! faults that name sheet, row, column and heading.

mod bound;
pub(super) mod document;
pub(super) mod fault;

use campo_protocol::{
    model::catalogue::{CATALOGUE, code_in_table},
    text::tidy,
};
use campo_spreadsheets::{Row, cell::is_invisible};
use jiff::tz::TimeZone;

use self::bound::{Bound, find};
use super::{columns, draft::TemplateDraft, fields, makes::Makes, value::How};

/// Fields that say which thing a row is.
const KEYS: [&str; 4] = ["external_number", "task_number", "number", "code"];

/// A template laid over the headings of a file.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) template: TemplateDraft,
    zone: String,
    sheet: String,
    /// How many columns have a heading; in a text what stands behind them is no cell of the table
    width: usize,
    columns: Vec<Bound>,
}

/// Why a template does not fit a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Unfit {
    /// Columns that are not there, by heading or letter
    pub(super) missing: Vec<String>,
    /// Headings that stand there more than once, each with the letters of its columns
    pub(super) ambiguous: Vec<(String, Vec<String>)>,
}

impl Plan {
    /// Lays `template` over `headings`, or says what does not fit.
    pub(super) fn new(
        template: TemplateDraft,
        account_zone: &str,
        sheet: &str,
        headings: &[String],
    ) -> Result<Self, Unfit> {
        let folded: Vec<String> = headings.iter().map(|heading| columns::folded(heading)).collect();
        let zone = template.zone.clone().unwrap_or_else(|| account_zone.to_owned());
        // A zone that a later database of zones knows is checked when a template is saved
        let how = How {
            date_order: template.date_order,
            decimal_comma: template.decimal_comma,
            zone: TimeZone::get(&zone).unwrap_or(TimeZone::UTC),
        };
        let (mut bound, mut unfit) = (Vec::new(), Unfit::default());
        for column in &template.columns {
            let Some(field) = fields::field(template.makes, &column.field) else { continue };
            let places = find(column, &folded);
            if places.is_empty() && !column.optional {
                unfit.missing.push(column.heading.clone().or(column.letter.clone()).unwrap_or_default());
            }
            if places.len() > 1 {
                let letters = places.iter().map(|place| columns::letter(*place)).collect();
                unfit.ambiguous.push((column.heading.clone().unwrap_or_default(), letters));
            }
            let index = places.first().copied();
            bound.push(Bound::of(column, field, index, headings, template.key.as_ref(), &how));
        }
        for (name, value) in &template.constants {
            let Some(field) = fields::field(template.makes, name) else { continue };
            bound.push(Bound::constant(name, field, value, &how));
        }
        if unfit != Unfit::default() {
            return Err(unfit);
        }
        Ok(Self { template, zone, sheet: sheet.to_owned(), width: headings.len(), columns: bound })
    }

    /// What makes two rows of a file one: what stands in the columns that say which thing it is.
    pub(super) fn key(&self, row: &Row) -> Option<String> {
        let bound = self.columns.iter().find(|bound| self.is_key(bound))?;
        let key = said(bound, row)?;
        if self.template.makes != Makes::CatalogueItems || bound.name != "code" {
            return Some(key);
        }
        let table = self.table().and_then(|bound| said(bound, row));
        Some(code_in_table(table.as_deref().unwrap_or(CATALOGUE), &key))
    }

    /// What says in which look-up table a row stands.
    fn table(&self) -> Option<&Bound> {
        self.columns.iter().find(|bound| bound.field.pointer == "/table")
    }

    /// What [`Plan::key`] says of a row that came to nothing: none where it names nothing, an error where what it names
    /// cannot be told.
    pub(super) fn named(&self, row: &Row) -> Result<Option<String>, ()> {
        let Some(bound) = self.columns.iter().find(|bound| self.is_key(bound)) else { return Err(()) };
        let Some(cell) = bound.cell(row) else {
            // A row of data without the number that every row must have lost it
            return if bound.required && self.template.key.is_some() { Err(()) } else { Ok(None) };
        };
        let table = self.table().and_then(|bound| Some((bound, bound.cell(row)?)));
        let mut parts = std::iter::once((bound, cell)).chain(table);
        if parts.all(|(bound, cell)| Self::read(bound, &cell).is_ok()) { Ok(self.key(row)) } else { Err(()) }
    }

    fn is_key(&self, bound: &Bound) -> bool {
        match &self.template.key {
            Some(key) => bound.name == *key,
            None => KEYS.contains(&bound.name.as_str()),
        }
    }

    /// The fields that the columns of the file fill.
    pub(super) fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        self.columns.iter().filter_map(|bound| Some((bound.index?, bound.name.as_str())))
    }
}

/// What stands in a cell, without what nobody sees.
fn said(bound: &Bound, row: &Row) -> Option<String> {
    let shown: String = bound.cell(row)?.shown().chars().filter(|c| !is_invisible(*c)).collect();
    Some(tidy(&shown)).filter(|said| !said.is_empty())
}

#[cfg(test)]
mod tests;
