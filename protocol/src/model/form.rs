//! Form definitions: what a form asks. Filled forms are entries, see [`super::answers`].

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Custom, Kind, Link, MAX_CODE, MAX_NAME, MAX_TEXT, Ref, Reference, State, basics,
    catalogue::check_table_code, check_common, check_refs, form_logic::FieldLogic, is_default, links_of,
};
use crate::{
    faults::{Faults, pointer},
    scope::Scope,
};

/// The most fields of a form, columns included.
pub const MAX_FIELDS: usize = 1000;
/// The most choices of a field; longer lists are look-up tables.
pub const MAX_CHOICES: usize = 2000;

/// What a form asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FormDefinition {
    /// Stable code, unique among forms
    #[schema(example = "CHECKLIST")]
    pub code: String,
    /// Name that people read
    pub name: String,
    /// The version of what it asks, from 1: a filled form says which one it answers. It rises when the fields change
    #[serde(default = "first_version")]
    pub version: i64,
    /// The category by which forms are filtered
    #[serde(default, skip_serializing_if = "is_default")]
    pub category: String,
    /// The groups, with those below them, whose members may fill it
    #[serde(default, skip_serializing_if = "is_default")]
    pub groups: Vec<Ref>,
    /// The employee profiles that may fill it; with neither groups nor profiles everybody may
    #[serde(default, skip_serializing_if = "is_default")]
    pub profiles: Vec<Ref>,
    /// What is asked, in order
    #[serde(default, skip_serializing_if = "is_default")]
    pub fields: Vec<FormField>,
    /// When questions are asked and which answers are taken, by the id of the field or column
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(ignore)]
    pub logic: BTreeMap<String, FieldLogic>,
    /// The version of the logic; 0 and 1 mean the one of this release
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(ignore)]
    pub logic_version: i64,
    /// Whether it is in use
    #[serde(default)]
    pub state: State,
    /// Text under the customer's own names
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: Custom,
}

const fn first_version() -> i64 {
    1
}

/// One question of a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FormField {
    /// Stable id by which answers name it, unique in the form, columns included
    #[schema(example = "meter_reading")]
    pub id: String,
    /// What the worker reads
    pub label: String,
    /// What kind of answer it takes
    pub kind: FormFieldKind,
    /// True when it must be answered; a form without it is taken and marked
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    /// The least: a number's value, a text's characters, the photos, the rows, how many are chosen
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<f64>,
    /// The most, likewise
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<f64>,
    /// What a choice, or several, choose from
    #[serde(default, skip_serializing_if = "is_default")]
    pub choices: Vec<FormChoice>,
    /// The look-up table whose items are chosen from instead: the answer is the item's own code in that table
    #[serde(default, skip_serializing_if = "is_default")]
    pub choices_from: String,
    /// What each row of a table asks; no tables
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(no_recursion)]
    pub columns: Vec<FormField>,
}

/// What kind of answer a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormFieldKind {
    /// Text
    Text,
    /// A decimal number with a point
    Number,
    /// A day, `2030-01-15`
    Date,
    /// The value of one of the choices
    Choice,
    /// The values of any number of the choices
    Choices,
    /// A place, `latitude,longitude` in degrees
    Location,
    /// Photos, named by their hashes
    Photo,
    /// One drawn signature, named by its hash
    Signature,
    /// Rows of further fields
    Table,
}

impl FormFieldKind {
    /// True when [`FormField::minimum`] and [`FormField::maximum`] mean something.
    const fn has_limits(self) -> bool {
        matches!(self, Self::Text | Self::Number | Self::Choices | Self::Photo | Self::Table)
    }

    /// True when an answer is chosen from [`FormField::choices`] or [`FormField::choices_from`].
    const fn is_chosen(self) -> bool {
        matches!(self, Self::Choice | Self::Choices)
    }
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormChoice {
    /// What the answer says, unique in the field
    pub value: String,
    /// What the worker reads
    pub text: String,
}

impl FormField {
    fn check(&self, faults: &mut Faults, at: &str, in_table: bool) {
        faults.check_required_text(&pointer(at, "id"), &self.id, MAX_CODE);
        faults.check_required_text(&pointer(at, "label"), &self.label, MAX_TEXT);
        self.check_limits(faults, at);
        self.check_choices(faults, at);
        let columns = pointer(at, "columns");
        match (self.kind, in_table) {
            (FormFieldKind::Table, true) => {
                faults.add(pointer(at, "kind"), "nested_table", "table", "no table in a table");
            }
            (FormFieldKind::Table, false) if self.columns.is_empty() => {
                faults.add(columns.as_str(), "required", "", "at least one column");
            }
            (FormFieldKind::Table, false) => {
                for (index, column) in self.columns.iter().enumerate() {
                    column.check(faults, &pointer(&columns, index), true);
                }
            }
            _ if !self.columns.is_empty() => {
                faults.add(columns.as_str(), "not_applicable", "", "columns of a table only");
            }
            _ => {}
        }
    }

    fn check_limits(&self, faults: &mut Faults, at: &str) {
        for (name, limit) in [("minimum", self.minimum), ("maximum", self.maximum)] {
            let Some(limit) = limit else { continue };
            let field = pointer(at, name);
            if !self.kind.has_limits() {
                faults.add(
                    field,
                    "not_applicable",
                    &limit.to_string(),
                    "limits of text, numbers, choices, photos and tables only",
                );
            } else if self.kind != FormFieldKind::Number {
                faults.check_range(&field, limit, 0.0, MAX_TEXT as f64);
            }
        }
        if let (Some(minimum), Some(maximum)) = (self.minimum, self.maximum)
            && maximum < minimum
        {
            let expected = format!("at least the minimum of {minimum}");
            faults.add(pointer(at, "maximum"), "out_of_range", &maximum.to_string(), expected);
        }
    }

    fn check_choices(&self, faults: &mut Faults, at: &str) {
        let from = pointer(at, "choices_from");
        let at = &pointer(at, "choices");
        match (self.kind.is_chosen(), self.choices.is_empty(), self.choices_from.is_empty()) {
            (true, true, true) => {
                faults.add(at, "required", "", "at least one choice, or a look-up table in `choices_from`");
            }
            (true, false, false) => {
                faults.add(
                    from.as_str(),
                    "not_applicable",
                    &self.choices_from,
                    "choices or a look-up table, not both",
                );
            }
            (false, _, false) => {
                faults.add(
                    from.as_str(),
                    "not_applicable",
                    &self.choices_from,
                    "a look-up table of a choice only",
                );
            }
            (false, false, true) => faults.add(at, "not_applicable", "", "choices of a choice only"),
            _ => {}
        }
        faults.check_text(&from, &self.choices_from, MAX_CODE);
        check_table_code(faults, &from, &self.choices_from);
        faults.check_count(at, self.choices.len(), MAX_CHOICES);
        for (index, choice) in self.choices.iter().enumerate() {
            let choice_at = pointer(at, index);
            faults.check_required_text(&pointer(&choice_at, "value"), &choice.value, MAX_NAME);
            faults.check_required_text(&pointer(&choice_at, "text"), &choice.text, MAX_NAME);
        }
        let values = self.choices.iter().map(|choice| &choice.value);
        faults.check_unique(values, |index| format!("{at}/{index}/value"));
    }
}

impl FormDefinition {
    /// Every field and column with its JSON Pointer, a table before its columns.
    fn all_fields(&self) -> impl Iterator<Item = (String, &FormField)> {
        self.fields.iter().enumerate().flat_map(|(index, field)| {
            let at = pointer("/fields", index);
            let columns = pointer(&at, "columns");
            let columns = field
                .columns
                .iter()
                .enumerate()
                .map(move |(index, column)| (pointer(&columns, index), column));
            std::iter::once((at, field)).chain(columns)
        })
    }

    fn check_ids(&self, faults: &mut Faults) {
        let (pointers, fields): (Vec<String>, Vec<&FormField>) = self.all_fields().unzip();
        faults.check_count("/fields", fields.len(), MAX_FIELDS);
        faults.check_unique(fields.iter().map(|field| &field.id), |index| pointer(&pointers[index], "id"));
    }
}

impl Reference for FormDefinition {
    basics!(Form, code);

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        links_of("/groups", Kind::Group, &mut self.groups)
            .chain(links_of("/profiles", Kind::EmployeeProfile, &mut self.profiles))
            .collect()
    }

    fn check(&self, faults: &mut Faults) {
        check_common(faults, "/code", &self.code, "/name", &self.name, &self.custom);
        if self.version < 1 {
            faults.add("/version", "out_of_range", &self.version.to_string(), "a number from 1");
        }
        faults.check_text("/category", &self.category, MAX_NAME);
        check_refs(faults, "/groups", &self.groups);
        check_refs(faults, "/profiles", &self.profiles);
        for (index, field) in self.fields.iter().enumerate() {
            field.check(faults, &pointer("/fields", index), false);
        }
        self.check_ids(faults);
        self.check_logic(faults);
    }

    /// The trees of its groups and its profiles; the whole account where it names neither.
    fn scopes(&self, _id: Uuid) -> Vec<Scope> {
        if self.groups.is_empty() && self.profiles.is_empty() {
            return vec![Scope::Account];
        }
        let groups = self.groups.iter().filter_map(Ref::id).map(Scope::Tree);
        groups.chain(self.profiles.iter().filter_map(Ref::id).map(Scope::Profile)).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::testing::Subject;

    fn example() -> serde_json::Value {
        json!({
            "code": "CHECKLIST",
            "name": "Lista de control",
            "version": 3,
            "category": "Calidad",
            "groups": ["code:NORTH"],
            "profiles": ["code:TECHNICIAN"],
            "fields": [
                {"id": "remark", "label": "Observación", "kind": "text", "required": true, "maximum": 500.0},
                {"id": "level", "label": "Nivel", "kind": "number", "minimum": -5.5, "maximum": 5.5},
                {"id": "ok", "label": "¿Conforme?", "kind": "choice", "choices": [
                    {"value": "1", "text": "Sí"}, {"value": "0", "text": "No"}
                ]},
                {"id": "items", "label": "Materiales", "kind": "table", "columns": [
                    {"id": "item", "label": "Material", "kind": "text"},
                    {"id": "picture", "label": "Foto", "kind": "photo"}
                ]}
            ],
            "state": "enabled",
            "custom": {"a": "b"}
        })
    }

    #[test]
    fn forms_are_checked() {
        let text = json!({"id": "a", "label": "A", "kind": "text"});
        let table = |columns: serde_json::Value| json!({"id": "t", "label": "T", "kind": "table", "columns": columns});
        Subject::new(FormDefinition::check, example()).check(&[
            (json!({"code": null}), &[("/code", "required")]),
            (json!({"version": 0}), &[("/version", "out_of_range")]),
            (json!({"version": "3"}), &[("/version", "wrong_type")]),
            (json!({"groups": ["code:a", "code:a"]}), &[("/groups/1", "repeated")]),
            (json!({"profiles": ["a"]}), &[("/profiles/0", "invalid_value")]),
            (json!({"fields": [{"id": "", "label": " ", "kind": "text"}]}), &[
                ("/fields/0/id", "required"),
                ("/fields/0/label", "required"),
            ]),
            (json!({"fields": [text, text]}), &[("/fields/1/id", "repeated")]),
            (json!({"logic": {"gone": {}}}), &[("/logic/gone", "unknown_field")]),
            (json!({"logic": {"level": {"relevant": "${gone} ="}}}), &[("/logic/level/relevant", "expression_unreadable")]),
            (json!({"logic": {"level": {"constraint": ". > ${gone}"}}}), &[("/logic/level/constraint", "unknown_field")]),
            (json!({"logic_version": 2}), &[("/logic_version", "out_of_range")]),
            (json!({"fields": [text, table(json!([text]))]}), &[("/fields/1/columns/0/id", "repeated")]),
            (json!({"fields": [table(json!([]))]}), &[("/fields/0/columns", "required")]),
            (json!({"fields": [table(json!([{"id": "u", "label": "U", "kind": "table", "columns": [text]}]))]}), &[(
                "/fields/0/columns/0/kind",
                "nested_table",
            )]),
            (json!({"fields": [{"id": "a", "label": "A", "kind": "text", "columns": [text]}]}), &[
                ("/fields/0/columns", "not_applicable"),
                ("/fields/0/columns/0/id", "repeated"),
            ]),
            (json!({"fields": [{"id": "a", "label": "A", "kind": "photos"}]}), &[("/fields/0/kind", "unknown_value")]),
            (json!({"fields": [{"id": "a", "label": "A", "kind": "choice"}]}), &[("/fields/0/choices", "required")]),
            (json!({"fields": [{"id": "a", "label": "A", "kind": "choices"}]}), &[("/fields/0/choices", "required")]),
            (json!({"fields": [{"id": "a", "label": "A", "kind": "choices", "choices_from": "cities"}]}), &[]),
            (json!({"fields": [{"id": "a", "label": "A", "kind": "choice", "choices_from": "cities:7"}]}), &[(
                "/fields/0/choices_from",
                "invalid_value",
            )]),
            (json!({"fields": [{"id": "a", "label": "A", "kind": "text", "choices_from": "cities"}]}), &[(
                "/fields/0/choices_from",
                "not_applicable",
            )]),
            (
                json!({"fields": [{"id": "a", "label": "A", "kind": "choice", "choices_from": "cities", "choices": [
                    {"value": "1", "text": "Uno"}
                ]}]}),
                &[("/fields/0/choices_from", "not_applicable")],
            ),
            (
                json!({"fields": [{"id": "a", "label": "A", "kind": "choices", "minimum": 2, "maximum": 1, "choices": [
                    {"value": "1", "text": "x"}, {"value": "1", "text": "y"}
                ]}]}),
                &[("/fields/0/maximum", "out_of_range"), ("/fields/0/choices/1/value", "repeated")],
            ),
            (
                json!({"fields": [{"id": "a", "label": "A", "kind": "choice", "choices": [
                    {"value": "1", "text": "x"}, {"value": "1", "text": "y"}
                ]}]}),
                &[("/fields/0/choices/1/value", "repeated")],
            ),
            (
                json!({"fields": [{"id": "a", "label": "A", "kind": "date", "choices": [
                    {"value": "1", "text": "x"}], "minimum": 1}]}),
                &[("/fields/0/minimum", "not_applicable"), ("/fields/0/choices", "not_applicable")],
            ),
            (
                json!({"fields": [{"id": "a", "label": "A", "kind": "text", "minimum": -1, "maximum": -2}]}),
                &[
                    ("/fields/0/minimum", "out_of_range"),
                    ("/fields/0/maximum", "out_of_range"),
                    ("/fields/0/maximum", "out_of_range"),
                ],
            ),
        ]);
    }

    #[test]
    fn a_form_is_filed_under_those_who_may_fill_it() {
        let id = Uuid::from_u128;
        let mut form: FormDefinition = serde_json::from_value(example()).unwrap();
        assert_eq!(form.links().len(), 2);
        form.groups = vec![Ref::Id(id(1))];
        form.profiles = vec![Ref::Id(id(2))];
        assert_eq!(form.scopes(id(9)), [Scope::Tree(id(1)), Scope::Profile(id(2))]);
        form.groups.clear();
        form.profiles.clear();
        assert_eq!(form.scopes(id(9)), [Scope::Account]);
    }
}
