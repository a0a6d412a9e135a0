//! What an import template says.

use std::collections::{BTreeMap, BTreeSet};

use campo_protocol::{
    civil::check_zone,
    faults::{Faults, pointer},
    model::{Custom, MAX_NAME, check_common},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{columns, fields};
use crate::{access::AccessState, problem::Result, tasks::save::Operation};

/// The most columns and constants of a template.
const MAX_COLUMNS: usize = 200;
/// The last row that a spreadsheet has.
const MAX_ROW: i64 = 1_048_576;

/// An import template (planilla de integración): from the columns of a customer's file to fields.
///
/// A cell without a value leaves its field as it is: nothing is erased by an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TemplateDraft {
    /// Stable code, unique among import templates
    #[schema(example = "tareas-diarias")]
    pub code: String,
    /// Name that people read
    pub name: String,
    /// What a row becomes
    pub makes: Makes,
    /// What is done when there is one with the number of the row already, or none
    #[serde(default)]
    pub operation: Operation,
    /// The sheet by name, without regard to upper and lower case; the first one that is shown when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The number of the row with the headings; the first one with a value when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading_row: Option<i64>,
    /// From columns to fields
    #[serde(default)]
    pub columns: Vec<Column>,
    /// What every row gets, by field
    #[serde(default)]
    pub constants: BTreeMap<String, String>,
    /// The field that must have a value in each row
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The order of day and month in dates that are text. Dates of the spreadsheet itself need none
    #[serde(default)]
    pub date_order: DateOrder,
    /// True when numbers that are text have a comma before the fraction and points between thousands
    #[serde(default = "yes")]
    pub decimal_comma: bool,
    /// The IANA zone of the times; that of the account when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "America/Lima")]
    pub zone: Option<String>,
    /// What is done when a row names a point of interest that is not there
    #[serde(default)]
    pub unknown_poi: UnknownPoi,
    /// Whether it can be used
    #[serde(default)]
    pub state: AccessState,
    /// Text under the customer's own names
    #[serde(default)]
    pub custom: Custom,
}

const fn yes() -> bool {
    true
}

/// What the rows of a file become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportMakes)]
pub enum Makes {
    /// Tasks, and where the template says so their points of interest
    Tasks,
    /// Points of interest
    Pois,
}

/// The order of day, month and year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 15/01/2030
    #[default]
    DayMonthYear,
    /// 01/15/2030
    MonthDayYear,
    /// 2030/01/15, which is understood with the others, too
    YearMonthDay,
}

/// What is done when a row names a point of interest that is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnknownPoi {
    /// The row is refused
    #[default]
    Refuse,
    /// It is created from the columns `poi.…`, or by the name and place of the task
    Create,
}

/// From a column to a field. The column is named by its heading (upper and lower case, accents and blanks do not count)
/// or by its letter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportColumn)]
pub struct Column {
    /// The text of its heading
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nº de tarea")]
    pub heading: Option<String>,
    /// Its letter
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    /// The field that it fills, such as `external_number`, `start_date`, `data7`, `custom.COLOUR` or `poi.name`
    #[schema(example = "external_number")]
    pub field: String,
    /// What counts where its cell has no value
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What stands in cells, and what is meant by it
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// True when a file may lack it. A file without another column is refused whole
    #[serde(default)]
    pub optional: bool,
    /// True when each row must have a value in it
    #[serde(default)]
    pub required: bool,
}

impl TemplateDraft {
    pub(super) fn check(&self) -> Result<()> {
        let mut faults = Faults::default();
        check_common(&mut faults, "/code", &self.code, "/name", &self.name, &self.custom);
        if let Some(zone) = &self.zone {
            check_zone(&mut faults, "/zone", zone);
        }
        if let Some(sheet) = &self.sheet {
            faults.check_text("/sheet", sheet, MAX_NAME);
        }
        if let Some(row) = self.heading_row
            && !(1..=MAX_ROW).contains(&row)
        {
            let expected = format!("the number of the row from 1 to {MAX_ROW}");
            faults.add("/heading_row", "out_of_range", &row.to_string(), expected);
        }
        self.check_columns(&mut faults);
        for (name, value) in &self.constants {
            let field = pointer("/constants", name);
            self.check_field(&mut faults, &field, name);
            faults.check_text(&field, value, MAX_NAME);
        }
        let filled: BTreeSet<&str> = self.filled().collect();
        if let Some(key) = &self.key
            && !filled.contains(key.as_str())
        {
            faults.add("/key", "unknown_value", key, "a field that a column fills");
        }
        faults.into_result()?;
        Ok(())
    }

    fn filled(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.field.as_str())
    }

    fn check_columns(&self, faults: &mut Faults) {
        faults.check_count("/columns", self.columns.len() + self.constants.len(), MAX_COLUMNS);
        if self.columns.is_empty() && self.constants.is_empty() {
            faults.add("/columns", "required", "", "at least one column or constant");
        }
        for (index, column) in self.columns.iter().enumerate() {
            let field = pointer("/columns", index);
            self.check_field(faults, &pointer(&field, "field"), &column.field);
            if column.heading.is_some() == column.letter.is_some() {
                let found = column.heading.clone().unwrap_or_default();
                let expected = "a heading or the letter of a column, and not both";
                faults.add(pointer(&field, "heading"), "invalid_value", &found, expected);
            }
            if let Some(letter) = &column.letter
                && columns::index(letter).is_none()
            {
                let expected = "the letter of a column such as C";
                faults.add(pointer(&field, "letter"), "invalid_value", letter, expected);
            }
            for text in [&column.heading, &column.default].into_iter().flatten() {
                faults.check_text(&field, text, MAX_NAME);
            }
            faults.check_count(&pointer(&field, "values"), column.values.len(), MAX_COLUMNS);
        }
        let fields = self.filled().chain(self.constants.keys().map(String::as_str));
        faults.check_unique(fields, |index| {
            pointer(&pointer("/columns", index.min(self.columns.len().saturating_sub(1))), "field")
        });
    }

    fn check_field(&self, faults: &mut Faults, field: &str, name: &str) {
        if fields::field(self.makes, name).is_none() {
            let known = fields::names(self.makes);
            faults.add(field, "unknown_value", name, format!("one of {known}"));
        }
    }
}
