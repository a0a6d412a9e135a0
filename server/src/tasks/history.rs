//! What happened to a task: its entries in the order of their positions, and what its office part was before.

use std::collections::HashMap;

use campo_protocol::entry::{Entry, Kind};
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{TaskReference, read::find};
use crate::{
    access::{Allowed, permissions::ViewTasks},
    api::{
        page::{Page, PageQuery, fitting},
        time::Instant,
    },
    app::App,
    log::entry::marks,
    problem::{Problem, Result},
};

/// One entry of a task.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskEntry {
    /// Its position in the account's entry log
    pub position: i64,
    /// Its id
    pub id: Uuid,
    /// What happened, such as `task.start`
    pub kind: String,
    /// Who handed it in
    pub author: Author,
    /// The worker whose entry it is
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee: Option<Uuid>,
    /// When it happened
    pub occurred_at: Instant,
    /// How that instant was fixed: `anchored`, `wall` or `suspect`
    pub occurred_kind: String,
    /// When the server received it
    pub received_at: Instant,
    /// What became of it: `applied`, `noted` or `set_aside`
    pub outcome: String,
    /// Stable code that says why, where it was not applied
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_reason: Option<String>,
    /// What was marked on it without changing its effect
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<&'static str>,
    /// Why, as the office said it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Free text typed with it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the office decided
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub decision: Option<Box<RawValue>>,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HistoryAuthor)]
pub struct Author {
    /// `user`, `key`, `installation`, or the name of a duty of Campo itself
    pub kind: String,
    /// Which one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
}

/// What the office part of a task was before an edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskVersion {
    /// The version that was replaced
    pub version: i64,
    /// The office part as it was
    #[schema(value_type = campo_protocol::task::fields::TaskFields)]
    pub fields: Box<RawValue>,
    /// Who replaced it
    pub author: Author,
    /// When it was replaced
    pub replaced_at: Instant,
}

#[derive(FromRow)]
struct EntryRow {
    position: i64,
    id: Uuid,
    kind: String,
    author: String,
    author_id: Option<Uuid>,
    employee: Option<Uuid>,
    occurred_us: i64,
    occurred_kind: String,
    received_us: i64,
    outcome: String,
    reason: Option<String>,
    marks: i64,
    size_bytes: Option<i64>,
}

/// The entries of a task, first to last. A page ends early where its entries are large.
pub async fn entries(
    app: &App,
    allowed: &Allowed<ViewTasks>,
    reference: &TaskReference,
    page: &PageQuery,
) -> Result<Page<TaskEntry>> {
    let (limit, after) = (page.limit()?, page.after::<i64>()?.unwrap_or(0));
    let account = allowed.account();
    let mut tx = app.db.begin_snapshot().await?;
    let task = find(&mut tx, account, reference).await?.id;
    let rows: Vec<EntryRow> = tx
        .fetch_all(
            "select e.position, e.id, e.kind, e.author, e.author_id, e.employee, e.occurred_us, e.occurred_kind, \
             e.received_us, e.outcome, e.reason, e.marks, cast(length(b.bytes) as bigint) as size_bytes from entry e \
             left join entry_body b on b.account = e.account and b.position = e.position \
             where e.account = $1 and e.task = $2 and e.position > $3 order by e.position limit $4",
            (account, task, after, limit + 1),
        )
        .await?;
    let kept = fitting(rows.iter().take(limit as usize).map(|row| row.size_bytes.unwrap_or(0)));
    let page = Page::new(rows, kept as i64, |row| row.position);
    let positions: Vec<i64> = page.items.iter().map(|row| row.position).collect();
    let bodies: Vec<(i64, Vec<u8>)> = tx
        .fetch_many(
            "a, p",
            (vec![account; positions.len()], positions),
            "select b.position, b.bytes from k join entry_body b on b.account = k.a and b.position = k.p",
        )
        .await?;
    tx.commit().await?;
    let mut bodies: HashMap<i64, Vec<u8>> = bodies.into_iter().collect();
    Ok(page.map(|row| {
        let bytes = bodies.remove(&row.position);
        shown(row, bytes.as_deref())
    }))
}

fn shown(row: EntryRow, bytes: Option<&[u8]>) -> TaskEntry {
    // An erased entry has no bytes; one that was not understood has none that can be read
    let entry = bytes.and_then(|bytes| serde_json::from_slice::<Entry>(bytes).ok());
    let (reason, note, body) =
        entry.map_or((None, None, None), |entry| (entry.reason, entry.note, entry.body));
    let by_office = Kind::from_name(&row.kind).is_some_and(Kind::is_office);
    TaskEntry {
        position: row.position,
        id: row.id,
        kind: row.kind,
        author: Author { kind: row.author, id: row.author_id },
        employee: row.employee,
        occurred_at: Instant(row.occurred_us),
        occurred_kind: row.occurred_kind,
        received_at: Instant(row.received_us),
        outcome: row.outcome,
        outcome_reason: row.reason,
        marks: marks::NAMES.iter().filter(|(bit, _)| row.marks & bit != 0).map(|(_, name)| *name).collect(),
        reason,
        note,
        decision: body.filter(|_| by_office),
    }
}

#[derive(FromRow)]
struct VersionRow {
    version: i64,
    fields: String,
    author: String,
    author_id: Option<Uuid>,
    replaced_us: i64,
}

/// What the office part was before each edit, first to last.
pub async fn versions(
    app: &App,
    allowed: &Allowed<ViewTasks>,
    reference: &TaskReference,
    page: &PageQuery,
) -> Result<Page<TaskVersion>> {
    let (limit, after) = (page.limit()?, page.after::<i64>()?.unwrap_or(0));
    let account = allowed.account();
    let mut tx = app.db.begin_snapshot().await?;
    let task = find(&mut tx, account, reference).await?.id;
    let rows: Vec<VersionRow> = tx
        .fetch_all(
            "select version, fields, author, author_id, replaced_us from task_version \
             where account = $1 and id = $2 and version > $3 order by version limit $4",
            (account, task, after, limit + 1),
        )
        .await?;
    tx.commit().await?;
    let page = Page::new(rows, limit, |row| row.version);
    let items = page.items.into_iter().map(|row| {
        Ok(TaskVersion {
            version: row.version,
            fields: RawValue::from_string(row.fields).map_err(Problem::internal)?,
            author: Author { kind: row.author, id: row.author_id },
            replaced_at: Instant(row.replaced_us),
        })
    });
    Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
}
