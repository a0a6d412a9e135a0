//! The sync machine: what a phone sends, when, and what it makes of the answers. No clock, socket, thread or chance.
//!
//! `step(event) -> instructions`. Whoever drives it carries the instructions out and reports with further events:
//!
//! | instruction | carried out by | reported as |
//! |---|---|---|
//! | [`Instruction::Send`] | the transport | [`Event::Answered`] or [`Event::Failed`] |
//! | [`Instruction::Upload`] | the transport | [`Event::Uploaded`] or [`Event::Failed`] |
//! | [`Instruction::Commit`] | the store, in one transaction | [`Event::Committed`] or [`Event::CommitFailed`] |
//! | [`Instruction::Wait`] | a timer, instead of the one before | [`Event::TimerFired`] |
//! | [`Instruction::StopWaiting`] | the timer | |
//! | [`Instruction::Wipe`] | the secure store, the file space and the store | [`Event::Wiped`] or [`Event::WipeFailed`] |
//!
//! While a page of the view is being written, the next one is asked for: a `Send` then comes before its `Commit`, so
//! that network and disk work at once. Everything else waits for what is under way.
//!
//! What the store holds is mirrored in a [`Book`], which moves on with [`Event::Committed`] alone: after a restart the
//! book is read from the store, and is the same. Everything else the machine knows may be forgotten at any moment.

pub mod book;
pub mod commit;
pub mod event;
mod retry;
pub mod scope;
mod send;
mod step;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use book::Book;
use commit::Commit;
use event::{Event, Exchange, Instruction, Trouble};

/// The most entries of one exchange. A day of a worker fits.
pub const MAX_BATCH_ENTRIES: usize = 200;
/// The most bytes of entries in one exchange, before compression; one entry alone may have more.
pub const MAX_BATCH_BYTES: usize = 1024 * 1024;
/// The longest part of a file that is sent at once, in bytes: new entries wait for one part at most.
pub const CHUNK_BYTES: i64 = 256 * 1024;

/// The machine. See the module's documentation.
#[derive(Debug)]
pub struct Machine {
    book: Book,
    road: Road,
    /// An exchange is due at once
    wanted: bool,
    timer: Timer,
    foreground: bool,
    paused: bool,
    /// How many exchanges failed since one succeeded
    failures: u32,
    /// How many tries to upload failed since one succeeded while no file was passed over
    upload_failures: u32,
    /// How many entries the next exchange may have
    batch: usize,
    /// Entries that failed when they were sent alone: they go behind the others
    passed_over: BTreeSet<i64>,
    /// Files that could not be sent: the others go first, and these are tried again when a timer fires
    passed_files: BTreeSet<String>,
    /// Files that the server did not know when they were asked about last
    unknown: BTreeSet<String>,
    wipe: Wipe,
    /// How often in a row the digests did not agree
    mismatches: u32,
    trouble: Option<Trouble>,
    /// The number of the last exchange or upload
    number: u64,
}

/// What is under way. One thing at a time, but for a page that is asked for ahead.
#[derive(Debug)]
enum Road {
    Free,
    Asking { number: u64, exchange: Exchange },
    Uploading { number: u64, hash: String },
    Committing { commit: Box<Commit>, then: Then, ahead: Option<Ahead> },
    Wiping,
}

/// The exchange for the next page, asked for before the page before it is written. It counts once that is.
#[derive(Debug)]
struct Ahead {
    number: u64,
    exchange: Exchange,
    /// What came of it already
    came: Option<Event>,
}

/// What a commit was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The answer to an exchange was taken in; with `more`, the server has more of the view
    Exchange { more: bool, lines: usize },
    /// A part of a file was taken by the server
    Upload,
    /// What the phone may do, or that a ticket is lost, was noted
    Noted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wipe {
    NotDue,
    /// The phone was reported stolen, and something may be left on it
    Due,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timer {
    None,
    /// Armed; whatever asks for an exchange goes before it
    Armed,
    /// Armed since the server said when to come again: nothing goes before it
    HeldBack,
}

impl Machine {
    /// A machine over what the store holds. It does nothing before [`Event::Started`].
    pub fn new(book: Book) -> Self {
        Self {
            book,
            road: Road::Free,
            wanted: false,
            timer: Timer::None,
            foreground: false,
            paused: false,
            failures: 0,
            upload_failures: 0,
            batch: MAX_BATCH_ENTRIES,
            passed_over: BTreeSet::new(),
            passed_files: BTreeSet::new(),
            unknown: BTreeSet::new(),
            wipe: Wipe::NotDue,
            mismatches: 0,
            trouble: None,
            number: 0,
        }
    }

    /// What the machine believes that the store holds.
    pub const fn book(&self) -> &Book {
        &self.book
    }

    /// What a person should be told, while something does not work.
    pub const fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// True while an exchange, an upload, a commit or a wipe is under way.
    pub const fn is_busy(&self) -> bool {
        !matches!(self.road, Road::Free)
    }

    /// True while a timer is armed.
    pub fn is_waiting(&self) -> bool {
        self.timer != Timer::None
    }

    /// Takes an event in and says what is to be done.
    pub fn step(&mut self, event: Event) -> Vec<Instruction> {
        let mut out = Vec::new();
        if let Some(event) = self.keep_until_committed(event) {
            self.take(event, &mut out);
        }
        self.go_on(&mut out);
        out
    }
}
