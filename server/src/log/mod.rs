//! The three logs: entries, events, changes, and the one way to append to them.
//!
//! The road of the data: [`queue`] groups the submissions of phones, [`mod@write`] is a transaction of the office; both
//! take a turn from [`crate::scheduler`], lock the account's [`head`], and hand a batch to [`flush`], which drops
//! [`repeats`], reads a [`context`], folds ([`fold`]), links [`chains`], makes [`events`] and [`changes`], and writes
//! the head back.

pub mod chains;
pub mod changes;
pub mod context;
pub mod directory;
pub mod entry;
pub mod events;
pub mod flush;
pub mod fold;
pub mod groups;
pub mod head;
pub mod housekeeping;
pub mod queue;
pub mod repeats;
pub mod rows;
pub mod snapshot;
pub mod stored;
pub mod tasks;
pub mod write;

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use crate::{
    access::{Allowed, Permission},
    database::Db,
    environment::Environment,
    problem::Result,
    scheduler::{Class, Each, Scheduler},
    secrets::Secrets,
};
use entry::Incoming;
use flush::Appended;
use groups::Submitted;
use housekeeping::Housekeeping;
use write::Write;

/// The logs of all accounts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Log {
    pub(crate) shared: Arc<Shared>,
}

/// What the parts of the log share.
#[derive(Debug)]
pub struct Shared {
    /// Where they are
    pub db: Db,
    /// Clock and chance
    pub environment: Environment,
    /// Signs the heads of chains
    pub secrets: Secrets,
    /// Lends turns to write
    pub scheduler: Scheduler,
    /// What is known of objects
    pub directory: directory::Directory,
    /// The submissions that wait
    pub queue: queue::Queue,
    /// The most submissions that wait for one account
    pub queue_bound: usize,
    /// Rung by every commit that changed what phones must know
    pub changed: Notify,
    /// Says that there is news: whoever makes events, or more to do with them, sends; whoever carries them out listens
    pub news: watch::Sender<()>,
}

impl Shared {
    /// Counts what was committed, and tells those who watch for it.
    fn committed(&self, appended: &[Appended]) {
        appended.iter().for_each(Appended::count);
        if appended.iter().any(Appended::has_changes) {
            self.changed.notify_one();
        }
        if appended.iter().any(Appended::has_events) {
            self.news.send_replace(());
        }
    }
}

/// How the log behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Transactions at a time on PostgreSQL
    pub turns: usize,
    /// The most submissions and edits that wait for one account
    pub queue_bound: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { turns: 12, queue_bound: 1000 }
    }
}

impl Log {
    /// The logs in `db`.
    pub fn new(db: Db, environment: Environment, secrets: Secrets, options: &Options) -> Self {
        let turns = if db.is_sqlite() { 1 } else { options.turns.max(1) };
        Self {
            shared: Arc::new(Shared {
                scheduler: Scheduler::new(turns, Each::ONE, options.queue_bound),
                directory: directory::Directory::default(),
                queue: queue::Queue::default(),
                queue_bound: options.queue_bound,
                changed: Notify::new(),
                news: watch::Sender::default(),
                db,
                environment,
                secrets,
            }),
        }
    }

    /// Appends entries of a phone; returns when they are durable. The same entries again get the same receipts. No
    /// entries write nothing.
    pub async fn submit<P: Permission>(
        &self,
        allowed: &Allowed<P>,
        entries: Vec<Incoming>,
    ) -> Result<Submitted> {
        if entries.is_empty() {
            return Ok(Submitted { receipts: Vec::new(), heads: Vec::new() });
        }
        groups::submit(self, allowed.account(), entries).await
    }

    /// Refuses as [`Self::submit`] would when too much of the account waits already. To be asked before a body is read, so
    /// that an account at its limits costs the others nothing.
    pub fn ensure_room<P>(&self, allowed: &Allowed<P>) -> Result<()> {
        self.shared.queue.ensure_room(allowed.account(), self.shared.queue_bound)
    }

    /// Begins a transaction of the office.
    pub async fn begin<P>(&self, allowed: &Allowed<P>, class: Class) -> Result<Write> {
        Write::begin(self.clone(), allowed, class).await
    }

    /// Begins a transaction of Campo itself, over the accounts.
    pub async fn begin_housekeeping(&self) -> Result<Housekeeping> {
        Housekeeping::begin(self, None, Class::Housekeeping).await
    }

    /// Begins a transaction for what of an account is in no log, such as how far an upload is.
    pub async fn begin_beside(&self, account: i64, class: Class) -> Result<Housekeeping> {
        Housekeeping::begin(self, Some(account), class).await
    }

    /// Waits until a commit of this replica changed what phones must know. A change before the call counts, if nobody
    /// waited then; one waits at a time.
    pub async fn changed(&self) {
        self.shared.changed.notified().await;
    }

    /// Hears of new events, and of [`Self::announce`], in this process; what other replicas commit is found by looking.
    pub fn news(&self) -> watch::Receiver<()> {
        self.shared.news.subscribe()
    }

    /// Says that there is more to do with events.
    pub fn announce(&self) {
        self.shared.news.send_replace(());
    }

    /// How many entries of phones wait to be written.
    pub fn waiting_entries(&self) -> usize {
        self.shared.queue.entries()
    }

    /// How many wait for their turn to write.
    pub fn waiting_turns(&self) -> usize {
        self.shared.scheduler.waiting()
    }

    /// For how long the oldest submission of a phone has been waiting, in microseconds.
    pub fn oldest_waiting_us(&self) -> Option<i64> {
        let now_us = self.shared.environment.monotonic_us();
        self.shared.queue.oldest_since_us().map(|since_us| now_us.saturating_sub(since_us))
    }
}
