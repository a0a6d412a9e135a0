//! The preview of a draft: an import of which everything but the outcomes is rolled back.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{row::DraftRow, start};
use crate::{
    access::{Allowed, permissions::RunImports},
    app::App,
    imports::{
        plan::fault::Change,
        rows::{self, RowFaultShown, RowOutcome},
        run::{RunRow, RunState},
        start::{LANE, Start, needs, stored},
        withdraw::state::Withdrawals,
    },
    problem::{Code, ProblemShown, Result},
    scheduler::Class,
    texts::Language,
};

/// Rows that are shown with what they change.
const ROWS: usize = 20;
/// Rows among which those are looked for.
const LOOKED_AT: i64 = 200;
/// Faults that are shown.
const FAULTS: usize = 50;

/// What the import of a draft would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportDraftPreview)]
pub(super) struct DraftPreview {
    /// The run whose rows hold all outcomes and faults
    pub run: Uuid,
    /// `running`, `done` or `failed`
    pub state: String,
    /// The version of the draft that was tried
    pub draft_version: i64,
    /// False when the draft was changed since
    pub is_current: bool,
    /// Rows that were tried
    pub checked: i64,
    /// Rows of data
    pub rows: i64,
    /// Rows that would make something new
    pub created: i64,
    /// Rows that would change something
    pub updated: i64,
    /// Rows that say what is so already
    pub unchanged: i64,
    /// Rows that would be refused
    pub refused: i64,
    /// Rows that are no data
    pub skipped: i64,
    /// What would be withdrawn or moved since the file lists it no longer, where the options say so
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawals: Option<Withdrawals>,
    /// The first rows, old beside new
    pub first: Vec<PreviewedRow>,
    /// The first faults; all are at the rows of the run
    pub faults: Vec<RowFaultShown>,
    /// Why the file cannot be imported at all; of one that is imported whole or not: that rows are refused
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemShown>,
}

/// A row, and what it would change.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PreviewedRow {
    /// Its number
    pub row: i64,
    /// What would become of it
    pub outcome: RowOutcome,
    /// What it would change, old beside new
    pub changes: Vec<Change>,
}

/// Begins the preview of a draft as it is now; the one that was begun counts.
pub(super) async fn begin(
    app: &App,
    allowed: &Allowed<RunImports>,
    id: Uuid,
    language: Language,
) -> Result<DraftPreview> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let row = DraftRow::locked(write.tx(), account, id, now_us).await?;
    row.must_be_ready()?;
    if row.trial.is_none() || row.trial_version != Some(row.version) {
        start::must_be_answered(&row, language)?;
        let mapping = row.settled()?;
        allowed.must_cover(needs(&mapping))?;
        let hash = start::hash_of(&row)?;
        let order = Start {
            mapping: &mapping,
            template: row.template.zip(row.template_version),
            hash: &hash,
            file_name: &row.file_name,
            again: true,
            dry_run: true,
            confirmed: None,
            lane: LANE,
        };
        let started = stored(&mut write, &order).await?;
        write
            .tx()
            .execute(
                "update import_draft set trial = $3, trial_version = version where account = $1 and id = $2",
                (account, id, started.run),
            )
            .await?;
    }
    write.commit().await?;
    app.work.notify_one();
    get(app, allowed, id, language).await
}

/// How far the preview of a draft is.
pub(super) async fn get(
    app: &App,
    allowed: &Allowed<RunImports>,
    id: Uuid,
    language: Language,
) -> Result<DraftPreview> {
    let account = allowed.account();
    let row = DraftRow::load(&app.db, account, id, app.environment.now_us()).await?;
    let trial = row.trial.ok_or(Code::PreviewNotBegun)?;
    let run = RunRow::load(&app.db, account, trial).await?.ok_or(Code::NotFound)?;
    let state = match run.state()? {
        RunState::Waiting | RunState::Reading | RunState::Applying => "running",
        RunState::Done => "done",
        RunState::Failed | RunState::Stopped => "failed",
    };
    let shown = run.shown(language)?;
    let first = rows::read(app, account, trial, None, 0, LOOKED_AT).await?;
    let first = first.into_iter().map(|row| row.shown(language)).collect::<Result<Vec<_>>>()?;
    let refused = rows::read(app, account, trial, Some("refused"), 0, FAULTS as i64).await?;
    let refused = refused.into_iter().map(|row| row.shown(language)).collect::<Result<Vec<_>>>()?;
    Ok(DraftPreview {
        run: trial,
        state: state.to_owned(),
        draft_version: row.trial_version.unwrap_or(0),
        is_current: row.trial_version == Some(row.version),
        checked: shown.created + shown.updated + shown.unchanged + shown.refused,
        rows: shown.rows,
        created: shown.created,
        updated: shown.updated,
        unchanged: shown.unchanged,
        refused: shown.refused,
        skipped: shown.skipped,
        withdrawals: shown.withdrawals,
        first: first
            .into_iter()
            .filter(|row| matches!(row.outcome, RowOutcome::Created | RowOutcome::Updated))
            .take(ROWS)
            .map(|row| PreviewedRow { row: row.row, outcome: row.outcome, changes: row.changes })
            .collect(),
        faults: refused.into_iter().flat_map(|row| row.faults).take(FAULTS).collect(),
        problem: shown.problem,
    })
}
