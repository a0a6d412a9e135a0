//! Starting an import of a file that is stored already, without anybody who waits for the answer: files that came by
//! file exchange.

use campo_protocol::model::Ref;
use campo_spreadsheets::{
    Cell,
    write::{Format, Table},
};
use uuid::Uuid;

use super::{
    outcome_file, problem,
    rows::{self, RowOutcome},
    run::RunRow,
    start::needs,
    template,
    upload::{self, Upload},
};
use crate::{
    access::{Allowed, permissions::RunImports},
    api::edit::Once,
    app::App,
    database::Db,
    files::upload::StoredFile,
    problem::{Code, Problem, ProblemShown, Result},
    texts::Language,
};

/// Rows that are read at a time.
const ROWS: i64 = 500;

/// What is started.
#[derive(Debug, Clone)]
pub struct Start {
    /// The import template
    pub template: Ref,
    /// The name of the file
    pub file_name: String,
    /// True to import a file once more that was imported by this version of the template
    pub again: bool,
    /// What makes two starts one
    pub once: String,
}

/// Starts the import of a stored file; its id, and true when that began before.
pub async fn start_stored(
    app: &App,
    allowed: &Allowed<RunImports>,
    start: &Start,
    file: &StoredFile,
) -> Result<(Uuid, bool)> {
    let template = template::used(&app.db, allowed.account(), &start.template).await?;
    allowed.must_cover(needs(&template.draft))?;
    if file.size_bytes == 0 {
        return Err(Problem::new(Code::FileEmpty).with("file", &start.file_name));
    }
    if file.size_bytes as usize > app.limits.import_bytes {
        return Err(Problem::new(Code::PayloadTooLarge).with("limit_bytes", app.limits.import_bytes));
    }
    let upload = Upload {
        template: start.template.clone(),
        file_name: start.file_name.chars().take(200).collect(),
        again: start.again,
    };
    let once = Once(Some(start.once.clone()));
    let (is_new, created) =
        upload::begin(app, allowed, &once, &upload, &template, file, Language::Spanish).await?;
    let id = created.location.rsplit('/').next().and_then(|id| id.parse().ok());
    Ok((id.ok_or(Code::Internal)?, !is_new))
}

/// The rows of an import that were refused, as a file.
pub async fn refused_rows(app: &App, account: i64, run: Uuid, language: Language) -> Result<Vec<u8>> {
    let headings = RunRow::load(&app.db, account, run).await?.ok_or(Code::NotFound)?.headings()?;
    let named = outcome_file::headings_of(&headings, language);
    let mut table = Table::begin(Format::Csv, "", &named).map_err(Problem::internal)?;
    let mut after = 0;
    loop {
        let refused = Some(RowOutcome::Refused.name());
        let page = rows::read(app, account, run, refused, after, ROWS).await?;
        let count = page.len() as i64;
        for stored in page {
            after = stored.number;
            let cells: Vec<Cell> = serde_json::from_str(&stored.cells).map_err(Problem::internal)?;
            let row = stored.shown(language)?;
            let line = outcome_file::outcome_line(&cells, &row, headings.len(), language);
            table.row(&line.values).map_err(Problem::internal)?;
        }
        if count < ROWS {
            let mut text = Vec::new();
            table.end(&mut text).map_err(Problem::internal)?;
            return Ok(text);
        }
    }
}

/// Why an import failed or was stopped, as tables keep it.
pub async fn stored_problem(db: &Db, account: i64, run: Uuid) -> Result<Option<String>> {
    Ok(RunRow::load(db, account, run).await?.and_then(|run| run.problem))
}

/// A problem as tables keep it.
pub fn problem_to_stored(problem: &Problem) -> Result<String> {
    problem::to_stored(problem)
}

/// A problem that tables kept, as people read it.
pub fn stored_problem_shown(stored: &str, language: Language) -> Result<ProblemShown> {
    problem::shown(stored, language)
}
