//! What can go wrong, in words for the one who can act: at which step, and why.

use std::io;

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The first words with the server, before anybody is known
    Greeting,
    /// TLS
    Tls,
    /// Who the server is: its host key or its certificate
    Identity,
    /// Logging in
    LogIn,
    /// Looking into a folder
    List,
    /// Reading a file
    Read,
    /// Writing a file
    Write,
    /// Seeing whether what was written is all there
    Verify,
    /// Giving a file its name
    Rename,
    /// Removing a file
    Remove,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 10] = [
        Self::Greeting,
        Self::Tls,
        Self::Identity,
        Self::LogIn,
        Self::List,
        Self::Read,
        Self::Write,
        Self::Verify,
        Self::Rename,
        Self::Remove,
    ];

    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::Tls => "tls",
            Self::Identity => "identity",
            Self::LogIn => "log_in",
            Self::List => "list",
            Self::Read => "read",
            Self::Write => "write",
            Self::Verify => "verify",
            Self::Rename => "rename",
            Self::Remove => "remove",
        }
    }
}

/// Why it did not go well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Nobody vouches for the certificate, and it was not accepted; its fingerprint
    Unknown(String),
    /// The server has another key or certificate than the accepted one; its fingerprint
    Changed(String),
    /// The server said no
    Refused,
    /// There is no such file or folder
    NotFound,
    /// There is a file of that name already
    Exists,
    /// The server did not answer in time
    TimedOut,
    /// The connection broke off, or what came was no answer
    BrokenOff,
    /// The private key of the log-in cannot be read
    UnreadableKey,
    /// Fewer or more bytes are there than were sent
    Incomplete {
        /// How many were sent
        sent: u64,
        /// How many are there
        found: u64,
    },
    /// More was listed than is read
    TooMuch,
}

impl Cause {
    /// Its stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "unknown_identity",
            Self::Changed(_) => "changed_identity",
            Self::Refused => "refused",
            Self::NotFound => "not_found",
            Self::Exists => "exists",
            Self::TimedOut => "timed_out",
            Self::BrokenOff => "broken_off",
            Self::UnreadableKey => "unreadable_key",
            Self::Incomplete { .. } => "incomplete",
            Self::TooMuch => "too_much",
        }
    }
}

/// The most of a server's words that is kept.
const MOST_SAID: usize = 200;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {} {said}", .step.name(), .cause.name())]
pub struct Fault {
    /// At which step
    pub step: Step,
    /// Why
    pub cause: Cause,
    /// What the server said of it, as far as that can be shown
    pub said: String,
}

impl Fault {
    pub(crate) fn new(step: Step, cause: Cause) -> Self {
        Self { step, cause, said: String::new() }
    }

    pub(crate) fn said(step: Step, cause: Cause, said: &str) -> Self {
        let words = said.chars().map(|c| if c.is_control() { ' ' } else { c });
        let said = words.take(MOST_SAID).collect::<String>().trim().to_owned();
        Self { step, cause, said }
    }

    pub(crate) fn io(step: Step, error: &io::Error) -> Self {
        let cause = match error.kind() {
            io::ErrorKind::TimedOut => Cause::TimedOut,
            io::ErrorKind::NotFound => Cause::NotFound,
            io::ErrorKind::Other | io::ErrorKind::PermissionDenied | io::ErrorKind::StorageFull => {
                Cause::Refused
            }
            _ => Cause::BrokenOff,
        };
        Self::said(step, cause, &error.to_string())
    }
}
