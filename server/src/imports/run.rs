//! Imports as people see them: the file, how far it came, and what became of its rows.

use campo_protocol::text::hex;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    acted,
    draft::{TemplateDraft, Unlisted},
    problem,
    withdraw::state::{WithdrawalState, Withdrawals, needs_yes},
};
use crate::{
    access::{Allowed, permissions::RunImports},
    api::{
        page::{Page, PageQuery},
        time::Instant,
    },
    app::App,
    database::{Db, Tx},
    events::kinds::{IMPORT_FINISHED, ImportTold},
    log::write::Write,
    objects::read::Author,
    problem::{Code, Problem, ProblemShown, Result},
    scheduler::Class,
    texts::Language,
};

/// How far an import came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportState)]
pub enum RunState {
    /// It waits for its turn
    Waiting,
    /// The file is being read; nothing of it was imported yet
    Reading,
    /// The file was read whole, and its rows are being imported
    Applying,
    /// Every row has its outcome
    Done,
    /// The file could not be read, and nothing of it was imported; or Campo failed at its rows again and again, and
    /// those without outcome were not imported
    Failed,
    /// It was stopped, or whoever began it may not do so any more; the rows without outcome were not imported
    Stopped,
}

impl RunState {
    const ALL: [Self; 6] =
        [Self::Waiting, Self::Reading, Self::Applying, Self::Done, Self::Failed, Self::Stopped];

    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Reading => "reading",
            Self::Applying => "applying",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    /// True when nothing more happens.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Stopped)
    }

    fn from_name(name: &str) -> Result<Self> {
        let state = Self::ALL.into_iter().find(|state| state.name() == name);
        state.ok_or_else(|| Problem::internal(anyhow::anyhow!("an import is in state `{name}`")))
    }
}

/// An import of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportRun {
    /// Its id
    pub id: Uuid,
    /// The name of the file, as it was told
    pub file_name: String,
    /// SHA-256 of the file, hexadecimal
    pub file_hash: String,
    /// The template by which it is read; absent for the mapping of a draft
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<UsedTemplate>,
    /// True for the preview of a draft: all that it did was rolled back
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// How far it came
    pub state: RunState,
    /// The sheet; absent before it was read, and in a text
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sheet: String,
    /// Rows of data
    pub rows: i64,
    /// Rows that made something new
    pub created: i64,
    /// Rows that changed something
    pub updated: i64,
    /// Rows that said what was so already
    pub unchanged: i64,
    /// Rows that were refused
    pub refused: i64,
    /// Rows of the table that are no data: repeated headings, totals
    pub skipped: i64,
    /// Things that were withdrawn, or moved, since the file lists them no longer
    pub withdrawn: i64,
    /// What became of withdrawing or moving what the file lists no longer, where the template says so
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawals: Option<Withdrawals>,
    /// The act that it is, by which it can be taken back (`/v1/acts/{act}/undo`); absent while it changed nothing
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Uuid>,
    /// Until when it can be taken back
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<Instant>,
    /// True while it is being taken back
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undoing: bool,
    /// When it was taken back; the same file can be imported again then
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Instant>,
    /// Why it failed or was stopped
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemShown>,
    /// Who began it
    pub author: Author,
    /// When it began
    pub created_at: Instant,
    /// When it ended
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Instant>,
}

/// The template of an import, as it was then.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsedTemplate {
    /// Its id
    pub id: Uuid,
    /// Its code
    pub code: String,
    /// Its version
    pub version: i64,
}

/// A row of `import_run`.
#[derive(Debug, Clone, FromRow)]
pub(super) struct RunRow {
    pub(super) id: Uuid,
    pub(super) template: Uuid,
    pub(super) template_version: i64,
    pub(super) mapping: String,
    pub(super) hash: Vec<u8>,
    pub(super) file_name: String,
    pub(super) principal: String,
    pub(super) principal_id: Option<Uuid>,
    pub(super) state: String,
    pub(super) sheet: String,
    pub(super) headings: String,
    pub(super) read_rows: i64,
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) unchanged: i64,
    pub(super) refused: i64,
    pub(super) skipped: i64,
    pub(super) problem: Option<String>,
    pub(super) created_us: i64,
    pub(super) finished_us: Option<i64>,
    pub(super) dry_run: bool,
    pub(super) withdrawn: i64,
    pub(super) withdrawals: Option<String>,
    pub(super) unlisted: i64,
    pub(super) managed: i64,
    pub(super) confirmed: Option<i64>,
    pub(super) tried: bool,
    pub(super) act: Option<Uuid>,
    undo_until_us: Option<i64>,
    undoing: Option<Uuid>,
    undone_us: Option<i64>,
}

const ONE: &str = "select r.id, r.template, r.template_version, r.mapping, r.hash, r.file_name, r.principal, r.principal_id, \
                   r.state, r.sheet, r.headings, r.read_rows, r.created, r.updated, r.unchanged, r.refused, r.skipped, \
                   r.problem, r.created_us, r.finished_us, r.dry_run, r.withdrawn, r.withdrawals, r.unlisted, r.managed, \
                   r.confirmed, r.tried, r.act, a.undo_until_us, a.undoing, a.undone_us from import_run r \
                   left join act a on a.account = r.account and a.id = r.act where r.account = $1 and r.id = $2";

impl RunRow {
    pub(super) async fn load(db: &Db, account: i64, id: Uuid) -> Result<Option<Self>> {
        db.fetch_optional(ONE, (account, id)).await
    }

    pub(super) async fn locked(tx: &mut Tx, account: i64, id: Uuid) -> Result<Option<Self>> {
        tx.fetch_optional(ONE, (account, id)).await
    }

    /// True when it was taken back, or is being.
    pub(super) const fn is_undone(&self) -> bool {
        self.undone_us.is_some() || self.undoing.is_some()
    }

    pub(super) fn state(&self) -> Result<RunState> {
        RunState::from_name(&self.state)
    }

    pub(super) fn template(&self) -> Result<TemplateDraft> {
        serde_json::from_str(&self.mapping).map_err(Problem::internal)
    }

    pub(super) fn headings(&self) -> Result<Vec<String>> {
        serde_json::from_str(&self.headings).map_err(Problem::internal)
    }

    pub(super) fn shown(self, language: Language) -> Result<ImportRun> {
        let (state, template) = (self.state()?, self.template()?);
        let parent = template.unlisted_parent.filter(|_| template.unlisted == Unlisted::Move);
        let problem = self.problem.as_deref().map(|stored| problem::shown(stored, language)).transpose()?;
        Ok(ImportRun {
            id: self.id,
            file_name: self.file_name,
            file_hash: hex(&self.hash),
            template: (self.template_version > 0).then_some(UsedTemplate {
                id: self.template,
                code: template.code,
                version: self.template_version,
            }),
            dry_run: self.dry_run,
            state,
            sheet: self.sheet,
            rows: self.read_rows,
            created: self.created,
            updated: self.updated,
            unchanged: self.unchanged,
            refused: self.refused,
            skipped: self.skipped,
            withdrawn: self.withdrawn,
            withdrawals: self.withdrawals.as_deref().and_then(WithdrawalState::from_name).map(|state| {
                let (unlisted, managed) = (self.unlisted, self.managed);
                Withdrawals { state, unlisted, managed, needs_yes: needs_yes(unlisted, managed), parent }
            }),
            act: self.act,
            undo_until: self.undo_until_us.map(Instant),
            undoing: self.undoing.is_some() && self.undone_us.is_none(),
            undone_at: self.undone_us.map(Instant),
            problem,
            author: Author { kind: self.principal, id: self.principal_id },
            created_at: Instant(self.created_us),
            finished_at: self.finished_us.map(Instant),
        })
    }
}

/// One import.
pub async fn get(
    app: &App,
    allowed: &Allowed<RunImports>,
    id: Uuid,
    language: Language,
) -> Result<ImportRun> {
    let row = RunRow::load(&app.db, allowed.account(), id).await?;
    row.ok_or(Code::NotFound)?.shown(language)
}

/// The imports of the account, the latest first.
pub async fn list(
    app: &App,
    allowed: &Allowed<RunImports>,
    page: &PageQuery,
    language: Language,
) -> Result<Page<ImportRun>> {
    let limit = page.limit()?;
    let (before_us, before) = page.after::<(i64, Uuid)>()?.unwrap_or((i64::MAX, Uuid::max()));
    let rows: Vec<RunRow> = app
        .db
        .fetch_all(
            "select r.id, r.template, r.template_version, r.mapping, r.hash, r.file_name, r.principal, r.principal_id, \
             r.state, r.sheet, r.headings, r.read_rows, r.created, r.updated, r.unchanged, r.refused, r.skipped, \
             r.problem, r.created_us, r.finished_us, r.dry_run, r.withdrawn, r.withdrawals, r.unlisted, r.managed, \
             r.confirmed, r.tried, r.act, a.undo_until_us, a.undoing, a.undone_us from import_run r \
             left join act a on a.account = r.account and a.id = r.act \
             where r.account = $1 and (r.created_us, r.id) < ($2, $3) and not r.dry_run \
             order by r.created_us desc, r.id desc limit $4",
            (allowed.account(), before_us, before, limit + 1),
        )
        .await?;
    let runs = rows.into_iter().map(|row| row.shown(language)).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(runs, limit, |run| (run.created_at.0, run.id)))
}

/// Stops an import. What it did stays; nothing more is done.
pub async fn stop(app: &App, allowed: &Allowed<RunImports>, id: Uuid) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let run = RunRow::locked(write.tx(), account, id).await?.ok_or(Code::NotFound)?;
    if run.state()?.is_over() {
        return Err(Problem::new(Code::Conflict).with("with", "state"));
    }
    let problem = problem::to_stored(&Code::ImportStopped.into())?;
    write
        .tx()
        .execute(
            "update import_run set state = 'stopped', problem = $3, finished_us = $4 where account = $1 and id = $2",
            (account, id, problem, now_us),
        )
        .await?;
    if run.template()?.all_or_nothing && !run.tried {
        // Nothing was applied yet, only tried
        untried(&mut write, id, i64::MAX).await?;
    }
    acted::close(&mut write, run.act).await?;
    write.touch("imports");
    tell_finished(&mut write, id).await?;
    // Whoever does it now finds at its next transaction that it is gone
    write.tx().execute("delete from job where account = $1 and id = $2", (account, id)).await?;
    write.commit().await?;
    Ok(())
}

/// Forgets what became of rows that were only tried, of the first `limit` of them; how many these were. The counts of the
/// run are those of the refused ones then.
pub(super) async fn untried(write: &mut Write, id: Uuid, limit: i64) -> Result<u64> {
    let account = write.account();
    let rows = write
        .tx()
        .execute(
            "update import_row set outcome = 'pending', subject_kind = null, subject = null, changes = null \
             where account = $1 and run = $2 and number in (select r.number from import_row r \
             where r.account = $1 and r.run = $2 and r.outcome in ('created', 'updated', 'unchanged') limit $3)",
            (account, id, limit),
        )
        .await?;
    write
        .tx()
        .execute(
            "update import_run set created = 0, updated = 0, unchanged = 0, \
             refused = (select count(*) from import_row r where r.account = $1 and r.run = $2 and r.outcome = 'refused') \
             where account = $1 and id = $2",
            (account, id),
        )
        .await?;
    Ok(rows)
}

/// Makes the event of an import that is over, in the transaction that ended it. Previews are nobody's business.
pub(super) async fn tell_finished(write: &mut Write, id: Uuid) -> Result<()> {
    let account = write.account();
    let run = RunRow::locked(write.tx(), account, id).await?.ok_or(Code::NotFound)?;
    if run.dry_run {
        return Ok(());
    }
    let told = ImportTold {
        id,
        file_name: run.file_name,
        state: run.state,
        rows: run.read_rows,
        created: run.created,
        updated: run.updated,
        unchanged: run.unchanged,
        refused: run.refused,
    };
    write.event(&IMPORT_FINISHED, id, &told)
}
