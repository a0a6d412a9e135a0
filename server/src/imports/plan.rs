//! From the cells of a row to the documents of what it makes, by a template. Pure and total: every row is documents, or
//! faults that name sheet, row, column and heading.

use std::collections::BTreeMap;

use campo_protocol::{
    civil::CivilTime,
    faults::{Fault, Faults},
};
use campo_spreadsheets::{Cell, Row};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{
    columns::{self, folded},
    draft::{Column, TemplateDraft},
    fields::{self, Field, Target},
    value::{self, Read},
};
use crate::problem::Problem;

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

/// What a row says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Document {
    /// Of what the row makes
    pub(super) row: Value,
    /// Of the point of interest of a task
    pub(super) poi: Option<PoiDocument>,
    /// The fields behind the elements of `assignments`
    assigned: Vec<&'static str>,
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
    columns: Vec<Bound>,
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
}

/// Days and times by the field that they are parts of, and which column said the time.
type Times<'a> = BTreeMap<&'a str, (Option<Date>, Option<Time>, usize)>;

impl Plan {
    /// Lays `template` over `headings`. Without some columns that must be there it says which they are.
    pub(super) fn new(
        template: TemplateDraft,
        account_zone: &str,
        sheet: &str,
        headings: &[String],
    ) -> Result<Self, Vec<String>> {
        let folded: Vec<String> = headings.iter().map(|heading| columns::folded(heading)).collect();
        let (mut bound, mut missing) = (Vec::new(), Vec::new());
        for column in &template.columns {
            let Some(field) = fields::field(template.makes, &column.field) else { continue };
            let index = find(column, &folded);
            if index.is_none() && !column.optional {
                missing.push(column.heading.clone().or(column.letter.clone()).unwrap_or_default());
            }
            bound.push(Bound::of(column, field, index, headings, template.key.as_ref()));
        }
        for (name, value) in &template.constants {
            let Some(field) = fields::field(template.makes, name) else { continue };
            bound.push(Bound::constant(name, field, value));
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        let zone = template.zone.clone().unwrap_or_else(|| account_zone.to_owned());
        Ok(Self { template, zone, sheet: sheet.to_owned(), columns: bound })
    }

    /// The fields that the columns of the file fill.
    pub(super) fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        self.columns.iter().filter_map(|bound| Some((bound.index?, bound.name.as_str())))
    }

    /// What a row says.
    pub(super) fn document(&self, row: &Row) -> Result<Document, Vec<RowFault>> {
        let (mut main, mut poi) = (json!({}), json!({}));
        let (mut assigned, mut times, mut faults) = (Assigned::default(), Times::new(), Vec::new());
        for (place, bound) in self.columns.iter().enumerate() {
            let cell = bound.cell(row);
            let Some(cell) = cell else {
                if bound.required {
                    faults.push(self.fault(row.number, bound, "required", "", "a value"));
                }
                continue;
            };
            match value::read(bound.field.kind, &cell, &self.template) {
                Err(wrong) => {
                    faults.push(self.fault(row.number, bound, wrong.code, &cell.shown(), &wrong.expected));
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
        let assigned = assigned.into_document(&mut main);
        Ok(Document { poi: poi_document(&mut main, poi), row: main, assigned })
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
        let numbers = ["external_number", "task_number", "number"];
        key.map(|field| field.pointer)
            .or_else(|| {
                let bound = self.columns.iter().find(|bound| numbers.contains(&bound.name.as_str()))?;
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

/// Which column of the file a column of the template is.
fn find(column: &Column, folded: &[String]) -> Option<usize> {
    if let Some(letter) = &column.letter {
        return columns::index(letter);
    }
    let wanted = columns::folded(column.heading.as_deref()?);
    folded.iter().position(|heading| *heading == wanted)
}

impl Bound {
    fn of(
        column: &Column,
        field: Field,
        index: Option<usize>,
        headings: &[String],
        key: Option<&String>,
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
        }
    }

    fn constant(name: &str, field: Field, value: &str) -> Self {
        Self {
            index: None,
            heading: None,
            name: name.to_owned(),
            field,
            default: Some(Cell::Text(value.to_owned())),
            values: BTreeMap::new(),
            required: false,
        }
    }

    /// What the row has for it: its cell, what that means, or what counts without one.
    fn cell(&self, row: &Row) -> Option<Cell> {
        let cell = self.index.and_then(|index| row.cells.get(index)).filter(|cell| !cell.is_blank());
        let cell = cell.or(self.default.as_ref()).filter(|cell| !cell.is_blank())?;
        match self.values.get(&folded(&cell.shown())) {
            Some(meant) if meant.trim().is_empty() => None,
            Some(meant) => Some(Cell::Text(meant.clone())),
            None => Some(cell.clone()),
        }
    }
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
    of("external_number").or_else(|| of("task_number")).or_else(|| of("number")).unwrap_or_default()
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
