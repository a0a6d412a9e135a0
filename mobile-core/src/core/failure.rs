//! What can go wrong, as far as a person can act on it.

use crate::{
    capture::failure::CaptureFailure, machine::event::Failure, screens::permitted::Prohibition,
    store::failure::StoreFailure,
};

/// What went wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CoreFailure {
    /// The server is not reached
    #[error("the server is not reached")]
    Offline,
    /// The phone must be enrolled (again)
    #[error("the phone must be enrolled")]
    NeedsLogin,
    /// It was refused; the code says why: stable, in snake_case
    #[error("refused: {code}")]
    Refused {
        /// The code
        code: String,
    },
    /// Too many wrong PINs: none is looked at before so many seconds
    #[error("to be tried again in {seconds} s")]
    Wait {
        /// How long
        seconds: i64,
    },
    /// The place is too far from a task that prohibits that; the attempt was captured
    #[error("{distance_m:.0} m from the task, of which {radius_m:.0} m are allowed")]
    TooFar {
        /// How far it is
        distance_m: f64,
        /// How far it may be
        radius_m: f64,
    },
    /// The office does not let the worker capture it, or not yet
    #[error("{code}: {text}")]
    Prohibited {
        /// Stable, in snake_case, see [`crate::screens::permitted::Prohibition`]
        code: String,
        /// What the worker reads, in their language
        text: String,
    },
    /// The phone's disk is full; nothing is lost
    #[error("the disk is full")]
    DiskFull,
    /// The phone's database is damaged
    #[error("the database is damaged")]
    Corrupt,
    /// A newer app is needed
    #[error("a newer app is needed")]
    UpgradeRequired,
    /// The core is paused: resume it and repeat the call with the same intent
    #[error("paused")]
    Paused,
    /// A fault of ours
    #[error("internal: {detail}")]
    Internal {
        /// For whoever looks for it
        detail: String,
    },
}

/// The result of what the shell calls.
pub type Result<T, E = CoreFailure> = std::result::Result<T, E>;

impl CoreFailure {
    pub(crate) fn refused(code: &str) -> Self {
        Self::Refused { code: code.to_owned() }
    }

    pub(crate) fn internal(detail: &impl ToString) -> Self {
        Self::Internal { detail: detail.to_string() }
    }
}

impl From<StoreFailure> for CoreFailure {
    fn from(failure: StoreFailure) -> Self {
        match failure {
            StoreFailure::DiskFull => Self::DiskFull,
            StoreFailure::Paused => Self::Paused,
            StoreFailure::Corrupt(_) => Self::Corrupt,
            StoreFailure::Busy | StoreFailure::Other(_) => Self::internal(&failure),
        }
    }
}

impl From<CaptureFailure> for CoreFailure {
    fn from(failure: CaptureFailure) -> Self {
        match failure {
            CaptureFailure::Store(failure) => failure.into(),
            CaptureFailure::NotEnrolled => Self::NeedsLogin,
            CaptureFailure::Revoked => Self::refused("revoked"),
            CaptureFailure::NoSession => Self::refused("no_session"),
            CaptureFailure::SessionOfAnother => Self::refused("session_of_another"),
            CaptureFailure::PinWrong => Self::refused("pin_wrong"),
            CaptureFailure::PinWait { seconds } => Self::Wait { seconds },
            CaptureFailure::OutsideRadius { distance_m, radius_m, .. } => {
                Self::TooFar { distance_m, radius_m }
            }
            CaptureFailure::Prohibited(Prohibition { code, text }) => {
                Self::Prohibited { code: code.to_owned(), text }
            }
            CaptureFailure::FileMissing(_) => Self::refused("file_missing"),
            CaptureFailure::TooLarge(_) => Self::refused("entry_too_large"),
        }
    }
}

impl From<Failure> for CoreFailure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Offline | Failure::Broken | Failure::TooLarge | Failure::Later { .. } => Self::Offline,
            Failure::FileUnreadable => Self::refused("file_unreadable"),
            Failure::NeedsLogin | Failure::TicketLost => Self::NeedsLogin,
            Failure::Revoked => Self::refused("revoked"),
            Failure::Stolen => Self::refused("stolen"),
            Failure::UpgradeRequired => Self::UpgradeRequired,
            Failure::Refused(code) => Self::Refused { code },
        }
    }
}

impl From<std::io::Error> for CoreFailure {
    fn from(error: std::io::Error) -> Self {
        StoreFailure::from(error).into()
    }
}
