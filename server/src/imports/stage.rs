//! Reads a file and stages its rows. Nothing is imported before the whole file could be read; reading it again stages
//! the same rows, so that it can be done again from the start.

use std::ops::ControlFlow;

use campo_spreadsheets::{self as spreadsheets, Book, Cell, Limits, Row, Unreadable};
use futures_util::StreamExt as _;
use tokio::{
    sync::{Semaphore, mpsc},
    task::{JoinHandle, spawn_blocking},
};
use uuid::Uuid;

use super::{
    draft::TemplateDraft,
    plan::Plan,
    problem::{of_file, unreadable},
    run::RunRow,
    work::{Failure, Proofs},
};
use crate::{
    app::App,
    database::columns,
    files::upload::FileRow,
    jobs::Claim,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// Rows that are staged in one transaction.
const ROWS: usize = 500;
/// Files that are read at a time in one process: each takes up to some hundreds of MiB.
static READERS: Semaphore = Semaphore::const_new(2);

/// What is known of a file that was read: the headings, and where they are.
#[derive(Debug)]
pub(super) struct Headed {
    pub(super) sheet: String,
    pub(super) headings: Vec<String>,
}

/// A file on its way in: batches of rows, and at their end what kind of file it is.
pub(super) struct Reading {
    rows: mpsc::Receiver<Vec<Row>>,
    end: JoinHandle<Result<Book, Unreadable>>,
}

impl Reading {
    /// Begins to read. Dropped, it ends at the next batch of rows.
    pub(super) async fn begin(bytes: Vec<u8>, sheet: Option<String>, limits: Limits) -> Self {
        // The semaphore is never closed.
        let permit = READERS.acquire().await.ok();
        let (sender, rows) = mpsc::channel(2);
        let end = spawn_blocking(move || {
            let mut batch = Vec::with_capacity(ROWS);
            let book = spreadsheets::read(&bytes, sheet.as_deref(), &limits, &mut |row| {
                batch.push(row);
                if batch.len() < ROWS {
                    return ControlFlow::Continue(());
                }
                match sender.blocking_send(std::mem::take(&mut batch)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            });
            if book.is_ok() && !batch.is_empty() {
                // Nobody waits for them any more when this fails.
                let _ = sender.blocking_send(batch);
            }
            drop(permit);
            book
        });
        Self { rows, end }
    }

    pub(super) async fn next(&mut self) -> Option<Vec<Row>> {
        self.rows.recv().await
    }

    /// What kind of file it was. A library that panics at a file says that this is damaged.
    pub(super) async fn end(self) -> Result<Book, Unreadable> {
        drop(self.rows);
        self.end.await.unwrap_or_else(|error| Err(Unreadable::Damaged(error.to_string())))
    }
}

/// Stages the rows of the run's file.
pub(super) async fn stage(
    app: &App,
    claim: &Claim,
    run: &RunRow,
    template: &TemplateDraft,
    proofs: &Proofs,
) -> Result<(), Failure> {
    let bytes = bytes(app, claim.account, &run.hash).await?;
    let limits = Limits::default();
    let mut reading = Reading::begin(bytes, template.sheet.clone(), limits).await;
    let (mut headings, mut staged): (Option<Vec<String>>, i64) = (None, 0);
    while let Some(rows) = reading.next().await {
        let mut rows = rows.into_iter();
        if headings.is_none() {
            headings = rows.by_ref().find(|row| is_heading(template, row)).map(|row| texts(&row));
        }
        let rows: Vec<Row> = rows.collect();
        staged += rows.len() as i64;
        if !rows.is_empty() {
            insert(app, claim, proofs, rows).await?;
        }
    }
    let book = reading.end().await.map_err(|error| Failure::failed(unreadable(error, &run.file_name)))?;
    let headed = Headed { sheet: book.sheet, headings: headings.unwrap_or_default() };
    if staged == 0 {
        return Err(Failure::failed(unreadable(Unreadable::Empty, &run.file_name)));
    }
    check_headings(app, claim, run, template, &headed).await?;
    done(app, claim, proofs, &headed, staged).await?;
    Ok(())
}

/// True for the row with the headings: the one of that number, or the first.
pub(super) fn is_heading(template: &TemplateDraft, row: &Row) -> bool {
    template.heading_row.is_none_or(|number| row.number >= number)
}

pub(super) fn texts(row: &Row) -> Vec<String> {
    row.cells.iter().map(Cell::shown).collect()
}

async fn check_headings(
    app: &App,
    claim: &Claim,
    run: &RunRow,
    template: &TemplateDraft,
    headed: &Headed,
) -> Result<(), Failure> {
    let zone = account_zone(app, claim.account).await?;
    match Plan::new(template.clone(), &zone, &headed.sheet, &headed.headings) {
        Ok(_) => Ok(()),
        Err(missing) => {
            Err(Failure::failed(of_file(headings_missing(&missing, &headed.sheet), &run.file_name)))
        }
    }
}

pub(super) fn headings_missing(missing: &[String], sheet: &str) -> Problem {
    let named: Vec<String> = missing.iter().map(|heading| format!("`{heading}`")).collect();
    Problem::new(Code::HeadingsMissing).with("headings", named.join(", ")).with("sheet", sheet)
}

/// The zone in which the company counts its days.
pub(super) async fn account_zone(app: &App, account: i64) -> Result<String> {
    let (zone,): (String,) = app.db.fetch_one("select zone from account where id = $1", (account,)).await?;
    Ok(zone)
}

/// The bytes of a stored file.
async fn bytes(app: &App, account: i64, hash: &[u8]) -> Result<Vec<u8>> {
    let file: Option<FileRow> = app
        .db
        .fetch_optional(
            "select hash, generation, size_bytes, media_type from file where account = $1 and hash = $2",
            (account, hash),
        )
        .await?;
    let file = file.ok_or_else(|| Problem::internal(anyhow::anyhow!("the file of an import is gone")))?;
    let size = file.size_bytes as u64;
    let mut content = app.store.read(&file.place(account)?, 0..size).await.map_err(Problem::internal)?;
    let mut bytes = Vec::with_capacity(file.size_bytes as usize);
    while let Some(block) = content.next().await {
        bytes.extend(block.map_err(Problem::internal)?);
    }
    Ok(bytes)
}

struct StagedRow {
    account: i64,
    run: Uuid,
    number: i64,
    cells: String,
    outcome: &'static str,
    faults: &'static str,
}

async fn insert(app: &App, claim: &Claim, proofs: &Proofs, rows: Vec<Row>) -> Result<()> {
    let rows = rows
        .into_iter()
        .map(|row| {
            Ok(StagedRow {
                account: claim.account,
                run: claim.id,
                number: row.number,
                cells: serde_json::to_string(&row.cells).map_err(Problem::internal)?,
                outcome: "pending",
                faults: "[]",
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let mut write = app.log.begin(&proofs.run, Class::Import).await?;
    claim.go_on(app, &mut write).await?;
    write
        .tx()
        .insert_many(
            "insert into import_row (account, run, number, cells, outcome, faults)",
            columns!(rows => account, run, number, cells, outcome, faults),
            "on conflict (account, run, number) do nothing",
        )
        .await?;
    write
        .tx()
        .execute(
            "update import_run set state = 'reading' where account = $1 and id = $2 and state = 'waiting'",
            (claim.account, claim.id),
        )
        .await?;
    write.commit().await?;
    Ok(())
}

/// The file was read whole: from now on its rows are imported.
async fn done(app: &App, claim: &Claim, proofs: &Proofs, headed: &Headed, rows: i64) -> Result<()> {
    let headings = serde_json::to_string(&headed.headings).map_err(Problem::internal)?;
    let mut write = app.log.begin(&proofs.run, Class::Import).await?;
    claim.go_on(app, &mut write).await?;
    write
        .tx()
        .execute(
            "update import_run set state = 'applying', sheet = $3, headings = $4, read_rows = $5 \
             where account = $1 and id = $2",
            (claim.account, claim.id, headed.sheet.as_str(), headings, rows),
        )
        .await?;
    write.commit().await?;
    Ok(())
}
