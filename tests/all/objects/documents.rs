//! One document of each kind, and what it needs to be there.

use campo_tests::world::Account;
use serde_json::{Value, json};

/// A kind as the API shows it.
pub(super) struct Kind {
    /// Its part of the path
    pub(super) path: &'static str,
    /// The member with its code
    pub(super) code: &'static str,
    /// The member with the version of the object
    pub(super) version: &'static str,
    /// A document with everything that may name others
    pub(super) document: Value,
}

impl Kind {
    /// The document with another code.
    pub(super) fn named(&self, code: &str) -> Value {
        let mut document = self.document.clone();
        document[self.code] = code.into();
        document
    }
}

/// Every kind, in an account that has what the documents name.
pub(super) async fn kinds(account: &Account) -> Vec<Kind> {
    account.employee("BOSS").await.unwrap();
    account.profile("TECHNICIAN").await.unwrap();
    account.poi("C-1").await.unwrap();
    account.form("CHECKLIST").await.unwrap();
    let kind = |path, document| Kind { path, code: "code", version: "version", document };
    let numbered = |path, document| Kind { path, code: "number", version: "version", document };
    vec![
        kind("groups", json!({ "code": "X", "name": "North", "parent": "code:FIELD" })),
        kind("employee-profiles", json!({ "code": "X", "name": "Night", "entry_kinds": ["shift.start"] })),
        numbered(
            "employees",
            json!({
                "number": "X", "first_name": "Zoë", "last_name": "Ñandú", "group": "code:FIELD",
                "profile": "code:TECHNICIAN", "manager": "number:BOSS", "custom": { "badge": "7" }
            }),
        ),
        kind("task-types", json!({ "code": "X", "name": "Repair", "required_forms": ["code:CHECKLIST"] })),
        numbered(
            "pois",
            json!({
                "number": "X", "name": "Depot", "parent": "code:C-1",
                "place": { "latitude": -12.05, "longitude": -77.05 },
                "links": { "employees": [{ "employee": "code:BOSS" }], "groups": [{ "group": "code:FIELD" }] }
            }),
        ),
        numbered(
            "work-orders",
            json!({ "number": "X", "description": "Meter", "customer": "code:C-1", "default_employee": "code:BOSS" }),
        ),
        Kind {
            path: "forms",
            code: "code",
            version: "object_version",
            document: json!({
                "code": "X", "name": "Inspection", "groups": ["code:FIELD"], "profiles": ["code:TECHNICIAN"],
                "fields": [{ "id": "a", "label": "A", "kind": "text" }]
            }),
        },
        kind(
            "catalogue-items",
            json!({ "code": "X", "name": "Cable", "unit": "m", "values": { "colour": "red" } }),
        ),
        kind(
            "non-working-days",
            json!({
                "code": "X", "name": "Holiday", "groups": ["code:FIELD"], "employees": ["code:BOSS"],
                "from_date": "2030-12-25"
            }),
        ),
    ]
}
