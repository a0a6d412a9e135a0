//! Why nothing was captured.

use super::Captured;
use crate::{screens::permitted::Prohibition, store::failure::StoreFailure};

/// Why nothing was captured. Nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum CaptureFailure {
    /// The phone is not enrolled
    #[error("the phone is not enrolled")]
    NotEnrolled,
    /// The phone was revoked: it opens no sessions
    #[error("the phone may not be used any more")]
    Revoked,
    /// Nobody works with the phone
    #[error("nobody has a session on the phone")]
    NoSession,
    /// Somebody else works with the phone
    #[error("somebody else has a session on the phone")]
    SessionOfAnother,
    /// The PIN is wrong, or the employee is not listed: which of them is not said
    #[error("the PIN is wrong")]
    PinWrong,
    /// Too many wrong PINs: none is looked at before so many seconds
    #[error("no PIN is looked at for {seconds} s")]
    PinWait {
        /// How long
        seconds: i64,
    },
    /// The place is too far from a task that prohibits that; the attempt was captured
    #[error("{distance_m:.0} m from the task, of which {radius_m:.0} m are allowed")]
    OutsideRadius {
        /// How far it is
        distance_m: f64,
        /// How far it may be
        radius_m: f64,
        /// The entry of the attempt
        attempt: Box<Captured>,
    },
    /// The office does not let the worker capture it, or not yet
    #[error("{}: {}", .0.code, .0.text)]
    Prohibited(Prohibition),
    /// The entry is larger than the server takes
    #[error("the entry has {0} bytes, more than the server takes")]
    TooLarge(usize),
    /// A file that it mentions is not in the file space; its hash
    #[error("the file {0} is not on the phone")]
    FileMissing(String),
    /// The store does not work
    #[error(transparent)]
    Store(#[from] StoreFailure),
}

impl From<rusqlite::Error> for CaptureFailure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<serde_json::Error> for CaptureFailure {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(error.into())
    }
}
