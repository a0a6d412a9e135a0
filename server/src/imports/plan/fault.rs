//! What is said of a row: what is wrong with it and where, and what it changes.

use campo_protocol::faults::{Fault, Faults};
use campo_spreadsheets::{Cell, Row};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{KEYS, Plan, bound::Bound, document::Document};
use crate::{
    imports::{
        columns,
        fields::{self, Target},
        sift::Why,
    },
    problem::Problem,
};

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

impl Plan {
    /// A row that is refused since another one has its key, or is told of that one.
    pub(in super::super) fn repeated(&self, row: &Row, key: &str, other: i64) -> RowFault {
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
    pub(in super::super) fn changes(
        &self,
        document: &Document,
        before: Option<&Value>,
        after: &Value,
    ) -> Vec<Change> {
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
    pub(in super::super) fn left_out(&self, row: &Row, why: Why) -> RowFault {
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

    /// What `problem` says of the document that a row was, by the columns that it came from.
    pub(in super::super) fn refused(
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

    pub(super) fn fault(&self, row: i64, bound: &Bound, code: &str, found: &str, expected: &str) -> RowFault {
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

    pub(super) fn placed(&self, row: i64, bound: Option<&Bound>, fault: Fault) -> RowFault {
        RowFault {
            sheet: self.sheet.clone(),
            row,
            column: bound.and_then(|bound| bound.index).map(columns::letter),
            heading: bound.and_then(|bound| bound.heading.clone()),
            fault,
        }
    }
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
