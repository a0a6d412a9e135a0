//! The catalogue of events: what each kind tells, and what hearing of it needs. Those of the server, which are told
//! only to those who want them by name, are declared here with their shapes.

use campo_protocol::faults::{Faults, pointer};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::{
    access::{Allowed, PermissionName, Permissions},
    api::time::Instant,
    log::events::{EventKind, TASK_WITHDRAWN, USUAL_KINDS},
    problem::Result,
    texts::{self, Language},
};

/// An import is over, however it ended.
pub static IMPORT_FINISHED: EventKind =
    EventKind { name: "import.finished", permission: PermissionName::RunImports, subject: "import" };
/// A file came to a folder.
pub static FILE_ARRIVED: EventKind =
    EventKind { name: "file.arrived", permission: PermissionName::ViewTransfers, subject: "received_file" };
/// A phone was enrolled.
pub static PHONE_ENROLLED: EventKind = EventKind {
    name: "phone.enrolled",
    permission: PermissionName::ManageInstallations,
    subject: "installation",
};
/// A phone was revoked, or reported stolen.
pub static PHONE_REVOKED: EventKind = EventKind {
    name: "phone.revoked",
    permission: PermissionName::ManageInstallations,
    subject: "installation",
};
/// A phone has not been heard of for a day.
pub static PHONE_SILENT: EventKind = EventKind {
    name: "phone.silent",
    permission: PermissionName::ManageInstallations,
    subject: "installation",
};
/// A channel was disabled, by a person or because its receiver is gone.
pub static CHANNEL_DISABLED: EventKind =
    EventKind { name: "channel.disabled", permission: PermissionName::ManageChannels, subject: "channel" };
/// Days were closed.
pub static PERIOD_CLOSED: EventKind =
    EventKind { name: "period.closed", permission: PermissionName::ViewTimesheets, subject: "period" };
/// A user was made.
pub static USER_CREATED: EventKind =
    EventKind { name: "user.created", permission: PermissionName::ManageUsers, subject: "user" };
/// A user was changed.
pub static USER_CHANGED: EventKind =
    EventKind { name: "user.changed", permission: PermissionName::ManageUsers, subject: "user" };
/// A user was removed.
pub static USER_DELETED: EventKind =
    EventKind { name: "user.deleted", permission: PermissionName::ManageUsers, subject: "user" };
/// A key was made.
pub static KEY_CREATED: EventKind =
    EventKind { name: "key.created", permission: PermissionName::ManageKeys, subject: "key" };
/// A key was changed, or its secret was replaced.
pub static KEY_CHANGED: EventKind =
    EventKind { name: "key.changed", permission: PermissionName::ManageKeys, subject: "key" };
/// A key was removed.
pub static KEY_DELETED: EventKind =
    EventKind { name: "key.deleted", permission: PermissionName::ManageKeys, subject: "key" };

/// What `import.finished` tells of an import.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportFinished)]
pub struct ImportTold {
    /// Its id, as in `/v1/imports`
    pub id: Uuid,
    /// The name of its file
    pub file_name: String,
    /// `done`, `failed` or `stopped`
    pub state: String,
    /// Rows of data
    pub rows: i64,
    /// Rows that made something new
    pub created: i64,
    /// Rows that changed something
    pub updated: i64,
    /// Rows that said what was so already
    pub unchanged: i64,
    /// Rows that were refused
    pub refused: i64,
}

/// What `file.arrived` tells of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FileArrived)]
pub struct FileTold {
    /// Its id, as in `/v1/received-files`
    pub id: Uuid,
    /// The intake that waits for it; absent where none does
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intake: Option<Uuid>,
    /// Its folder, below `in`
    pub folder: String,
    /// Its name
    pub name: String,
    /// How long it is
    pub size_bytes: i64,
}

/// What events of phones tell of one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PhoneEvent)]
pub struct PhoneTold {
    /// Its id, as in `/v1/installations`
    pub id: Uuid,
    /// What the office calls it
    pub name: String,
    /// `active`, `revoked` or `stolen`
    pub state: String,
    /// When it was heard of last, where it is silent
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub heard_at: Option<Instant>,
}

/// What `channel.disabled` tells of a channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelDisabled)]
pub struct ChannelTold {
    /// Its id
    pub id: Uuid,
    /// Its code
    pub code: String,
    /// Its name
    pub name: String,
    /// `gone` where its receiver answered 410; absent where a person did it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What `period.closed` tells.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodClosedEvent)]
pub struct PeriodTold {
    /// The same for the same days of the same people
    pub id: Uuid,
    /// The first day
    #[schema(value_type = String, format = Date)]
    pub from: String,
    /// The last day, included
    #[schema(value_type = String, format = Date)]
    pub to: String,
    /// How many employees' days were closed
    pub employees: i64,
}

/// What events of users and keys tell of one. Secrets, log-ins and permissions are not in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessEvent)]
pub struct AccessTold {
    /// Its id
    pub id: Uuid,
    /// Its code
    pub code: String,
    /// Its name
    pub name: String,
    /// `enabled`, `disabled` or `deleted`
    pub state: String,
}

/// What `task.withdrawn` tells of a task besides all that `task.changed` does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaskWithdrawn)]
pub struct TaskTold {
    /// Its id
    pub id: Uuid,
    /// Its number
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_number: Option<i64>,
    /// The customer's number
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_number: Option<String>,
    /// From whom it was taken
    pub employees: Vec<Uuid>,
}

/// Every kind of the server.
pub static SERVER_KINDS: &[&EventKind] = &[
    &TASK_WITHDRAWN,
    &IMPORT_FINISHED,
    &FILE_ARRIVED,
    &PHONE_ENROLLED,
    &PHONE_REVOKED,
    &PHONE_SILENT,
    &CHANNEL_DISABLED,
    &PERIOD_CLOSED,
    &USER_CREATED,
    &USER_CHANGED,
    &USER_DELETED,
    &KEY_CREATED,
    &KEY_CHANGED,
    &KEY_DELETED,
];

/// Every kind of event, the usual ones first.
pub fn all() -> impl Iterator<Item = &'static EventKind> {
    USUAL_KINDS.iter().chain(SERVER_KINDS.iter().copied())
}

/// The kind of that name, if this release knows it.
pub fn of_name(name: &str) -> Option<&'static EventKind> {
    all().find(|kind| kind.name == name)
}

/// True when events of `kind` are wanted by whoever names `wanted`: without any, the usual ones.
pub fn is_wanted(wanted: &[String], kind: &str) -> bool {
    if wanted.is_empty() {
        return USUAL_KINDS.iter().any(|usual| usual.name == kind);
    }
    wanted.iter().any(|wanted| wanted == kind)
}

/// Names the kinds in the list at `field` that there are not.
pub fn check(field: &str, wanted: &[String], faults: &mut Faults) {
    for (index, kind) in wanted.iter().enumerate() {
        if of_name(kind).is_none() {
            let known: Vec<_> = all().map(|kind| format!("`{}`", kind.name)).collect();
            let known = known.join(", ");
            faults.add(pointer(field, index), "unknown_value", kind, format!("one of {known}"));
        }
    }
}

/// Refuses a caller who may not hear of all that `wanted` names: without any, of the usual kinds.
pub fn must_cover<P>(allowed: &Allowed<P>, wanted: &[String]) -> Result<()> {
    let needed: Permissions =
        all().filter(|kind| is_wanted(wanted, kind.name)).map(|kind| kind.permission).collect();
    allowed.must_cover(needed)
}

/// A kind of event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventKind)]
pub struct Described {
    /// Its name
    #[schema(example = "import.finished")]
    pub name: &'static str,
    /// What it means, in the caller's language
    pub meaning: String,
    /// True for those that channels and readers get who name none
    pub usual: bool,
    /// The permission that reading it, or having it sent, needs
    #[schema(example = "run_imports")]
    pub permission: &'static str,
    /// What it is about, within which its events keep order
    #[schema(example = "import")]
    pub subject: &'static str,
    /// The JSON Schema of `data` in a notification, where it is of the server; docs/notifications.md describes the others
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub schema: Option<Value>,
    /// An example of that
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub example: Option<Value>,
}

/// Every kind, described.
pub fn described(language: Language) -> Vec<Described> {
    all()
        .map(|kind| {
            let shape = shape(kind);
            Described {
                name: kind.name,
                meaning: texts::event(language, kind.name).to_owned(),
                usual: is_wanted(&[], kind.name),
                permission: kind.permission.name(),
                subject: kind.subject,
                schema: shape.as_ref().map(|(schema, _)| schema_of_data(kind, schema)),
                example: shape.map(|(_, example)| json!({ kind.subject: example })),
            }
        })
        .collect()
}

fn schema_of_data(kind: &EventKind, schema: &Value) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object", "required": [kind.subject], "properties": { kind.subject: schema },
    })
}

/// The shape of what an event of the server tells, with an example.
fn shape(kind: &EventKind) -> Option<(Value, Value)> {
    fn of<T: PartialSchema>(example: &impl Serialize) -> Option<(Value, Value)> {
        Some((serde_json::to_value(T::schema()).ok()?, serde_json::to_value(example).ok()?))
    }
    let id = Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0010);
    match kind.subject {
        "import" => of::<ImportTold>(&ImportTold {
            id,
            file_name: "tareas.xlsx".to_owned(),
            state: "done".to_owned(),
            rows: 120,
            created: 80,
            updated: 30,
            unchanged: 8,
            refused: 2,
        }),
        "received_file" => of::<FileTold>(&FileTold {
            id,
            intake: Some(Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0011)),
            folder: "tareas".to_owned(),
            name: "tareas-2030-01-15.csv".to_owned(),
            size_bytes: 18_244,
        }),
        "installation" => of::<PhoneTold>(&PhoneTold {
            id,
            name: "Samsung de Ana".to_owned(),
            state: if kind.name == PHONE_REVOKED.name { "revoked" } else { "active" }.to_owned(),
            heard_at: (kind.name == PHONE_SILENT.name).then_some(Instant(1_894_744_800_000_000)),
        }),
        "channel" => of::<ChannelTold>(&ChannelTold {
            id,
            code: String::from("erp"),
            name: "ERP".to_owned(),
            reason: Some("gone".to_owned()),
        }),
        "period" => of::<PeriodTold>(&PeriodTold {
            id,
            from: "2030-01-01".to_owned(),
            to: "2030-01-15".to_owned(),
            employees: 48,
        }),
        "user" | "key" => of::<AccessTold>(&AccessTold {
            id,
            code: String::from("ana"),
            name: "Ana Quispe".to_owned(),
            state: if kind.name.ends_with("deleted") { "deleted" } else { "enabled" }.to_owned(),
        }),
        _ if kind == &TASK_WITHDRAWN => of::<TaskTold>(&TaskTold {
            id,
            task_number: Some(700_123),
            external_number: Some("00700123".to_owned()),
            employees: vec![Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0012)],
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_of_the_server_has_a_shape_and_an_example_that_fits_it() {
        for kind in SERVER_KINDS {
            let (schema, example) = shape(kind).unwrap_or_else(|| panic!("{} has no shape", kind.name));
            let properties = schema["properties"].as_object().unwrap();
            let required: BTreeSet<&str> =
                schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            let given: BTreeSet<&str> = example.as_object().unwrap().keys().map(String::as_str).collect();
            assert!(required.is_subset(&given), "{}: {required:?}", kind.name);
            assert!(given.iter().all(|name| properties.contains_key(*name)), "{}: {given:?}", kind.name);
            assert!(!schema.to_string().contains("$ref"), "{}: {schema}", kind.name);
        }
    }

    #[test]
    fn names_are_unique_and_whoever_names_none_gets_the_usual_ones() {
        let names: BTreeSet<&str> = all().map(|kind| kind.name).collect();
        assert_eq!(names.len(), all().count());
        assert!(all().filter(|kind| is_wanted(&[], kind.name)).eq(USUAL_KINDS));
        assert!(is_wanted(&["user.created".to_owned()], "user.created"));
        assert!(!is_wanted(&["user.created".to_owned()], "entry.added"));
        let mut faults = Faults::default();
        check("/events", &["entry.added".to_owned(), "entry.gone".to_owned()], &mut faults);
        assert!(faults.into_result().is_err());
    }
}
