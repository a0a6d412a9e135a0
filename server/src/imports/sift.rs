//! Which rows of a sheet are data: the headings are found, and what stands above them, repeats them or adds rows up is told
//! apart. Nothing is left out without a word.

use campo_spreadsheets::{Cell, Row};

use super::{
    columns,
    draft::{HiddenRows, TemplateDraft},
    plan::{Plan, Unfit},
};

/// Rows among which the headings are looked for.
const LOOK: usize = 50;

/// What a row is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sifted {
    /// A row to import
    Data(Row),
    /// A row of the table that is no data
    LeftOut(Row, Why),
}

/// Why a row is no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// It has the headings once more
    RepeatedHeading,
    /// It adds up others
    Total,
    /// The spreadsheet does not show it, and the template leaves such rows out
    Hidden,
}

impl Why {
    /// The code of its fault.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::RepeatedHeading => "repeated_heading",
            Self::Total => "row_of_totals",
            Self::Hidden => "hidden_row",
        }
    }
}

/// The headings of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Heading {
    /// The number of their row; 0 where the file has none
    pub(super) row: i64,
    pub(super) texts: Vec<String>,
}

/// Takes rows in their order.
#[derive(Debug)]
pub(super) struct Sifter {
    template: TemplateDraft,
    zone: String,
    /// Rows before the headings were found
    above: Vec<Row>,
    heading: Option<(Heading, Vec<String>)>,
}

impl Sifter {
    pub(super) const fn new(template: TemplateDraft, zone: String) -> Self {
        Self { template, zone, above: Vec::new(), heading: None }
    }

    /// The headings, once they were found.
    pub(super) fn heading(&self) -> Option<&Heading> {
        self.heading.as_ref().map(|(heading, _)| heading)
    }

    /// The template over the headings.
    pub(super) fn plan(&self, sheet: &str) -> Result<Plan, Unfit> {
        let headings = self.heading().map_or(&[][..], |heading| &heading.texts);
        Plan::new(self.template.clone(), &self.zone, sheet, headings)
    }

    /// What the row is; nothing while the headings are looked for, and for the row with them.
    pub(super) fn take(&mut self, row: Row) -> Option<Sifted> {
        if self.heading.is_none() {
            if self.template.heading_row == Some(0) {
                self.found(Heading::default());
            } else {
                self.look(row);
                return None;
            }
        }
        let (heading, folded) = self.heading.as_ref()?;
        let first = self.template.first_row.unwrap_or(heading.row + 1);
        if row.number < first {
            return None;
        }
        Some(match why(&row, folded, self.template.hidden_rows) {
            Some(why) => Sifted::LeftOut(row, why),
            None => Sifted::Data(row),
        })
    }

    /// The end of the file, or that enough was seen: where no row has all headings, the one that has most of them counts.
    /// What stands behind it is handed on.
    pub(super) fn end(&mut self) -> Vec<Sifted> {
        if self.heading.is_some() {
            return Vec::new();
        }
        let fits = |row: &Row| {
            let texts = texts(row);
            match Plan::new(self.template.clone(), &self.zone, "", &texts) {
                Ok(_) => usize::MAX,
                Err(unfit) => self.template.columns.len().saturating_sub(unfit.missing.len()),
            }
        };
        // The first of equals
        let best = (0..self.above.len()).rev().max_by_key(|index| fits(&self.above[*index]));
        let Some(best) = best else { return Vec::new() };
        let mut behind = self.above.split_off(best);
        let row = behind.remove(0);
        self.found(Heading { row: row.number, texts: texts(&row) });
        behind.into_iter().filter_map(|row| self.take(row)).collect()
    }

    fn look(&mut self, row: Row) {
        let is_it = match self.template.heading_row {
            Some(number) => row.number >= number,
            None => Plan::new(self.template.clone(), &self.zone, "", &texts(&row)).is_ok(),
        };
        if is_it {
            self.found(Heading { row: row.number, texts: texts(&row) });
        } else {
            self.above.push(row);
        }
    }

    /// True when so many rows were seen that the headings should have been among them.
    pub(super) fn is_lost(&self) -> bool {
        self.heading.is_none() && self.template.heading_row.is_none() && self.above.len() >= LOOK
    }

    fn found(&mut self, heading: Heading) {
        let folded = heading.texts.iter().map(|text| columns::folded(text)).collect();
        self.heading = Some((heading, folded));
        self.above.clear();
    }
}

/// What a person reads in the cells of a row.
pub(super) fn texts(row: &Row) -> Vec<String> {
    row.cells.iter().map(Cell::shown).collect()
}

fn why(row: &Row, headings: &[String], hidden: HiddenRows) -> Option<Why> {
    if row.hidden && hidden == HiddenRows::Skip {
        return Some(Why::Hidden);
    }
    let repeats = headings.iter().filter(|heading| !heading.is_empty()).count() > 0
        && row.cells.len() <= headings.len()
        && headings.iter().enumerate().all(|(index, heading)| {
            let cell = row.cells.get(index).map(Cell::shown).unwrap_or_default();
            columns::folded(&cell) == *heading
        });
    if repeats {
        return Some(Why::RepeatedHeading);
    }
    is_total(row, headings.len()).then_some(Why::Total)
}

/// True for a row that says `Total` and has nothing but numbers besides.
fn is_total(row: &Row, width: usize) -> bool {
    const WORDS: [&str; 12] = [
        "total",
        "totales",
        "totals",
        "total general",
        "gran total",
        "grand total",
        "total geral",
        "subtotal",
        "sub total",
        "sub-total",
        "suma",
        "suma total",
    ];
    let mut filled = row.cells.iter().filter(|cell| !cell.is_blank());
    let Some(Cell::Text(first)) = filled.next() else { return false };
    let is_number = |cell: &Cell| match cell {
        Cell::Number { .. } | Cell::Error { .. } => true,
        Cell::Text(text) => text.chars().all(|c| c.is_ascii_digit() || " .,-+%".contains(c)),
        _ => false,
    };
    width > 1 && WORDS.contains(&columns::folded(first).as_str()) && filled.all(is_number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::patch;

    fn row(number: i64, cells: &[&str]) -> Row {
        let cell = |text: &&str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
        Row { number, hidden: false, cells: cells.iter().map(cell).collect() }
    }

    fn sifted(more: &serde_json::Value, rows: &[Row]) -> (i64, Vec<(i64, Option<Why>)>) {
        let mut document = json!({
            "code": "t", "name": "T", "makes": "tasks",
            "columns": [{ "heading": "Tarea", "field": "external_number" }, { "heading": "Nota", "field": "notes" }],
        });
        campo_protocol::document::merge(&mut document, more);
        let mut sifter = Sifter::new(patch::new(&document).unwrap(), "UTC".to_owned());
        let mut all: Vec<Sifted> = rows.iter().filter_map(|row| sifter.take(row.clone())).collect();
        all.extend(sifter.end());
        let told = all.into_iter().map(|one| match one {
            Sifted::Data(row) => (row.number, None),
            Sifted::LeftOut(row, why) => (row.number, Some(why)),
        });
        let told = told.collect();
        (sifter.heading().unwrap().row, told)
    }

    #[test]
    fn headings_are_found_below_titles_and_what_is_no_data_is_told() {
        let rows = [
            row(1, &["Reporte de órdenes"]),
            row(3, &["TAREA:", "nota"]),
            row(4, &["T-1", "x"]),
            row(5, &["Tarea", "Nota"]),
            row(6, &["T-2", "Total"]),
            row(9, &["TOTAL:", "2"]),
        ];
        let expected = vec![(4, None), (5, Some(Why::RepeatedHeading)), (6, None), (9, Some(Why::Total))];
        assert_eq!(sifted(&json!({}), &rows), (3, expected.clone()));
        assert_eq!(sifted(&json!({ "heading_row": 2 }), &rows), (3, expected));
        assert_eq!(sifted(&json!({ "first_row": 6 }), &rows), (3, vec![(6, None), (9, Some(Why::Total))]));
        let none = json!({ "heading_row": 0, "columns": [{ "letter": "A", "field": "external_number" }] });
        assert_eq!(sifted(&none, &rows[2..3]), (0, vec![(4, None)]));
    }

    #[test]
    fn where_no_row_has_all_headings_the_one_with_most_counts() {
        let rows = [row(1, &["Título"]), row(2, &["Tarea", "Otra"]), row(3, &["T-1", "x"])];
        assert_eq!(sifted(&json!({}), &rows), (2, vec![(3, None)]));
    }
}
