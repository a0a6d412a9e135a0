//! The event log as customers' systems read it: what they may learn, in order, each with its frozen snapshot.

pub mod kinds;
mod routes;
pub mod wait;

pub use self::routes::routes;

use std::collections::HashMap;

use campo_protocol::faults::Faults;
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{Allowed, Caller, permissions::ViewEntries},
    api::{page::fitting, time::Instant},
    app::App,
    channels::filter::{Filter, NamedIn},
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
    /// What it is about, such as `entry` or `task`
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

/// The most events that one look goes over: whoever wants few of many is answered soon, and asks on.
const LOOKED_AT: i64 = 50_000;

/// Which events a reader wants.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Behind which position
    after: i64,
    /// At most
    limit: i64,
    /// Their kinds; the usual ones where there is none
    kinds: Vec<String>,
    /// What they are about
    filter: Filter,
}

/// What a reader asks for.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Which events
    pub(crate) wanted: Wanted,
    /// How many seconds it waits for one
    pub(crate) wait_s: i64,
}

/// The events that are asked for. A page ends early where its snapshots are large.
pub(crate) async fn list(app: &App, caller: &Caller, asked: Asked) -> Result<Events> {
    let Asked { mut wanted, wait_s } = asked;
    let mut faults = Faults::default();
    kinds::check("/kind", &wanted.kinds, &mut faults);
    faults.check_range("/wait", wait_s as f64, 0.0, wait::LONGEST_S as f64);
    if !wanted.filter.is_empty() {
        let mut tx = app.db.begin_snapshot().await?;
        let resolved =
            wanted.filter.resolve((&mut tx, caller.account), NamedIn::Query, None, &mut faults).await;
        tx.rollback().await;
        resolved?;
    }
    faults.into_result()?;
    kinds::must_cover(&caller.oneself(), &wanted.kinds)?;
    wait::until(app, caller.account, wanted, wait_s).await
}

/// The events of one usual kind behind `after`, for work of Campo itself.
pub async fn of_kind(
    app: &App,
    allowed: &Allowed<ViewEntries>,
    kind: &str,
    after: i64,
    limit: i64,
) -> Result<Events> {
    let wanted = Wanted { after, limit, kinds: vec![kind.to_owned()], filter: Filter::default() };
    read(app, allowed.account(), &wanted).await
}

/// One look at the log.
async fn read(app: &App, account: i64, wanted: &Wanted) -> Result<Events> {
    let epoch = server_setting::epoch(&app.db).await?;
    let mut tx = app.db.begin_snapshot().await?;
    let events = read_in(&mut tx, account, wanted, epoch).await;
    tx.rollback().await;
    events
}

async fn read_in(tx: &mut Tx, account: i64, wanted: &Wanted, epoch: Uuid) -> Result<Events> {
    let Wanted { after, limit, kinds, filter } = wanted;
    let (head,): (i64,) =
        tx.fetch_one("select event from account_head where account = $1", (account,)).await?;
    let named: String = kinds::all()
        .filter(|kind| kinds::is_wanted(kinds, kind.name))
        .flat_map(|kind| ["\"", kind.name, "\""])
        .collect();
    let end = after.saturating_add(LOOKED_AT);
    let mut rows: Vec<Row> = tx
        .fetch_all(
            "select e.position, e.id, e.kind, e.format, e.subject_kind, e.subject, e.entry, e.snapshot, e.created_us, \
             cast(length(s.body) as bigint) as size_bytes from event e \
             left join event_snapshot s on s.account = e.account and s.snapshot = e.snapshot \
             where e.account = $1 and e.position > $2 and e.position <= $3 and $4 like '%\"' || e.kind || '\"%' \
             order by e.position limit $5",
            (account, *after, end, named, limit.saturating_add(1)),
        )
        .await?;
    let kept = fitting(rows.iter().take(*limit as usize).map(|row| row.size_bytes.unwrap_or(0)));
    let has_more = rows.len() > kept;
    rows.truncate(kept);
    let last = rows.last().map_or(*after, |row| row.position);
    let position = if has_more { last } else { end.min(head) };
    let bodies = bodies(tx, account, &rows).await?;
    if !filter.is_empty() {
        let snapshots = rows.iter().map(|row| bodies.get(&row.snapshot).map(|body| body.get().as_bytes()));
        let mut refused = filter.refused(tx, account, snapshots).await?.into_iter();
        rows.retain(|_| refused.next().flatten().is_none());
    }
    let items = shown(rows, &bodies);
    Ok(Events { epoch, items, position: position.max(*after), more: position < head })
}

/// One event.
pub(crate) async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<EventShown> {
    // Who may read no kind at all is told so, whatever there is
    if !kinds::all().any(|kind| caller.permissions.has(kind.permission)) {
        caller.allow::<ViewEntries>()?;
    }
    let account = caller.account;
    let mut tx = app.db.begin_snapshot().await?;
    let row: Row = tx
        .fetch_optional(
            "select position, id, kind, format, subject_kind, subject, entry, snapshot, created_us, \
             cast(null as bigint) as size_bytes from event where account = $1 and id = $2",
            (account, id),
        )
        .await?
        .ok_or(Code::NotFound)?;
    kinds::must_cover(&caller.oneself(), std::slice::from_ref(&row.kind))?;
    let rows = vec![row];
    let bodies = bodies(&mut tx, account, &rows).await?;
    tx.rollback().await;
    shown(rows, &bodies).pop().ok_or_else(|| Problem::new(Code::NotFound))
}

/// The snapshots, of which several events can share one.
async fn bodies(tx: &mut Tx, account: i64, rows: &[Row]) -> Result<HashMap<i64, Box<RawValue>>> {
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
    Ok(bodies
        .into_iter()
        .filter_map(|(number, body)| {
            Some((number, RawValue::from_string(String::from_utf8(body).ok()?).ok()?))
        })
        .collect())
}

fn shown(rows: Vec<Row>, bodies: &HashMap<i64, Box<RawValue>>) -> Vec<EventShown> {
    rows.into_iter()
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
        .collect()
}
