//! The event log as customers' systems read it: what they may learn, in order, each with its frozen snapshot.

mod routes;

pub use self::routes::routes;

use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{Allowed, permissions::ViewEntries},
    api::{page::fitting, time::Instant},
    app::App,
    database::Tx,
    problem::{Code, Problem, Result},
    server_setting,
};

/// An event: one thing that an outside system may learn.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventShown {
    /// Its position in the account's log of events, without gaps
    pub position: i64,
    /// Its id; an event that is made again, after a restore, has the same
    pub id: Uuid,
    /// What happened, such as `entry.added`
    pub kind: String,
    /// The number of the snapshot's shape, which only gains members
    pub format: i64,
    /// What it is about: `entry` or `task`
    pub subject_kind: String,
    /// The id of that
    pub subject: Uuid,
    /// The position of the entry that it is about
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<i64>,
    /// When it was made
    pub created_at: Instant,
    /// Everything as it was then; absent when it was erased
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub snapshot: Option<Box<RawValue>>,
}

/// Some events.
#[derive(Debug, Serialize, ToSchema)]
pub struct Events {
    /// Changes whenever the server was restored: then positions may have been given anew, and events are to be read
    /// from the beginning, where their ids tell those that are known
    pub epoch: Uuid,
    /// The events in order
    pub items: Vec<EventShown>,
    /// What to ask for as `after` next, now or later
    pub position: i64,
    /// True when there are more now
    pub more: bool,
}

#[derive(FromRow)]
struct Row {
    position: i64,
    id: Uuid,
    kind: String,
    format: i64,
    subject_kind: String,
    subject: Uuid,
    entry: Option<i64>,
    snapshot: i64,
    created_us: i64,
    size_bytes: Option<i64>,
}

/// The events behind `after`, of one kind or of all. A page ends early where its snapshots are large.
pub async fn list(
    app: &App,
    allowed: &Allowed<ViewEntries>,
    kind: Option<&str>,
    after: i64,
    limit: i64,
) -> Result<Events> {
    let account = allowed.account();
    let epoch = server_setting::epoch(&app.db).await?;
    let mut tx = app.db.begin_snapshot().await?;
    let (head,): (i64,) =
        tx.fetch_one("select event from account_head where account = $1", (account,)).await?;
    let mut rows: Vec<Row> = tx
        .fetch_all(
            "select e.position, e.id, e.kind, e.format, e.subject_kind, e.subject, e.entry, e.snapshot, e.created_us, \
             cast(length(s.body) as bigint) as size_bytes from event e \
             left join event_snapshot s on s.account = e.account and s.snapshot = e.snapshot \
             where e.account = $1 and e.position > $2 and (e.kind = $3 or $3 is null) order by e.position limit $4",
            (account, after, kind.map(str::to_owned), limit.saturating_add(1)),
        )
        .await?;
    let kept = fitting(rows.iter().take(limit as usize).map(|row| row.size_bytes.unwrap_or(0)));
    let more = rows.len() > kept;
    rows.truncate(kept);
    let items = complete(&mut tx, account, rows).await?;
    tx.rollback().await;
    let position = items.last().filter(|_| more).map_or(head, |last| last.position);
    Ok(Events { epoch, items, position, more })
}

/// One event.
pub async fn get(app: &App, allowed: &Allowed<ViewEntries>, id: Uuid) -> Result<EventShown> {
    let account = allowed.account();
    let mut tx = app.db.begin_snapshot().await?;
    let row: Row = tx
        .fetch_optional(
            "select position, id, kind, format, subject_kind, subject, entry, snapshot, created_us, \
             cast(null as bigint) as size_bytes from event where account = $1 and id = $2",
            (account, id),
        )
        .await?
        .ok_or(Code::NotFound)?;
    let event = complete(&mut tx, account, vec![row]).await?.pop();
    tx.rollback().await;
    event.ok_or_else(|| Problem::new(Code::NotFound))
}

/// Adds the snapshots, of which several events can share one.
async fn complete(tx: &mut Tx, account: i64, rows: Vec<Row>) -> Result<Vec<EventShown>> {
    let mut wanted: Vec<i64> = rows.iter().map(|row| row.snapshot).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let bodies: Vec<(i64, Vec<u8>)> = tx
        .fetch_many(
            "a, s",
            (vec![account; wanted.len()], wanted),
            "select s.snapshot, s.body from k join event_snapshot s on s.account = k.a and s.snapshot = k.s",
        )
        .await?;
    let bodies: HashMap<i64, Box<RawValue>> = bodies
        .into_iter()
        .filter_map(|(number, body)| {
            Some((number, RawValue::from_string(String::from_utf8(body).ok()?).ok()?))
        })
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| EventShown {
            position: row.position,
            id: row.id,
            kind: row.kind,
            format: row.format,
            subject_kind: row.subject_kind,
            subject: row.subject,
            entry: row.entry,
            created_at: Instant(row.created_us),
            snapshot: bodies.get(&row.snapshot).cloned(),
        })
        .collect())
}
