//! The rows of an import with their outcomes.

use campo_protocol::faults::Faults;
use campo_spreadsheets::Cell;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::plan::fault::{Change, RowFault};
use crate::{
    access::{Allowed, permissions::RunImports},
    api::page::{Page, PageQuery},
    app::App,
    problem::{Code, Problem, Result, message},
    texts::Language,
};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    /// It was not imported yet; where the import is over it never will be
    Pending,
    /// It made something new
    Created,
    /// It changed something
    Updated,
    /// It said what was so already
    Unchanged,
    /// It was refused: the faults say why
    Refused,
    /// It is no data: the faults say why
    Skipped,
}

impl RowOutcome {
    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
        }
    }

    pub(super) fn from_name(name: &str) -> Self {
        [Self::Created, Self::Updated, Self::Unchanged, Self::Refused, Self::Skipped]
            .into_iter()
            .find(|outcome| outcome.name() == name)
            .unwrap_or(Self::Pending)
    }
}

/// A row of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportRow {
    /// Its number as the spreadsheet shows it
    pub row: i64,
    /// What became of it
    pub outcome: RowOutcome,
    /// What a person reads in its cells, from the first column on
    pub cells: Vec<String>,
    /// What is wrong with it, or to be known of it
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<RowFaultShown>,
    /// What it changed, field by field
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The task that it came to
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Uuid>,
    /// The point of interest that it came to
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poi: Option<Uuid>,
    /// The employee, group, non-working days or item of a look-up table that it came to
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Uuid>,
}

/// What is wrong with a row, with a text for people.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowFaultShown {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub fault: RowFault,
    /// What a person should read, in the language asked for
    pub message: String,
}

impl RowFaultShown {
    pub(super) fn new(fault: RowFault, language: Language) -> Self {
        Self { message: message(&fault.fault, language), fault }
    }
}

#[derive(Debug, FromRow)]
pub(super) struct StoredRow {
    pub(super) number: i64,
    pub(super) cells: String,
    pub(super) outcome: String,
    pub(super) faults: String,
    pub(super) changes: Option<String>,
    pub(super) subject_kind: Option<String>,
    pub(super) subject: Option<Uuid>,
}

impl StoredRow {
    pub(super) fn shown(self, language: Language) -> Result<ImportRow> {
        let cells: Vec<Cell> = serde_json::from_str(&self.cells).map_err(Problem::internal)?;
        let faults: Vec<RowFault> = serde_json::from_str(&self.faults).map_err(Problem::internal)?;
        let of_kind = |kind: &str| self.subject.filter(|_| self.subject_kind.as_deref() == Some(kind));
        Ok(ImportRow {
            row: self.number,
            outcome: RowOutcome::from_name(&self.outcome),
            cells: cells.iter().map(Cell::shown).collect(),
            faults: faults.into_iter().map(|fault| RowFaultShown::new(fault, language)).collect(),
            changes: match self.changes.as_deref() {
                Some(changes) => serde_json::from_str(changes).map_err(Problem::internal)?,
                None => Vec::new(),
            },
            task: of_kind("task"),
            poi: of_kind("poi"),
            object: self
                .subject
                .filter(|_| !matches!(self.subject_kind.as_deref(), None | Some("task" | "poi"))),
        })
    }
}

/// A page of the rows of an import, in order; those with one outcome only where that is asked for.
pub async fn list(
    app: &App,
    allowed: &Allowed<RunImports>,
    run: Uuid,
    outcome: Option<&str>,
    page: &PageQuery,
    language: Language,
) -> Result<Page<ImportRow>> {
    let limit = page.limit()?;
    let after = page.after::<i64>()?.unwrap_or(0);
    let outcome = outcome.map(known).transpose()?;
    let account = allowed.account();
    exists(app, account, run).await?;
    let rows: Vec<StoredRow> = read(app, account, run, outcome, after, limit + 1).await?;
    let rows = rows.into_iter().map(|row| row.shown(language)).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(rows, limit, |row| row.row))
}

/// The rows behind `after`.
pub(super) async fn read(
    app: &App,
    account: i64,
    run: Uuid,
    outcome: Option<&'static str>,
    after: i64,
    limit: i64,
) -> Result<Vec<StoredRow>> {
    match outcome {
        None => {
            app.db
                .fetch_all(
                    "select number, cells, outcome, faults, changes, subject_kind, subject from import_row \
                     where account = $1 and run = $2 and number > $3 order by number limit $4",
                    (account, run, after, limit),
                )
                .await
        }
        Some(outcome) => {
            app.db
                .fetch_all(
                    "select number, cells, outcome, faults, changes, subject_kind, subject from import_row \
                     where account = $1 and run = $2 and outcome = $3 and number > $4 order by number limit $5",
                    (account, run, outcome, after, limit),
                )
                .await
        }
    }
}

/// Refuses what is no import of the account.
pub(super) async fn exists(app: &App, account: i64, run: Uuid) -> Result<()> {
    let row: Option<(Uuid,)> = app
        .db
        .fetch_optional("select id from import_run where account = $1 and id = $2", (account, run))
        .await?;
    row.map(drop).ok_or_else(|| Code::NotFound.into())
}

fn known(name: &str) -> Result<&'static str> {
    let outcome = RowOutcome::from_name(name);
    if outcome.name() == name {
        return Ok(outcome.name());
    }
    let mut faults = Faults::default();
    faults.add(
        "/outcome",
        "unknown_value",
        name,
        "one of pending, created, updated, unchanged, refused, skipped",
    );
    Err(faults.into())
}
