//! A transaction of the office in one account: what a capability edits, with the entries, events and changes that go
//! with it.

use std::collections::BTreeSet;

use campo_protocol::{
    entry::{Entry, Kind},
    sync::Receipt,
};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    Log,
    changes::View,
    entry::Incoming,
    events::{Completed, EventKind, ServerEvent, TaskEvent},
    flush::{self, Batch},
    head,
};
use crate::{
    access::{Allowed, Duty, Principal},
    database::Tx,
    environment::Environment,
    live::topics,
    problem::{Code, Problem, Result},
    scheduler::{Class, Turn},
    secrets::Secrets,
};

/// An open transaction that holds the account's lock. Dropped without [`Write::commit`] it leaves nothing behind.
#[derive(Debug)]
pub struct Write {
    log: Log,
    account: i64,
    /// Taken when committing
    open: Option<Open>,
    /// True when the head's `directory` was raised, so that the cache may hold what only a commit makes true
    directory_raised: bool,
    committed: bool,
    /// The topics whose counters are raised, see [`crate::live`]
    topics: BTreeSet<&'static str>,
    /// Who writes
    pub principal: Principal,
    /// The instant of everything in it: microseconds since 1970 UTC
    pub now_us: i64,
    /// Given back last: after the rollback has begun and the cache has forgotten
    _turn: Turn,
}

#[derive(Debug)]
struct Open {
    tx: Tx,
    batch: Batch,
}

impl Write {
    pub(super) async fn begin<P>(log: Log, allowed: &Allowed<P>, class: Class) -> Result<Self> {
        let (account, principal) = (allowed.account(), allowed.principal());
        if class <= Class::Office {
            log.shared.queue.note_edit(account, log.shared.environment.monotonic_us());
        }
        let turn = log.shared.scheduler.turn(account, class).await?;
        let mut tx = log.shared.db.begin().await?;
        let head =
            head::lock(&mut tx, &[account]).await?.pop().ok_or_else(|| Problem::new(Code::NotFound))?;
        let now_us = log.shared.environment.now_us();
        let open = Some(Open { tx, batch: Batch::new(head) });
        Ok(Self {
            log,
            account,
            open,
            directory_raised: false,
            committed: false,
            topics: BTreeSet::new(),
            principal,
            now_us,
            _turn: turn,
        })
    }

    /// The transaction, for the capability's own statements.
    pub fn tx(&mut self) -> &mut Tx {
        &mut self.open().tx
    }

    /// The server's secrets, to seal and to hash.
    pub fn secrets(&self) -> &Secrets {
        &self.log.shared.secrets
    }

    /// Clock and chance.
    pub fn environment(&self) -> &Environment {
        &self.log.shared.environment
    }

    /// The account.
    pub fn account(&self) -> i64 {
        self.account
    }

    /// A new id.
    pub fn new_id(&self) -> Uuid {
        self.log.shared.environment.uuid()
    }

    /// The account's counter for tasks: the last number that it gave.
    pub fn task_number_counter(&mut self) -> &mut i64 {
        &mut self.open().batch.head.task_number
    }

    /// The next number of the account's counter, also when a task has it already: saving tasks goes through the gaps.
    pub fn next_task_number(&mut self) -> i64 {
        let counter = self.task_number_counter();
        *counter = counter.saturating_add(1);
        *counter
    }

    /// The position that the last of the entries appended so far will have.
    pub fn entry_position(&mut self) -> i64 {
        let batch = &self.open().batch;
        batch.head.entry + batch.entries.len() as i64
    }

    /// Appends an entry of the office: `about` names task, employee or entry, `body` says the rest.
    pub fn entry(&mut self, kind: Kind, about: About, body: &impl Serialize) -> Result<Uuid> {
        let body = serde_json::to_string(body).and_then(RawValue::from_string).map_err(Problem::internal)?;
        let id = self.new_id();
        let (user, key, duty) = match self.principal {
            Principal::User(id) => (Some(id), None, None),
            Principal::Key(id) => (None, Some(id), None),
            Principal::Duty(duty) => (None, None, Some(duty.name().to_owned())),
            Principal::Intake(_) | Principal::Agent(_) => {
                (None, None, Some(self.principal.kind().to_owned()))
            }
            Principal::Installation(_) => (None, None, Some(Duty::Operator.name().to_owned())),
        };
        let entry = Entry {
            id,
            kind: kind.name().to_owned(),
            installation: None,
            employee: about.employee,
            session: None,
            user,
            key,
            duty,
            sequence: 0,
            clock: None,
            place: None,
            task: about.task,
            corrects: about.corrects,
            reason: about.reason,
            note: about.note,
            files: Vec::new(),
            body: Some(body),
        };
        let incoming =
            Incoming::from_office(kind, entry, self.principal, self.now_us).map_err(Problem::internal)?;
        self.open().batch.entries.push(incoming);
        Ok(id)
    }

    /// Makes an event about the office part of a task, and shows the task anew to the phones that have it.
    pub fn task_event(&mut self, event: TaskEvent) {
        self.open().batch.task_events.push(event);
    }

    /// Makes an event of something that happened in the server: what is told of its subject, as it is now.
    pub fn event(&mut self, kind: &'static EventKind, subject: Uuid, told: &impl Serialize) -> Result<()> {
        let told = serde_json::to_string(told).map_err(Problem::internal)?;
        self.open().batch.server_events.push(ServerEvent { kind, subject, id: None, told });
        Ok(())
    }

    /// The same with an id of its own, which no event of the account may have yet.
    pub fn event_of_id(
        &mut self,
        id: Uuid,
        kind: &'static EventKind,
        subject: Uuid,
        told: &impl Serialize,
    ) -> Result<()> {
        let told = serde_json::to_string(told).map_err(Problem::internal)?;
        self.open().batch.server_events.push(ServerEvent { kind, subject, id: Some(id), told });
        Ok(())
    }

    /// Shows the task anew to the phones that hold it, or takes it from them, without an event.
    pub fn refile_task(&mut self, task: Uuid) {
        self.open().batch.refiled.push(task);
    }

    /// Shows a point of interest anew to the phones that hold a task at it, because a task came to it or left it. What
    /// is decided of who has a task needs no such word.
    pub fn refile_place(&mut self, poi: Uuid) {
        self.open().batch.places.push(poi);
    }

    /// Makes `entry.complete` of an entry.
    pub fn complete(&mut self, completed: Completed) {
        self.open().batch.completed.push(completed);
    }

    /// Files what phones must know of an object other than a task.
    pub fn view(&mut self, view: View) {
        self.open().batch.views.push(view);
    }

    /// Says that an object changed, so that no replica uses what it has cached.
    pub fn directory_changed(&mut self) {
        self.directory_raised = true;
        self.open().batch.head.directory += 1;
    }

    /// Says that what a topic is about changes, so that consoles look again.
    pub fn touch(&mut self, topic: &'static str) {
        self.topics.insert(topic);
    }

    /// Folds what was appended so far, so that what follows in this transaction finds it in the tables. For what is only
    /// tried, since nobody is told of it: what was folded must be dropped, not committed.
    pub async fn fold(&mut self) -> Result<()> {
        let Some(Open { mut tx, batch }) = self.open.take() else {
            return Err(Problem::internal(anyhow::anyhow!("a transaction that is over was folded")));
        };
        flush::flush(&self.log.shared, &mut tx, vec![batch]).await?;
        let head = head::lock(&mut tx, &[self.account]).await?.pop().ok_or(Code::NotFound)?;
        self.open = Some(Open { tx, batch: Batch::new(head) });
        Ok(())
    }

    /// Folds, numbers, inserts and commits. When this fails, or is dropped before it ends, nobody knows whether it
    /// happened.
    pub async fn commit(mut self) -> Result<Vec<Receipt>> {
        let Some(Open { mut tx, batch }) = self.open.take() else {
            return Err(Problem::internal(anyhow::anyhow!("a transaction was committed twice")));
        };
        let appended = flush::flush(&self.log.shared, &mut tx, vec![batch]).await?;
        topics::raise(&mut tx, self.account, self.topics.iter().copied()).await?;
        tx.commit().await?;
        self.committed = true;
        self.log.shared.committed(&appended);
        Ok(appended.into_iter().flat_map(|appended| appended.receipts).collect())
    }

    #[expect(clippy::expect_used, reason = "`open` is taken only by `commit`, which consumes the write")]
    fn open(&mut self) -> &mut Open {
        self.open.as_mut().expect("the transaction is open")
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        if self.directory_raised && !self.committed {
            self.log.shared.directory.forget(self.account);
        }
    }
}

/// What an entry of the office is about.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The task
    pub task: Option<Uuid>,
    /// The employee
    pub employee: Option<Uuid>,
    /// The entry that it corrects
    pub corrects: Option<Uuid>,
    /// Why
    pub reason: Option<String>,
    /// Free text
    pub note: Option<String>,
}
