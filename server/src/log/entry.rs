//! An entry on its way into the log: its bytes, its frame, and as much of its content as this release understands.

use std::{borrow::Cow, sync::Arc};

use campo_protocol::{
    clock::{self, Anchor, Occurred},
    entry::{self, Entry, FileMention, Frame, Kind},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::access::Principal;

/// What is marked on an entry without changing its effect; bits of the column `marks`.
pub mod marks {
    /// Sequences of its installation are missing before it
    pub const SEQUENCE_GAP: i64 = 1;
    /// Its sequence was used before with another id: two phones share one installation
    pub const CLONE: i64 = 2;
    /// Its installation was revoked when it was handed in
    pub const REVOKED: i64 = 4;
    /// Text in it holds U+0000 or is not UTF-8, which is replaced where text is extracted
    pub const TEXT_REPLACED: i64 = 8;
    /// Its coordinates are out of range and are not used
    pub const PLACE_UNUSABLE: i64 = 16;
    /// There was no such employee when it was accepted: it is set aside. Fixed once, as its instant is, so that folding
    /// it again needs no knowledge of what existed then
    pub const UNKNOWN_EMPLOYEE: i64 = 32;

    /// The marks by name, for answers.
    pub const NAMES: &[(i64, &str)] = &[
        (SEQUENCE_GAP, "sequence_gap"),
        (CLONE, "clone"),
        (REVOKED, "revoked"),
        (TEXT_REPLACED, "text_replaced"),
        (PLACE_UNUSABLE, "place_unusable"),
        (UNKNOWN_EMPLOYEE, "unknown_employee"),
    ];
}

/// The longest name of a boot that is remembered.
const MAX_BOOT_BYTES: usize = 200;

/// An entry that will be appended unless it is a repeat.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Its id
    pub id: Uuid,
    /// SHA-256 of its bytes
    pub hash: [u8; 32],
    /// Exactly as written
    pub bytes: Vec<u8>,
    /// The installation that captured it, none for the office
    pub installation: Option<Uuid>,
    /// Its sequence in the installation, 0 for the office
    pub sequence: i64,
    /// Who hands it in
    pub principal: Principal,
    /// When the server received it
    pub received_us: i64,
    /// When it happened
    pub occurred: Occurred,
    /// See [`marks`]
    pub marks: i64,
    /// Its content, or the stable code of what stands against it
    pub content: Result<Content, &'static str>,
}

/// What the folds need of an entry.
#[derive(Debug, Clone)]
pub struct Content {
    /// Its kind
    pub kind: Kind,
    /// The definition that a filled form answers
    pub form: Option<Uuid>,
    /// The whole of it; shared, since a group keeps its entries until it is committed
    pub entry: Arc<Entry>,
}

impl Content {
    /// The content of an entry of a known kind.
    pub fn new(kind: Kind, entry: Entry) -> Self {
        #[derive(Deserialize)]
        struct Part {
            form: Uuid,
        }
        let body = (kind == Kind::Form).then_some(entry.body.as_deref()).flatten();
        let form = body.and_then(|body| serde_json::from_str::<Part>(body.get()).ok()).map(|part| part.form);
        Self { kind, form, entry: Arc::new(entry) }
    }

    /// The content of an entry that `installation` captured and `principal` handed in, or what stands against it. A
    /// place that is not on earth is taken out and marked.
    pub fn from_phone(
        parsed: Option<Entry>,
        installation: Uuid,
        principal: Principal,
        marks: &mut i64,
    ) -> Result<Self, &'static str> {
        let mut entry = parsed.ok_or("content_unreadable")?;
        if principal.id() != Some(installation) {
            return Err("other_installation");
        }
        match Kind::from_name(&entry.kind) {
            None => Err("kind_unknown"),
            Some(kind) if kind.is_office() => Err("kind_of_office"),
            Some(_) if entry.employee.is_none() => Err("employee_missing"),
            Some(kind) if kind.needs_task() && entry.task.is_none() => Err("task_missing"),
            Some(kind) => {
                if entry.place.as_ref().is_some_and(|place| !place.is_on_earth()) {
                    *marks |= marks::PLACE_UNUSABLE;
                    entry.place = None;
                }
                Ok(Self::new(kind, entry))
            }
        }
    }
}

/// The whole of an entry, if its bytes are text and hold one: the frame is readable also beside bytes that are not.
pub fn read(line: &[u8]) -> Option<Entry> {
    serde_json::from_str(std::str::from_utf8(line).ok()?).ok()
}

/// What is tried when the content does not stand: each part by itself, so that as much as possible is known.
#[derive(Debug, Default, Deserialize)]
struct Salvage<'a> {
    #[serde(default, borrow)]
    clock: Option<&'a RawValue>,
    #[serde(default, borrow)]
    employee: Option<&'a RawValue>,
    #[serde(default, borrow)]
    session: Option<&'a RawValue>,
    #[serde(default, borrow)]
    task: Option<&'a RawValue>,
    #[serde(default, borrow)]
    files: Option<&'a RawValue>,
}

/// The value, if it is one of that type.
fn salvaged<T: serde::de::DeserializeOwned>(value: Option<&RawValue>) -> Option<T> {
    serde_json::from_str(value?.get()).ok()
}

impl Incoming {
    /// An entry of a phone. `line` has the readable `frame`.
    pub fn from_phone(
        line: Vec<u8>,
        frame: &Frame,
        principal: Principal,
        anchor: Option<&Anchor>,
        received_us: i64,
        revoked: bool,
    ) -> Self {
        let parsed = read(&line);
        let clock = match &parsed {
            Some(entry) => entry.clock.clone(),
            None => salvaged(salvage(&String::from_utf8_lossy(&line)).clock),
        };
        let mut marks = if revoked { marks::REVOKED } else { 0 };
        if std::str::from_utf8(&line).is_err() || line.windows(6).any(|window| window == br"\u0000") {
            marks |= marks::TEXT_REPLACED;
        }
        let content = Content::from_phone(parsed, frame.installation, principal, &mut marks);
        Self {
            id: frame.id,
            hash: entry::hash(&line),
            installation: Some(frame.installation),
            sequence: frame.sequence,
            principal,
            received_us,
            occurred: clock::occurred(clock.as_ref(), anchor, received_us),
            marks,
            content,
            bytes: line,
        }
    }

    /// An entry of the office, whose bytes the server writes.
    pub fn from_office(
        kind: Kind,
        entry: Entry,
        principal: Principal,
        now_us: i64,
    ) -> serde_json::Result<Self> {
        let bytes = serde_json::to_vec(&entry)?;
        Ok(Self {
            id: entry.id,
            hash: entry::hash(&bytes),
            installation: None,
            sequence: 0,
            principal,
            received_us: now_us,
            occurred: Occurred { at_us: now_us, kind: clock::OccurredKind::Wall },
            marks: 0,
            content: Ok(Content::new(kind, entry)),
            bytes,
        })
    }

    /// The employee whose entry it is, when that could be read.
    pub fn employee(&self) -> Option<Uuid> {
        self.named(|entry| entry.employee, |salvage| salvage.employee)
    }

    /// The session in which it was captured, when that could be read.
    pub fn session(&self) -> Option<Uuid> {
        self.named(|entry| entry.session, |salvage| salvage.session)
    }

    /// The task it names, when that could be read.
    pub fn task(&self) -> Option<Uuid> {
        self.named(|entry| entry.task, |salvage| salvage.task)
    }

    /// The files that it mentions, when those could be read: what is set aside waits with its photos, and a later release
    /// may understand it.
    pub fn files(&self) -> Cow<'_, [FileMention]> {
        if let Ok(content) = &self.content {
            return Cow::Borrowed(&content.entry.files);
        }
        let text = String::from_utf8_lossy(&self.bytes);
        Cow::Owned(salvaged(salvage(&text).files).unwrap_or_default())
    }

    /// The boot in which it was captured, of a name that can be kept, and what the monotonic clock showed.
    pub fn boot_clock(&self) -> Option<(&str, i64)> {
        let clock = self.content.as_ref().ok()?.entry.clock.as_ref()?;
        let boot =
            clock.boot.as_deref().filter(|name| name.len() <= MAX_BOOT_BYTES && !name.contains('\0'))?;
        Some((boot, clock.monotonic_us?))
    }

    /// The installation, if it handed the entry in itself; none for the office, and for what names another.
    pub fn own_installation(&self) -> Option<Uuid> {
        self.installation.filter(|installation| self.principal.id() == Some(*installation))
    }

    fn named(
        &self,
        of_entry: impl Fn(&Entry) -> Option<Uuid>,
        of_salvage: impl for<'a> Fn(&Salvage<'a>) -> Option<&'a RawValue>,
    ) -> Option<Uuid> {
        match &self.content {
            Ok(content) => of_entry(&content.entry),
            Err(_) => salvaged(of_salvage(&salvage(&String::from_utf8_lossy(&self.bytes)))),
        }
    }
}

fn salvage(text: &str) -> Salvage<'_> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The bytes of an entry as JSON that stands in other JSON: none where they were erased, are not UTF-8, or hold an
/// unpaired surrogate, at which many readers give up on all that stands around it.
pub fn readable(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.is_empty())?;
    let has_surrogate = bytes.windows(3).any(|window| window.eq_ignore_ascii_case(br"\ud"));
    (!has_surrogate || serde_json::from_str::<serde_json::Value>(text).is_ok()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_every_reader_can_read_stands_in_other_json() {
        for (bytes, is_readable) in [
            (&br#"{"a":"\u00e1 1.50"}"#[..], true),
            (br#"{"a":"\ud83d\ude00"}"#, true),
            (br#"{"a":"\ud83d"}"#, false),
            (br#"{"a":"\uDE00 \uD83D"}"#, false),
            (b"{\"a\":\"\xFF\"}", false),
            (b"", false),
        ] {
            assert_eq!(readable(bytes).is_some(), is_readable, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
