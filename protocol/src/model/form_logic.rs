//! The logic of forms: which questions are asked, and which answers are taken, by what else was answered.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    MAX_TEXT,
    answers::FieldAnswer,
    form::{FormDefinition, FormField, FormFieldKind},
    is_default,
};
use crate::{
    expression::{Answers, Expression, Mistake, Value},
    faults::{Faults, pointer},
};

/// The version of the logic that this release knows. A phone that is given a later one asks for a newer app.
pub const LOGIC_VERSION: i64 = 1;

/// When a question is asked, and which answers it takes: expressions as in [`crate::expression`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldLogic {
    /// The question is asked where this holds; without it always. In a table it can name the columns of its row
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(example = "selected(${found}, 'ice')")]
    pub relevant: String,
    /// An answer is taken where this holds; `.` is the answer. What is empty is not looked at
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(example = ". >= 0 and . <= 500")]
    pub constraint: String,
    /// What the worker reads where the constraint does not hold
    #[serde(default, skip_serializing_if = "is_default")]
    pub constraint_message: String,
}

/// What the logic says of answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    /// The questions that are not asked
    pub hidden: BTreeSet<String>,
    /// The answers that are not taken: field, row and column of a table, what the worker reads
    pub broken: Vec<Broken>,
}

/// An answer that its constraint does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The field
    pub field: String,
    /// The row, from 0, and the column
    pub cell: Option<(usize, String)>,
    /// What the worker reads; empty where the form says nothing
    pub message: String,
}

impl FormDefinition {
    /// Refuses logic that cannot be read, or that names fields which are not there.
    pub(super) fn check_logic(&self, faults: &mut Faults) {
        if self.logic_version > LOGIC_VERSION {
            let expected = format!("at most {LOGIC_VERSION}");
            faults.add("/logic_version", "out_of_range", &self.logic_version.to_string(), expected);
        }
        let known: BTreeSet<&str> = self.ids().collect();
        for (id, logic) in &self.logic {
            let at = pointer("/logic", id);
            if !known.contains(id.as_str()) {
                faults.add(at.as_str(), "unknown_field", id, "the id of a field or a column");
            }
            faults.check_text(&pointer(&at, "constraint_message"), &logic.constraint_message, MAX_TEXT);
            for (name, text) in [("relevant", &logic.relevant), ("constraint", &logic.constraint)] {
                check_expression(faults, &pointer(&at, name), text, &known);
            }
        }
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        let columns = self.fields.iter().flat_map(|field| &field.columns);
        self.fields.iter().chain(columns).map(|field| field.id.as_str())
    }

    /// What the logic says of answers on the day `today`. What it cannot read counts as absent. A question that is not
    /// asked reads as not answered for those after it.
    pub fn judge(&self, answers: &[FieldAnswer], today: &str) -> Judged {
        let mut judged = Judged::default();
        if self.logic.is_empty() {
            return judged;
        }
        let logic: BTreeMap<&str, Read> =
            self.logic.iter().map(|(id, logic)| (id.as_str(), Read::of(logic))).collect();
        let given: BTreeMap<&str, &FieldAnswer> =
            answers.iter().map(|answer| (answer.field.as_str(), answer)).collect();
        for field in &self.fields {
            let answer = given.get(field.id.as_str()).copied();
            let sheet = Sheet { given: &given, hidden: &judged.hidden, row: None, own: answer, today };
            let read = logic.get(field.id.as_str());
            if read.is_some_and(|read| !read.is_relevant(&sheet)) {
                judged.hidden.insert(field.id.clone());
                continue;
            }
            let mut broken = Vec::new();
            if let Some(message) = read.and_then(|read| read.broken(&sheet)) {
                broken.push(Broken { field: field.id.clone(), cell: None, message });
            }
            broken.extend(cells(field, answer, &logic, &sheet));
            judged.broken.extend(broken);
        }
        judged
    }
}

/// What the logic says of the cells of a table.
fn cells(
    field: &FormField,
    answer: Option<&FieldAnswer>,
    logic: &BTreeMap<&str, Read>,
    sheet: &Sheet<'_>,
) -> Vec<Broken> {
    let mut broken = Vec::new();
    if field.kind != FormFieldKind::Table {
        return broken;
    }
    let rows = answer.and_then(|answer| answer.rows.as_deref()).unwrap_or_default();
    for (index, row) in rows.iter().enumerate() {
        for cell in row {
            let Some(read) = logic.get(cell.field.as_str()) else { continue };
            let in_row = Sheet { row: Some(row), own: Some(cell), ..*sheet };
            if !read.is_relevant(&in_row) {
                continue;
            }
            if let Some(message) = read.broken(&in_row) {
                let cell = Some((index, cell.field.clone()));
                broken.push(Broken { field: field.id.clone(), cell, message });
            }
        }
    }
    broken
}

fn check_expression(faults: &mut Faults, at: &str, text: &str, known: &BTreeSet<&str>) {
    if text.is_empty() {
        return;
    }
    match Expression::parse(text) {
        Err(Mistake { at: behind, found, expected }) => {
            faults.add(at, "expression_unreadable", &found, format!("behind {behind} characters {expected}"));
        }
        Ok(expression) => {
            for id in expression.fields().into_iter().filter(|id| !known.contains(id)) {
                faults.add(at, "unknown_field", id, "the id of a field or a column");
            }
        }
    }
}

/// The logic of a field, read.
struct Read {
    relevant: Option<Expression>,
    constraint: Option<Expression>,
    message: String,
}

impl Read {
    fn of(logic: &FieldLogic) -> Self {
        let read = |text: &str| (!text.is_empty()).then(|| Expression::parse(text).ok()).flatten();
        Self {
            relevant: read(&logic.relevant),
            constraint: read(&logic.constraint),
            message: logic.constraint_message.clone(),
        }
    }

    fn is_relevant(&self, sheet: &Sheet<'_>) -> bool {
        self.relevant.as_ref().is_none_or(|relevant| relevant.holds(sheet))
    }

    /// The message, where there is an answer and the constraint does not take it.
    fn broken(&self, sheet: &Sheet<'_>) -> Option<String> {
        let answered = sheet.own.is_some_and(|own| !own.is_empty());
        let constraint = self.constraint.as_ref().filter(|_| answered)?;
        (!constraint.holds(sheet)).then(|| self.message.clone())
    }
}

/// The answers as an expression reads them.
#[derive(Clone, Copy)]
struct Sheet<'a> {
    given: &'a BTreeMap<&'a str, &'a FieldAnswer>,
    hidden: &'a BTreeSet<String>,
    row: Option<&'a [FieldAnswer]>,
    own: Option<&'a FieldAnswer>,
    today: &'a str,
}

impl Answers for Sheet<'_> {
    fn field(&self, id: &str) -> Value {
        let in_row = self.row.and_then(|row| row.iter().find(|cell| cell.field == id));
        let answer = in_row.or_else(|| {
            let asked = !self.hidden.contains(id);
            self.given.get(id).copied().filter(|_| asked)
        });
        answer.map_or_else(Value::empty, value)
    }

    fn own(&self) -> Value {
        self.own.map_or_else(Value::empty, value)
    }

    fn today(&self) -> String {
        self.today.to_owned()
    }
}

fn value(answer: &FieldAnswer) -> Value {
    if let Some(rows) = &answer.rows {
        return Value::Several((0..rows.len()).map(|row| row.to_string()).collect());
    }
    if !answer.files.is_empty() {
        return Value::Several(answer.files.clone());
    }
    if !answer.values.is_empty() {
        return Value::Several(answer.values.clone());
    }
    Value::Text(answer.value.clone().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn definition() -> FormDefinition {
        serde_json::from_value(json!({ "code": "F", "name": "F", "fields": [
            { "id": "found", "label": "x", "kind": "choices", "choices": [
                { "value": "ice", "text": "Hielo" }, { "value": "none", "text": "Nada" }
            ] },
            { "id": "thick", "label": "x", "kind": "number", "required": true },
            { "id": "why", "label": "x", "kind": "text", "required": true },
            { "id": "items", "label": "x", "kind": "table", "columns": [
                { "id": "low", "label": "x", "kind": "number" },
                { "id": "high", "label": "x", "kind": "number" }
            ] }
        ], "logic": {
            "thick": { "relevant": "selected(${found}, 'ice')", "constraint": ". > 0", "constraint_message": "Más de 0" },
            "why": { "relevant": "${thick} > 10" },
            "high": { "constraint": ". >= ${low}" }
        } }))
        .unwrap()
    }

    fn answers(of: &serde_json::Value) -> Vec<FieldAnswer> {
        serde_json::from_value(of.clone()).unwrap()
    }

    #[test]
    fn a_question_is_asked_where_its_expression_holds_and_a_hidden_answer_counts_for_nothing() {
        for (given, hidden) in [
            (json!([]), vec!["thick", "why"]),
            (json!([{ "field": "found", "values": ["ice"] }]), vec!["why"]),
            (json!([{ "field": "found", "values": ["ice"] }, { "field": "thick", "value": "12" }]), vec![]),
            (
                json!([{ "field": "found", "values": ["none"] }, { "field": "thick", "value": "12" }]),
                vec!["thick", "why"],
            ),
        ] {
            let judged = definition().judge(&answers(&given), "2030-01-15");
            assert_eq!(judged.hidden.iter().map(String::as_str).collect::<Vec<_>>(), hidden, "{given}");
        }
    }

    #[test]
    fn an_answer_that_its_constraint_does_not_take_is_named_with_its_row() {
        let given = json!([
            { "field": "found", "values": ["ice"] }, { "field": "thick", "value": "-1" },
            { "field": "items", "rows": [
                [{ "field": "low", "value": "1" }, { "field": "high", "value": "2" }],
                [{ "field": "low", "value": "3" }, { "field": "high", "value": "2" }],
                [{ "field": "low", "value": "3" }, { "field": "high", "value": "" }]
            ] }
        ]);
        let broken = definition().judge(&answers(&given), "2030-01-15").broken;
        let found: Vec<_> = broken
            .iter()
            .map(|broken| (broken.field.as_str(), broken.cell.clone(), broken.message.as_str()))
            .collect();
        assert_eq!(found, [("thick", None, "Más de 0"), ("items", Some((1, "high".to_owned())), "")]);
    }
}
