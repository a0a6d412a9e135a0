//! The body of a notification: a pure function of the event as it is stored and the revision of the format, so that
//! every try has the same bytes. A revision never changes once it was released; docs/notifications.md describes each.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::api::time::Instant;

/// The newest revision.
pub const NEWEST: i64 = WITH_WAYS;
/// The revision of a channel that says nothing of it.
pub const USUAL: i64 = 1;
/// The first revision of channels that have settings which the first release does not know (document, form field,
/// acknowledgement); its own document is that of revision 1. Releases that know none of these leave such a channel alone.
pub const WITH_SETTINGS: i64 = 2;
/// The revision that has the event's position, and the numbers of those who have the task.
pub const WITH_NUMBERS: i64 = 3;
/// The first revision of channels by other ways than HTTP, with the document of the one before. Releases that know no
/// such way leave these channels alone.
pub const WITH_WAYS: i64 = 4;
/// The parts of a snapshot that revision 1 shows, and behind them what events of the server tell of.
const PARTS: &[&str] = &[
    "employee",
    "entry",
    "form",
    "group",
    "missing_files",
    "poi",
    "task",
    "task_type",
    "channel",
    "import",
    "installation",
    "key",
    "period",
    "received_file",
    "user",
];
/// What later revisions show besides.
const LATER_PARTS: &[&str] = &["assignees"];

/// An event as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The account
    pub account: i64,
    /// Its position in the account's log of events
    pub position: i64,
    /// Its id
    pub id: Uuid,
    /// What happened
    pub kind: &'a str,
    /// What it is about, such as `entry` or `task`
    pub subject_kind: &'a str,
    /// The id of that
    pub subject: Uuid,
    /// When it was made
    pub created_us: i64,
    /// Its frozen snapshot
    pub snapshot: &'a [u8],
}

/// A snapshot from which no body can be made. It is a fault of ours, or of the disk, and no other try would help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no notification can be made of this event")]
pub struct Unrenderable;

type Members = BTreeMap<String, Box<RawValue>>;

/// The body of a notification, JSON.
pub fn body(source: Source<'_>, revision: i64) -> Result<Vec<u8>, Unrenderable> {
    // Whatever is wrong with one event, even what nobody thought of, must not hold up the others.
    let made = catch_unwind(AssertUnwindSafe(|| match revision {
        1 | WITH_SETTINGS => rendered(source, 1).map_err(|_| Unrenderable),
        WITH_NUMBERS | WITH_WAYS => rendered(source, revision).map_err(|_| Unrenderable),
        _ => Err(Unrenderable),
    }));
    made.unwrap_or(Err(Unrenderable))
}

/// The body of a test: an event that never happened.
pub fn test_body(account: i64, id: Uuid, now_us: i64) -> Vec<u8> {
    let source = Source {
        account,
        position: 0,
        id,
        kind: "channel.test",
        subject_kind: "channel",
        subject: Uuid::nil(),
        created_us: now_us,
        snapshot: b"{}",
    };
    rendered(source, 1).unwrap_or_default()
}

/// The body of a revision: it never changes once it was released.
fn rendered(source: Source<'_>, revision: i64) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Body<'a> {
        r#type: &'a str,
        timestamp: Instant,
        id: Uuid,
        format: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        position: Option<i64>,
        account: i64,
        subject: Subject<'a>,
        data: BTreeMap<&'static str, Box<RawValue>>,
    }
    #[derive(Serialize)]
    struct Subject<'a> {
        kind: &'a str,
        id: Uuid,
    }
    let mut snapshot: Members = serde_json::from_slice(source.snapshot)?;
    let mut data = BTreeMap::new();
    let later = if revision >= WITH_NUMBERS { LATER_PARTS } else { &[] };
    for part in PARTS.iter().chain(later) {
        let Some(stored) = snapshot.remove(*part) else { continue };
        let shown = match *part {
            "entry" => with_instants(&stored)?,
            "task" => with_progress(&stored)?,
            _ => stored,
        };
        data.insert(*part, shown);
    }
    serde_json::to_vec(&Body {
        r#type: source.kind,
        timestamp: Instant(source.created_us),
        id: source.id,
        format: revision,
        position: (revision >= WITH_NUMBERS).then_some(source.position),
        account: source.account,
        subject: Subject { kind: source.subject_kind, id: source.subject },
        data,
    })
}

/// The same members, those of microseconds as instants: `received_us` becomes `received_at`. What stands deeper, such as
/// the entry as it was captured, stays as it is.
fn with_instants(stored: &RawValue) -> serde_json::Result<Box<RawValue>> {
    let members: Members = serde_json::from_str(stored.get())?;
    let mut shown = Members::new();
    for (name, value) in members {
        let instant = name.strip_suffix("_us").zip(serde_json::from_str::<Option<i64>>(value.get()).ok());
        match instant {
            Some((name, at_us)) => {
                let name = if name.ends_with("_at") { name.to_owned() } else { format!("{name}_at") };
                shown.insert(name, serde_json::value::to_raw_value(&at_us.map(Instant))?);
            }
            None => {
                shown.insert(name, value);
            }
        }
    }
    serde_json::value::to_raw_value(&shown)
}

/// A task, whose progress has instants.
fn with_progress(stored: &RawValue) -> serde_json::Result<Box<RawValue>> {
    let mut members: Members = serde_json::from_str(stored.get())?;
    if let Some(progress) = members.get("progress") {
        let shown = with_instants(progress)?;
        members.insert("progress".to_owned(), shown);
    }
    serde_json::value::to_raw_value(&members)
}

#[cfg(test)]
mod tests {
    use sha2::Digest as _;

    use super::*;

    const SNAPSHOT: &str = include_str!("example_snapshot.json");
    const DOCUMENT: &str = include_str!("../../../docs/notifications.md");

    fn source(snapshot: &[u8]) -> Source<'_> {
        Source {
            account: 7,
            position: 77,
            id: Uuid::from_u128(0x6f0d_5b1c_0000_5000_8000_0000_0000_0001),
            kind: "entry.complete",
            subject_kind: "entry",
            subject: Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0002),
            created_us: 1_894_744_800_000_001,
            snapshot,
        }
    }

    #[test]
    fn the_document_shows_the_body_as_it_is() {
        let body = String::from_utf8(body(source(SNAPSHOT.as_bytes()), 1).unwrap()).unwrap();
        let shown = DOCUMENT.split("<!-- example 1 -->").nth(1).unwrap();
        let shown = shown.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
        let of = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(of(shown), of(&body), "{body}");
        assert!(body.contains(r#""latitude":-12.0500"#), "what was captured keeps its text: {body}");
    }

    #[test]
    fn the_bytes_of_a_revision_never_change() {
        let body = body(source(SNAPSHOT.as_bytes()), 1).unwrap();
        assert_eq!(body, super::body(source(SNAPSHOT.as_bytes()), 1).unwrap());
        let hash = sha2::Sha256::digest(&body);
        assert_eq!(campo_protocol::text::hex(&hash), include_str!("example_body.sha256").trim());
    }

    #[test]
    fn revision_3_says_where_the_event_stands_and_who_has_the_task_by_number() {
        let members = |revision| -> serde_json::Value {
            let part = r#","assignees":[{"id":"0198c0de-0000-7000-8000-000000000004","number":"ZZ1001"}]}"#;
            let snapshot = format!("{}{part}", SNAPSHOT.trim_end().strip_suffix('}').unwrap());
            serde_json::from_slice(&body(source(snapshot.as_bytes()), revision).unwrap()).unwrap()
        };
        let (mut newer, older) = (members(WITH_NUMBERS), members(1));
        assert_eq!((&newer["position"], &newer["format"]), (&77.into(), &3.into()));
        assert_eq!(newer["data"]["assignees"][0]["number"], "ZZ1001");
        for member in ["position", "format"] {
            newer.as_object_mut().unwrap().remove(member);
        }
        newer["data"].as_object_mut().unwrap().remove("assignees");
        newer["format"] = 1.into();
        assert_eq!(newer, older, "besides it is the same");
    }

    #[test]
    fn what_cannot_be_rendered_is_said_to_be_so() {
        for snapshot in ["", "x", "[]", "{\"entry\":7}", "{\"task\":[]}", "{\"entry\":"] {
            assert_eq!(body(source(snapshot.as_bytes()), 1), Err(Unrenderable), "{snapshot}");
        }
        assert_eq!(body(source(b"\xff"), 1), Err(Unrenderable));
        assert_eq!(body(source(b"{}"), NEWEST + 1), Err(Unrenderable), "a revision of a newer release");
        assert!(body(source(b"{\"newer\":{}}"), 1).is_ok());
    }
}
