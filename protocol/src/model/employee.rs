//! Employees: the people in the field.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Custom, Kind, Link, MAX_CODE, MAX_NAME, Ref, Reference, State, basics, check_custom, check_ref,
    is_default, link,
};
use crate::{
    civil::check_zone,
    faults::{Faults, pointer},
    scope::Scope,
};

/// The most skills of an employee.
const MAX_SKILLS: usize = 200;

/// A field worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Employee {
    /// The customer's own number, text compared exactly, unique among employees
    #[schema(example = "ZZ1001")]
    pub number: String,
    /// First name; first or last name must be there
    #[serde(default, skip_serializing_if = "is_default")]
    pub first_name: String,
    /// Last name
    #[serde(default, skip_serializing_if = "is_default")]
    pub last_name: String,
    /// The group that the employee belongs to
    pub group: Ref,
    /// What the employee may capture; without a profile every kind of entry, positions with entries
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Ref>,
    /// What the employee can do
    #[serde(default, skip_serializing_if = "is_default")]
    pub skills: Vec<Skill>,
    /// The employee to whom this one answers
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<Ref>,
    /// Number of the phone, as written
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(example = "+51100000000")]
    pub phone_number: String,
    /// E-mail address
    #[serde(default, skip_serializing_if = "is_default")]
    pub email: String,
    /// The language of the app for this employee
    #[serde(default)]
    pub language: Language,
    /// The IANA zone in which the employee works; without one the account's
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "America/Lima")]
    pub zone: Option<String>,
    /// The code of the employer's establishment in whose chain the punches stand; without one the account's chain
    /// alone has them
    #[serde(default, skip_serializing_if = "is_default")]
    pub establishment: String,
    /// Whether the employee is in use
    #[serde(default)]
    pub state: State,
    /// Text under the customer's own names
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: Custom,
}

/// Something that an employee can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Skill {
    /// Stable code, once per employee
    #[schema(example = "FIBRE")]
    pub code: String,
    /// Name that people read
    pub name: String,
}

/// A language of the app and of the texts that people read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Spanish
    #[default]
    Es,
    /// English
    En,
}

impl Employee {
    fn check_name(&self, faults: &mut Faults) {
        if self.name().is_empty() {
            faults.add("/first_name", "required", &self.first_name, "a first or a last name");
        }
        faults.check_text("/first_name", &self.first_name, MAX_NAME);
        faults.check_text("/last_name", &self.last_name, MAX_NAME);
    }

    fn check_skills(&self, faults: &mut Faults) {
        faults.check_count("/skills", self.skills.len(), MAX_SKILLS);
        for (index, skill) in self.skills.iter().enumerate() {
            let field = pointer("/skills", index);
            faults.check_required_text(&pointer(&field, "code"), &skill.code, MAX_CODE);
            faults.check_required_text(&pointer(&field, "name"), &skill.name, MAX_NAME);
        }
        let codes = self.skills.iter().map(|skill| &skill.code);
        faults.check_unique(codes, |index| format!("/skills/{index}/code"));
    }
}

impl Reference for Employee {
    basics!(Employee, number);

    /// First and last name.
    fn name(&self) -> Cow<'_, str> {
        match (self.first_name.trim(), self.last_name.trim()) {
            (first, "") => Cow::Borrowed(first),
            ("", last) => Cow::Borrowed(last),
            (first, last) => Cow::Owned(format!("{first} {last}")),
        }
    }

    /// The group.
    fn parent(&self) -> Option<&Ref> {
        Some(&self.group)
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        [
            link("/group", Kind::Group, Some(&mut self.group)),
            link("/profile", Kind::EmployeeProfile, self.profile.as_mut()),
            link("/manager", Kind::Employee, self.manager.as_mut()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn check(&self, faults: &mut Faults) {
        faults.check_required_text("/number", &self.number, MAX_CODE);
        self.check_name(faults);
        check_ref(faults, "/group", Some(&self.group));
        check_ref(faults, "/profile", self.profile.as_ref());
        check_ref(faults, "/manager", self.manager.as_ref());
        self.check_skills(faults);
        faults.check_text("/phone_number", &self.phone_number, MAX_CODE);
        faults.check_text("/email", &self.email, MAX_NAME);
        if !self.email.is_empty() && !looks_like_email(&self.email) {
            faults.add("/email", "not_an_email", &self.email, "one e-mail address");
        }
        if let Some(zone) = &self.zone {
            check_zone(faults, "/zone", zone);
        }
        faults.check_text("/establishment", &self.establishment, MAX_CODE);
        check_custom(faults, "/custom", &self.custom);
    }

    /// The employee's own card.
    fn scopes(&self, id: Uuid) -> Vec<Scope> {
        vec![Scope::Employee(id)]
    }
}

/// True for something, one `@` and something, without blanks: whether it arrives only sending tells.
fn looks_like_email(text: &str) -> bool {
    let parts = text.split_once('@');
    !text.contains(char::is_whitespace)
        && parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::testing::Subject;

    fn example() -> serde_json::Value {
        json!({
            "number": "ZZ1001",
            "first_name": "Ana",
            "last_name": "Quispe",
            "group": "code:NORTH",
            "profile": "00000000-0000-0000-0000-000000000007",
            "skills": [{"code": "FIBRE", "name": "Fibra óptica"}],
            "manager": "code:ZZ1",
            "phone_number": "+51100000000",
            "email": "ana@example.com",
            "language": "en",
            "zone": "America/Lima",
            "establishment": "LIM-1",
            "state": "enabled",
            "custom": {"a": "b"}
        })
    }

    #[test]
    fn employees_are_checked() {
        Subject::new(Employee::check, example()).check(&[
            (json!({"number": null}), &[("/number", "required")]),
            (json!({"number": ""}), &[("/number", "required")]),
            (json!({"first_name": " ", "last_name": null}), &[("/first_name", "required")]),
            (json!({"first_name": null, "last_name": "x".repeat(301)}), &[("/last_name", "too_long")]),
            (json!({"group": null}), &[("/group", "required")]),
            (json!({"group": "NORTH"}), &[("/group", "invalid_value")]),
            (json!({"profile": 7}), &[("/profile", "wrong_type")]),
            (
                json!({"skills": [{"code": "a", "name": "x"}, {"code": "a", "name": ""}]}),
                &[("/skills/1/name", "required"), ("/skills/1/code", "repeated")],
            ),
            (json!({"email": "ana example.com"}), &[("/email", "not_an_email")]),
            (json!({"email": "a@b@c"}), &[("/email", "not_an_email")]),
            (json!({"language": "pt"}), &[("/language", "unknown_value")]),
            (json!({"zone": "america/lima"}), &[("/zone", "unknown_zone")]),
            (json!({"establishment": "x".repeat(101)}), &[("/establishment", "too_long")]),
            (json!({"employee_number": "x"}), &[("/employee_number", "unknown_field")]),
        ]);
    }

    #[test]
    fn an_employee_is_named_by_what_is_known_of_the_name() {
        for (first, last, name) in
            [("Ana", "Quispe", "Ana Quispe"), ("Ana", " ", "Ana"), ("", "Quispe", "Quispe")]
        {
            let mut employee: Employee = serde_json::from_value(example()).unwrap();
            (employee.first_name, employee.last_name) = (first.to_owned(), last.to_owned());
            assert_eq!(employee.name(), name);
        }
    }

    #[test]
    fn an_employee_names_its_group_profile_and_manager() {
        let mut employee: Employee = serde_json::from_value(example()).unwrap();
        let id = Uuid::from_u128(9);
        assert_eq!(employee.scopes(id), [Scope::Employee(id)]);
        assert_eq!(employee.parent(), Some(&Ref::Code("NORTH".to_owned())));
        let links: Vec<_> = employee.links().into_iter().map(|link| (link.field, link.kind)).collect();
        assert_eq!(
            links,
            [
                ("/group".to_owned(), Kind::Group),
                ("/profile".to_owned(), Kind::EmployeeProfile),
                ("/manager".to_owned(), Kind::Employee)
            ]
        );
    }
}
