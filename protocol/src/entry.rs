//! Entries as they travel: one line of JSON, kept exactly as its author wrote it.
//!
//! [`Frame`] is the least that must be readable for an entry to be appended; [`Entry`] is what the folds
//! understand. Fields that are not named here survive in the bytes.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{clock::Clock, faults::Fault, text::unhex};

/// The largest entry that is taken, in bytes. A form with a table of a thousand rows fits; photos are files.
pub const MAX_ENTRY_BYTES: usize = 256 * 1024;

/// SHA-256 of an entry's bytes: with the id it alone decides what is a repeat.
pub fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 from hexadecimal of either case; none when `text` is not that.
pub fn hash_from(text: &str) -> Option<[u8; 32]> {
    unhex(text)?.try_into().ok()
}

/// What must be readable for an entry to be appended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Chosen by the author (UUIDv7), unique in the account
    pub id: Uuid,
    /// The installation that captured it
    pub installation: Uuid,
    /// Rises by one with each entry of an installation; gaps and repeats of it are marked, never refused
    pub sequence: i64,
}

impl Frame {
    /// The frame of one line as a phone sent it. The rest of the line is only checked to be JSON.
    pub fn read(line: &[u8]) -> Result<Self, Fault> {
        let fault = |code: &str, found: String, expected: &str| Fault {
            field: String::new(),
            code: code.to_owned(),
            found,
            expected: expected.to_owned(),
        };
        if line.len() > MAX_ENTRY_BYTES {
            return Err(fault(
                "entry_too_large",
                format!("{} bytes", line.len()),
                "at most 262144 bytes; photos travel as files",
            ));
        }
        let expected = "one line of JSON with `id`, `installation` (UUIDs) and `sequence` (an integer)";
        // A list of the three would be read as well.
        if !line.trim_ascii_start().starts_with(b"{") {
            return Err(fault("frame_unreadable", "not an object".to_owned(), expected));
        }
        serde_json::from_slice(line).map_err(|error| fault("frame_unreadable", error.to_string(), expected))
    }
}

/// An entry as the folds read it. Office entries have no installation; their `user`, `key` or `duty` is their author.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    /// See [`Frame::id`]
    pub id: Uuid,
    /// The kind, see [`Kind`]; one that this release does not know is kept and set aside
    pub kind: String,
    /// The installation that captured it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installation: Option<Uuid>,
    /// The employee whose entry it is
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee: Option<Uuid>,
    /// The session in which it was captured
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Uuid>,
    /// The user who decided it, for entries of the office
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Uuid>,
    /// The key that decided it, for entries of customers' systems
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Uuid>,
    /// The system duty that decided it, for background work of Campo itself
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duty: Option<String>,
    /// See [`Frame::sequence`]; 0 for entries of the office
    #[serde(default)]
    pub sequence: i64,
    /// The clocks as the author saw them
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// Where it was captured
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The task it is about
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Uuid>,
    /// The entry that this one corrects
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Uuid>,
    /// Why, for corrections and decisions
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Free text typed with it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The files that belong to it; they travel apart
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileMention>,
    /// What the kind says besides
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub body: Option<Box<RawValue>>,
}

/// A place as the platform reported it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Place {
    /// Degrees, WGS84, -90 to 90
    pub latitude: f64,
    /// Degrees, WGS84, -180 to 180
    pub longitude: f64,
    /// Radius of 68 % confidence
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f64>,
    /// `gps`, `network`, `fused`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// True when the platform says that the place was made up
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mock: Option<bool>,
}

/// A file that belongs to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileMention {
    /// SHA-256 of the file, hexadecimal
    pub hash: String,
    /// Its length
    pub size_bytes: i64,
    /// The form field it answers, if it is in a form
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Such as `image/jpeg`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

impl Place {
    /// True when there is such a place.
    pub fn is_on_earth(&self) -> bool {
        (-90.0..=90.0).contains(&self.latitude) && (-180.0..=180.0).contains(&self.longitude)
    }
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal,)*) => {
        /// What an entry says happened. Kinds are only added; an older release sets a newer kind aside.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[doc = $doc])* $variant,)* }

        impl Kind {
            /// Every kind of this release.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name on the wire and in tables.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The kind of that name, if this release knows it.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

kinds! {
    /// Clock-in
    ShiftStart = "shift.start",
    /// Clock-out
    ShiftEnd = "shift.end",
    /// A break begins; its kind of break is in the body
    BreakStart = "break.start",
    /// A break ends
    BreakEnd = "break.end",
    /// A punch is corrected or a missing one added, by the worker or by the office, see [`crate::shift::fact::Correction`]
    PunchCorrection = "punch.correction",
    /// The other side's answer to a correction, see [`crate::shift::fact::Answer`]
    PunchAgreement = "punch.agreement",
    /// The worker has seen the task
    TaskAcknowledge = "task.acknowledge",
    /// On the way to the task
    TaskEnRoute = "task.en_route",
    /// Arrived at the task
    TaskArrive = "task.arrive",
    /// Loading for the task
    TaskLoad = "task.load",
    /// Unloading at the task
    TaskUnload = "task.unload",
    /// Work on the task begins
    TaskStart = "task.start",
    /// Work on the task is suspended
    TaskSuspend = "task.suspend",
    /// Work on the task ends; the task stays as it is until it is closed
    TaskEnd = "task.end",
    /// The task is done
    TaskClose = "task.close",
    /// The task could not be done
    TaskNotDone = "task.not_done",
    /// The worker declines the task
    TaskDecline = "task.decline",
    /// The worker hands the task in for review
    TaskReview = "task.review",
    /// The worker hands the task in for approval
    TaskApproval = "task.approval",
    /// The first status named by the account
    TaskCustom1 = "task.custom1",
    /// The second status named by the account
    TaskCustom2 = "task.custom2",
    /// The third status named by the account
    TaskCustom3 = "task.custom3",
    /// The fourth status named by the account
    TaskCustom4 = "task.custom4",
    /// An entry was blocked, since its place was outside the task's radius and the task prohibits that
    TaskBlocked = "task.blocked",
    /// A filled form, alone or in a task
    Form = "form",
    /// A photo, alone or in a task
    Photo = "photo",
    /// A message from the worker to the office
    Message = "message",
    /// The worker has read messages of the office, see [`crate::message::MessagesRead`]
    MessageRead = "message.read",
    /// Where the worker was between entries, see [`crate::track::Track`]
    Track = "track",
    /// An employee opens a session on an installation
    SessionOpen = "session.open",
    /// The session ends
    SessionClose = "session.close",
    /// Unsent work was discarded on purpose; says what and by whom
    Discarded = "discarded",
    /// Office: a task comes into being, with its first status and assignments
    TaskCreated = "task.created",
    /// Office: a task's status is set
    TaskStatusSet = "task.status_set",
    /// Office: who a task is assigned to
    TaskAssigned = "task.assigned",
    /// Office: a note in the task's history
    TaskNoted = "task.noted",
    /// Office: a message to an employee
    MessageSent = "message.sent",
    /// Office: an employee's days are closed, see [`crate::shift::fact::Closing`]
    PeriodClosed = "period.closed",
    /// Office: an employee's closed days are opened again, see [`crate::shift::fact::Reopening`]
    PeriodReopened = "period.reopened",
    /// The office erased an entry's bytes; says by which rule and whom
    Erased = "erased",
}

/// A class of kinds whose entries are kept for the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retention {
    /// Punches, what corrects them, and the closing of periods: often evidence by law
    WorkingTime,
    /// What was done at tasks, forms and photos; what no release could read, too
    Work,
    /// Messages in both directions
    Messages,
    /// Where somebody was between entries
    Positions,
    /// Who used which phone when
    Sessions,
}

impl Retention {
    /// Every class.
    pub const ALL: &[Self] =
        &[Self::WorkingTime, Self::Work, Self::Messages, Self::Positions, Self::Sessions];

    /// Its name in tables and in entries that say what was erased.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WorkingTime => "working_time",
            Self::Work => "work",
            Self::Messages => "messages",
            Self::Positions => "positions",
            Self::Sessions => "sessions",
        }
    }

    /// The class of an entry by the name of its kind as tables hold it. What this release does not know is work.
    pub fn of_kind(name: &str) -> Option<Self> {
        Kind::from_name(name).map_or(Some(Self::Work), Kind::retention)
    }
}

impl Kind {
    /// True for punches: the kinds that working time is made of.
    pub const fn is_punch(self) -> bool {
        matches!(self, Self::ShiftStart | Self::ShiftEnd | Self::BreakStart | Self::BreakEnd)
    }

    /// True for punches and for what changes them: they are also chained per establishment, so that whoever holds that
    /// chain alone can tell what was corrected, agreed and closed.
    pub const fn is_working_time(self) -> bool {
        self.is_punch()
            || matches!(
                self,
                Self::PunchCorrection | Self::PunchAgreement | Self::PeriodClosed | Self::PeriodReopened
            )
    }

    /// True for kinds that only the office writes; a phone's entry of such a kind is set aside.
    pub const fn is_office(self) -> bool {
        matches!(
            self,
            Self::TaskCreated
                | Self::TaskStatusSet
                | Self::TaskAssigned
                | Self::TaskNoted
                | Self::MessageSent
                | Self::PeriodClosed
                | Self::PeriodReopened
                | Self::Erased
        )
    }

    /// For how long what an entry of this kind says is kept is decided by its class. None for what an office decided
    /// about a task, which stays as long as the task, and for what says that something was erased.
    pub const fn retention(self) -> Option<Retention> {
        match self {
            Self::ShiftStart
            | Self::ShiftEnd
            | Self::BreakStart
            | Self::BreakEnd
            | Self::PunchCorrection
            | Self::PunchAgreement
            | Self::PeriodClosed
            | Self::PeriodReopened => Some(Retention::WorkingTime),
            Self::Message | Self::MessageRead | Self::MessageSent => Some(Retention::Messages),
            Self::Track => Some(Retention::Positions),
            Self::SessionOpen | Self::SessionClose | Self::Discarded => Some(Retention::Sessions),
            Self::TaskCreated | Self::TaskStatusSet | Self::TaskAssigned | Self::TaskNoted | Self::Erased => {
                None
            }
            Self::TaskAcknowledge
            | Self::TaskEnRoute
            | Self::TaskArrive
            | Self::TaskLoad
            | Self::TaskUnload
            | Self::TaskStart
            | Self::TaskSuspend
            | Self::TaskEnd
            | Self::TaskClose
            | Self::TaskNotDone
            | Self::TaskDecline
            | Self::TaskReview
            | Self::TaskApproval
            | Self::TaskCustom1
            | Self::TaskCustom2
            | Self::TaskCustom3
            | Self::TaskCustom4
            | Self::TaskBlocked
            | Self::Form
            | Self::Photo => Some(Retention::Work),
        }
    }

    /// True for kinds that must name a task.
    pub const fn needs_task(self) -> bool {
        matches!(
            self,
            Self::TaskAcknowledge
                | Self::TaskEnRoute
                | Self::TaskArrive
                | Self::TaskLoad
                | Self::TaskUnload
                | Self::TaskStart
                | Self::TaskSuspend
                | Self::TaskEnd
                | Self::TaskClose
                | Self::TaskNotDone
                | Self::TaskDecline
                | Self::TaskReview
                | Self::TaskApproval
                | Self::TaskCustom1
                | Self::TaskCustom2
                | Self::TaskCustom3
                | Self::TaskCustom4
                | Self::TaskBlocked
                | Self::TaskCreated
                | Self::TaskStatusSet
                | Self::TaskAssigned
                | Self::TaskNoted
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_readable_beside_text_that_is_not() {
        let line = br#"{"note":"\ud800 \u0000","id":"00000000-0000-0000-0000-000000000007","sequence":3,"installation":"00000000-0000-0000-0000-000000000008","new":{"a":[1]}}"#;
        let frame = Frame::read(line).unwrap();
        assert_eq!((frame.id, frame.sequence), (Uuid::from_u128(7), 3));
    }

    #[test]
    fn what_has_no_frame_is_named() {
        let list = br#"["00000000-0000-0000-0000-000000000007","00000000-0000-0000-0000-000000000008",3]"#;
        for line in [&b"{"[..], b"{}", b"[1]", list, br#"{"id":7,"installation":"x","sequence":1}"#, b"\xff"]
        {
            assert_eq!(Frame::read(line).unwrap_err().code, "frame_unreadable");
        }
        assert_eq!(Frame::read(&vec![b' '; MAX_ENTRY_BYTES + 1]).unwrap_err().code, "entry_too_large");
    }

    #[test]
    fn every_kind_is_read_back_from_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(*kind));
        }
        assert_eq!(Kind::from_name("task.unheard_of"), None);
    }
}
