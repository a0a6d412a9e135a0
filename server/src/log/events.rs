//! The event log: one event for one thing that an outside system may learn, with its frozen snapshot.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use campo_protocol::{task::state::TaskState, text::unhex};
use uuid::Uuid;

use super::{
    changes::View,
    context::Context,
    entry::Incoming,
    fold::Folded,
    head::Head,
    rows::{EventRow, EventRows, SnapshotRow},
    snapshot::{FORMAT, Files, Snapshot},
    stored::StoredEntry,
};
use crate::{accounts::settings, database::Tx, problem::Result};

/// The name space of event ids (UUIDv5, RFC 9562): events that are made again have the ids that receivers know.
const EVENT_NAMESPACE: Uuid = Uuid::from_u128(0x6f4a_2b1e_5d0c_4c58_9a3e_c0a3_b07e_7e11);

/// An entry was added.
pub const ENTRY_ADDED: &str = "entry.added";
/// An entry is complete: all its files are stored, or the waiting time is over.
pub const ENTRY_COMPLETE: &str = "entry.complete";
/// A task came into being.
pub const TASK_CREATED: &str = "task.created";
/// The office part of a task changed.
pub const TASK_CHANGED: &str = "task.changed";
/// A task was deleted.
pub const TASK_DELETED: &str = "task.deleted";

/// Every kind of event.
pub const KINDS: &[&str] = &[ENTRY_ADDED, ENTRY_COMPLETE, TASK_CREATED, TASK_CHANGED, TASK_DELETED];

/// An event about the office part of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskEvent {
    /// [`TASK_CREATED`], [`TASK_CHANGED`] or [`TASK_DELETED`]
    pub kind: &'static str,
    /// The task
    pub task: Uuid,
    /// Its version after the edit, which makes the event's id
    pub version: i64,
}

/// An entry whose files are all there, or late.
#[derive(Debug)]
pub struct Completed {
    /// The entry, read again from the log
    pub stored: StoredEntry,
    /// The files that did not arrive (SHA-256, hexadecimal)
    pub missing: Vec<String>,
}

/// A new entry in its place in the log.
#[derive(Debug)]
pub struct Placed {
    /// The account
    pub account: i64,
    /// Its position
    pub position: i64,
    /// The entry
    pub incoming: Incoming,
    /// What became of it
    pub folded: Folded,
    /// Where its files are
    pub files: Files<'static>,
    /// The task that it names, as it stood after this entry
    pub task: Option<Arc<TaskState>>,
}

/// What one account adds to the logs besides entries.
#[derive(Debug)]
pub struct Source {
    /// The account
    pub account: i64,
    /// Events about the office part of tasks
    pub task_events: Vec<TaskEvent>,
    /// Tasks that are filed anew without an event
    pub refiled: Vec<Uuid>,
    /// Entries that became complete
    pub completed: Vec<Completed>,
    /// Views of objects other than tasks
    pub views: Vec<View>,
    /// Points of interest that a task came to or left
    pub places: Vec<Uuid>,
}

impl Source {
    /// The tasks that are filed anew whatever the entries say of them.
    pub fn edited_tasks(&self) -> impl Iterator<Item = (i64, Uuid)> {
        let edited = self.task_events.iter().map(|event| event.task).chain(self.refiled.iter().copied());
        edited.map(|task| (self.account, task))
    }

    /// The points of interest whose tasks are others now, with the account.
    pub fn places(&self) -> impl Iterator<Item = (i64, Uuid)> {
        self.places.iter().map(|place| (self.account, *place))
    }

    /// The views, with the account.
    pub fn into_views(self) -> impl Iterator<Item = (i64, View)> {
        let account = self.account;
        self.views.into_iter().map(move |view| (account, view))
    }
}

/// The id of the event of `kind` about `subject`.
pub fn event_id(account: i64, subject: Uuid, detail: i64, kind: &str) -> Uuid {
    Uuid::new_v5(&EVENT_NAMESPACE, format!("{account}/{subject}/{detail}/{kind}").as_bytes())
}

/// Which of the files that the entries mention are stored already.
pub async fn stored_files<'a>(
    tx: &mut Tx,
    entries: impl Iterator<Item = (i64, &'a Incoming)>,
) -> Result<HashSet<(i64, Vec<u8>)>> {
    let mentioned: HashSet<(i64, Vec<u8>)> = entries
        .filter_map(|(account, incoming)| incoming.content.as_ref().ok().map(|content| (account, content)))
        .flat_map(|(account, content)| {
            content.entry.files.iter().filter_map(move |file| Some((account, unhex(&file.hash)?)))
        })
        .collect();
    let rows: Vec<(i64, Vec<u8>)> = tx
        .fetch_many(
            "a, h",
            (
                mentioned.iter().map(|key| key.0).collect::<Vec<_>>(),
                mentioned.iter().map(|key| key.1.clone()).collect::<Vec<_>>(),
            ),
            "select f.account, f.hash from k join file f on f.account = k.a and f.hash = k.h",
        )
        .await?;
    Ok(rows.into_iter().collect())
}

/// How long the accounts of entries that mention files wait for them, by their settings.
pub async fn file_waits<'a>(
    tx: &mut Tx,
    entries: impl Iterator<Item = (i64, &'a Incoming)>,
) -> Result<HashMap<i64, i64>> {
    const DAY_US: i64 = 24 * 3600 * 1_000_000;
    let accounts: HashSet<i64> = entries
        .filter(|(_, incoming)| {
            incoming.content.as_ref().is_ok_and(|content| !content.entry.files.is_empty())
        })
        .map(|(account, _)| account)
        .collect();
    let mut waits = HashMap::with_capacity(accounts.len());
    for account in accounts {
        let days = settings::of_account(tx, account).await?.files_wait_days;
        waits.insert(account, days.saturating_mul(DAY_US));
    }
    Ok(waits)
}

/// Where the files of a new entry are.
pub fn files_of(stored: &HashSet<(i64, Vec<u8>)>, account: i64, incoming: &Incoming) -> Files<'static> {
    let Ok(content) = &incoming.content else { return Files::None };
    if content.entry.files.is_empty() {
        return Files::None;
    }
    let is_stored = |hash: &str| unhex(hash).is_some_and(|hash| stored.contains(&(account, hash)));
    if content.entry.files.iter().all(|file| is_stored(&file.hash)) { Files::Stored } else { Files::Expected }
}

/// Adds the events of a new entry.
pub fn of_entry(
    rows: &mut EventRows,
    head: &mut Head,
    context: &Context,
    placed: &Placed,
    now_us: i64,
) -> Result<()> {
    let Placed { account, position, incoming, folded, files, task } = placed;
    let mut snapshot = Snapshot::new(*account, now_us);
    snapshot.entry(*position, incoming, (folded.outcome, folded.reason), files);
    snapshot.names(context, *account, incoming, task.as_deref())?;
    let number = push(rows, head, ENTRY_ADDED, ("entry", incoming.id, 0), Some(*position), now_us, snapshot);
    if *files != Files::Expected {
        head.event += 1;
        rows.events.push(EventRow {
            account: *account,
            position: head.event,
            id: event_id(*account, incoming.id, 0, ENTRY_COMPLETE),
            kind: ENTRY_COMPLETE,
            format: FORMAT,
            subject_kind: "entry",
            subject: incoming.id,
            entry: Some(*position),
            snapshot: number,
            created_us: now_us,
        });
    }
    Ok(())
}

/// Adds the events of what was edited and completed.
pub fn of_source(
    rows: &mut EventRows,
    head: &mut Head,
    context: &Context,
    source: &Source,
    now_us: i64,
) -> Result<()> {
    let account = source.account;
    for event in &source.task_events {
        let mut snapshot = Snapshot::new(account, now_us);
        let task = Some(event.task);
        snapshot.task(context, account, task, context.task_state(account, task).as_deref())?;
        push(rows, head, event.kind, ("task", event.task, event.version), None, now_us, snapshot);
    }
    for Completed { stored, missing } in &source.completed {
        let files = if missing.is_empty() { Files::Stored } else { Files::Missing(missing) };
        let (position, incoming) = (stored.position, &stored.incoming);
        let mut snapshot = Snapshot::new(account, now_us);
        snapshot.entry(position, incoming, (stored.outcome, stored.reason.as_deref()), &files);
        let task = context.task_state(account, incoming.task());
        snapshot.names(context, account, incoming, task.as_deref())?;
        push(rows, head, ENTRY_COMPLETE, ("entry", incoming.id, 0), Some(position), now_us, snapshot);
    }
    Ok(())
}

/// Lets no entry that became complete wait for files any longer.
pub async fn end_waiting(tx: &mut Tx, sources: &[Source]) -> Result<()> {
    let ended = sources.iter().flat_map(|source| {
        source.completed.iter().map(|completed| (source.account, completed.stored.position))
    });
    let (accounts, positions): (Vec<i64>, Vec<i64>) = ended.unzip();
    tx.change_many(
        "a, p",
        (accounts, positions),
        "update entry set files_due_us = null from k where entry.account = k.a and entry.position = k.p",
    )
    .await?;
    Ok(())
}

/// Adds an event with a snapshot of its own and returns the snapshot's number.
fn push(
    rows: &mut EventRows,
    head: &mut Head,
    kind: &'static str,
    (subject_kind, subject, detail): (&'static str, Uuid, i64),
    entry: Option<i64>,
    now_us: i64,
    snapshot: Snapshot,
) -> i64 {
    head.event += 1;
    rows.snapshots.push(SnapshotRow {
        account: head.account,
        snapshot: head.event,
        body: snapshot.into_bytes(),
    });
    rows.events.push(EventRow {
        account: head.account,
        position: head.event,
        id: event_id(head.account, subject, detail, kind),
        kind,
        format: FORMAT,
        subject_kind,
        subject,
        entry,
        snapshot: head.event,
        created_us: now_us,
    });
    head.event
}
