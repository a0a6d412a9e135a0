//! Filled forms: the body of an entry of the kind `form`, and what is remarkable in it.
//!
//! What a worker captured is never refused: [`check_answers`] marks it, and people decide.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    form::{FormDefinition, FormField, FormFieldKind},
    is_default,
    place::Point,
};
use crate::{
    civil::CivilDate,
    faults::{Faults, pointer},
    text::unhex,
};

/// A form as a worker filled it: answers in their order, empty ones included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FilledForm {
    /// The form definition
    pub form: Uuid,
    /// The version of the definition that was on the phone
    pub version: i64,
    /// The answers, in the order of the phone
    #[serde(default)]
    pub answers: Vec<FieldAnswer>,
}

/// The answer to one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldAnswer {
    /// The id of the field
    pub field: String,
    /// The answer as text, see [`FormFieldKind`]; empty when the field was seen and left empty
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How the worker read the choice
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The values that were chosen of several, in the order of the form
    #[serde(default, skip_serializing_if = "is_default")]
    pub values: Vec<String>,
    /// How the worker read them, in the order of `values`
    #[serde(default, skip_serializing_if = "is_default")]
    pub texts: Vec<String>,
    /// The hashes of the photos or of the signature, hexadecimal; the entry's `files` mention them too
    #[serde(default, skip_serializing_if = "is_default")]
    pub files: Vec<String>,
    /// The rows of a table, each with answers to its columns
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub rows: Option<Vec<Vec<FieldAnswer>>>,
}

impl FieldAnswer {
    /// The answer to a field that holds a value and nothing besides, or nothing at all.
    pub fn new(field: &str, value: Option<&str>) -> Self {
        Self {
            field: field.to_owned(),
            value: value.map(str::to_owned),
            text: None,
            values: Vec::new(),
            texts: Vec::new(),
            files: Vec::new(),
            rows: None,
        }
    }

    /// True when nothing was answered.
    pub fn is_empty(&self) -> bool {
        self.value.as_deref().unwrap_or_default().trim().is_empty()
            && self.values.is_empty()
            && self.files.is_empty()
            && self.rows.as_deref().unwrap_or_default().is_empty()
    }
}

/// What is remarkable in `filled`, by JSON Pointer into it: marks to show, never a reason to refuse.
///
/// Codes: `other_version`, `unknown_field`, `repeated`, `required`, `wrong_type`, `not_a_choice`, `out_of_range`,
/// `constraint` (expected is what the form says). What the form does not ask by its logic on the day `today`
/// (`2030-01-15`) is not missing.
/// `definition` should be the version that `filled` names, as far as the server still has it.
pub fn check_answers(definition: &FormDefinition, filled: &FilledForm, today: &str) -> Faults {
    let mut marks = Faults::default();
    if filled.version != definition.version {
        let expected = definition.version.to_string();
        marks.add("/version", "other_version", &filled.version.to_string(), expected);
    }
    let judged = definition.judge(&filled.answers, today);
    check_row(&mut marks, "/answers", &definition.fields, &filled.answers, &judged.hidden);
    for broken in judged.broken {
        let index = filled.answers.iter().position(|answer| answer.field == broken.field);
        let Some((index, answer)) = index.and_then(|index| Some((index, filled.answers.get(index)?))) else {
            continue;
        };
        let at = pointer("/answers", index);
        match broken.cell {
            None => marks.add(at, "constraint", answer.value.as_deref().unwrap_or_default(), broken.message),
            Some((row, column)) => {
                let cells = answer.rows.as_deref().unwrap_or_default().get(row);
                let cell = cells.and_then(|cells| cells.iter().position(|cell| cell.field == column));
                let at = pointer(&pointer(&pointer(&at, "rows"), row), cell.unwrap_or_default());
                marks.add(at, "constraint", "", broken.message);
            }
        }
    }
    marks
}

/// Marks the answers at `at` to the same level of fields: the form's own, or one row's.
fn check_row(
    marks: &mut Faults,
    at: &str,
    fields: &[FormField],
    answers: &[FieldAnswer],
    hidden: &BTreeSet<String>,
) {
    let known: BTreeMap<&str, &FormField> = fields.iter().map(|field| (field.id.as_str(), field)).collect();
    let mut answered = BTreeSet::new();
    for (index, answer) in answers.iter().enumerate() {
        let at = pointer(at, index);
        match known.get(answer.field.as_str()) {
            // What was answered before it was hidden stays, and nobody is asked about it
            Some(field) if hidden.contains(&field.id) => {}
            Some(field) => check_answer(marks, &at, field, answer),
            None => marks.add(pointer(&at, "field"), "unknown_field", &answer.field, "a field of the form"),
        }
        if !answered.insert(answer.field.as_str()) {
            marks.add(pointer(&at, "field"), "repeated", &answer.field, "one answer to each field");
        }
    }
    for field in fields {
        if field.required && !answered.contains(field.id.as_str()) && !hidden.contains(&field.id) {
            marks.add(at, "required", "", format!("an answer to `{}`", field.id));
        }
    }
}

fn check_answer(marks: &mut Faults, at: &str, field: &FormField, answer: &FieldAnswer) {
    if answer.is_empty() {
        if field.required {
            marks.add(at, "required", "", format!("an answer to `{}`", field.id));
        }
        return;
    }
    match field.kind {
        FormFieldKind::Choices => check_values(marks, at, field, answer),
        FormFieldKind::Photo | FormFieldKind::Signature => check_files(marks, at, field, answer),
        FormFieldKind::Table => check_rows(marks, at, field, answer),
        _ => check_value(marks, at, field, answer),
    }
}

fn check_value(marks: &mut Faults, at: &str, field: &FormField, answer: &FieldAnswer) {
    let at = pointer(at, "value");
    let Some(value) = &answer.value else {
        marks.add(at, "wrong_type", "", "a value");
        return;
    };
    match field.kind {
        FormFieldKind::Number => match decimal(value) {
            Some(number) => check_limits(marks, &at, field, number),
            None => marks.add(at, "wrong_type", value, "a number such as 12.5"),
        },
        FormFieldKind::Date => {
            if value.parse::<CivilDate>().is_err() {
                marks.add(at, "wrong_type", value, "a date such as 2030-01-15");
            }
        }
        FormFieldKind::Choice => {
            check_chosen(marks, at, field, value);
        }
        FormFieldKind::Location => match location(value) {
            Some(point) => point.check(marks, &at),
            None => marks.add(at, "wrong_type", value, "latitude and longitude such as -12.05,-77.05"),
        },
        FormFieldKind::Text
        | FormFieldKind::Choices
        | FormFieldKind::Photo
        | FormFieldKind::Signature
        | FormFieldKind::Table => {
            check_limits(marks, &at, field, value.chars().count() as f64);
        }
    }
}

/// What a look-up table holds, or held when the worker chose, is not known here.
fn check_chosen(marks: &mut Faults, at: String, field: &FormField, value: &str) {
    if field.choices_from.is_empty() && !field.choices.iter().any(|choice| choice.value == value) {
        marks.add(at, "not_a_choice", value, "the value of a choice of the field");
    }
}

fn check_values(marks: &mut Faults, at: &str, field: &FormField, answer: &FieldAnswer) {
    let at = pointer(at, "values");
    if answer.values.is_empty() {
        marks.add(at, "wrong_type", "", "the values that were chosen");
        return;
    }
    for (index, value) in answer.values.iter().enumerate() {
        check_chosen(marks, pointer(&at, index), field, value);
    }
    marks.check_unique(&answer.values, |index| pointer(&at, index));
    check_limits(marks, &at, field, answer.values.len() as f64);
}

fn check_files(marks: &mut Faults, at: &str, field: &FormField, answer: &FieldAnswer) {
    let at = pointer(at, "files");
    for (index, hash) in answer.files.iter().enumerate() {
        if unhex(hash).is_none_or(|bytes| bytes.len() != 32) {
            marks.add(pointer(&at, index), "wrong_type", hash, "the SHA-256 of a file, hexadecimal");
        }
    }
    match field.kind {
        FormFieldKind::Signature if answer.files.len() != 1 => {
            marks.add(at, "out_of_range", &answer.files.len().to_string(), "one signature");
        }
        _ => check_limits(marks, &at, field, answer.files.len() as f64),
    }
}

fn check_rows(marks: &mut Faults, at: &str, field: &FormField, answer: &FieldAnswer) {
    let at = pointer(at, "rows");
    let Some(rows) = &answer.rows else {
        marks.add(at, "wrong_type", "", "rows");
        return;
    };
    check_limits(marks, &at, field, rows.len() as f64);
    for (index, row) in rows.iter().enumerate() {
        check_row(marks, &pointer(&at, index), &field.columns, row, &BTreeSet::new());
    }
}

fn check_limits(marks: &mut Faults, at: &str, field: &FormField, number: f64) {
    if let Some(minimum) = field.minimum
        && number < minimum
    {
        marks.add(at, "out_of_range", &number.to_string(), format!("at least {minimum}"));
    }
    if let Some(maximum) = field.maximum
        && number > maximum
    {
        marks.add(at, "out_of_range", &number.to_string(), format!("at most {maximum}"));
    }
}

/// A finite decimal number with a point. Rust also reads `inf` and `NaN`, which no worker typed.
fn decimal(text: &str) -> Option<f64> {
    let number: f64 = text.trim().parse().ok()?;
    (number.is_finite() && !text.contains(|c: char| c.is_alphabetic() && c != 'e' && c != 'E'))
        .then_some(number)
}

fn location(text: &str) -> Option<Point> {
    let (latitude, longitude) = text.split_once(',')?;
    Some(Point { latitude: decimal(latitude)?, longitude: decimal(longitude)? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn definition() -> FormDefinition {
        serde_json::from_value(json!({"code": "F", "name": "F", "version": 2, "fields": [
            {"id": "text", "label": "x", "kind": "text", "required": true, "maximum": 5},
            {"id": "number", "label": "x", "kind": "number", "minimum": 0},
            {"id": "date", "label": "x", "kind": "date"},
            {"id": "choice", "label": "x", "kind": "choice", "choices": [{"value": "1", "text": "Uno"}]},
            {"id": "city", "label": "x", "kind": "choice", "choices_from": "cities"},
            {"id": "choices", "label": "x", "kind": "choices", "maximum": 2, "choices": [
                {"value": "1", "text": "Uno"}, {"value": "2", "text": "Dos"}, {"value": "3", "text": "Tres"}
            ]},
            {"id": "location", "label": "x", "kind": "location"},
            {"id": "photo", "label": "x", "kind": "photo", "maximum": 1},
            {"id": "signature", "label": "x", "kind": "signature"},
            {"id": "table", "label": "x", "kind": "table", "maximum": 2, "columns": [
                {"id": "item", "label": "x", "kind": "text", "required": true},
                {"id": "count", "label": "x", "kind": "number"}
            ]}
        ]}))
        .unwrap()
    }

    fn filled(answers: &Value) -> FilledForm {
        serde_json::from_value(json!({"form": Uuid::from_u128(7), "version": 2, "answers": answers})).unwrap()
    }

    /// The marks of an answer beside the one that the form requires.
    fn marks(answer: &Value) -> Vec<(String, String)> {
        let filled = filled(&json!([{"field": "text", "value": "a"}, answer]));
        check_answers(&definition(), &filled, "")
            .into_vec()
            .into_iter()
            .map(|mark| (mark.field, mark.code))
            .collect()
    }

    #[test]
    fn what_is_remarkable_in_an_answer_is_marked() {
        let hash = "a".repeat(64);
        for (answer, expected) in [
            (json!({"field": "number", "value": "12.5"}), vec![]),
            (json!({"field": "number", "value": "12,5"}), vec![("/answers/1/value", "wrong_type")]),
            (json!({"field": "number", "value": "NaN"}), vec![("/answers/1/value", "wrong_type")]),
            (json!({"field": "number", "value": "1e999"}), vec![("/answers/1/value", "wrong_type")]),
            (json!({"field": "number", "value": "-1"}), vec![("/answers/1/value", "out_of_range")]),
            (json!({"field": "number", "value": ""}), vec![]),
            (json!({"field": "number"}), vec![]),
            (json!({"field": "number", "files": [hash]}), vec![("/answers/1/value", "wrong_type")]),
            (json!({"field": "date", "value": "2030-01-15"}), vec![]),
            (json!({"field": "date", "value": "15/01/2030"}), vec![("/answers/1/value", "wrong_type")]),
            (json!({"field": "choice", "value": "1", "text": "Uno"}), vec![]),
            (json!({"field": "choice", "value": "Uno"}), vec![("/answers/1/value", "not_a_choice")]),
            (json!({"field": "city", "value": "7", "text": "Lima"}), vec![]),
            (json!({"field": "city", "values": ["7"]}), vec![("/answers/1/value", "wrong_type")]),
            (json!({"field": "choices", "values": ["3", "1"], "texts": ["Tres", "Uno"]}), vec![]),
            (json!({"field": "choices", "values": []}), vec![]),
            (
                json!({"field": "choices", "values": ["1", "4"]}),
                vec![("/answers/1/values/1", "not_a_choice")],
            ),
            (json!({"field": "choices", "values": ["1", "1"]}), vec![("/answers/1/values/1", "repeated")]),
            (
                json!({"field": "choices", "values": ["1", "2", "3"]}),
                vec![("/answers/1/values", "out_of_range")],
            ),
            (json!({"field": "choices", "value": "1"}), vec![("/answers/1/values", "wrong_type")]),
            (json!({"field": "choice", "values": ["1"]}), vec![("/answers/1/value", "wrong_type")]),
            (json!({"field": "location", "value": "-12.05, -77.05"}), vec![]),
            (json!({"field": "location", "value": "-12.05"}), vec![("/answers/1/value", "wrong_type")]),
            (
                json!({"field": "location", "value": "-99,19"}),
                vec![("/answers/1/value/latitude", "out_of_range")],
            ),
            (json!({"field": "photo", "files": [hash]}), vec![]),
            (json!({"field": "photo", "files": [hash, hash]}), vec![("/answers/1/files", "out_of_range")]),
            (json!({"field": "photo", "files": ["x"]}), vec![("/answers/1/files/0", "wrong_type")]),
            (
                json!({"field": "signature", "files": [hash, hash]}),
                vec![("/answers/1/files", "out_of_range")],
            ),
            (json!({"field": "signature", "value": "Ana"}), vec![("/answers/1/files", "out_of_range")]),
            (json!({"field": "table", "value": "x"}), vec![("/answers/1/rows", "wrong_type")]),
            (json!({"field": "table", "rows": []}), vec![]),
            (
                json!({"field": "table", "rows": [[], [{"field": "item", "value": " "}]]}),
                vec![("/answers/1/rows/0", "required"), ("/answers/1/rows/1/0", "required")],
            ),
            (
                json!({"field": "table", "rows": [[{"field": "item", "value": "a"}, {"field": "count", "value": "x"}]]}),
                vec![("/answers/1/rows/0/1/value", "wrong_type")],
            ),
            (json!({"field": "text", "value": "b"}), vec![("/answers/1/field", "repeated")]),
            (json!({"field": "unheard", "value": "b"}), vec![("/answers/1/field", "unknown_field")]),
            (json!({"field": "item", "value": "b"}), vec![("/answers/1/field", "unknown_field")]),
        ] {
            let expected: Vec<_> =
                expected.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect();
            assert_eq!(marks(&answer), expected, "{answer}");
        }
    }

    #[test]
    fn missing_answers_and_another_version_are_marked() {
        let mut form = filled(&json!([]));
        form.version = 1;
        let marks = check_answers(&definition(), &form, "").into_vec();
        let found: Vec<_> = marks.iter().map(|mark| (mark.field.as_str(), mark.code.as_str())).collect();
        assert_eq!(found, [("/version", "other_version"), ("/answers", "required")]);
        let long = filled(&json!([{"field": "text", "value": "señora"}]));
        assert_eq!(check_answers(&definition(), &long, "").into_vec()[0].expected, "at most 5");
    }

    #[test]
    fn order_and_empty_answers_survive() {
        let form = json!({"form": Uuid::from_u128(7), "version": 2, "answers": [
            {"field": "z", "value": ""},
            {"field": "a"},
            {"field": "t", "rows": [[{"field": "b", "value": "1"}, {"field": "a", "value": ""}], []]},
            {"field": "u", "rows": []}
        ]});
        let read: FilledForm = serde_json::from_value(form.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), form);
    }

    fn any_answer() -> impl Strategy<Value = FieldAnswer> {
        let field = prop::sample::select(vec![
            "text",
            "number",
            "date",
            "choice",
            "city",
            "choices",
            "location",
            "photo",
            "signature",
            "table",
            "item",
            "unheard",
        ]);
        let value = prop::option::of("\\PC{0,6}|[0-9.,e+-]{0,12}");
        let leaf = (field.clone(), value.clone(), prop::collection::vec("[0-9a-fé]{0,64}", 0..2)).prop_map(
            |(field, value, files)| FieldAnswer {
                field: field.to_owned(),
                value,
                text: None,
                values: files.clone(),
                texts: Vec::new(),
                files,
                rows: None,
            },
        );
        leaf.prop_recursive(3, 12, 3, move |inner| {
            let rows = prop::option::of(prop::collection::vec(prop::collection::vec(inner, 0..3), 0..3));
            (field.clone(), value.clone(), rows).prop_map(|(field, value, rows)| FieldAnswer {
                field: field.to_owned(),
                value,
                text: None,
                values: Vec::new(),
                texts: Vec::new(),
                files: Vec::new(),
                rows,
            })
        })
    }

    proptest! {
        #[test]
        fn whatever_was_captured_is_only_marked(answers in prop::collection::vec(any_answer(), 0..8)) {
            let form = FilledForm { form: Uuid::from_u128(7), version: 2, answers };
            let _ = check_answers(&definition(), &form, "");
            let text = serde_json::to_string(&form).unwrap();
            prop_assert_eq!(serde_json::from_str::<FilledForm>(&text).unwrap(), form);
        }
    }
}
