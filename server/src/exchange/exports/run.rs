//! Runs of exports: each fixes its range when it begins, so that the next one goes on where it ended.

use campo_file_names::NameTemplate;
use campo_protocol::{model::Ref, text::hex};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    definition::{self, Export},
    make::job,
    schedule,
};
use crate::{
    access::{
        Allowed,
        permissions::{ManageExchange, ViewTransfers},
    },
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    exchange::{TOPIC, placing::moment},
    jobs,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportRunState {
    /// It waits for its turn, or is being written
    Making,
    /// Its file is there; where it goes to a folder it lies in it
    Made,
    /// It has no rows, and makes no file
    Empty,
    /// The customer took all of its files
    Taken,
    /// Campo failed at it again and again
    Failed,
}

impl ExportRunState {
    fn from_name(name: &str) -> Self {
        match name {
            "made" => Self::Made,
            "empty" => Self::Empty,
            "taken" => Self::Taken,
            "failed" => Self::Failed,
            _ => Self::Making,
        }
    }
}

/// A run of an export.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportRun {
    /// Its id
    pub id: Uuid,
    /// The export
    pub export: Uuid,
    /// Its number among the runs of the export
    pub number: i64,
    /// The position of the log of events behind which it begins
    pub from_position: i64,
    /// The position with which it ends
    pub to_position: i64,
    /// The name of its file; of a run of many files the pattern of their names
    pub file_name: String,
    /// How far it is
    pub state: ExportRunState,
    /// Its rows
    pub rows: i64,
    /// Its files, where it has made any: `/v1/export-runs/{run}/files`
    pub files: i64,
    /// How many of them the customer took
    pub taken_files: i64,
    /// How many of them were brought to the customer's server
    pub delivered_files: i64,
    /// The length of its file, or of all that it has instead
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<i64>,
    /// SHA-256 of its file, hexadecimal; none where it has a file for each entry
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// When it began: the instant of the state that it shows
    pub begun_at: Instant,
    /// When the customer took a file of it last
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<Instant>,
    /// When a file of it was brought to the customer's server last
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Instant>,
}

/// A row of `export_run`.
#[derive(Debug, Clone, FromRow)]
pub(super) struct RunRow {
    pub(super) id: Uuid,
    pub(super) export: Uuid,
    pub(super) number: i64,
    pub(super) from_position: i64,
    pub(super) to_position: i64,
    pub(super) name: String,
    pub(super) body: String,
    pub(super) state: String,
    pub(super) row_count: i64,
    pub(super) size_bytes: Option<i64>,
    pub(super) hash: Option<Vec<u8>>,
    pub(super) begun_us: i64,
    files: i64,
    taken_files: i64,
    delivered_files: i64,
    pub(super) taken_us: Option<i64>,
    pub(super) delivered_us: Option<i64>,
}

const ONE: &str = "select r.id, r.export, r.number, r.from_position, r.to_position, r.name, r.body, r.state, \
     r.row_count, r.size_bytes, r.hash, r.begun_us, \
     (select count(*) from outgoing_file o where o.account = r.account and o.origin = r.id) as files, \
     (select count(*) from outgoing_file o where o.account = r.account and o.origin = r.id \
     and o.taken_us is not null) as taken_files, \
     (select count(*) from outgoing_file o where o.account = r.account and o.origin = r.id \
     and o.delivered_us is not null) as delivered_files, \
     (select max(o.taken_us) from outgoing_file o where o.account = r.account and o.origin = r.id) as taken_us, \
     (select max(o.delivered_us) from outgoing_file o where o.account = r.account and o.origin = r.id) \
     as delivered_us from export_run r where r.account = $1 and r.id = $2";

impl RunRow {
    fn shown(self) -> ExportRun {
        let state = match ExportRunState::from_name(&self.state) {
            ExportRunState::Made if self.taken_us.is_some() && self.taken_files == self.files => {
                ExportRunState::Taken
            }
            state => state,
        };
        ExportRun {
            id: self.id,
            export: self.export,
            number: self.number,
            from_position: self.from_position,
            to_position: self.to_position,
            file_name: self.name,
            state,
            rows: self.row_count,
            size_bytes: self.size_bytes,
            hash: self.hash.map(|hash| hex(&hash)),
            files: self.files,
            taken_files: self.taken_files,
            delivered_files: self.delivered_files,
            begun_at: Instant(self.begun_us),
            taken_at: self.taken_us.map(Instant),
            delivered_at: self.delivered_us.map(Instant),
        }
    }
}

/// Begins the next run of an export in a transaction: from where the one before ended up to now.
pub(super) async fn begin(write: &mut Write, which: &Ref, zone: &str) -> Result<Uuid> {
    let export: Export = definition::locked(write, which).await?;
    let (account, id, now_us, author) = (write.account(), write.new_id(), write.now_us, write.principal);
    let (head,): (i64,) =
        write.tx().fetch_one("select event from account_head where account = $1", (account,)).await?;
    let number = export.runs + 1;
    let name = name(&export.draft.file_name, zone, now_us, number)?;
    let job = job(&export.draft);
    // As it was when it began, also when it is changed meanwhile
    let body = serde_json::to_string(&export.draft).map_err(Problem::internal)?;
    write
        .tx()
        .execute(
            "insert into export_run (account, id, export, number, from_position, to_position, name, body, state, \
             row_count, begun_us, author, author_id) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, 'making', 0, $9, $10, $11)",
            (
                account,
                id,
                export.id,
                number,
                export.position,
                head,
                name,
                body,
                now_us,
                author.kind(),
                author.id(),
            ),
        )
        .await?;
    write
        .tx()
        .execute(
            "update export_cursor set position = $3, number = $4, next_us = $5 where account = $1 and export = $2",
            (account, export.id, head, number, schedule::next_us(&export.draft, zone, now_us)),
        )
        .await?;
    write.touch(TOPIC);
    jobs::enqueue(write, &job, &format!("export:{}", export.id), id, &json!({})).await?;
    Ok(id)
}

/// The name of the table of a run. The names of documents are made one by one, each with its entry.
fn name(template: &str, zone: &str, now_us: i64, number: i64) -> Result<String> {
    let name = NameTemplate::parse(template).map_err(Problem::internal)?;
    Ok(if name.has_id() { template.to_owned() } else { name.name(moment(zone, now_us)?, number, "") })
}

/// Begins a run by hand.
pub(super) async fn by_hand(app: &App, allowed: &Allowed<ManageExchange>, which: &Ref) -> Result<ExportRun> {
    let account = allowed.account();
    let (zone,): (String,) = app.db.fetch_one("select zone from account where id = $1", (account,)).await?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let id = begin(&mut write, which, &zone).await?;
    write.commit().await?;
    app.work.notify_one();
    Ok(load(app, account, id).await?.ok_or(Code::NotFound)?.shown())
}

pub(super) async fn load(app: &App, account: i64, id: Uuid) -> Result<Option<RunRow>> {
    app.db.fetch_optional(ONE, (account, id)).await
}

/// The runs of an export, the latest first.
pub(super) async fn list(
    app: &App,
    allowed: &Allowed<ViewTransfers>,
    which: &Ref,
    page: &PageQuery,
) -> Result<Page<ExportRun>> {
    let account = allowed.account();
    let export: Option<(Uuid,)> = app
        .db
        .fetch_optional(
            "select id from export where account = $1 and (id = $2 or code = $3) and state <> 'deleted'",
            (account, which.id(), which.code()),
        )
        .await?;
    let (export,) = export.ok_or(Code::NotFound)?;
    let (limit, before) = (page.limit()?, page.after::<i64>()?.unwrap_or(i64::MAX));
    let rows: Vec<RunRow> = app
        .db
        .fetch_all(
            "select r.id, r.export, r.number, r.from_position, r.to_position, r.name, r.body, r.state, \
             r.row_count, r.size_bytes, r.hash, r.begun_us, \
             (select count(*) from outgoing_file o where o.account = r.account and o.origin = r.id) as files, \
             (select count(*) from outgoing_file o where o.account = r.account and o.origin = r.id \
             and o.taken_us is not null) as taken_files, \
             (select count(*) from outgoing_file o where o.account = r.account and o.origin = r.id \
             and o.delivered_us is not null) as delivered_files, \
             (select max(o.taken_us) from outgoing_file o where o.account = r.account and o.origin = r.id) as taken_us, \
             (select max(o.delivered_us) from outgoing_file o where o.account = r.account and o.origin = r.id) \
             as delivered_us from export_run r \
             where r.account = $1 and r.export = $2 and r.number < $3 order by r.number desc limit $4",
            (account, export, before, limit + 1),
        )
        .await?;
    Ok(Page::new(rows.into_iter().map(RunRow::shown).collect(), limit, |run| run.number))
}

/// One run.
pub(super) async fn get(app: &App, allowed: &Allowed<ViewTransfers>, id: Uuid) -> Result<ExportRun> {
    get_by_id(app, allowed.account(), id).await
}

pub(super) async fn get_by_id(app: &App, account: i64, id: Uuid) -> Result<ExportRun> {
    Ok(load(app, account, id).await?.ok_or(Code::NotFound)?.shown())
}
