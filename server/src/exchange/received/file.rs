//! A file that came, and how far it is.

use campo_protocol::text::hex;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::time::Instant,
    imports,
    problem::{ProblemShown, Result},
    texts::Language,
};

/// How far a file that came is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceivedState {
    /// It fits no intake: it is kept, and nothing is done with it
    Unmatched,
    /// It waits until it is whole for sure, or for those before it
    Waiting,
    /// It is being imported
    Importing,
    /// It waits for a person: `problem` says why. Those behind it wait, too
    Parked,
    /// It was imported; rows of it may have been refused
    Done,
    /// Nothing of it could be imported, or not all: `problem` says why
    Failed,
    /// Another file of its name came before it was whole for sure
    Replaced,
    /// A person said that it is not to be imported
    Dismissed,
}

impl ReceivedState {
    /// Every state.
    pub(super) const ALL: [Self; 8] = [
        Self::Unmatched,
        Self::Waiting,
        Self::Importing,
        Self::Parked,
        Self::Done,
        Self::Failed,
        Self::Replaced,
        Self::Dismissed,
    ];

    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unmatched => "unmatched",
            Self::Waiting => "waiting",
            Self::Importing => "importing",
            Self::Parked => "parked",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Replaced => "replaced",
            Self::Dismissed => "dismissed",
        }
    }

    /// The state of that name, if this release knows it.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A file that came.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivedFile {
    /// Its id
    pub id: Uuid,
    /// The intake whose it is; absent when it fits none
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intake: Option<Uuid>,
    /// By which way it came: `sftp`, `ftp`, `remote` or `agent`
    pub way: String,
    /// The key, customer's server or agent that brought it
    pub way_id: Uuid,
    /// The folder below `in`
    pub folder: String,
    /// Its name
    pub name: String,
    /// Its length
    pub size_bytes: i64,
    /// SHA-256 of its bytes, hexadecimal
    pub hash: String,
    /// How far it is
    pub state: ReceivedState,
    /// The import of it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<Uuid>,
    /// Why it is parked or failed
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemShown>,
    /// When it came
    pub received_at: Instant,
    /// When nothing was left to be done with it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Instant>,
}

/// A row of `received_file`.
#[derive(Debug, Clone, FromRow)]
pub(in crate::exchange) struct Row {
    pub(in crate::exchange) id: Uuid,
    pub(in crate::exchange) intake: Option<Uuid>,
    pub(in crate::exchange) way: String,
    pub(in crate::exchange) way_id: Uuid,
    pub(in crate::exchange) arrival: String,
    pub(in crate::exchange) folder: String,
    pub(in crate::exchange) name: String,
    pub(in crate::exchange) size_bytes: i64,
    pub(in crate::exchange) hash: Vec<u8>,
    pub(in crate::exchange) state: String,
    pub(in crate::exchange) run: Option<Uuid>,
    pub(in crate::exchange) problem: Option<String>,
    pub(in crate::exchange) ready_us: i64,
    pub(in crate::exchange) received_us: i64,
    pub(in crate::exchange) finished_us: Option<i64>,
}

impl Row {
    /// As people see it.
    pub(super) fn shown(self, language: Language) -> Result<ReceivedFile> {
        let problem = self.problem.as_deref();
        Ok(ReceivedFile {
            id: self.id,
            intake: self.intake,
            way: self.way,
            way_id: self.way_id,
            folder: self.folder,
            name: self.name,
            size_bytes: self.size_bytes,
            hash: hex(&self.hash),
            // One that a newer release made waits for it
            state: ReceivedState::from_name(&self.state).unwrap_or(ReceivedState::Waiting),
            import: self.run,
            problem: problem.map(|stored| imports::stored_problem_shown(stored, language)).transpose()?,
            received_at: Instant(self.received_us),
            finished_at: self.finished_us.map(Instant),
        })
    }
}
