//! What a row says, as documents.

use std::collections::BTreeMap;

use campo_protocol::{civil::CivilTime, faults::Faults};
use campo_spreadsheets::{Cell, Flaw, Row};
use jiff::civil::{Date, Time};
use serde_json::{Map, Value, json};

use super::{Plan, bound::Bound, fault::RowFault};
use crate::imports::{
    catalogue, columns, days,
    fields::Target,
    makes::Makes,
    value::{self, Read},
};

/// What a row says.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Document {
    /// Of what the row makes
    pub(in super::super) row: Value,
    /// Of the point of interest of a task
    pub(in super::super) poi: Option<PoiDocument>,
    /// The fields behind the elements of `assignments`
    pub(super) assigned: Vec<&'static str>,
    /// The cells that it came from
    pub(super) cells: Vec<Cell>,
}

/// What a row says of the point of interest of its task.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct PoiDocument {
    pub(in super::super) number: String,
    /// Its fields, the number among them
    pub(in super::super) document: Value,
    /// True when there are columns of its own: then one that exists is changed
    pub(in super::super) is_told: bool,
}

/// Days and times by the field that they are parts of, and which column said the time.
type Times<'a> = BTreeMap<&'a str, (Option<Date>, Option<Time>, usize)>;

impl Plan {
    /// What a row says.
    pub(in super::super) fn document(&self, row: &Row) -> Result<Document, Vec<RowFault>> {
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
        match self.template.makes {
            Makes::NonWorkingDays => days::complete(&mut main),
            Makes::CatalogueItems => catalogue::complete(&mut main),
            Makes::Tasks | Makes::Pois | Makes::Employees | Makes::Groups => {}
        }
        let assigned = assigned.into_document(&mut main);
        Ok(Document { poi: poi_document(&mut main, poi), row: main, assigned, cells: row.cells.clone() })
    }

    /// What a cell says of its field. A number of which nothing but zeros is left is no number of a task.
    pub(super) fn read(bound: &Bound, cell: &Cell) -> Result<Read, value::Wrong> {
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

/// Says that a field has no value any more.
fn clear(document: &mut Value, pointer: &str) {
    // Who has a task, and half a place, are no fields of their own
    if !pointer.starts_with("/assignments") {
        set(document, pointer, Value::Null);
    }
}

/// Sets what a JSON Pointer names, and the objects on the way.
pub(in super::super) fn set(document: &mut Value, pointer: &str, value: Value) {
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
