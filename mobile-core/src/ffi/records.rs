//! What crosses the border.

use uuid::Uuid;

use crate::{
    capture::session,
    core::{SyncState, failure::CoreFailure},
    machine::event::Trouble,
    screens::{day, task, unsent},
    store::{repair, space},
};

/// What went wrong, as far as a person can act on it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[expect(missing_docs, reason = "each is the case of `CoreFailure` of the same name")]
pub enum CampoError {
    #[error("the server is not reached")]
    Offline,
    #[error("the phone must be enrolled")]
    NeedsLogin,
    #[error("refused: {code}")]
    Refused { code: String },
    #[error("the disk is full")]
    DiskFull,
    #[error("the database is damaged")]
    Corrupt,
    #[error("a newer app is needed")]
    UpgradeRequired,
    #[error("paused")]
    Paused,
    #[error("internal: {detail}")]
    Internal { detail: String },
}

impl From<CoreFailure> for CampoError {
    fn from(failure: CoreFailure) -> Self {
        match failure {
            CoreFailure::Offline => Self::Offline,
            CoreFailure::NeedsLogin => Self::NeedsLogin,
            CoreFailure::Refused { code } => Self::Refused { code },
            CoreFailure::DiskFull => Self::DiskFull,
            CoreFailure::Corrupt => Self::Corrupt,
            CoreFailure::UpgradeRequired => Self::UpgradeRequired,
            CoreFailure::Paused => Self::Paused,
            CoreFailure::Internal { detail } => Self::Internal { detail },
        }
    }
}

/// The id that a text names.
pub(super) fn id(text: &str) -> Result<Uuid, CampoError> {
    text.parse().map_err(|_| CampoError::Refused { code: "id_unreadable".to_owned() })
}

/// How the exchange with the server stands.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncStatus {
    /// `not_enrolled`, `active`, `hand_in_only`, `needs_login`, `refused` or `stolen`
    pub access: String,
    /// True while something is under way
    pub busy: bool,
    /// `offline`, `not_campo`, `server_busy`, `upgrade_required`, `disk_full`, `store`,
    /// `file_unreadable`, or the server's own code
    pub trouble: Option<String>,
    /// How many entries have no receipt
    pub unsent_entries: u64,
    /// How many files the server does not have
    pub unsent_files: u64,
}

impl From<&SyncState> for SyncStatus {
    fn from(state: &SyncState) -> Self {
        let trouble = state.trouble.as_ref().map(|trouble| match trouble {
            Trouble::Offline => "offline".to_owned(),
            Trouble::NotCampo => "not_campo".to_owned(),
            Trouble::ServerBusy => "server_busy".to_owned(),
            Trouble::UpgradeRequired => "upgrade_required".to_owned(),
            Trouble::DiskFull => "disk_full".to_owned(),
            Trouble::Store => "store".to_owned(),
            Trouble::FileUnreadable => "file_unreadable".to_owned(),
            Trouble::Refused(code) => code.clone(),
        });
        Self {
            access: state.access.name().to_owned(),
            busy: state.busy,
            trouble,
            unsent_entries: state.unsent_entries as u64,
            unsent_files: state.unsent_files as u64,
        }
    }
}

/// An employee who may open a session, or has one.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Worker {
    /// The employee
    pub id: String,
    /// The customer's own number of the employee
    pub number: String,
    /// The employee's name
    pub name: String,
    /// The id of the session, where one is open
    pub session: Option<String>,
}

impl From<session::RosterEmployee> for Worker {
    fn from(employee: session::RosterEmployee) -> Self {
        Self { id: employee.id.to_string(), number: employee.number, name: employee.name, session: None }
    }
}

impl From<session::Session> for Worker {
    fn from(session: session::Session) -> Self {
        Self {
            id: session.employee.to_string(),
            number: session.number,
            name: session.name,
            session: Some(session.id.to_string()),
        }
    }
}

/// A file in the core's file space.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HeldPhoto {
    /// SHA-256, hexadecimal
    pub hash: String,
    /// Its length
    pub size_bytes: i64,
}

impl From<space::TakenFile> for HeldPhoto {
    fn from(file: space::TakenFile) -> Self {
        Self { hash: file.hash, size_bytes: file.size_bytes }
    }
}

/// A task in the list.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
#[expect(missing_docs, reason = "its fields are those of `screens::task::TaskCard`")]
pub struct TaskSummary {
    pub id: String,
    pub number: String,
    pub type_name: String,
    pub description: String,
    pub customer_name: String,
    pub address: String,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub start: Option<String>,
    pub due: Option<String>,
    pub status: String,
    pub status_label: String,
    pub unsent: bool,
}

impl From<task::TaskCard> for TaskSummary {
    fn from(card: task::TaskCard) -> Self {
        let (latitude, longitude) = card.point.unzip();
        Self {
            id: card.id.to_string(),
            number: card.number,
            type_name: card.type_name,
            description: card.description,
            customer_name: card.customer_name,
            address: card.address,
            latitude,
            longitude,
            start: card.start,
            due: card.due,
            status: card.status.name().to_owned(),
            status_label: card.status_label,
            unsent: card.unsent,
        }
    }
}

/// A label and its value.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Labelled {
    /// The company's word for it
    pub label: String,
    /// The value
    pub value: String,
}

/// A file that the office attached.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Attached {
    /// SHA-256, hexadecimal
    pub hash: String,
    /// The name that people read
    pub name: String,
    /// Its length
    pub size_bytes: i64,
}

/// One task, whole.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
#[expect(missing_docs, reason = "its fields are those of `screens::task::TaskDetail`")]
pub struct TaskScreen {
    pub summary: TaskSummary,
    pub notes: String,
    pub contact_name: String,
    pub phones: Vec<String>,
    pub poi_name: String,
    pub data: Vec<Labelled>,
    pub required_forms: Vec<String>,
    pub allowed_states: Vec<String>,
    pub files: Vec<Attached>,
    pub started_at_us: Option<i64>,
    pub ended_at_us: Option<i64>,
}

impl From<task::TaskDetail> for TaskScreen {
    fn from(detail: task::TaskDetail) -> Self {
        let labelled = |(label, value)| Labelled { label, value };
        let attached = |(hash, name, size_bytes)| Attached { hash, name, size_bytes };
        Self {
            summary: detail.card.into(),
            notes: detail.notes,
            contact_name: detail.contact_name,
            phones: detail.phones,
            poi_name: detail.poi_name,
            data: detail.data.into_iter().map(labelled).collect(),
            required_forms: detail.required_forms.iter().map(Uuid::to_string).collect(),
            allowed_states: detail.allowed_states,
            files: detail.files.into_iter().map(attached).collect(),
            started_at_us: detail.started_at_us,
            ended_at_us: detail.ended_at_us,
        }
    }
}

/// One line of the day.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
#[expect(missing_docs, reason = "its fields are those of `screens::day::DayLine`")]
pub struct DayEntry {
    pub entry: String,
    pub kind: String,
    pub label: String,
    pub task: Option<String>,
    pub at_us: i64,
    pub time: String,
    pub received: bool,
    pub doubtful: bool,
}

impl From<day::DayLine> for DayEntry {
    fn from(line: day::DayLine) -> Self {
        Self {
            entry: line.entry.to_string(),
            kind: line.kind,
            label: line.label,
            task: line.task.map(|task| task.to_string()),
            at_us: line.at_us,
            time: line.time,
            received: line.received,
            doubtful: line.doubtful,
        }
    }
}

/// How much the phone still holds.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
#[expect(missing_docs, reason = "its fields are those of `screens::unsent::UnsentCount`")]
pub struct UnsentWork {
    pub entries: i64,
    pub oldest_us: Option<i64>,
    pub files: i64,
    pub text: String,
}

impl From<unsent::UnsentCount> for UnsentWork {
    fn from(unsent: unsent::UnsentCount) -> Self {
        let unsent::UnsentCount { entries, oldest_us, files, text } = unsent;
        Self { entries, oldest_us, files, text }
    }
}

/// An entry in the repair tray.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TrayEntry {
    /// Its number on the phone
    pub number: i64,
    /// Its kind
    pub kind: String,
    /// The wall clock at its capture
    pub captured_us: i64,
    /// `set_aside`, `conflict`, `unreadable`, or what a newer release says
    pub reason: String,
    /// The server's code, if it gave one
    pub code: String,
}

impl From<repair::TrayItem> for TrayEntry {
    fn from(item: repair::TrayItem) -> Self {
        let (reason, code) = match item.reason {
            repair::TrayReason::SetAside(code) => ("set_aside".to_owned(), code),
            repair::TrayReason::Conflict => ("conflict".to_owned(), String::new()),
            repair::TrayReason::Unreadable(code) => ("unreadable".to_owned(), code),
            repair::TrayReason::Other(reason) => (reason, String::new()),
        };
        Self { number: item.number, kind: item.kind, captured_us: item.captured_us, reason, code }
    }
}
