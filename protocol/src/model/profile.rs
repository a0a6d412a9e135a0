//! Employee profiles: what the employees of a profile may capture, and what is recorded of them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Custom, Link, MAX_CODE, MAX_NAME, Reference, State, basics, check_common, is_default};
use crate::{
    entry,
    faults::{Faults, pointer},
    scope::Scope,
};

/// The longest break that can be planned, in minutes: a day.
const MAX_BREAK_MINUTES: f64 = 1440.0;
/// The most kinds of break of a profile.
const MAX_BREAK_KINDS: usize = 100;

/// What employees of this profile may capture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EmployeeProfile {
    /// Stable code, unique among profiles
    #[schema(example = "TECHNICIAN")]
    pub code: String,
    /// Name that people read
    pub name: String,
    /// The kinds of entry that its employees may capture, such as `shift.start`; empty means every kind. Sessions,
    /// discarded work and blocked attempts are recorded always
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(example = json!(["shift.start", "shift.end", "task.start", "task.close", "form"]))]
    pub entry_kinds: Vec<String>,
    /// The kinds of break to choose from; empty means breaks without a kind
    #[serde(default, skip_serializing_if = "is_default")]
    pub break_kinds: Vec<BreakKind>,
    /// When positions are recorded
    #[serde(default)]
    pub location_mode: LocationMode,
    /// The kinds of entry that need a photo; an entry without one is taken and marked
    #[serde(default, skip_serializing_if = "is_default")]
    pub required_photos: Vec<String>,
    /// Whether it is in use
    #[serde(default)]
    pub state: State,
    /// Text under the customer's own names
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: Custom,
}

/// A kind of break.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BreakKind {
    /// Stable code, unique in the profile; entries name it
    #[schema(example = "LUNCH")]
    pub code: String,
    /// Name that the worker reads
    pub name: String,
    /// True when it counts as working time
    #[serde(default, skip_serializing_if = "is_default")]
    pub paid: bool,
    /// How long it should last, in minutes
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_minutes: Option<i64>,
}

/// When positions are recorded; never outside a shift.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LocationMode {
    /// Never
    Never,
    /// With punches, task entries, forms and photos
    #[default]
    AtEntries,
    /// Also in between, from the start of the shift to its end
    DuringShift,
}

impl EmployeeProfile {
    /// True when its employees may capture entries of that kind.
    pub fn allows(&self, kind: entry::Kind) -> bool {
        is_always_allowed(kind)
            || !kind.is_office()
                && (self.entry_kinds.is_empty() || self.entry_kinds.iter().any(|name| name == kind.name()))
    }

    /// True when entries of that kind need a photo.
    pub fn needs_photo(&self, kind: entry::Kind) -> bool {
        self.required_photos.iter().any(|name| name == kind.name())
    }

    fn check_break_kinds(&self, faults: &mut Faults) {
        faults.check_count("/break_kinds", self.break_kinds.len(), MAX_BREAK_KINDS);
        for (index, kind) in self.break_kinds.iter().enumerate() {
            let field = pointer("/break_kinds", index);
            faults.check_required_text(&pointer(&field, "code"), &kind.code, MAX_CODE);
            faults.check_required_text(&pointer(&field, "name"), &kind.name, MAX_NAME);
            if let Some(minutes) = kind.planned_minutes {
                faults.check_range(
                    &pointer(&field, "planned_minutes"),
                    minutes as f64,
                    1.0,
                    MAX_BREAK_MINUTES,
                );
            }
        }
        let codes = self.break_kinds.iter().map(|kind| &kind.code);
        faults.check_unique(codes, |index| format!("/break_kinds/{index}/code"));
    }
}

/// What no profile can forbid: the facts without which what was captured cannot be understood.
const fn is_always_allowed(kind: entry::Kind) -> bool {
    use entry::Kind;
    matches!(
        kind,
        Kind::SessionOpen | Kind::SessionClose | Kind::Discarded | Kind::TaskBlocked | Kind::MessageRead
    )
}

/// Refuses names that are no kind of entry, and kinds that only the office writes.
fn check_entry_kinds(faults: &mut Faults, field: &str, names: &[String]) {
    for (index, name) in names.iter().enumerate() {
        if entry::Kind::from_name(name).is_none_or(entry::Kind::is_office) {
            faults.add(
                pointer(field, index),
                "unknown_value",
                name,
                "a kind of entry that phones capture, such as `shift.start`",
            );
        }
    }
    faults.check_unique(names, |index| pointer(field, index));
}

impl Reference for EmployeeProfile {
    basics!(EmployeeProfile, code);

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        Vec::new()
    }

    fn check(&self, faults: &mut Faults) {
        check_common(faults, "/code", &self.code, "/name", &self.name, &self.custom);
        check_entry_kinds(faults, "/entry_kinds", &self.entry_kinds);
        check_entry_kinds(faults, "/required_photos", &self.required_photos);
        self.check_break_kinds(faults);
    }

    /// The profile's own scope, which holds its employees.
    fn scopes(&self, id: Uuid) -> Vec<Scope> {
        vec![Scope::Profile(id)]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::testing::Subject;

    fn example() -> serde_json::Value {
        json!({
            "code": "TECHNICIAN",
            "name": "Técnico",
            "entry_kinds": ["shift.start", "shift.end", "break.start", "break.end", "task.start"],
            "break_kinds": [
                {"code": "LUNCH", "name": "Almuerzo", "planned_minutes": 45},
                {"code": "REST", "name": "Pausa", "paid": true}
            ],
            "location_mode": "during_shift",
            "required_photos": ["shift.start"],
            "state": "enabled",
            "custom": {"a": "b"}
        })
    }

    #[test]
    fn profiles_are_checked() {
        Subject::new(EmployeeProfile::check, example()).check(&[
            (json!({"code": ""}), &[("/code", "required")]),
            (json!({"entry_kinds": ["shift.start", "shift.begin"]}), &[("/entry_kinds/1", "unknown_value")]),
            (json!({"entry_kinds": ["task.created"]}), &[("/entry_kinds/0", "unknown_value")]),
            (json!({"entry_kinds": ["form", "form"]}), &[("/entry_kinds/1", "repeated")]),
            (json!({"entry_kinds": "form"}), &[("/entry_kinds", "wrong_type")]),
            (json!({"required_photos": ["a\0"]}), &[("/required_photos/0", "text_not_storable")]),
            (json!({"required_photos": ["foto"]}), &[("/required_photos/0", "unknown_value")]),
            (json!({"location_mode": "always"}), &[("/location_mode", "unknown_value")]),
            (json!({"break_kinds": [{"name": "x"}]}), &[("/break_kinds/0/code", "required")]),
            (
                json!({"break_kinds": [{"code": "a", "name": "x"}, {"code": "a", "name": " ", "planned_minutes": 0}]}),
                &[
                    ("/break_kinds/1/name", "required"),
                    ("/break_kinds/1/planned_minutes", "out_of_range"),
                    ("/break_kinds/1/code", "repeated"),
                ],
            ),
            (json!({"break_kinds": [{"code": "a", "name": "x", "payed": true}]}), &[(
                "/break_kinds/0/payed",
                "unknown_field",
            )]),
        ]);
    }

    #[test]
    fn a_profile_allows_what_it_lists_and_what_nobody_can_forbid() {
        let mut profile: EmployeeProfile = serde_json::from_value(example()).unwrap();
        for (kind, listed, unlisted) in [
            (entry::Kind::ShiftStart, true, true),
            (entry::Kind::Form, false, true),
            (entry::Kind::SessionClose, true, true),
            (entry::Kind::TaskCreated, false, false),
        ] {
            profile.entry_kinds = vec!["shift.start".to_owned()];
            assert_eq!(profile.allows(kind), listed, "{kind:?}");
            profile.entry_kinds = Vec::new();
            assert_eq!(profile.allows(kind), unlisted, "{kind:?}");
        }
        assert!(profile.needs_photo(entry::Kind::ShiftStart) && !profile.needs_photo(entry::Kind::ShiftEnd));
        let id = Uuid::from_u128(7);
        assert_eq!(profile.scopes(id), [Scope::Profile(id)]);
    }
}
