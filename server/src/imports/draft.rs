//! What an import template says.

use std::collections::{BTreeMap, BTreeSet};

use campo_protocol::{
    civil::check_zone,
    faults::{Faults, pointer},
    model::{Custom, MAX_CODE, MAX_NAME, check_common},
};
use campo_spreadsheets::Encoding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{columns, fields, makes::Makes};
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
    /// What is done when there is one with the number of the row already, or none: create it, update it, or either
    #[serde(default)]
    pub operation: Operation,
    /// The sheet by name, without regard to upper and lower case; the first one that is shown when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The number of the row with the headings, 0 for a file without; found out when absent: the first row that has the
    /// headings of the columns
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading_row: Option<i64>,
    /// The number of the first row of data; the one behind the headings when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_row: Option<i64>,
    /// The encoding of a text; found out when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TextEncoding>)]
    pub encoding: Option<Encoding>,
    /// What stands between the fields of a text, one ASCII character; found out when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = ";")]
    pub delimiter: Option<String>,
    /// What is done with rows that the spreadsheet does not show
    #[serde(default)]
    pub hidden_rows: HiddenRows,
    /// Which row counts when several of a file have the same key
    #[serde(default)]
    pub repeated: Repeated,
    /// True when nothing is applied where a single row is refused; else the good rows are
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_or_nothing: bool,
    /// What is done with what earlier imports by this template made, is open, and stands in the file no longer
    #[serde(default, skip_serializing_if = "Unlisted::is_default")]
    pub unlisted: Unlisted,
    /// The number of the point of interest below which these are moved, with `unlisted: move`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "BAJAS")]
    pub unlisted_parent: Option<String>,
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

/// An encoding of text.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents `Encoding`, whose crate knows no OpenAPI")]
pub(super) enum TextEncoding {
    /// UTF-8
    #[schema(rename = "utf-8")]
    Utf8,
    /// UTF-16, the low byte first
    #[schema(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, the high byte first
    #[schema(rename = "utf-16be")]
    Utf16Be,
    /// That of Windows in the Americas and Western Europe
    #[schema(rename = "windows-1252")]
    Windows1252,
    /// The code page of DOS there
    #[schema(rename = "ibm850")]
    Ibm850,
}

/// What is done with rows that the spreadsheet does not show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HiddenRows {
    /// They are rows like others
    #[default]
    Take,
    /// They are left out
    Skip,
}

/// Which row counts when several of a file have the same key. Those that do not count are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportRepeated)]
pub enum Repeated {
    /// Each in its turn, so that the last one stands
    #[default]
    Last,
    /// The first one; those behind it are refused
    First,
    /// None of them: all are refused
    Refuse,
}

/// What is done with what earlier imports by the template made, is open, and stands in the file no longer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportUnlisted)]
pub enum Unlisted {
    /// It stays as it is
    #[default]
    Leave,
    /// Tasks that nobody began are withdrawn, all else is taken out of use; above a tenth of what is open somebody must
    /// say yes first
    Withdraw,
    /// Points of interest are moved below the one with the number `unlisted_parent`; above a tenth of what is open
    /// somebody must say yes first
    Move,
}

impl Unlisted {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference to `skip_serializing_if`")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What an empty cell does to its field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportEmpty)]
pub enum Empty {
    /// The field stays as it is
    #[default]
    Leave,
    /// The field is cleared
    Clear,
}

/// A part of a cell: "-12.05, -77.05" is a latitude and a longitude.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportSplit)]
pub struct Split {
    /// The text between the parts
    pub by: String,
    /// Which part, from 1
    pub part: usize,
}

/// A piece of what is put together: a text, or the cell of another column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportPiece)]
pub struct Piece {
    /// A text as it is
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The letter of a column
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
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
    /// What an empty cell does
    #[serde(default)]
    pub empty: Empty,
    /// The order of day and month in this column; the template's when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Whether a comma stands before fractions in this column; as the template says when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal_comma: Option<bool>,
    /// Which part of the cell counts
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// What is put together instead of the cell alone; nothing when all its columns are empty
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub join: Vec<Piece>,
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
        for (field, row, first) in [("/heading_row", self.heading_row, 0), ("/first_row", self.first_row, 1)]
        {
            if let Some(row) = row
                && !(first..=MAX_ROW).contains(&row)
            {
                let expected = format!("the number of the row up to {MAX_ROW}");
                faults.add(field, "out_of_range", &row.to_string(), expected);
            }
        }
        if let Some(delimiter) = &self.delimiter
            && !matches!(delimiter.as_bytes(), [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte))
        {
            faults.add("/delimiter", "invalid_value", delimiter, "one character such as ;");
        }
        self.check_columns(&mut faults);
        self.check_unlisted(&mut faults);
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
        for field in self.lacking() {
            let at = pointer("/constants", field);
            faults.add(at, "required", "", "a column or a constant that fills the field");
        }
        faults.into_result()?;
        Ok(())
    }

    /// The fields that something must fill, and nothing does.
    pub(super) fn lacking(&self) -> impl Iterator<Item = &'static str> {
        let is_filled = |field: &&str| {
            self.filled().any(|filled| filled == *field) || self.constants.contains_key(*field)
        };
        self.makes.needed().iter().copied().filter(move |field| !is_filled(field))
    }

    fn filled(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.field.as_str())
    }

    fn check_unlisted(&self, faults: &mut Faults) {
        if let Some(parent) = &self.unlisted_parent {
            faults.check_required_text("/unlisted_parent", parent, MAX_CODE);
        }
        if self.unlisted != Unlisted::Move {
            return;
        }
        if self.makes != Makes::Pois {
            faults.add(
                "/unlisted",
                "not_applicable",
                "move",
                "`leave` or `withdraw`: only points of interest are moved",
            );
        }
        if self.unlisted_parent.is_none() {
            let expected = "the number of the point of interest below which they are moved";
            faults.add("/unlisted_parent", "required", "", expected);
        }
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
            if let Some(split) = &column.split
                && (split.by.is_empty() || split.by.len() > 10 || !(1..=20).contains(&split.part))
            {
                let expected = "a text of 1 to 10 characters, and a part from 1 to 20";
                faults.add(pointer(&field, "split"), "invalid_value", &split.by, expected);
            }
            faults.check_count(&pointer(&field, "join"), column.join.len(), 20);
            for piece in &column.join {
                let letter = piece.column.as_deref();
                if piece.text.is_some() == letter.is_some()
                    || letter.is_some_and(|letter| columns::index(letter).is_none())
                {
                    let expected = "a text or the letter of a column, and not both";
                    faults.add(
                        pointer(&field, "join"),
                        "invalid_value",
                        letter.unwrap_or_default(),
                        expected,
                    );
                }
            }
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
