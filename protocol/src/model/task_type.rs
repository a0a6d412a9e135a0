//! Types of task: what tasks of a type need, may become and are called.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Custom, DATA_FIELDS, Kind, Link, MAX_CODE, MAX_NAME, Ref, Reference, State, basics, check_common,
    check_refs, data_number, is_default, links_of,
};
use crate::{
    faults::{Faults, pointer},
    scope::Scope,
    task::{
        fields::{MAX_DURATION_MINUTES, Priority},
        status::Status,
    },
};

/// The statuses that an account may name.
const CUSTOM_STATUSES: [&str; 4] = ["custom1", "custom2", "custom3", "custom4"];

/// A type of task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskType {
    /// Stable code, unique among types of task
    #[schema(example = "SUP99")]
    pub code: String,
    /// Name that people read
    pub name: String,
    /// How long such a task should take, in minutes
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_minutes: Option<f64>,
    /// The priority of tasks that have none of their own
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// The forms that must be filled before such a task is closed
    #[serde(default, skip_serializing_if = "is_default")]
    pub required_forms: Vec<Ref>,
    /// The statuses that such tasks may have; empty means every one
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(example = json!(["new", "acknowledged", "in_progress", "closed", "not_done"]))]
    pub allowed_states: Vec<String>,
    /// What the account calls `custom1` to `custom4`
    #[serde(default, skip_serializing_if = "is_default")]
    pub status_labels: BTreeMap<String, String>,
    /// What the account calls the data fields, and which the worker sees; a field without a label is not shown
    #[serde(default, skip_serializing_if = "is_default")]
    pub data_labels: Vec<DataLabel>,
    /// Whether it is in use
    #[serde(default)]
    pub state: State,
    /// Text under the customer's own names
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: Custom,
}

/// What an account calls a data field of tasks of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DataLabel {
    /// The field, `data1` to `data40`, each once
    #[schema(example = "data7")]
    pub field: String,
    /// The account's own word for it
    #[schema(example = "Serial del módem")]
    pub label: String,
    /// Its place among the others, rising; fields with the same stand in the order of this list
    #[serde(default, skip_serializing_if = "is_default")]
    pub order: i64,
    /// True when the worker sees it
    #[serde(default = "visible")]
    pub visible: bool,
}

const fn visible() -> bool {
    true
}

impl TaskType {
    /// True when tasks of this type may have the status of that name.
    pub fn allows_status(&self, name: &str) -> bool {
        self.allowed_states.is_empty() || self.allowed_states.iter().any(|allowed| allowed == name)
    }

    fn check_states(&self, faults: &mut Faults) {
        for (index, name) in self.allowed_states.iter().enumerate() {
            if Status::from_name(name).is_none() {
                let expected = format!(
                    "one of {}",
                    Status::ALL.iter().map(|status| status.name()).collect::<Vec<_>>().join(", ")
                );
                faults.add(pointer("/allowed_states", index), "unknown_value", name, expected);
            }
        }
        faults.check_unique(&self.allowed_states, |index| pointer("/allowed_states", index));
        for (name, label) in &self.status_labels {
            let field = pointer("/status_labels", name);
            if CUSTOM_STATUSES.contains(&name.as_str()) {
                faults.check_required_text(&field, label, MAX_NAME);
            } else {
                faults.add(field, "unknown_field", name, "a name from custom1 to custom4");
            }
        }
    }

    fn check_data_labels(&self, faults: &mut Faults) {
        for (index, label) in self.data_labels.iter().enumerate() {
            let field = pointer("/data_labels", index);
            if data_number(&label.field).is_none() {
                let expected = format!("a name from data1 to data{DATA_FIELDS}");
                faults.add(pointer(&field, "field"), "unknown_value", &label.field, expected);
            }
            faults.check_required_text(&pointer(&field, "label"), &label.label, MAX_CODE);
        }
        let fields = self.data_labels.iter().map(|label| &label.field);
        faults.check_unique(fields, |index| format!("/data_labels/{index}/field"));
    }
}

impl Reference for TaskType {
    basics!(TaskType, code);

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        links_of("/required_forms", Kind::Form, &mut self.required_forms).collect()
    }

    fn check(&self, faults: &mut Faults) {
        check_common(faults, "/code", &self.code, "/name", &self.name, &self.custom);
        if let Some(minutes) = self.planned_minutes {
            faults.check_range("/planned_minutes", minutes, 0.0, MAX_DURATION_MINUTES);
        }
        check_refs(faults, "/required_forms", &self.required_forms);
        self.check_states(faults);
        self.check_data_labels(faults);
    }

    /// The whole account: a worker can be given a task of any type.
    fn scopes(&self, _id: Uuid) -> Vec<Scope> {
        vec![Scope::Account]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::testing::Subject;

    fn example() -> serde_json::Value {
        json!({
            "code": "SUP99",
            "name": "Soporte",
            "planned_minutes": 37.5,
            "priority": "high",
            "required_forms": ["code:CHECKLIST"],
            "allowed_states": ["new", "in_progress", "closed", "custom1"],
            "status_labels": {"custom1": "En almacén"},
            "data_labels": [
                {"field": "data7", "label": "Serial del módem", "order": 1, "visible": true},
                {"field": "data2", "label": "Contrato", "visible": false}
            ],
            "state": "enabled",
            "custom": {"a": "b"}
        })
    }

    #[test]
    fn types_of_task_are_checked() {
        Subject::new(TaskType::check, example()).check(&[
            (json!({"code": null}), &[("/code", "required")]),
            (json!({"planned_minutes": -1}), &[("/planned_minutes", "out_of_range")]),
            (json!({"planned_minutes": 1e300}), &[("/planned_minutes", "out_of_range")]),
            (json!({"priority": "5"}), &[("/priority", "unknown_value")]),
            (json!({"required_forms": ["code:a", "code:a"]}), &[("/required_forms/1", "repeated")]),
            (json!({"allowed_states": ["new", "NewTask"]}), &[("/allowed_states/1", "unknown_value")]),
            (json!({"status_labels": {"closed": "x"}}), &[("/status_labels/closed", "unknown_field")]),
            (json!({"status_labels": {"custom4": ""}}), &[("/status_labels/custom4", "required")]),
            (
                json!({"data_labels": [{"field": "data0", "label": ""}]}),
                &[("/data_labels/0/field", "unknown_value"), ("/data_labels/0/label", "required")],
            ),
            (
                json!({"data_labels": [{"field": "data1", "label": "a"}, {"field": "data1", "label": "b"}]}),
                &[("/data_labels/1/field", "repeated")],
            ),
        ]);
    }

    #[test]
    fn a_type_without_statuses_allows_every_one() {
        let mut task_type: TaskType = serde_json::from_value(example()).unwrap();
        assert!(task_type.allows_status("closed") && !task_type.allows_status("canceled"));
        task_type.allowed_states.clear();
        assert!(task_type.allows_status("canceled"));
        assert_eq!(task_type.scopes(Uuid::from_u128(7)), [Scope::Account]);
        assert_eq!(task_type.links()[0].field, "/required_forms/0");
    }
}
