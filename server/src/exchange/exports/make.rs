//! The job that writes a run: its rows from its range, its bytes into the store, its file into the folder. Done again
//! from the start after a crash; what a run holds is fixed, and its file is put once.

use std::collections::BTreeSet;

use campo_spreadsheets::write::{Format, Table};
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{
    again,
    definition::{ExportDraft, ExportFormat, ExportWhat},
    fields, read,
    run::{self, RunRow},
    value::Column,
};
use crate::{
    access::{Allowed, Caller, Duty, permissions::ManageExchange},
    app::App,
    exchange::results::language,
    files::{
        store::Draft,
        upload::{self, StoredFile, unavailable},
    },
    jobs::{Claim, Kind, Work},
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// The job of a run; its id is that of the run.
pub const JOB: Kind = Kind {
    name: "export",
    format: 1,
    work: Work::Computes,
    run: |app, claim| Box::pin(make(app, claim)),
    give_up: |app, claim| Box::pin(give_up(app, claim)),
};

fn allowed(claim: &Claim) -> Result<Allowed<ManageExchange>> {
    Caller::duty(claim.account, Duty::ExchangeFiles).allow()
}

async fn give_up(app: &App, claim: &Claim) -> Result<()> {
    let mut write = app.log.begin(&allowed(claim)?, Class::Import).await?;
    write
        .tx()
        .execute(
            "update export_run set state = 'failed' where account = $1 and id = $2 and state = 'making'",
            (claim.account, claim.id),
        )
        .await?;
    claim.finish(app, &mut write).await?;
    write.commit().await.map(drop)
}

async fn make(app: &App, claim: &Claim) -> Result<()> {
    let allowed = allowed(claim)?;
    let row = run::load(app, claim.account, claim.id).await?.ok_or(Code::NotFound)?;
    let draft: ExportDraft = serde_json::from_str(&row.body).map_err(Problem::internal)?;
    let written = write(app, claim.account, &row, &draft).await?;
    let file = if written.rows > 0 || draft.empty_files {
        let media_type = format(draft.format).media_type();
        Some(upload::commit(app, &allowed, Class::Import, media_type, written.bytes).await?)
    } else {
        None
    };
    let row = RunRow { row_count: written.rows, to_position: written.position, ..row };
    end(app, claim, &allowed, &row, &draft, file.as_ref()).await
}

async fn end(
    app: &App,
    claim: &Claim,
    allowed: &Allowed<ManageExchange>,
    row: &RunRow,
    draft: &ExportDraft,
    file: Option<&StoredFile>,
) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Import).await?;
    let account = claim.account;
    let state = if file.is_some() { "made" } else { "empty" };
    let hash = file.and_then(|file| campo_protocol::entry::hash_from(&file.hash)).map(|hash| hash.to_vec());
    let size_bytes = file.map(|file| file.size_bytes);
    write
        .tx()
        .execute(
            "update export_run set state = $3, row_count = $4, size_bytes = $5, hash = $6, to_position = $7 \
             where account = $1 and id = $2",
            (account, row.id, state, row.row_count, size_bytes, hash, row.to_position),
        )
        .await?;
    if let Some(file) = file {
        again::keep(&mut write, row, file).await?;
        again::put(&mut write, row, draft, file).await?;
    }
    claim.finish(app, &mut write).await?;
    write.commit().await.map(drop)
}

const fn format(format: ExportFormat) -> Format {
    match format {
        ExportFormat::Xlsx => Format::Xlsx,
        ExportFormat::Csv => Format::Csv,
    }
}

/// A table that was written.
struct Written {
    rows: i64,
    /// The position at which it ends
    position: i64,
    bytes: Draft,
}

/// Writes the table.
async fn write(app: &App, account: i64, row: &RunRow, draft: &ExportDraft) -> Result<Written> {
    let language = language(app, account).await?;
    let (zone,): (String,) = app.db.fetch_one("select zone from account where id = $1", (account,)).await?;
    let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
    let named = if draft.columns.is_empty() {
        fields::default_columns(draft.what, language)
    } else {
        draft.columns.clone()
    };
    let headings: Vec<String> = named.iter().map(|column| column.heading.clone()).collect();
    let columns: Vec<Column> = named.iter().map(|column| Column::of(draft.what, column)).collect();
    let mut table =
        Table::begin(format(draft.format), &sheet(&draft.name), &headings).map_err(Problem::internal)?;
    let name = app.environment.uuid();
    let mut bytes = app.store.begin(account, name).await.map_err(|error| unavailable(&error))?;
    let mut pages = match draft.what {
        ExportWhat::Entries => read::Pages::entries(app, account, row, kinds(draft), draft.form.clone())?,
        ExportWhat::Tasks => read::Pages::tasks(app, account, &draft.statuses).await?,
    };
    let mut count = 0;
    while let Some(page) = pages.next().await? {
        count += page.len() as i64;
        for row in &page {
            let cells: Vec<_> = columns.iter().map(|column| column.cell(row, &zone)).collect();
            table.row(&cells).map_err(Problem::internal)?;
        }
        bytes.write(&table.take()).await.map_err(|error| unavailable(&error))?;
    }
    let rest = tokio::task::spawn_blocking(move || {
        let mut rest = Vec::new();
        table.end(&mut rest).map(|()| rest)
    });
    let rest = rest.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    bytes.write(&rest).await.map_err(|error| unavailable(&error))?;
    Ok(Written { rows: count, position: pages.position(), bytes })
}

fn kinds(draft: &ExportDraft) -> BTreeSet<String> {
    draft.kinds.iter().cloned().collect()
}

/// A name that a sheet can have.
fn sheet(name: &str) -> String {
    let name: String =
        name.chars().filter(|c| !"[]:*?/\\'".contains(*c) && !c.is_control()).take(31).collect();
    if name.trim().is_empty() { "Campo".to_owned() } else { name }
}

/// True where a row is wanted.
pub(super) fn is_wanted(snapshot: &Value, kinds: &BTreeSet<String>, form: Option<&str>) -> bool {
    let kind = snapshot.pointer("/entry/content/kind").and_then(Value::as_str).unwrap_or_default();
    let of_form = snapshot.pointer("/form/code").and_then(Value::as_str);
    (kinds.is_empty() || kinds.contains(kind)) && form.is_none_or(|form| of_form == Some(form))
}
