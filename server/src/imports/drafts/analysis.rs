//! What a file holds, found out of all its rows. Pure but for the reading.

use std::collections::BTreeSet;

use campo_spreadsheets::{Book, Cell, Row};
use serde::{Deserialize, Serialize};

use crate::{
    app::App,
    imports::{
        draft::TemplateDraft,
        makes::Makes,
        reading::{Broken, Reading, Source},
        sift::{Sifted, Sifter, Why, texts},
        stage::options,
        suggest,
    },
};

/// Rows among which headings are looked for.
const LOOK: usize = 50;
/// Values that are shown of a column.
const SAMPLES: usize = 3;
/// Rows that are no data and are named.
const NAMED: usize = 20;
/// The most characters of a value that is shown.
const SHOWN: usize = 200;

/// What was found out of a file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Analysis {
    pub(super) book: Book,
    pub(super) heading_row: i64,
    pub(super) headings: Vec<String>,
    /// Rows of data
    pub(super) rows: i64,
    /// Rows that the spreadsheet does not show
    pub(super) hidden: i64,
    /// Rows that are no data, with the codes of why
    pub(super) left_out: Vec<(i64, String)>,
    pub(super) columns: Vec<Facts>,
    /// What templates of the account map its headings to
    #[serde(default)]
    pub(super) before: Vec<Before>,
}

/// A heading of the file that a template of the account maps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Before {
    pub(super) makes: Makes,
    /// Folded
    pub(super) heading: String,
    pub(super) field: String,
}

/// What was found out of a column.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) samples: Vec<String>,
    pub(super) filled: i64,
    pub(super) numbers: i64,
    pub(super) dates: i64,
    pub(super) times: i64,
    pub(super) moments: i64,
    pub(super) booleans: i64,
    /// The first row whose text is a day in one order alone
    pub(super) day_first: Option<i64>,
    pub(super) month_first: Option<i64>,
    /// The first row whose text is a day in both orders, and that text
    pub(super) either_order: Option<(i64, String)>,
    /// The first row whose text is a number with a comma before the fraction alone
    pub(super) comma: Option<i64>,
    pub(super) point: Option<i64>,
    /// The first row whose text is a number by both, and that text
    pub(super) either_sign: Option<(i64, String)>,
    /// The least and the most of its numbers, a comma or a point before the fraction
    #[serde(default)]
    pub(super) range: Option<(f64, f64)>,
}

impl Facts {
    pub(super) fn take(&mut self, row: i64, cell: &Cell, seen: &mut BTreeSet<String>) {
        if cell.is_blank() {
            return;
        }
        self.filled += 1;
        if self.samples.len() < SAMPLES {
            let shown: String = cell.shown().chars().take(SHOWN).collect();
            if seen.insert(shown.clone()) {
                self.samples.push(shown);
            }
        }
        self.widen(cell);
        match cell {
            Cell::Number { .. } => self.numbers += 1,
            Cell::Date { .. } => self.dates += 1,
            Cell::Time { .. } => self.times += 1,
            Cell::Moment { .. } => self.moments += 1,
            Cell::Boolean(_) => self.booleans += 1,
            Cell::Text(text) => self.take_text(row, text.trim()),
            _ => {}
        }
    }

    fn widen(&mut self, cell: &Cell) {
        let number = match cell {
            Cell::Number { number, .. } => Some(*number),
            Cell::Text(text) => {
                text.trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
            }
            _ => None,
        };
        if let Some(number) = number {
            let (least, most) = self.range.unwrap_or((number, number));
            self.range = Some((least.min(number), most.max(number)));
        }
    }

    /// The least and the most of its numbers, where they are degrees.
    pub(super) fn degrees(&self) -> Option<(f64, f64)> {
        self.range.filter(|(least, most)| *least >= -180.0 && *most <= 180.0)
    }

    fn take_text(&mut self, row: i64, text: &str) {
        if let Some((one, two)) = two_numbers(text) {
            match (one, two) {
                (13..=31, 1..=12) => {
                    self.day_first.get_or_insert(row);
                }
                (1..=12, 13..=31) => {
                    self.month_first.get_or_insert(row);
                }
                (1..=12, 1..=12) if one != two => {
                    self.either_order.get_or_insert_with(|| (row, text.to_owned()));
                }
                _ => {}
            }
        }
        let fits = |mark: char, group: char| is_number(text, mark, group);
        match (fits(',', '.'), fits('.', ',')) {
            (true, false) => {
                self.comma.get_or_insert(row);
            }
            (false, true) => {
                self.point.get_or_insert(row);
            }
            (true, true) if text.contains(['.', ',']) => {
                self.either_sign.get_or_insert_with(|| (row, text.to_owned()));
            }
            _ => {}
        }
    }

    /// What its cells are, most of them.
    pub(super) fn looks(&self) -> &'static str {
        let kinds = [
            (self.numbers, "number"),
            (self.dates, "date"),
            (self.times, "time"),
            (self.moments, "moment"),
            (self.booleans, "boolean"),
        ];
        let most =
            kinds.into_iter().max_by_key(|(count, _)| *count).filter(|(count, _)| count * 2 > self.filled);
        match most {
            _ if self.filled == 0 => "blank",
            Some((_, name)) => name,
            None => "text",
        }
    }
}

/// The first two numbers of what looks like `15/01/2030`.
fn two_numbers(text: &str) -> Option<(u32, u32)> {
    let day = text.split([' ', 'T']).next()?;
    let mut parts = day.split(['/', '-', '.']);
    let (one, two, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_day = |part: &str| (1..=2).contains(&part.len());
    let fits =
        is_day(one) && is_day(two) && matches!(year.len(), 2 | 4) && year.bytes().all(|b| b.is_ascii_digit());
    if !fits || parts.next().is_some() {
        return None;
    }
    Some((one.parse().ok()?, two.parse().ok()?))
}

/// True for a number with such marks.
fn is_number(text: &str, mark: char, group: char) -> bool {
    let text = text.trim_start_matches(['-', '+']);
    let (whole, fraction) = text.split_once(mark).map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(group);
    let Some(first) = groups.next().filter(|first| digits(first)) else { return false };
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty()
        || (first.len() <= 3
            && !first.starts_with('0')
            && rest.iter().all(|part| part.len() == 3 && digits(part)));
    grouped && fraction.is_none_or(digits)
}

/// Reads a file from its beginning to its end.
pub(super) async fn analyse(
    app: &App,
    account: i64,
    hash: &[u8],
    template: &TemplateDraft,
) -> Result<Analysis, Broken> {
    let source = Source::Stored(hash.to_vec());
    let mut reading = Reading::begin(app, account, source, options(template)).await;
    let mut walk = Walk::default();
    while let Some(batch) = reading.next().await {
        for row in batch {
            walk.take(row, template);
        }
    }
    let book = reading.end().await?;
    Ok(walk.end(book, template))
}

#[derive(Default)]
struct Walk {
    first: Vec<Row>,
    sifter: Option<Sifter>,
    rows: i64,
    hidden: i64,
    left_out: Vec<(i64, String)>,
    columns: Vec<(Facts, BTreeSet<String>)>,
}

impl Walk {
    fn take(&mut self, row: Row, template: &TemplateDraft) {
        self.hidden += i64::from(row.hidden);
        if self.sifter.is_none() {
            self.first.push(row);
            if self.first.len() == LOOK {
                self.begin(template);
            }
            return;
        }
        let sifted = self.sifter.as_mut().and_then(|sifter| sifter.take(row));
        self.sifted(sifted);
    }

    fn begin(&mut self, template: &TemplateDraft) {
        let row = template.heading_row.unwrap_or_else(|| heading_of(&self.first, template));
        let plain = TemplateDraft { heading_row: Some(row), columns: Vec::new(), ..template.clone() };
        let mut sifter = Sifter::new(plain, "UTC".to_owned());
        let first: Vec<Option<Sifted>> = self.first.drain(..).map(|row| sifter.take(row)).collect();
        self.sifter = Some(sifter);
        for sifted in first {
            self.sifted(sifted);
        }
    }

    fn sifted(&mut self, sifted: Option<Sifted>) {
        match sifted {
            Some(Sifted::LeftOut(row, why)) if self.left_out.len() < NAMED && why != Why::Hidden => {
                self.left_out.push((row.number, why.code().to_owned()));
            }
            None | Some(Sifted::LeftOut(..)) => {}
            Some(Sifted::Data(row)) => {
                self.rows += 1;
                if self.columns.len() < row.cells.len() {
                    self.columns.resize_with(row.cells.len(), Default::default);
                }
                for ((facts, seen), cell) in self.columns.iter_mut().zip(&row.cells) {
                    facts.take(row.number, cell, seen);
                }
            }
        }
    }

    fn end(mut self, book: Book, template: &TemplateDraft) -> Analysis {
        if self.sifter.is_none() {
            self.begin(template);
        }
        let heading = self.sifter.as_ref().and_then(Sifter::heading).cloned().unwrap_or_default();
        let width = heading.texts.len().max(self.columns.len());
        self.columns.resize_with(width, Default::default);
        Analysis {
            book,
            heading_row: heading.row,
            headings: heading.texts,
            rows: self.rows,
            hidden: self.hidden,
            left_out: self.left_out,
            columns: self.columns.into_iter().map(|(facts, _)| facts).collect(),
            before: Vec::new(),
        }
    }
}

/// The row with the headings: the one with most that are known, else the first one that is as wide as the table and text
/// throughout; 0 where the first row is data already.
fn heading_of(rows: &[Row], template: &TemplateDraft) -> i64 {
    let filled = |row: &Row| row.cells.iter().filter(|cell| !cell.is_blank()).count();
    let known = |row: &Row| {
        let own = template.columns.iter().filter_map(|column| column.heading.as_deref());
        let texts: Vec<String> =
            texts(row).iter().map(|text| crate::imports::columns::folded(text)).collect();
        let own = own.filter(|heading| texts.contains(&crate::imports::columns::folded(heading))).count();
        own.max(suggest::columns(template.makes, &self::texts(row)).len())
    };
    let best = rows.iter().rev().max_by_key(|row| known(row));
    if let Some(best) = best.filter(|row| known(row) >= 2 || (known(row) == 1 && filled(row) <= 2)) {
        return best.number;
    }
    let width = rows.iter().map(filled).max().unwrap_or(0);
    let is_heading = |row: &&Row| {
        let is_text = |cell: &Cell| {
            cell.is_blank() || matches!(cell, Cell::Text(text) if !is_number(text.trim(), ',', '.'))
        };
        filled(row) * 10 >= width * 6 && row.cells.iter().all(is_text)
    };
    rows.iter().find(is_heading).map_or(0, |row| row.number)
}

/// What the rows of a file of these headings are most likely to become.
pub(super) fn makes_of(headings: &[String]) -> Makes {
    let count = |makes: &Makes| suggest::columns(*makes, headings).len();
    // The first of equals
    Makes::ALL.into_iter().rev().max_by_key(count).unwrap_or(Makes::Tasks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(texts: &[&str]) -> Facts {
        let (mut facts, mut seen) = (Facts::default(), BTreeSet::new());
        for (row, text) in (2..).zip(texts) {
            facts.take(row, &Cell::Text((*text).to_owned()), &mut seen);
        }
        facts
    }

    #[test]
    fn the_whole_column_says_what_a_date_and_a_number_are() {
        let dates = facts(&["03/04/2030", "04/03/2030 18:00", "15/01/2030"]);
        assert_eq!((dates.day_first, dates.month_first), (Some(4), None));
        assert_eq!(dates.either_order, Some((2, "03/04/2030".to_owned())));
        let numbers = facts(&["1.500", "12,5", "7", "0.500"]);
        assert_eq!((numbers.comma, numbers.point), (Some(3), Some(5)));
        assert_eq!(numbers.either_sign, Some((2, "1.500".to_owned())));
        assert_eq!(facts(&["a", "a", "b", "c", "d"]).samples, ["a", "b", "c"]);
    }
}
