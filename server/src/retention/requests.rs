//! That a person be forgotten because somebody asks for it.

use campo_protocol::{entry::Retention, faults::Faults};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    deleted,
    erase::{self, Found, Rule},
    rules::RetentionRules,
    steps::{ERASED, SCANNED, begin},
};
use crate::{
    access::{Allowed, permissions::ManageAccount},
    accounts::settings,
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    database::Tx,
    log::write::Write,
    problem::{Code, Problem, Result},
};

/// Who is to be forgotten.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewErasure {
    /// The employee, by id, who was deleted before
    pub employee: Uuid,
    /// True when punches, corrections and closed periods go too, which many laws ask to keep for years
    #[serde(default)]
    pub working_time: bool,
}

/// That a person is forgotten: what the person wrote, sent and was sent, and what the office kept of the person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Erasure {
    /// Its id
    pub id: Uuid,
    /// The employee
    pub employee: Uuid,
    /// True when punches, corrections and closed periods go too
    pub working_time: bool,
    /// Who asked for it: `user` or `key`
    pub author_kind: String,
    /// Which one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Uuid>,
    /// How many entries were erased so far
    pub entries: i64,
    /// True while it waits, since the account or the employee is held
    pub held: bool,
    /// When it was asked for
    pub created_at: Instant,
    /// When nothing was left
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Instant>,
}

#[derive(Debug, FromRow)]
struct Row {
    id: Uuid,
    employee: Uuid,
    working_time: bool,
    author: String,
    author_id: Option<Uuid>,
    position: i64,
    entries: i64,
    created_us: i64,
    done_us: Option<i64>,
}

impl Row {
    fn shown(self, rules: &RetentionRules) -> Erasure {
        Erasure {
            id: self.id,
            employee: self.employee,
            working_time: self.working_time,
            author_kind: self.author,
            author: self.author_id,
            entries: self.entries,
            held: self.done_us.is_none() && rules.holds(Some(self.employee)),
            created_at: Instant(self.created_us),
            done_at: self.done_us.map(Instant),
        }
    }
}

/// Asks that a person be forgotten, which is done soon, in steps. [`Code::Conflict`] for an employee who was not deleted:
/// that comes first, so that phones lose the person.
pub(super) async fn ask(write: &mut Write, new: &NewErasure) -> Result<Erasure> {
    let (account, id, now_us, author) = (write.account(), write.new_id(), write.now_us, write.principal);
    let state: Option<(String,)> = write
        .tx()
        .fetch_optional(
            "select state from object where account = $1 and kind = 'employee' and id = $2",
            (account, new.employee),
        )
        .await?;
    match state {
        None => {
            let mut faults = Faults::default();
            let given = new.employee.to_string();
            faults.add("/employee", "unknown_reference", &given, "one that this account has");
            faults.into_result()?;
        }
        Some((state,)) if state != "deleted" => {
            return Err(Problem::new(Code::Conflict).with("with", "state"));
        }
        Some(_) => {}
    }
    write
        .tx()
        .execute(
            "insert into erasure (account, id, employee, working_time, author, author_id, position, entries, created_us) \
             values ($1, $2, $3, $4, $5, $6, 0, 0, $7)",
            (account, id, new.employee, new.working_time, author.kind(), author.id(), now_us),
        )
        .await?;
    let rules = settings::of_account(write.tx(), account).await?.retention;
    let row: Option<Row> = write.tx().fetch_optional(ONE, (account, id)).await?;
    Ok(row.ok_or(Code::NotFound)?.shown(&rules))
}

const ONE: &str = "select id, employee, working_time, author, author_id, position, entries, created_us, done_us \
                   from erasure where account = $1 and id = $2";

/// One of them.
pub(super) async fn get(app: &App, allowed: &Allowed<ManageAccount>, id: Uuid) -> Result<Erasure> {
    let row: Option<Row> = app.db.fetch_optional(ONE, (allowed.account(), id)).await?;
    let rules = settings::read(&app.db, allowed.account()).await?.retention;
    Ok(row.ok_or(Code::NotFound)?.shown(&rules))
}

/// All of them, the last one first.
pub(super) async fn list(
    app: &App,
    allowed: &Allowed<ManageAccount>,
    page: PageQuery,
) -> Result<Page<Erasure>> {
    let limit = page.limit()?;
    let (before_us, before_id) = page.after()?.unwrap_or((i64::MAX, Uuid::max()));
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, employee, working_time, author, author_id, position, entries, created_us, done_us from erasure \
             where account = $1 and (created_us, id) < ($2, $3) order by created_us desc, id desc limit $4",
            (allowed.account(), before_us, before_id, limit + 1),
        )
        .await?;
    let rules = settings::read(&app.db, allowed.account()).await?.retention;
    let items = rows.into_iter().map(|row| row.shown(&rules)).collect();
    Ok(Page::new(items, limit, |erasure: &Erasure| (erasure.created_at.0, erasure.id)))
}

#[derive(FromRow)]
struct EntryRow {
    kind: String,
    #[sqlx(flatten)]
    found: Found,
}

/// The next step of the oldest request that is not held. False when there is none.
pub(super) async fn step(app: &App, account: i64, rules: &RetentionRules) -> Result<bool> {
    let open: Vec<Row> = app
        .db
        .fetch_all(
            "select id, employee, working_time, author, author_id, position, entries, created_us, done_us from erasure \
             where account = $1 and done_us is null order by created_us",
            (account,),
        )
        .await?;
    let Some(request) = open.into_iter().find(|row| !rules.holds(Some(row.employee))) else {
        return Ok(false);
    };
    let Some(mut write) = begin(app, account, rules).await? else { return Ok(true) };
    let rows = entries_of(write.tx(), account, &request).await?;
    let is_last = (rows.len() as i64) < SCANNED;
    let end = rows.last().map_or(request.position, |row| row.found.position);
    let mut found: Vec<Found> = rows
        .into_iter()
        .filter(|row| match Retention::of_kind(&row.kind) {
            Some(Retention::WorkingTime) => request.working_time,
            class => class.is_some(),
        })
        .map(|row| row.found)
        .filter(|found| found.is_there)
        .collect();
    let is_last = is_last && found.len() <= ERASED;
    let end = erase::first(&mut found, end);
    let rule = Rule::Asked { erasure: request.id, employee: request.employee };
    let erased = erase::entries(&mut write, &found, rule).await?;
    if is_last && let Some(object) = deleted::employee(write.tx(), account, request.employee).await? {
        deleted::blank(&mut write, vec![object]).await?;
    }
    note(&mut write, request.id, (end, erased, is_last)).await?;
    write.commit().await?;
    Ok(true)
}

async fn entries_of(tx: &mut Tx, account: i64, request: &Row) -> Result<Vec<EntryRow>> {
    tx.fetch_all(
        "select e.kind, e.position, e.id, e.employee, exists (select 1 from entry_body b \
         where b.account = e.account and b.position = e.position) as is_there from entry e \
         where e.account = $1 and e.employee = $2 and e.position > $3 order by e.position limit $4",
        (account, request.employee, request.position, SCANNED),
    )
    .await
}

async fn note(write: &mut Write, id: Uuid, (position, erased, is_done): (i64, usize, bool)) -> Result<()> {
    let (account, done_us) = (write.account(), is_done.then_some(write.now_us));
    write
        .tx()
        .execute(
            "update erasure set position = $3, entries = entries + $4, done_us = $5 where account = $1 and id = $2",
            (account, id, position, erased as i64, done_us),
        )
        .await?;
    Ok(())
}
