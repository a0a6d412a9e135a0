//! What an edit makes of the office part of a task, before anything is looked up. Pure.

use campo_protocol::{
    document::{merge, read},
    faults::Faults,
    task::fields::{TaskFields, number_of_text},
    text::tidy,
};
use serde_json::{Map, Value};

use super::save::Edit;

/// The customer's numbers as a document tells them, by which its task is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// The task number, told or meant by text of digits
    pub(super) number: Option<i64>,
    /// Text that is not a task number
    pub(super) external: Option<String>,
}

impl Numbers {
    /// The numbers of a document, before it is checked.
    pub(super) fn of(document: &Value) -> Self {
        let told = document.get("task_number").and_then(Value::as_i64).filter(|number| *number > 0);
        let text =
            document.get("external_number").and_then(Value::as_str).filter(|text| !text.contains('\0'));
        let text = text.map(tidy).filter(|text| !text.is_empty());
        let meant = text.as_deref().and_then(number_of_text);
        Self { number: told.or(meant), external: text.filter(|_| meant.is_none()) }
    }
}

/// The office part after `document` was laid over `before`, which is none for a new task. Each fault is named by its
/// field.
pub(super) fn edited(before: Option<&Value>, edit: Edit, document: &Value) -> Result<TaskFields, Faults> {
    if !document.is_object() {
        let mut faults = Faults::default();
        faults.add("", "wrong_type", &document.to_string(), "an object");
        return Err(faults);
    }
    let mut target = match (edit, before) {
        (Edit::Merge, Some(before)) => before.clone(),
        (Edit::Merge, None) | (Edit::Replace, _) => Value::Object(Map::new()),
    };
    drop_other_number(&mut target, document);
    merge(&mut target, document);
    let mut fields: TaskFields = read(&target)?;
    fields.normalise_numbers();
    // A task keeps its number until it gets another one
    let kept = || before?.get("task_number")?.as_i64();
    fields.task_number = fields.task_number.or_else(kept);
    let mut faults = Faults::default();
    fields.check(&mut faults);
    faults.into_result().map(|()| fields)
}

/// An edit that names one of the two numbers means both: the other one goes where they would contradict each other.
fn drop_other_number(target: &mut Value, document: &Value) {
    let Some(kept) = target.as_object_mut() else { return };
    let Numbers { number, .. } = Numbers::of(document);
    match (document.get("task_number"), document.get("external_number")) {
        (None, Some(_)) if number.is_some() => drop(kept.remove("task_number")),
        (Some(_), None) => {
            let meant = kept.get("external_number").and_then(Value::as_str).and_then(number_of_text);
            if meant.is_some() && number.is_some() && meant != number {
                kept.remove("external_number");
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Both numbers after an edit, or the faults.
    fn check(before: Option<&Value>, edit: Edit, document: &Value, expected: &Value) {
        let outcome = match edited(before, edit, document) {
            Ok(fields) => json!([fields.task_number, fields.external_number]),
            Err(faults) => {
                json!(faults.into_vec().into_iter().map(|f| (f.field, f.code)).collect::<Vec<_>>())
            }
        };
        assert_eq!(&outcome, expected, "{before:?} {edit:?} {document}");
    }

    #[test]
    fn the_two_numbers_of_a_task_stay_one() {
        use Edit::{Merge, Replace};
        let none = || None;
        let padded = || Some(json!({"task_number": 42, "external_number": "00042", "notes": "x"}));
        let named = || Some(json!({"task_number": 7, "external_number": "A-7"}));
        for (before, edit, document, expected) in [
            (none(), Merge, json!({}), json!([null, null])),
            (none(), Merge, json!({"task_number": 0}), json!([null, null])),
            (none(), Merge, json!({"task_number": null, "external_number": "0"}), json!([null, null])),
            (none(), Merge, json!({"external_number": "00042"}), json!([42, "00042"])),
            (none(), Merge, json!({"external_number": "A-7"}), json!([null, "A-7"])),
            (none(), Merge, json!({"external_number": " A-7\u{200B}"}), json!([null, "A-7"])),
            (none(), Merge, json!({"external_number": "\u{FEFF}"}), json!([null, null])),
            (none(), Merge, json!({"task_number": -1}), json!([["/task_number", "out_of_range"]])),
            (
                none(),
                Merge,
                json!({"task_number": 43, "external_number": "00042"}),
                json!([["/external_number", "numbers_disagree"]]),
            ),
            (padded(), Merge, json!({"notes": "y"}), json!([42, "00042"])),
            (padded(), Merge, json!({"external_number": "0043"}), json!([43, "0043"])),
            (padded(), Merge, json!({"external_number": "A"}), json!([42, "A"])),
            (padded(), Merge, json!({"external_number": null}), json!([42, null])),
            (padded(), Merge, json!({"task_number": 43}), json!([43, null])),
            (padded(), Merge, json!({"task_number": 42}), json!([42, "00042"])),
            (padded(), Merge, json!({"task_number": null}), json!([42, "00042"])),
            (padded(), Replace, json!({}), json!([42, null])),
            (padded(), Replace, json!({"external_number": "7"}), json!([7, "7"])),
            (named(), Merge, json!({"task_number": 8}), json!([8, "A-7"])),
            (named(), Replace, json!({"external_number": "B"}), json!([7, "B"])),
        ] {
            check(before.as_ref(), edit, &document, &expected);
        }
    }

    #[test]
    fn the_numbers_of_a_document_are_read_before_it_is_checked() {
        for (document, number, external) in [
            (json!({"task_number": 7}), Some(7), None),
            (json!({"task_number": 0, "external_number": "007"}), Some(7), None),
            (json!({"task_number": 7, "external_number": "A"}), Some(7), Some("A")),
            (json!({"task_number": "7", "external_number": " "}), None, None),
            (json!({"external_number": "\u{FEFF} 007"}), Some(7), None),
            (json!({"external_number": "Jose\u{301}\u{200B}"}), None, Some("José")),
            (json!([7]), None, None),
        ] {
            let external = external.map(str::to_owned);
            assert_eq!(Numbers::of(&document), Numbers { number, external }, "{document}");
        }
    }
}
