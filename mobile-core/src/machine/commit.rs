//! What is written to the store in one transaction, and what that makes of the book.

use std::collections::BTreeMap;

use campo_protocol::{
    chain::SignedHead,
    clock::Clock,
    faults::Fault,
    scope::Scope,
    sync::{Receipt, ViewPage},
};
use uuid::Uuid;

use super::{
    book::{Access, Book},
    scope::ScopeHeld,
};

/// One transaction. What it has nothing of stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// What the phone may do from now on. Never [`Access::Stolen`]: a new store says that, see `Instruction::Wipe`
    pub access: Option<Access>,
    /// The server's epoch
    pub epoch: Option<Uuid>,
    /// The server was restored: everything that is kept is announced again, and every scope is read anew
    pub again: bool,
    /// The phone's clocks as sent and when the server received them, microseconds since 1970 UTC
    pub anchor: Option<(Clock, i64)>,
    /// Receipts, each with the number of its entry
    pub receipts: Vec<(i64, Receipt)>,
    /// What the server could not read, each with the number of its entry
    pub unreadable: Vec<(i64, Fault)>,
    /// Signed heads, kept as evidence
    pub heads: Vec<SignedHead>,
    /// The next page of the view
    pub view: Option<ViewPage>,
    /// What became of files, by hash
    pub files: Vec<(String, FileChange)>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileChange {
    /// The server holds it durably
    Stored,
    /// It is sent under this ticket, from so many bytes on
    Wanted {
        /// The ticket
        ticket: String,
        /// How much the server has
        received_bytes: i64,
    },
    /// The server has so much of it
    Received(i64),
    /// Its ticket is worth nothing any more
    TicketLost,
}

/// What only the store knows once a commit stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Every scope, where the commit had a page of the view
    pub scopes: Option<BTreeMap<Scope, ScopeHeld>>,
    /// True when digests did not agree, so that scopes are read anew
    pub mismatch: bool,
    /// The whole book, where the commit changed what is kept ([`Commit::again`])
    pub book: Option<Box<Book>>,
}

impl Book {
    /// The book after a commit stands.
    pub(super) fn apply(&mut self, commit: &Commit, facts: Facts) {
        if let Some(book) = facts.book {
            *self = *book;
            return;
        }
        if let Some(access) = commit.access {
            self.access = access;
        }
        self.epoch = commit.epoch.or(self.epoch);
        for number in commit.receipts.iter().map(|receipt| receipt.0) {
            self.outbox.remove(&number);
        }
        for number in commit.unreadable.iter().map(|unreadable| unreadable.0) {
            self.outbox.remove(&number);
        }
        if let Some(scopes) = facts.scopes {
            self.scopes = scopes;
        }
        for (hash, change) in &commit.files {
            self.change_file(hash, change);
        }
    }

    fn change_file(&mut self, hash: &str, change: &FileChange) {
        let Some(file) = self.files.get_mut(hash) else { return };
        match change {
            FileChange::Stored => {
                self.files.remove(hash);
            }
            FileChange::Wanted { ticket, received_bytes } => {
                file.ticket = Some(ticket.clone());
                file.received_bytes = *received_bytes;
            }
            FileChange::Received(received_bytes) => file.received_bytes = *received_bytes,
            FileChange::TicketLost => {
                file.ticket = None;
                file.received_bytes = 0;
            }
        }
    }
}
