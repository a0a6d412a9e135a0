//! Starting an import of a file that is stored already, without anybody who waits for the answer: files that came by
//! file exchange.

use campo_protocol::{entry::hash_from, model::Ref};
use campo_spreadsheets::{
    Cell,
    write::{Format, Table},
};
use uuid::Uuid;

use super::{
    outcome_file, problem,
    rows::{self, RowOutcome},
    run::{ImportRun, RunRow, RunState},
    start::{Start as Order, Started, needs, stored},
    template::{self, Template},
};
use crate::{
    access::{Allowed, permissions::RunImports},
    app::App,
    database::Db,
    files::upload::StoredFile,
    log::write::Write,
    problem::{Code, Problem, ProblemShown, Result},
    texts::Language,
};

/// The most characters of a file's name.
const MAX_NAME: usize = 200;
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
    /// The lane of its job: imports of one lane are done in order
    pub lane: String,
}

/// The template by which a stored file is to be imported, if whoever asks may do what it does.
pub async fn prepare(
    app: &App,
    allowed: &Allowed<RunImports>,
    start: &Start,
    file: &StoredFile,
) -> Result<Template> {
    let template = template::used(&app.db, allowed.account(), &start.template).await?;
    allowed.must_cover(needs(&template.draft))?;
    if file.size_bytes == 0 {
        return Err(Problem::new(Code::FileEmpty).with("file", &start.file_name));
    }
    if file.size_bytes as usize > app.limits.import_bytes {
        return Err(Problem::new(Code::PayloadTooLarge).with("limit_bytes", app.limits.import_bytes));
    }
    Ok(template)
}

/// Starts the import of a stored file in the caller's transaction, whose principal is its author; the caller notes in the
/// same one that it did.
pub async fn start_stored(
    write: &mut Write,
    start: &Start,
    template: &Template,
    file: &StoredFile,
) -> Result<Started> {
    let hash = hash_from(&file.hash).ok_or(Code::Internal)?;
    let name: String = start.file_name.chars().take(MAX_NAME).collect();
    let order = Order {
        mapping: &template.draft,
        template: Some((template.id, template.version)),
        hash: &hash,
        file_name: &name,
        again: start.again,
        dry_run: false,
        confirmed: None,
        lane: &start.lane,
    };
    stored(write, &order).await
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

/// What a person must say of a file whose import failed before its first row: its sheet or its headings are not those of
/// the template. None where it ended otherwise.
pub async fn open_question(db: &Db, account: i64, run: &ImportRun) -> Result<Option<Problem>> {
    if run.state != RunState::Failed {
        return Ok(None);
    }
    let stored = stored_problem(db, account, run.id).await?;
    let problem = stored.as_deref().map(problem::from_stored).transpose()?;
    Ok(problem.filter(|problem| problem::is_open_question(problem.code())))
}

/// A problem as tables keep it.
pub fn problem_to_stored(problem: &Problem) -> Result<String> {
    problem::to_stored(problem)
}

/// A problem that tables kept, as people read it.
pub fn stored_problem_shown(stored: &str, language: Language) -> Result<ProblemShown> {
    problem::shown(stored, language)
}
