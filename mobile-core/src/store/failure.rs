//! What can go wrong with the store. Nothing of it is a reason to throw data away.

use rusqlite::ErrorCode;

use crate::machine::event::CommitFailure;

/// Why the store did not do what was asked. Nothing of what was asked was done.
#[derive(Debug, thiserror::Error)]
pub enum StoreFailure {
    /// The disk is full
    #[error("the disk is full")]
    DiskFull,
    /// Another holds the database
    #[error("the database is busy")]
    Busy,
    /// The store is paused
    #[error("the store is paused")]
    Paused,
    /// The file is no database, or a damaged one
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// Anything else
    #[error("the database does not work: {0}")]
    Other(String),
}

/// The result of everything that the store does.
pub type Result<T, E = StoreFailure> = std::result::Result<T, E>;

impl From<rusqlite::Error> for StoreFailure {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for StoreFailure {
    fn from(error: serde_json::Error) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<std::io::Error> for StoreFailure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Other(error.to_string()),
        }
    }
}

impl StoreFailure {
    /// What the machine must know of it.
    pub const fn of_commit(&self) -> CommitFailure {
        match self {
            Self::DiskFull => CommitFailure::DiskFull,
            Self::Busy => CommitFailure::Busy,
            Self::Paused => CommitFailure::Paused,
            Self::Corrupt(_) | Self::Other(_) => CommitFailure::Other,
        }
    }
}
