//! The event log: one event for one thing that an outside system may learn, with its frozen snapshot.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use campo_protocol::{
    entry::{FileMention, Kind, hash_from},
    task::state::TaskState,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    changes::View,
    context::{Context, Progress},
    entry::Incoming,
    fold::Folded,
    head::Head,
    rows::{EventRow, EventRows, SnapshotRow},
    snapshot::{FORMAT, Files, Snapshot},
    stored::StoredEntry,
};
use crate::{
    access::PermissionName,
    accounts::settings,
    database::Tx,
    problem::{Problem, Result},
};

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

/// A kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventKind {
    /// Its name on the wire and in tables
    pub name: &'static str,
    /// What reading it, or having it sent, needs
    pub permission: PermissionName,
    /// What it is about, within which its events keep order
    pub subject: &'static str,
}

/// The kinds about what is captured and planned: those of whoever names none. Every other kind is about what happened
/// in the server, and is told only to those who want it by name.
pub const USUAL_KINDS: &[EventKind] = &[
    EventKind { name: ENTRY_ADDED, permission: PermissionName::ViewEntries, subject: "entry" },
    EventKind { name: ENTRY_COMPLETE, permission: PermissionName::ViewEntries, subject: "entry" },
    EventKind { name: TASK_CREATED, permission: PermissionName::ViewEntries, subject: "task" },
    EventKind { name: TASK_CHANGED, permission: PermissionName::ViewEntries, subject: "task" },
    EventKind { name: TASK_DELETED, permission: PermissionName::ViewEntries, subject: "task" },
];

/// The office took a task from those who had it.
pub static TASK_WITHDRAWN: EventKind =
    EventKind { name: "task.withdrawn", permission: PermissionName::ViewEntries, subject: "task" };

/// Something that happened in the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerEvent {
    /// Its kind, none of [`USUAL_KINDS`]
    pub kind: &'static EventKind,
    /// What it is about
    pub subject: Uuid,
    /// Its id, where the same cause must not make it twice
    pub id: Option<Uuid>,
    /// What is told of that, as JSON
    pub told: String,
}

/// An event about the office part of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskEvent {
    /// [`TASK_CREATED`], [`TASK_CHANGED`] or [`TASK_DELETED`]
    pub kind: &'static str,
    /// The task
    pub task: Uuid,
    /// Its version after the edit
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
    /// How far the task that it names was after this entry
    pub task: Option<Progress>,
}

/// What one account adds to the logs besides entries.
#[derive(Debug)]
pub struct Source {
    /// The account
    pub account: i64,
    /// Events about the office part of tasks
    pub task_events: Vec<TaskEvent>,
    /// What happened in the server
    pub server_events: Vec<ServerEvent>,
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

/// The id of the event of `kind` about an entry: the same when a restored server is told of the entry again.
pub fn entry_event_id(account: i64, entry: Uuid, kind: &str) -> Uuid {
    Uuid::new_v5(&EVENT_NAMESPACE, format!("{account}/{entry}/0/{kind}").as_bytes())
}

/// The id of the event of `kind` about a version of a task. Behind a restore another edit makes the same version at
/// another time, of which receivers must hear.
fn task_event_id(account: i64, event: &TaskEvent, made_us: i64) -> Uuid {
    let TaskEvent { kind, task, version } = event;
    Uuid::new_v5(&EVENT_NAMESPACE, format!("{account}/{task}/{version}/{kind}/{made_us}").as_bytes())
}

/// Which of the files that the entries mention are stored already.
pub async fn stored_files<'a>(
    tx: &mut Tx,
    entries: impl Iterator<Item = (i64, &'a Incoming)>,
) -> Result<HashSet<(i64, Vec<u8>)>> {
    let mentioned: HashSet<(i64, Vec<u8>)> = entries
        .flat_map(|(account, incoming)| {
            let hash = |file: &FileMention| Some((account, hash_from(&file.hash)?.to_vec()));
            incoming.files().iter().filter_map(hash).collect::<Vec<_>>()
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

/// True when a file that an entry of the account mentions is one of those that are stored.
pub fn is_stored(stored: &HashSet<(i64, Vec<u8>)>, account: i64, file: &FileMention) -> bool {
    hash_from(&file.hash).is_some_and(|hash| stored.contains(&(account, hash.to_vec())))
}

/// How long the accounts of entries that mention files wait for them, by their settings.
pub async fn file_waits<'a>(
    tx: &mut Tx,
    entries: impl Iterator<Item = (i64, &'a Incoming)>,
) -> Result<HashMap<i64, i64>> {
    const DAY_US: i64 = 24 * 3600 * 1_000_000;
    let accounts: HashSet<i64> =
        entries.filter(|(_, incoming)| !incoming.files().is_empty()).map(|(account, _)| account).collect();
    let mut waits = HashMap::with_capacity(accounts.len());
    for account in accounts {
        let days = settings::of_account(tx, account).await?.files_wait_days;
        waits.insert(account, days.saturating_mul(DAY_US));
    }
    Ok(waits)
}

/// Where the files of a new entry are.
pub fn files_of(stored: &HashSet<(i64, Vec<u8>)>, account: i64, incoming: &Incoming) -> Files<'static> {
    let files = incoming.files();
    if files.is_empty() {
        return Files::None;
    }
    if files.iter().all(|file| is_stored(stored, account, file)) { Files::Stored } else { Files::Expected }
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
    snapshot.names(context, *account, incoming, task.as_ref())?;
    let id = entry_event_id(*account, incoming.id, ENTRY_ADDED);
    let about = Subject { kind: "entry", id: incoming.id, entry: Some(*position) };
    let number = push(rows, head, (id, ENTRY_ADDED), about, now_us, snapshot);
    if *files != Files::Expected {
        head.event += 1;
        rows.events.push(EventRow {
            account: *account,
            position: head.event,
            id: entry_event_id(*account, incoming.id, ENTRY_COMPLETE),
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

/// Adds an event for each task that the office took from somebody: what `placed` decided, as it came out in the end.
pub fn of_withdrawn(
    rows: &mut EventRows,
    heads: &mut HashMap<i64, Head>,
    context: &Context,
    placed: &[Placed],
    now_us: i64,
) -> Result<()> {
    let mut decided = BTreeSet::new();
    for one in placed {
        let content = one.incoming.content.as_ref().ok();
        if content.is_some_and(|content| matches!(content.kind, Kind::TaskStatusSet | Kind::TaskAssigned)) {
            decided.extend(one.incoming.task().map(|task| (one.account, task)));
        }
    }
    for (account, task) in decided {
        let (Some(known), Some(head)) = (context.tasks.get(&(account, task)), heads.get_mut(&account)) else {
            continue;
        };
        let withdrawn =
            |state: &Option<Arc<TaskState>>| state.as_ref().is_some_and(|state| state.status.is_withdrawn());
        let before = if withdrawn(&known.before) { Vec::new() } else { known.held_before() };
        let held = if withdrawn(&known.state) { Vec::new() } else { known.held_by() };
        let employees: Vec<Uuid> = before.into_iter().filter(|employee| !held.contains(employee)).collect();
        if employees.is_empty() {
            continue;
        }
        let numbers: Numbers = serde_json::from_str(&known.row.fields).map_err(Problem::internal)?;
        let told = Withdrawn { id: task, numbers, employees };
        let told = serde_json::to_string(&told).map_err(Problem::internal)?;
        of_server(rows, head, &ServerEvent { kind: &TASK_WITHDRAWN, subject: task, id: None, told }, now_us);
    }
    Ok(())
}

/// What is told of a task that was taken from somebody.
#[derive(Serialize)]
struct Withdrawn {
    id: Uuid,
    #[serde(flatten)]
    numbers: Numbers,
    employees: Vec<Uuid>,
}

#[derive(Serialize, Deserialize)]
struct Numbers {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    task_number: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_number: Option<String>,
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
        snapshot.task(context, account, task, context.progress(account, task).as_ref())?;
        let id = task_event_id(account, event, now_us);
        let about = Subject { kind: "task", id: event.task, entry: None };
        push(rows, head, (id, event.kind), about, now_us, snapshot);
    }
    for event in &source.server_events {
        of_server(rows, head, event, now_us);
    }
    for Completed { stored, missing } in &source.completed {
        let files = if missing.is_empty() { Files::Stored } else { Files::Missing(missing) };
        let (position, incoming) = (stored.position, &stored.incoming);
        let mut snapshot = Snapshot::new(account, now_us);
        snapshot.entry(position, incoming, (stored.outcome, stored.reason.as_deref()), &files);
        let task = context.progress(account, incoming.task());
        snapshot.names(context, account, incoming, task.as_ref())?;
        let id = entry_event_id(account, incoming.id, ENTRY_COMPLETE);
        let about = Subject { kind: "entry", id: incoming.id, entry: Some(position) };
        push(rows, head, (id, ENTRY_COMPLETE), about, now_us, snapshot);
    }
    Ok(())
}

/// The id of the event of `kind` about what began for `subject` at an instant: the same whenever it is made.
pub fn id_since(account: i64, kind: &EventKind, subject: Uuid, since_us: i64) -> Uuid {
    let name = format!("{account}/{subject}/{since_us}/{}", kind.name);
    Uuid::new_v5(&EVENT_NAMESPACE, name.as_bytes())
}

/// Adds an event of the server. Releases that know none of these leave it, and what is behind it, to one that does.
fn of_server(rows: &mut EventRows, head: &mut Head, event: &ServerEvent, now_us: i64) {
    let ServerEvent { kind, subject, id, told } = event;
    let account = head.account;
    let mut snapshot = Snapshot::of_server(account, now_us);
    snapshot.part(kind.subject, told);
    // Behind a restore it is another event: what it tells of may have gone otherwise
    let name = format!("{account}/{subject}/{}/{}/{now_us}", head.event + 1, kind.name);
    let id = id.unwrap_or_else(|| Uuid::new_v5(&EVENT_NAMESPACE, name.as_bytes()));
    let about = Subject { kind: kind.subject, id: *subject, entry: None };
    push(rows, head, (id, kind.name), about, now_us, snapshot);
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

/// What an event is about, and the position of the entry that it tells of.
#[derive(Clone, Copy)]
struct Subject {
    kind: &'static str,
    id: Uuid,
    entry: Option<i64>,
}

/// Adds an event with a snapshot of its own and returns the snapshot's number.
fn push(
    rows: &mut EventRows,
    head: &mut Head,
    (id, kind): (Uuid, &'static str),
    about: Subject,
    now_us: i64,
    snapshot: Snapshot,
) -> i64 {
    let format = snapshot.format();
    head.event += 1;
    rows.snapshots.push(SnapshotRow {
        account: head.account,
        snapshot: head.event,
        body: snapshot.into_bytes(),
    });
    rows.events.push(EventRow {
        account: head.account,
        position: head.event,
        id,
        kind,
        format,
        subject_kind: about.kind,
        subject: about.id,
        entry: about.entry,
        snapshot: head.event,
        created_us: now_us,
    });
    head.event
}
