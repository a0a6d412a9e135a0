//! Intakes: a folder and a pattern of file names, and the import template by which what comes there is imported. Saving
//! one is enabling it.

use campo_file_names::{Pattern, VirtualPath, fold};
use campo_protocol::{
    faults::Faults,
    model::{Custom, Ref, check_common},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::TOPIC;
use crate::{
    access::{
        AccessState, Allowed, PermissionName, Permissions, authenticate::permissions,
        permissions::ManageExchange,
    },
    api::{
        edit::{self, Created, IfMatch, Made, Once, Versioned},
        page::{Page, PageQuery},
        patch,
        time::Instant,
    },
    app::App,
    database::Db,
    imports,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// The most intakes of an account: each file that comes is held against all of them.
const MAX_INTAKES: i64 = 200;
/// The most characters of a marker's ending.
const MAX_SUFFIX: usize = 20;
/// The longest rest of a file that is whole when it rests.
const MAX_STABLE_S: i64 = 3600;

/// How it is known that a file is whole. A name that says that it is not (`.part`, `.tmp`, `.filepart`) is never taken
/// before it is renamed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// When its upload ended in order
    #[default]
    Closed,
    /// When it is renamed to a name that fits
    Renamed,
    /// When another file comes whose name is its own and `marker_suffix`
    Marker,
    /// When nobody wrote to it for `stable_seconds`
    Stable,
}

/// What becomes of a file whose content was imported before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SameContent {
    /// Nothing is imported, and the result says so
    #[default]
    Skip,
    /// It is imported once more
    Import,
}

/// What is given to make or change an intake.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct IntakeDraft {
    /// Stable code, unique among intakes
    #[schema(example = "tareas")]
    pub code: String,
    /// Name that people read
    pub name: String,
    /// The folder below `in`; the folder `in` itself when empty
    #[serde(default)]
    #[schema(example = "tareas")]
    pub folder: String,
    /// Which names: `*` for any characters, `{n}` for digits, `{fecha:yyyyMMdd}` for a date; capitals do not count
    #[serde(default = "anything")]
    #[schema(example = "tareas_{fecha:yyyyMMdd}*.xlsx")]
    pub pattern: String,
    /// The import template: its id, or `code:` and its code
    pub template: Ref,
    /// How it is known that a file is whole
    #[serde(default)]
    pub complete: Completeness,
    /// With `complete` `marker`: what stands behind the name of the file in that of its marker
    #[serde(default = "marker_suffix")]
    #[schema(example = ".done")]
    pub marker_suffix: String,
    /// With `complete` `stable`: for how many seconds nobody may have written to it, 5 to 3600
    #[serde(default = "stable_seconds")]
    pub stable_seconds: i64,
    /// What becomes of a file whose content was imported before
    #[serde(default)]
    pub same_content: SameContent,
    /// One that is disabled takes no files
    #[serde(default)]
    pub state: AccessState,
    /// Text under the customer's own names
    #[serde(default)]
    pub custom: Custom,
}

fn anything() -> String {
    "*".to_owned()
}

fn marker_suffix() -> String {
    ".done".to_owned()
}

const fn stable_seconds() -> i64 {
    30
}

/// An intake.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Intake {
    /// Its id
    pub id: Uuid,
    /// Its version
    pub version: i64,
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub draft: IntakeDraft,
    /// What its files are imported with: fixed when it was saved last, also when whoever saved it is gone
    pub permissions: Vec<PermissionName>,
    /// When it was made
    pub created_at: Instant,
    /// When it was changed last
    pub updated_at: Instant,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    body: String,
    permissions: String,
    version: i64,
    created_us: i64,
    updated_us: i64,
}

const ONE: &str = "select id, body, permissions, version, created_us, updated_us from intake \
                   where account = $1 and (id = $2 or code = $3) and state <> 'deleted'";
/// The intake other than `$3` that has a code.
const TAKEN: &str =
    "select id from intake where account = $1 and code = $2 and id <> $3 and state <> 'deleted'";

impl Row {
    fn shown(self) -> Result<Intake> {
        Ok(Intake {
            id: self.id,
            version: self.version,
            draft: serde_json::from_str(&self.body).map_err(Problem::internal)?,
            permissions: permissions(&self.permissions)?.names(),
            created_at: Instant(self.created_us),
            updated_at: Instant(self.updated_us),
        })
    }
}

/// An intake as files are held against it.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    pub(super) id: Uuid,
    /// Below `in`
    pub(super) folder: String,
    pub(super) pattern: Pattern,
    pub(super) complete: Completeness,
    pub(super) marker_suffix: String,
    pub(super) stable_seconds: i64,
}

impl Gate {
    fn of(id: Uuid, draft: &IntakeDraft) -> Result<Self> {
        let pattern = Pattern::parse(&draft.pattern).map_err(Problem::internal)?;
        Ok(Self {
            id,
            folder: draft.folder.clone(),
            pattern,
            complete: draft.complete,
            marker_suffix: draft.marker_suffix.clone(),
            stable_seconds: draft.stable_seconds,
        })
    }

    /// True when a file of this folder (below `in`) and name is for it.
    pub(super) fn fits(&self, folder: &str, name: &str) -> bool {
        fold(&self.folder) == fold(folder) && self.pattern.fits(name)
    }
}

/// The intakes of an account that take files.
pub(super) async fn gates(write: &mut Write) -> Result<Vec<Gate>> {
    let account = write.account();
    let rows: Vec<(Uuid, String)> = write
        .tx()
        .fetch_all(
            "select id, body from intake where account = $1 and state = 'enabled' order by id",
            (account,),
        )
        .await?;
    rows.into_iter()
        .map(|(id, body)| Gate::of(id, &serde_json::from_str(&body).map_err(Problem::internal)?))
        .collect()
}

/// The same, without a transaction.
pub(super) async fn gates_now(db: &Db, account: i64) -> Result<Vec<Gate>> {
    let rows: Vec<(Uuid, String)> = db
        .fetch_all(
            "select id, body from intake where account = $1 and state = 'enabled' order by id",
            (account,),
        )
        .await?;
    rows.into_iter()
        .map(|(id, body)| Gate::of(id, &serde_json::from_str(&body).map_err(Problem::internal)?))
        .collect()
}

/// The folders below `in` that intakes name.
pub(super) async fn folders(db: &Db, account: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = db
        .fetch_all(
            "select distinct folder from intake where account = $1 and state = 'enabled' and folder <> '' \
             order by folder",
            (account,),
        )
        .await?;
    Ok(rows.into_iter().map(|(folder,)| folder).collect())
}

/// The intakes in order of their codes.
pub(super) async fn list(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    page: &PageQuery,
) -> Result<Page<Intake>> {
    let (limit, after) = (page.limit()?, page.after::<String>()?.unwrap_or_default());
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select id, body, permissions, version, created_us, updated_us from intake \
             where account = $1 and code > $2 and state <> 'deleted' order by code limit $3",
            (allowed.account(), after, limit + 1),
        )
        .await?;
    let intakes = rows.into_iter().map(Row::shown).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(intakes, limit, |intake| intake.draft.code.clone()))
}

/// One intake.
pub(super) async fn get(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
) -> Result<Versioned<Intake>> {
    let intake = find(&app.db, allowed.account(), which).await?;
    Ok(Versioned(intake.version, intake))
}

/// The intake of that id or code.
pub(super) async fn find(db: &Db, account: i64, which: &Ref) -> Result<Intake> {
    let row: Option<Row> = db.fetch_optional(ONE, (account, which.id(), which.code())).await?;
    row.ok_or(Code::NotFound)?.shown()
}

/// What becomes of the same content that comes again to an intake, also to one that is removed.
pub(super) async fn same_content(write: &mut Write, id: Uuid) -> Result<SameContent> {
    let account = write.account();
    let (body,): (String,) =
        write.tx().fetch_one("select body from intake where account = $1 and id = $2", (account, id)).await?;
    let draft: IntakeDraft = serde_json::from_str(&body).map_err(Problem::internal)?;
    Ok(draft.same_content)
}

/// The lane of the imports of an intake: they are done one after the other.
pub(super) fn lane(id: Uuid) -> String {
    format!("intake:{id}")
}

/// Makes an intake. Whoever does holds what its files are imported with.
pub async fn create(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    once: &Once,
    given: &Value,
) -> Result<Created> {
    let mut draft: IntakeDraft = patch::new(given)?;
    let held = check(app, allowed, &mut draft).await?;
    let request = ("intakes.create", given);
    once.make(app, allowed, &request, async |write| {
        let made = make(write, draft, held).await?;
        Ok(Made::new(format!("/v1/intakes/{}", made.id), made))
    })
    .await
}

/// Makes the intake, whose files are imported with what is `held`.
async fn make(write: &mut Write, draft: IntakeDraft, held: Permissions) -> Result<Intake> {
    let (account, id, now_us, author) = (write.account(), write.new_id(), write.now_us, write.principal);
    edit::refuse_taken_code(write, TAKEN, id, &draft.code).await?;
    refuse_overlap(write, id, &draft).await?;
    let (body, kept) = texts(&draft, held)?;
    write
        .tx()
        .execute(
            "insert into intake (account, id, code, name, folder, template, body, permissions, author, author_id, state, \
             version, created_us, updated_us) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $12)",
            (
                account,
                id,
                draft.code.as_str(),
                draft.name.as_str(),
                draft.folder.as_str(),
                draft.template.id().ok_or(Code::Internal)?,
                body,
                kept,
                author.kind(),
                author.id(),
                draft.state.name(),
                now_us,
            ),
        )
        .await?;
    let at = Instant(now_us);
    write.touch(TOPIC);
    Ok(Intake { id, version: 1, draft, permissions: held.names(), created_at: at, updated_at: at })
}

/// Changes an intake by a JSON Merge Patch, for the files that come from now on. What its files are imported with is
/// fixed anew.
pub(super) async fn edit(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
    if_match: IfMatch,
    given: &Value,
) -> Result<Versioned<Intake>> {
    let mut intake = find(&app.db, allowed.account(), which).await?;
    if_match.check(intake.version)?;
    intake.draft = patch::patched(&intake.draft, given)?;
    let held = check(app, allowed, &mut intake.draft).await?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us, author) = (write.account(), write.now_us, write.principal);
    edit::refuse_taken_code(&mut write, TAKEN, intake.id, &intake.draft.code).await?;
    refuse_overlap(&mut write, intake.id, &intake.draft).await?;
    let (before, draft) = (intake.version, &intake.draft);
    let (body, kept) = texts(draft, held)?;
    let changed = write
        .tx()
        .execute(
            "update intake set code = $3, name = $4, folder = $5, template = $6, body = $7, permissions = $8, state = $9, \
             version = version + 1, updated_us = $10, author = $11, author_id = $12 \
             where account = $1 and id = $2 and version = $13 and state <> 'deleted'",
            (
                account,
                intake.id,
                draft.code.as_str(),
                draft.name.as_str(),
                draft.folder.as_str(),
                draft.template.id().ok_or(Code::Internal)?,
                body,
                kept,
                draft.state.name(),
                now_us,
                author.kind(),
                author.id(),
                before,
            ),
        )
        .await?;
    edit::refuse_stale(changed, before)?;
    write.touch(TOPIC);
    write.commit().await?;
    (intake.version, intake.updated_at, intake.permissions) = (before + 1, Instant(now_us), held.names());
    Ok(Versioned(intake.version, intake))
}

/// Removes an intake. Imports that have begun are stopped at their next step, since nobody stands behind them any more.
pub(super) async fn delete(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
    if_match: IfMatch,
) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let row: Option<Row> = write.tx().fetch_optional(ONE, (account, which.id(), which.code())).await?;
    let row = row.ok_or(Code::NotFound)?;
    if_match.check(row.version)?;
    write
        .tx()
        .execute(
            "update intake set state = 'deleted', version = version + 1, updated_us = $3 \
             where account = $1 and id = $2",
            (account, row.id, now_us),
        )
        .await?;
    write.touch(TOPIC);
    write.commit().await?;
    Ok(())
}

/// Refuses what is wrong, writes folder and template in one way, and says what its files are imported with.
async fn check(app: &App, allowed: &Allowed<ManageExchange>, draft: &mut IntakeDraft) -> Result<Permissions> {
    let mut faults = Faults::default();
    check_common(&mut faults, "/code", &draft.code, "/name", &draft.name, &draft.custom);
    match VirtualPath::parse(&draft.folder) {
        Ok(path) => draft.folder = path.parts().join("/"),
        Err(_) => faults.add("/folder", "invalid_value", &draft.folder, "a folder such as `tareas`"),
    }
    if let Err(fault) = Pattern::parse(&draft.pattern) {
        faults.add("/pattern", "invalid_value", &draft.pattern, fault.to_string());
    }
    let suffix = draft.marker_suffix.as_str();
    if suffix.is_empty() || suffix.len() > MAX_SUFFIX || campo_file_names::check_name(suffix).is_err() {
        faults.add("/marker_suffix", "invalid_value", suffix, "an ending such as `.done`");
    }
    faults.check_range("/stable_seconds", draft.stable_seconds as f64, 5.0, MAX_STABLE_S as f64);
    faults.into_result()?;
    let template = imports::used_template(&app.db, allowed.account(), &draft.template).await?;
    draft.template = Ref::Id(template.id);
    let needed = imports::needs(&template.draft);
    let held = needed.names().into_iter().chain([PermissionName::RunImports]).collect();
    allowed.must_cover(held)?;
    Ok(held)
}

/// Refuses an intake for which a file could be as well as for another one, and one too many.
async fn refuse_overlap(write: &mut Write, id: Uuid, draft: &IntakeDraft) -> Result<()> {
    let account = write.account();
    let own = Gate::of(id, draft)?;
    let rows: Vec<(Uuid, String, String)> = write
        .tx()
        .fetch_all(
            "select id, code, body from intake where account = $1 and state <> 'deleted' and id <> $2 order by code",
            (account, id),
        )
        .await?;
    if rows.len() as i64 >= MAX_INTAKES {
        return Err(Problem::new(Code::TooManyEntries).with("limit", MAX_INTAKES));
    }
    if draft.state != AccessState::Enabled {
        return Ok(());
    }
    for (other, code, body) in rows {
        let body: IntakeDraft = serde_json::from_str(&body).map_err(Problem::internal)?;
        let gate = Gate::of(other, &body)?;
        let same_folder = fold(&gate.folder) == fold(&own.folder);
        if body.state == AccessState::Enabled && same_folder && gate.pattern.overlaps(&own.pattern) {
            let mut faults = Faults::default();
            let found = format!("{}: {}", code, body.pattern);
            faults.add("/pattern", "overlaps", &found, "a pattern that no file of another intake fits");
            return Err(faults.into());
        }
    }
    Ok(())
}

fn texts(draft: &IntakeDraft, held: Permissions) -> Result<(String, String)> {
    let body = serde_json::to_string(draft).map_err(Problem::internal)?;
    let held = serde_json::to_string(&held.names()).map_err(Problem::internal)?;
    Ok((body, held))
}
