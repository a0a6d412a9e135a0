//! Exports as they are defined.

use campo_protocol::{
    model::{Custom, Ref},
    task::status::Status,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    check::check,
    schedule,
    what::{ExportDays, ExportFormat, ExportWhat},
};
use crate::{
    access::{AccessState, Allowed, permissions::ManageExchange},
    api::{
        edit::{self, Created, IfMatch, Made, Once, Versioned},
        page::{Page, PageQuery},
        patch,
        time::Instant,
    },
    app::App,
    database::Db,
    exchange::{TOPIC, placing::Destination},
    log::write::Write,
    notifications::office_track::OfficeTrackSettings,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// The most exports of an account.
const MAX_EXPORTS: i64 = 200;

/// A column of an export: an import template turned round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportColumn {
    /// The customer's heading
    #[schema(example = "Nº de tarea")]
    pub heading: String,
    /// What stands in it: a field of `/v1/exports/fields`, `answers.` and the id of a field of a form, or `custom.` and a name
    #[schema(example = "external_number")]
    pub field: String,
    /// How a date or a time is written, where it is not written as one: `dd/MM/yyyy HH:mm`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

/// What is given to make or change an export.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ExportDraft {
    /// Stable code, unique among exports
    pub code: String,
    /// Name that people read
    pub name: String,
    /// What it holds
    pub what: ExportWhat,
    /// How it is written
    #[serde(default)]
    pub format: ExportFormat,
    /// Its columns; all known ones when there is none. Not of `office_track`
    #[serde(default)]
    pub columns: Vec<ExportColumn>,
    /// Of `office_track`: how its documents are made; as usual when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office_track: Option<OfficeTrackSettings>,
    /// Of `entries`: only these kinds, such as `form`; all when there is none
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Of `entries`: only those of this form, by its code
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Of `tasks`: only those in these statuses; all when there is none
    #[serde(default)]
    pub statuses: Vec<Status>,
    /// Of `timesheets`: which days, seen from the day of the run; the month before when absent
    #[serde(default)]
    pub days: ExportDays,
    /// Of `entries`: true where the files that they mention, such as photos, are put beside, named by the id of the entry
    /// and the field of the form
    #[serde(default)]
    pub photos: bool,
    /// The name of its files: `{n}` is the number of the run, `{fecha:yyyyMMdd}` its day in the account's zone. Of
    /// `office_track` it has `{EntryGuid}`, the id of the entry
    #[schema(example = "TAREAS_{fecha:yyyyMMdd}_{n}.xlsx")]
    pub file_name: String,
    /// The key in whose folder `out` its files are put; nowhere when absent: they are taken from the console then
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Ref>,
    /// The agent that takes its files
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Ref>,
    /// The customer's server to which its files are brought
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Ref>,
    /// The folder: below `out` of a key or an agent, below that of a customer's server
    #[serde(default)]
    pub folder: String,
    /// When it runs by itself, as cron writes it, in the account's zone: `0 7 * * 1-5`; by hand alone when absent
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// True where a run without rows makes a file, too
    #[serde(default)]
    pub empty_files: bool,
    /// One that is disabled does not run by itself
    #[serde(default)]
    pub state: AccessState,
    /// Text under the customer's own names
    #[serde(default)]
    pub custom: Custom,
}

impl ExportDraft {
    /// Where its files go.
    pub(super) fn destination(&self) -> Destination {
        let Self { key, agent, remote, folder, .. } = self;
        Destination { key: key.clone(), agent: agent.clone(), remote: remote.clone(), folder: folder.clone() }
    }

    /// Names where its files go, in one way.
    pub(super) fn set_destination(&mut self, to: Destination) {
        (self.key, self.agent, self.remote, self.folder) = (to.key, to.agent, to.remote, to.folder);
    }
}

/// An export.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Export {
    /// Its id
    pub id: Uuid,
    /// Its version
    pub version: i64,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: ExportDraft,
    /// The position in the log of events up to which its runs have taken
    pub position: i64,
    /// The number of its last run
    pub runs: i64,
    /// When it runs next by itself
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_run_at: Option<Instant>,
    /// When it was made
    pub created_at: Instant,
    /// When it was changed last
    pub updated_at: Instant,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    body: String,
    version: i64,
    created_us: i64,
    updated_us: i64,
    position: i64,
    number: i64,
    next_us: Option<i64>,
}

const ONE: &str = "select e.id, e.body, e.version, e.created_us, e.updated_us, c.position, c.number, c.next_us \
                   from export e join export_cursor c on c.account = e.account and c.export = e.id \
                   where e.account = $1 and (e.id = $2 or e.code = $3) and e.state <> 'deleted'";
/// The export other than `$3` that has a code.
const TAKEN: &str =
    "select id from export where account = $1 and code = $2 and id <> $3 and state <> 'deleted'";
const COUNT: &str = "select count(*) from export where account = $1 and state <> 'deleted'";

impl Row {
    fn shown(self) -> Result<Export> {
        Ok(Export {
            id: self.id,
            version: self.version,
            draft: serde_json::from_str(&self.body).map_err(Problem::internal)?,
            position: self.position,
            runs: self.number,
            next_run_at: self.next_us.map(Instant),
            created_at: Instant(self.created_us),
            updated_at: Instant(self.updated_us),
        })
    }
}

/// The exports in order of their codes.
pub(super) async fn list(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    page: &PageQuery,
) -> Result<Page<Export>> {
    let (limit, after) = (page.limit()?, page.after::<String>()?.unwrap_or_default());
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select e.id, e.body, e.version, e.created_us, e.updated_us, c.position, c.number, c.next_us \
             from export e join export_cursor c on c.account = e.account and c.export = e.id \
             where e.account = $1 and e.code > $2 and e.state <> 'deleted' order by e.code limit $3",
            (allowed.account(), after, limit + 1),
        )
        .await?;
    let exports = rows.into_iter().map(Row::shown).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(exports, limit, |export| export.draft.code.clone()))
}

/// One export.
pub(super) async fn get(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
) -> Result<Versioned<Export>> {
    let export = find(&app.db, allowed.account(), which).await?;
    Ok(Versioned(export.version, export))
}

/// The export of that id or code.
pub(super) async fn find(db: &Db, account: i64, which: &Ref) -> Result<Export> {
    let row: Option<Row> = db.fetch_optional(ONE, (account, which.id(), which.code())).await?;
    row.ok_or(Code::NotFound)?.shown()
}

/// Makes an export. One of entries begins with what is captured from now on.
pub async fn create(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    once: &Once,
    given: &Value,
) -> Result<Created> {
    let mut draft: ExportDraft = patch::new(given)?;
    let zone = check(app, allowed, &mut draft).await?;
    let request = ("exports.create", given);
    once.make(app, allowed, &request, async |write| {
        let made = make(write, draft, &zone).await?;
        Ok(Made::new(format!("/v1/exports/{}", made.id), made))
    })
    .await
}

/// Makes the export, whose times are those of `zone`.
async fn make(write: &mut Write, draft: ExportDraft, zone: &str) -> Result<Export> {
    let (account, id, now_us, author) = (write.account(), write.new_id(), write.now_us, write.principal);
    edit::refuse_taken_code(write, TAKEN, id, &draft.code).await?;
    edit::refuse_beyond(write, COUNT, MAX_EXPORTS).await?;
    let body = serde_json::to_string(&draft).map_err(Problem::internal)?;
    write
        .tx()
        .execute(
            "insert into export (account, id, code, name, body, author, author_id, state, version, created_us, \
             updated_us) values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)",
            (
                account,
                id,
                draft.code.as_str(),
                draft.name.as_str(),
                body,
                author.kind(),
                author.id(),
                draft.state.name(),
                now_us,
            ),
        )
        .await?;
    let (position,): (i64,) =
        write.tx().fetch_one("select event from account_head where account = $1", (account,)).await?;
    let next_us = schedule::next_us(&draft, zone, now_us);
    write
        .tx()
        .execute(
            "insert into export_cursor (account, export, position, number, next_us) values ($1, $2, $3, 0, $4)",
            (account, id, position, next_us),
        )
        .await?;
    let at = Instant(now_us);
    let next_run_at = next_us.map(Instant);
    let export =
        Export { id, version: 1, draft, position, runs: 0, next_run_at, created_at: at, updated_at: at };
    write.touch(TOPIC);
    Ok(export)
}

/// Changes an export by a JSON Merge Patch, from its next run on.
pub(super) async fn edit(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
    if_match: IfMatch,
    given: &Value,
) -> Result<Versioned<Export>> {
    let mut export = find(&app.db, allowed.account(), which).await?;
    if_match.check(export.version)?;
    export.draft = patch::patched(&export.draft, given)?;
    let zone = check(app, allowed, &mut export.draft).await?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    edit::refuse_taken_code(&mut write, TAKEN, export.id, &export.draft.code).await?;
    let body = serde_json::to_string(&export.draft).map_err(Problem::internal)?;
    let draft = &export.draft;
    let changed = write
        .tx()
        .execute(
            "update export set code = $3, name = $4, body = $5, state = $6, version = version + 1, updated_us = $7 \
             where account = $1 and id = $2 and version = $8 and state <> 'deleted'",
            (
                account,
                export.id,
                draft.code.as_str(),
                draft.name.as_str(),
                body,
                draft.state.name(),
                now_us,
                export.version,
            ),
        )
        .await?;
    edit::refuse_stale(changed, export.version)?;
    let next_us = schedule::next_us(draft, &zone, now_us);
    write
        .tx()
        .execute(
            "update export_cursor set next_us = $3 where account = $1 and export = $2",
            (account, export.id, next_us),
        )
        .await?;
    write.touch(TOPIC);
    write.commit().await?;
    (export.version, export.updated_at) = (export.version + 1, Instant(now_us));
    export.next_run_at = next_us.map(Instant);
    Ok(Versioned(export.version, export))
}

/// Removes an export. Its runs stay for their time.
pub(super) async fn delete(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
    if_match: IfMatch,
) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let export = locked(&mut write, which).await?;
    if_match.check(export.version)?;
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update export set state = 'deleted', version = version + 1, updated_us = $3 \
             where account = $1 and id = $2",
            (account, export.id, now_us),
        )
        .await?;
    write
        .tx()
        .execute(
            "update export_cursor set next_us = null where account = $1 and export = $2",
            (account, export.id),
        )
        .await?;
    write.touch(TOPIC);
    write.commit().await.map(drop)
}

/// The export under the account's lock.
pub(super) async fn locked(write: &mut Write, which: &Ref) -> Result<Export> {
    let account = write.account();
    let row: Option<Row> = write.tx().fetch_optional(ONE, (account, which.id(), which.code())).await?;
    row.ok_or(Code::NotFound)?.shown()
}
