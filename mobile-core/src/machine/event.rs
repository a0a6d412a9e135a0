//! What happens to the machine, and what it asks for.

use campo_protocol::{
    clock::Clock,
    sync::{Answer, Held, HeldFile, Unsent},
};
use uuid::Uuid;

use super::{
    book::{Book, Pending, PendingFile},
    commit::{Commit, Facts},
};

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The app was started
    Started,
    /// An entry was captured and stands in the store
    Captured {
        /// The installation under which it was captured
        installation: Uuid,
        /// Its number in the store
        number: i64,
        /// What is to be known of it
        entry: Pending,
        /// Its files, by hash, that the store did not hold before
        files: Vec<(String, PendingFile)>,
    },
    /// The platform has a network again, or another one
    NetworkChanged,
    /// The app came to the foreground (true) or left it
    Foreground(bool),
    /// The server has something new: a push, or an event on an open stream
    Woken,
    /// A person wants an exchange now
    SyncRequested,
    /// The phone was enrolled (again), and this is what the store holds under that enrolment. What is under way for the
    /// one before is not waited for any more
    LoggedIn(Box<Book>),
    /// The time of the last [`Instruction::Wait`] is over
    TimerFired,
    /// An exchange was answered
    Answered {
        /// The number of [`Instruction::Send`]
        number: u64,
        /// The clocks that the request carried
        sent: Clock,
        /// The answer
        answer: Box<Answer>,
    },
    /// The server took a part of a file
    Uploaded {
        /// The number of [`Instruction::Upload`]
        number: u64,
        /// How much of the file the server has now, none when the file is stored durably
        received_bytes: Option<i64>,
    },
    /// An exchange or an upload failed
    Failed {
        /// The number of [`Instruction::Send`] or [`Instruction::Upload`]
        number: u64,
        /// Why
        failure: Failure,
    },
    /// The commit stands, durably
    Committed(Facts),
    /// The commit does not stand; nothing of it does
    CommitFailed(CommitFailure),
    /// Nothing is left, and the store says why
    Wiped,
    /// Something is left that could not be removed
    WipeFailed,
    /// The store takes nothing until [`Event::Resumed`]
    Paused,
    /// The store takes work again
    Resumed,
}

/// Why an exchange or an upload failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Nothing was reached
    Offline,
    /// No whole answer of Campo: cut off, timed out, a captive portal, a proxy's page
    Broken,
    /// The request was too large, whoever said so
    TooLarge,
    /// The server can't now
    Later {
        /// Not before so many seconds
        retry_after_s: Option<u64>,
    },
    /// The bearer secret is not valid
    NeedsLogin,
    /// The installation was revoked long ago: nothing is taken any more
    Revoked,
    /// The phone was reported stolen
    Stolen,
    /// The server speaks no format that this release speaks
    UpgradeRequired,
    /// The ticket of an upload is worth nothing (any more)
    TicketLost,
    /// The bytes of a file cannot be read here: it is gone, shorter than it was, or on a broken disk
    FileUnreadable,
    /// Campo refuses, with this code
    Refused(String),
}

/// Why a commit failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitFailure {
    /// The disk is full
    DiskFull,
    /// Another holds the store, for too long
    Busy,
    /// The store is paused
    Paused,
    /// Anything else
    Other,
}

/// What a person should be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing is reached
    Offline,
    /// Something between phone and server answers in its place
    NotCampo,
    /// The server can't now
    ServerBusy,
    /// A newer app is needed
    UpgradeRequired,
    /// The phone's disk is full
    DiskFull,
    /// The phone's store does not work
    Store,
    /// The bytes of a photo cannot be read any more; the others are sent
    FileUnreadable,
    /// The server refuses, with this code
    Refused(String),
}

/// What is to be done.
#[derive(Debug)]
pub enum Instruction {
    /// Make an exchange
    Send {
        /// Names it in the event that reports it
        number: u64,
        /// What it carries
        exchange: Exchange,
    },
    /// Send a part of a file
    Upload {
        /// Names it in the event that reports it
        number: u64,
        /// What is sent
        upload: Upload,
    },
    /// Write to the store, in one transaction
    Commit(Box<Commit>),
    /// Report [`Event::TimerFired`] after a time between the two, drawn by chance. It replaces an earlier timer
    Wait {
        /// At least so long
        at_least_us: i64,
        /// At most so long
        at_most_us: i64,
    },
    /// The timer is not needed any more
    StopWaiting,
    /// Remove every secret, every file and the whole store, and make a new store that says that the phone was reported
    /// stolen. A wipe that is cut off must be made again at the next start. For an earlier enrolment: remove what is of it
    Wipe,
}

/// One exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The numbers of the entries whose bytes it carries, in order
    pub entries: Vec<i64>,
    /// What the phone holds of its view; none for an earlier enrolment, which reads nothing
    pub view: Option<Held>,
    /// What stays unsent. Also said when it is nothing: the office is shown what was said last
    pub unsent: Unsent,
    /// The files that it asks about
    pub files: Vec<HeldFile>,
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The file
    pub hash: String,
    /// Its ticket
    pub ticket: String,
    /// Where the part begins
    pub from_bytes: i64,
    /// How long the part is
    pub length_bytes: i64,
    /// How long the file is
    pub size_bytes: i64,
}
