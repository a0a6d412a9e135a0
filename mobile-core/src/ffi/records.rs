//! What crosses the border.

use uuid::Uuid;

use super::captures::{Answer, MentionedPhoto};
use crate::{
    capture::session,
    core::{SyncState, failure::CoreFailure},
    machine::{book::Access, event::Trouble},
    screens::{Language, form, unsent},
    store::space,
};

/// What went wrong, as far as a person can act on it.
#[derive(Debug, Clone, PartialEq, thiserror::Error, uniffi::Error)]
#[expect(missing_docs, reason = "each is the case of `CoreFailure` of the same name")]
pub enum CampoError {
    #[error("the server is not reached")]
    Offline,
    #[error("the phone must be enrolled")]
    NeedsLogin,
    #[error("refused: {code}")]
    Refused { code: String },
    #[error("to be tried again in {seconds} s")]
    Wait { seconds: i64 },
    #[error("{distance_m} m from the task, of which {radius_m} m are allowed")]
    TooFar { distance_m: f64, radius_m: f64 },
    #[error("{code}: {text}")]
    Prohibited { code: String, text: String },
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
            CoreFailure::Wait { seconds } => Self::Wait { seconds },
            CoreFailure::TooFar { distance_m, radius_m } => Self::TooFar { distance_m, radius_m },
            CoreFailure::Prohibited { code, text } => Self::Prohibited { code, text },
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
    /// What the phone may do
    pub access: PhoneAccess,
    /// True while something is under way
    pub busy: bool,
    /// What a person should be told, while something does not work
    pub trouble: Option<SyncTrouble>,
    /// How many entries have no receipt
    pub unsent_entries: u64,
    /// How many files the server does not have
    pub unsent_files: u64,
}

/// What a phone may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[expect(missing_docs, reason = "each is the case of `machine::book::Access` of the same name")]
pub enum PhoneAccess {
    NotEnrolled,
    Active,
    HandInOnly,
    NeedsLogin,
    Refused,
    Stolen,
}

impl From<Access> for PhoneAccess {
    fn from(access: Access) -> Self {
        match access {
            Access::NotEnrolled => Self::NotEnrolled,
            Access::Active => Self::Active,
            Access::HandInOnly => Self::HandInOnly,
            Access::NeedsLogin => Self::NeedsLogin,
            Access::Refused => Self::Refused,
            Access::Stolen => Self::Stolen,
        }
    }
}

/// What a person should be told of the exchange.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
#[expect(missing_docs, reason = "each is the case of `machine::event::Trouble` of the same name")]
pub enum SyncTrouble {
    Offline,
    NotCampo,
    ServerBusy,
    UpgradeRequired,
    DiskFull,
    Store,
    FileUnreadable,
    Refused { code: String },
}

impl From<&Trouble> for SyncTrouble {
    fn from(trouble: &Trouble) -> Self {
        match trouble {
            Trouble::Offline => Self::Offline,
            Trouble::NotCampo => Self::NotCampo,
            Trouble::ServerBusy => Self::ServerBusy,
            Trouble::UpgradeRequired => Self::UpgradeRequired,
            Trouble::DiskFull => Self::DiskFull,
            Trouble::Store => Self::Store,
            Trouble::FileUnreadable => Self::FileUnreadable,
            Trouble::Refused(code) => Self::Refused { code: code.clone() },
        }
    }
}

impl From<&SyncState> for SyncStatus {
    fn from(state: &SyncState) -> Self {
        Self {
            access: state.access.into(),
            busy: state.busy,
            trouble: state.trouble.as_ref().map(SyncTrouble::from),
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

/// The language of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[expect(missing_docs, reason = "each is the case of `screens::Language` of the same name")]
pub enum PhoneLanguage {
    Spanish,
    English,
}

impl From<Language> for PhoneLanguage {
    fn from(language: Language) -> Self {
        match language {
            Language::Spanish => Self::Spanish,
            Language::English => Self::English,
        }
    }
}

/// A form with its draft.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
#[expect(missing_docs, reason = "its fields are those of `screens::form::FormPage`")]
pub struct FormScreen {
    pub form: String,
    pub version: i64,
    pub name: String,
    pub questions: Vec<form::Question>,
    pub answers: Vec<Answer>,
    pub photos: Vec<MentionedPhoto>,
    pub saved: String,
    pub state: form::FormState,
    pub needs_newer_app: bool,
}

impl From<form::FormPage> for FormScreen {
    fn from(page: form::FormPage) -> Self {
        Self {
            form: page.form.to_string(),
            version: page.version,
            name: page.name,
            questions: page.questions,
            answers: page.draft.answers.into_iter().map(Answer::from).collect(),
            photos: page.draft.photos.into_iter().map(MentionedPhoto::from).collect(),
            saved: page.saved,
            state: page.state,
            needs_newer_app: page.needs_newer_app,
        }
    }
}
