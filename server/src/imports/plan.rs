//! From the cells of a row to the documents of what it makes, by a template. Pure and total: every row is documents, or
//! faults that name sheet, row, column and heading.

use std::collections::BTreeMap;

use campo_protocol::{
    civil::CivilTime,
    faults::{Fault, Faults},
};
use campo_spreadsheets::{Cell, Flaw, Row, cell::is_invisible};
use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{
    columns::{self, folded},
    days,
    draft::{Column, Empty, Makes, Piece, Split, TemplateDraft},
    fields::{self, Field, Target},
    sift::Why,
    value::{self, How, Read},
};
use crate::problem::Problem;

/// Fields that say which thing a row is.
const KEYS: [&str; 4] = ["external_number", "task_number", "number", "code"];

/// What is wrong with a row, in one of its cells where that can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowFault {
    /// The sheet; absent in a text
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sheet: String,
    /// The number of the row as the spreadsheet shows it
    pub row: i64,
    /// The letter of the column
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The heading of the column
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// The field, its code, what was found and what was expected
    #[serde(flatten)]
    pub fault: Fault,
}

/// What a row changed of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportChange)]
pub struct Change {
    /// The field
    pub field: String,
    /// The heading of its column
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// What it was before
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What the row makes of it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Document {
    /// Of what the row makes
    pub(super) row: Value,
    /// Of the point of interest of a task
    pub(super) poi: Option<PoiDocument>,
    /// The fields behind the elements of `assignments`
    assigned: Vec<&'static str>,
    /// The cells that it came from
    cells: Vec<Cell>,
}

/// What a row says of the point of interest of its task.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PoiDocument {
    pub(super) number: String,
    /// Its fields, the number among them
    pub(super) document: Value,
    /// True when there are columns of its own: then one that exists is changed
    pub(super) is_told: bool,
}

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

/// A column of the template in the file.
#[derive(Debug)]
struct Bound {
    /// Which column of the file; none for a constant and for an optional column that is not there
    index: Option<usize>,
    heading: Option<String>,
    name: String,
    field: Field,
    default: Option<Cell>,
    /// What cells say, folded, and what is meant
    values: BTreeMap<String, String>,
    required: bool,
    clears: bool,
    how: How,
    split: Option<Split>,
    join: Vec<Piece>,
}

/// Days and times by the field that they are parts of, and which column said the time.
type Times<'a> = BTreeMap<&'a str, (Option<Date>, Option<Time>, usize)>;

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
        let cell = self.columns.iter().find(|bound| self.is_key(bound))?.cell(row)?;
        let shown: String = cell.shown().chars().filter(|c| !is_invisible(*c)).collect();
        Some(shown.trim().to_owned()).filter(|key| !key.is_empty())
    }

    /// What [`Plan::key`] says of a row that came to nothing: none where it names nothing, an error where what it names
    /// cannot be told.
    pub(super) fn named(&self, row: &Row) -> Result<Option<String>, ()> {
        let Some(bound) = self.columns.iter().find(|bound| self.is_key(bound)) else { return Err(()) };
        let Some(cell) = bound.cell(row) else {
            // A row of data without the number that every row must have lost it
            return if bound.required && self.template.key.is_some() { Err(()) } else { Ok(None) };
        };
        match Self::read(bound, &cell) {
            Ok(_) => Ok(self.key(row)),
            Err(_) => Err(()),
        }
    }

    fn is_key(&self, bound: &Bound) -> bool {
        match &self.template.key {
            Some(key) => bound.name == *key,
            None => KEYS.contains(&bound.name.as_str()),
        }
    }

    /// A row that is refused since another one has its key, or is told of that one.
    pub(super) fn repeated(&self, row: &Row, key: &str, other: i64) -> RowFault {
        let name = self.template.key.clone().unwrap_or_else(|| "number".to_owned());
        let bound = self.columns.iter().find(|bound| self.is_key(bound));
        let mut faults = Faults::default();
        faults.add(name, "repeated_key", key, format!("one row with it; row {other} has it, too"));
        let fault = faults.into_vec().pop();
        let fault = fault.unwrap_or_else(|| Fault {
            field: String::new(),
            code: "repeated_key".to_owned(),
            found: key.to_owned(),
            expected: String::new(),
        });
        self.placed(row.number, bound, fault)
    }

    /// What the columns of a row changed: of references as the cell says them, of all else as it stands.
    pub(super) fn changes(&self, document: &Document, before: Option<&Value>, after: &Value) -> Vec<Change> {
        let change = |bound: &Bound| {
            let said = bound.found(&document.cells)?;
            if bound.field.target == Target::Poi || matches!(bound.field.kind, fields::Kind::Reference) {
                let (field, heading) = (bound.name.clone(), bound.heading.clone());
                return before.is_none().then_some(Change {
                    field,
                    heading,
                    before: None,
                    after: Some(said),
                });
            }
            let of = |value: &Value| value.pointer(&bound.field.pointer).and_then(in_words);
            let (old, new) = (before.and_then(of), of(after));
            (old != new).then(|| Change {
                field: bound.name.clone(),
                heading: bound.heading.clone(),
                before: old,
                after: new,
            })
        };
        self.columns.iter().filter_map(change).collect()
    }

    /// A row that is no data.
    pub(super) fn left_out(&self, row: &Row, why: Why) -> RowFault {
        let mut faults = Faults::default();
        let first = row.cells.iter().find(|cell| !cell.is_blank()).map(Cell::shown).unwrap_or_default();
        faults.add("", why.code(), &first, "");
        let fault = faults.into_vec().pop().unwrap_or_else(|| Fault {
            field: String::new(),
            code: why.code().to_owned(),
            found: String::new(),
            expected: String::new(),
        });
        self.placed(row.number, None, fault)
    }

    /// The fields that the columns of the file fill.
    pub(super) fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        self.columns.iter().filter_map(|bound| Some((bound.index?, bound.name.as_str())))
    }

    /// What a row says.
    pub(super) fn document(&self, row: &Row) -> Result<Document, Vec<RowFault>> {
        let (mut main, mut poi) = (json!({}), json!({}));
        let (mut assigned, mut times) = (Assigned::default(), Times::new());
        let mut faults = self.misplaced(row);
        for (place, bound) in self.columns.iter().enumerate() {
            let cell = bound.cell(row);
            let Some(cell) = cell else {
                if bound.required {
                    faults.push(self.fault(row.number, bound, "required", "", "a value"));
                } else if bound.clears && bound.index.is_some() {
                    let document = if bound.field.target == Target::Poi { &mut poi } else { &mut main };
                    clear(document, &bound.field.pointer);
                }
                continue;
            };
            match Self::read(bound, &cell) {
                Err(wrong) => {
                    let found = bound.found(&row.cells).unwrap_or_else(|| cell.shown());
                    faults.push(self.fault(row.number, bound, wrong.code, &found, &wrong.expected));
                }
                Ok(Read::When(date, time)) => {
                    let known = times.entry(&bound.field.pointer).or_insert((None, None, place));
                    known.0 = date.or(known.0);
                    if time.is_some() {
                        (known.1, known.2) = (time, place);
                    }
                }
                Ok(Read::Json(value)) => match bound.field.pointer.as_str() {
                    "/assignments/lead" => assigned.lead = Some(value),
                    "/assignments/helper" => assigned.helper = Some(value),
                    pointer if bound.field.target == Target::Poi => set(&mut poi, pointer, value),
                    pointer => set(&mut main, pointer, value),
                },
            }
        }
        for (pointer, (date, time, place)) in times {
            if self.template.makes == Makes::NonWorkingDays && days::set_when(&mut main, pointer, date, time)
            {
                continue;
            }
            if let Some(date) = date {
                set(&mut main, pointer, self.civil(pointer, date, time));
            } else {
                let bound = &self.columns[place];
                faults.push(self.fault(row.number, bound, "required", "", "a date beside the time"));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        if self.template.makes == Makes::NonWorkingDays {
            days::complete(&mut main);
        }
        let assigned = assigned.into_document(&mut main);
        Ok(Document { poi: poi_document(&mut main, poi), row: main, assigned, cells: row.cells.clone() })
    }

    /// What a cell says of its field. A number of which nothing but zeros is left is no number of a task.
    fn read(bound: &Bound, cell: &Cell) -> Result<Read, value::Wrong> {
        let shown = cell.shown();
        if matches!(bound.name.as_str(), "external_number" | "task_number")
            && !shown.is_empty()
            && shown.bytes().all(|byte| byte == b'0')
        {
            return Err(value::Wrong { code: "out_of_range", expected: "a number from 1".to_owned() });
        }
        value::read(bound.field.kind, cell, &bound.how)
    }

    /// What is wrong with the row as a whole: quotes that may hold several rows, and cells behind the last heading of a
    /// text, where a delimiter within a cell has moved the others.
    fn misplaced(&self, row: &Row) -> Vec<RowFault> {
        let is_misplaced = |(index, cell): &(usize, &Cell)| {
            let quote = matches!(cell, Cell::Flawed { flaw: Flaw::UnclosedQuote, .. });
            quote || (self.sheet.is_empty() && self.width > 0 && *index >= self.width && !cell.is_blank())
        };
        let Some((index, cell)) = row.cells.iter().enumerate().find(is_misplaced) else { return Vec::new() };
        let wrong = match cell {
            Cell::Flawed { flaw, .. } if index < self.width => value::flawed(*flaw),
            _ => value::Wrong {
                code: "beyond_headings",
                expected: "no more cells than headings, or quotes around a cell with a delimiter".to_owned(),
            },
        };
        let value::Wrong { code, expected } = wrong;
        let mut faults = Faults::default();
        faults.add("", code, &cell.shown(), expected);
        let column = Some(columns::letter(index));
        let placed = |fault| RowFault { column: column.clone(), ..self.placed(row.number, None, fault) };
        faults.into_vec().into_iter().map(placed).collect()
    }

    /// A planned time. A day without a time begins at midnight, and is over at 23:59.
    fn civil(&self, pointer: &str, date: Date, time: Option<Time>) -> Value {
        let otherwise = if pointer == "/due" { Time::constant(23, 59, 0, 0) } else { Time::midnight() };
        let local = date.to_datetime(time.unwrap_or(otherwise));
        serde_json::to_value(CivilTime { local, zone: self.zone.clone() }).unwrap_or_default()
    }

    /// What `problem` says of the document that a row was, by the columns that it came from.
    pub(super) fn refused(
        &self,
        row: i64,
        document: &Document,
        target: Target,
        problem: &Problem,
    ) -> Vec<RowFault> {
        let mut faults = problem.faults().to_vec();
        if faults.is_empty() {
            let key = problem.parameter("field").map_or_else(|| self.key_pointer(), str::to_owned);
            let found = problem.parameter("value").map_or_else(|| shown_key(&document.row), str::to_owned);
            let mut made = Faults::default();
            made.add(key, problem.code().name(), &found, "");
            faults = made.into_vec();
        }
        faults
            .into_iter()
            .map(|mut fault| {
                let bound = self.origin(&fault.field, document, target);
                if let Some(bound) = bound {
                    fault.field.clone_from(&bound.name);
                    // The cell as it is, not what was made of it
                    if let Some(found) = bound.found(&document.cells).filter(|_| !fault.found.is_empty()) {
                        fault.found = found.chars().take(80).collect();
                    }
                }
                self.placed(row, bound, fault)
            })
            .collect()
    }

    /// The column that a field of a document came from.
    fn origin(&self, pointer: &str, document: &Document, target: Target) -> Option<&Bound> {
        let assigned = pointer
            .strip_prefix("/assignments/")
            .and_then(|rest| rest.split('/').next()?.parse::<usize>().ok())
            .and_then(|index| document.assigned.get(index));
        if let Some(name) = assigned {
            return self.columns.iter().find(|bound| bound.name == **name);
        }
        let of_target = || self.columns.iter().filter(|bound| bound.field.target == target);
        let below =
            |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'));
        of_target()
            .find(|bound| bound.field.pointer == pointer)
            .or_else(|| of_target().find(|bound| below(pointer, &bound.field.pointer)))
            .or_else(|| of_target().find(|bound| below(&bound.field.pointer, pointer)))
            .or_else(|| {
                // The number of a point of interest can come from a column of its own
                let is_number = pointer == "/poi" && target == Target::Row;
                self.columns.iter().find(|bound| is_number && bound.name == "poi.number")
            })
    }

    fn key_pointer(&self) -> String {
        let key = self.template.key.as_deref().and_then(|key| fields::field(self.template.makes, key));
        key.map(|field| field.pointer)
            .or_else(|| {
                let bound = self.columns.iter().find(|bound| KEYS.contains(&bound.name.as_str()))?;
                Some(bound.field.pointer.clone())
            })
            .unwrap_or_default()
    }

    fn fault(&self, row: i64, bound: &Bound, code: &str, found: &str, expected: &str) -> RowFault {
        let mut faults = Faults::default();
        faults.add(bound.name.as_str(), code, found, expected);
        let fault = faults.into_vec().pop().unwrap_or_else(|| Fault {
            field: bound.name.clone(),
            code: code.to_owned(),
            found: String::new(),
            expected: expected.to_owned(),
        });
        self.placed(row, Some(bound), fault)
    }

    fn placed(&self, row: i64, bound: Option<&Bound>, fault: Fault) -> RowFault {
        RowFault {
            sheet: self.sheet.clone(),
            row,
            column: bound.and_then(|bound| bound.index).map(columns::letter),
            heading: bound.and_then(|bound| bound.heading.clone()),
            fault,
        }
    }
}

/// Which columns of the file a column of the template may be; a heading can stand over several.
fn find(column: &Column, folded: &[String]) -> Vec<usize> {
    if let Some(letter) = &column.letter {
        return columns::index(letter).into_iter().collect();
    }
    let Some(heading) = column.heading.as_deref() else { return Vec::new() };
    let wanted = columns::folded(heading);
    folded.iter().enumerate().filter(|(_, heading)| **heading == wanted).map(|(index, _)| index).collect()
}

impl Bound {
    fn of(
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

    fn constant(name: &str, field: Field, value: &str, how: &How) -> Self {
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
    fn found(&self, cells: &[Cell]) -> Option<String> {
        self.index.and_then(|index| cells.get(index)).filter(|cell| !cell.is_blank()).map(Cell::shown)
    }

    /// What the row has for it: its cell, what that means, or what counts without one.
    fn cell(&self, row: &Row) -> Option<Cell> {
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

/// Who has a task.
#[derive(Default)]
struct Assigned {
    lead: Option<Value>,
    helper: Option<Value>,
}

impl Assigned {
    fn into_document(self, main: &mut Value) -> Vec<&'static str> {
        let (mut list, mut names) = (Vec::new(), Vec::new());
        for (employee, role, name) in [(self.lead, "lead", "employee"), (self.helper, "helper", "helper")] {
            if let Some(employee) = employee {
                list.push(json!({ "employee": employee, "role": role }));
                names.push(name);
            }
        }
        if !list.is_empty() {
            set(main, "/assignments", list.into());
        }
        names
    }
}

/// The point of interest of a task, by its number in either column; the task names it then.
fn poi_document(main: &mut Value, mut poi: Value) -> Option<PoiDocument> {
    let named = main.get("poi").and_then(Value::as_str).and_then(|poi| poi.strip_prefix("code:"));
    let own = poi.get("number").and_then(Value::as_str);
    let number = own.or(named)?.to_owned();
    let is_told = poi.as_object().is_some_and(|members| members.keys().any(|name| name != "number"));
    set(&mut poi, "/number", number.as_str().into());
    set(main, "/poi", format!("code:{number}").into());
    Some(PoiDocument { number, document: poi, is_told })
}

/// What a person reads as the number of a row.
fn shown_key(document: &Value) -> String {
    let of = |name: &str| match document.get(name)? {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    of("external_number")
        .or_else(|| of("task_number"))
        .or_else(|| of("number"))
        .or_else(|| of("code"))
        .unwrap_or_default()
}

/// A value as a person reads it.
fn in_words(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        Value::Object(members) => match members.get("local") {
            Some(Value::String(local)) => local.replace('T', " "),
            _ => value.to_string(),
        },
        other => other.to_string(),
    };
    Some(text.chars().take(200).collect())
}

/// Says that a field has no value any more.
fn clear(document: &mut Value, pointer: &str) {
    // Who has a task, and half a place, are no fields of their own
    if !pointer.starts_with("/assignments") {
        set(document, pointer, Value::Null);
    }
}

/// Sets what a JSON Pointer names, and the objects on the way.
pub(super) fn set(document: &mut Value, pointer: &str, value: Value) {
    let mut target = document;
    for part in pointer.split('/').skip(1) {
        let name = part.replace("~1", "/").replace("~0", "~");
        if !target.is_object() {
            *target = Value::Object(Map::new());
        }
        let Value::Object(members) = target else { return };
        target = members.entry(name).or_insert(Value::Null);
    }
    *target = value;
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
