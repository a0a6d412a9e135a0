//! The job that writes a run: its rows from its range, its bytes into the store, its files where they go. Done again from
//! the start after a crash; what a run holds is fixed, and each of its files is put once.

use std::collections::BTreeSet;

use campo_spreadsheets::write::{Format, Table};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{
    definition::ExportDraft,
    documents, fields, read,
    run::{self, RunRow},
    value::Column,
    what::{ExportFormat, ExportWhat},
};
use crate::{
    access::{Allowed, Caller, Duty, permissions::ManageExchange},
    app::App,
    exchange::{
        TOPIC,
        placing::{self, Destination, Origin, OriginKind, Outgoing},
        results,
    },
    files::{
        store::Draft,
        upload::{self, unavailable},
    },
    jobs::{Claim, Kind, Work},
    problem::{Code, Problem, Result},
    scheduler::Class,
    texts::Language,
};

/// The job of a run; its id is that of the run.
pub const JOB: Kind = Kind {
    name: "export",
    format: NEWEST,
    work: Work::Computes,
    run: |app, claim| Box::pin(make(app, claim)),
    give_up: |app, claim| Box::pin(give_up(app, claim)),
};
/// The format of jobs whose runs releases before do not know.
const NEWEST: i64 = 2;

/// The job of a run of this export: releases that know nothing of it leave it alone.
pub(super) fn job(draft: &ExportDraft) -> Kind {
    let is_usual = matches!(draft.what, ExportWhat::Entries | ExportWhat::Tasks)
        && table_format(draft.format).is_some()
        && !draft.photos;
    Kind { format: if is_usual { 1 } else { NEWEST }, ..JOB }
}

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
    write.touch(TOPIC);
    claim.finish(app, &mut write).await?;
    write.commit().await.map(drop)
}

/// A run that is being made.
pub(super) struct Making<'a> {
    pub(super) app: &'a App,
    pub(super) claim: &'a Claim,
    pub(super) allowed: Allowed<ManageExchange>,
    pub(super) row: RunRow,
    pub(super) draft: ExportDraft,
    pub(super) to: Destination,
    /// The account's
    pub(super) zone: String,
    language: Language,
}

/// What was made of a run.
#[derive(Debug, Default)]
struct Made {
    rows: i64,
    size_bytes: i64,
    /// The position at which it ends
    position: i64,
}

async fn make(app: &App, claim: &Claim) -> Result<()> {
    let row = run::load(app, claim.account, claim.id).await?.ok_or(Code::NotFound)?;
    let draft: ExportDraft = serde_json::from_str(&row.body).map_err(Problem::internal)?;
    let making = Making {
        app,
        claim,
        allowed: allowed(claim)?,
        to: draft.destination(),
        zone: results::zone(app, claim.account).await?,
        language: results::language(app, claim.account).await?,
        row,
        draft,
    };
    let mut pages = making.pages().await?;
    let mut made = Made::default();
    let mut table = making.begin_table().await?;
    while let Some(page) = pages.next().await? {
        // What stands beside is there before the table that names it
        let documents = documents::place(&making, &page).await?;
        made.size_bytes += documents.size_bytes;
        match &mut table {
            Some(table) => {
                made.rows += page.len() as i64;
                table.write(&page).await?;
            }
            None => made.rows += documents.documents,
        }
    }
    made.position = pages.position();
    drop(pages);
    making.end(table, made).await
}

impl Making<'_> {
    pub(super) fn account(&self) -> i64 {
        self.claim.account
    }

    /// Of what its files are.
    pub(super) fn origin(&self) -> Origin {
        Origin { kind: OriginKind::Run, id: self.row.id, number: self.row.number }
    }

    async fn pages(&self) -> Result<read::Pages> {
        let Self { app, row, draft, .. } = self;
        match draft.what {
            ExportWhat::Entries => {
                let kinds = draft.kinds.iter().cloned().collect();
                read::Pages::entries(app, self.account(), row, kinds, draft.form.clone())
            }
            ExportWhat::Tasks => read::Pages::tasks(app, self.account(), &draft.statuses).await,
            ExportWhat::Timesheets => {
                let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
                let begun = Timestamp::from_microsecond(row.begun_us).map_err(Problem::internal)?;
                let span = draft.days.span(zone.to_datetime(begun).date());
                read::Pages::days(app, self.account(), span, row.begun_us, self.language).await
            }
        }
    }

    /// The table of a run; none where it has a file for each entry.
    async fn begin_table(&self) -> Result<Option<TableFile>> {
        let Some(format) = table_format(self.draft.format) else { return Ok(None) };
        let named = if self.draft.columns.is_empty() {
            fields::default_columns(self.draft.what, self.language)
        } else {
            self.draft.columns.clone()
        };
        let headings: Vec<String> = named.iter().map(|column| column.heading.clone()).collect();
        let columns = named.iter().map(|column| Column::of(self.draft.what, column)).collect();
        let sheet = sheet(&self.draft.name);
        let table = Table::begin(format, &sheet, &headings).map_err(Problem::internal)?;
        let (name, store) = (self.app.environment.uuid(), &self.app.store);
        let bytes = store.begin(self.account(), name).await.map_err(|error| unavailable(&error))?;
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        Ok(Some(TableFile { format, table, columns, zone, bytes }))
    }

    /// Ends the run with its table, if it has one.
    async fn end(&self, table: Option<TableFile>, made: Made) -> Result<()> {
        let mut file = None;
        if let Some(table) = table
            && (made.rows > 0 || self.draft.empty_files)
        {
            let (format, bytes) = (table.format, table.end().await?);
            let media_type = format.media_type();
            file = Some(upload::commit(self.app, &self.allowed, Class::Import, media_type, bytes).await?);
        }
        let is_made = file.is_some() || made.rows > 0;
        let hash = file.as_ref().and_then(|file| campo_protocol::entry::hash_from(&file.hash));
        let size_bytes = file.as_ref().map_or(made.size_bytes, |file| file.size_bytes);
        let mut write = self.app.log.begin(&self.allowed, Class::Import).await?;
        write
            .tx()
            .execute(
                "update export_run set state = $3, row_count = $4, size_bytes = $5, hash = $6, to_position = $7 \
                 where account = $1 and id = $2",
                (
                    self.account(),
                    self.row.id,
                    if is_made { "made" } else { "empty" },
                    made.rows,
                    is_made.then_some(size_bytes),
                    hash.map(|hash| hash.to_vec()),
                    made.position,
                ),
            )
            .await?;
        if let Some(file) = file {
            let outgoing = Outgoing { id: self.row.id, name: self.row.name.clone(), file };
            placing::place(&mut write, self.origin(), &self.to, &outgoing).await?;
        }
        write.touch(TOPIC);
        self.claim.finish(self.app, &mut write).await?;
        write.commit().await.map(drop)
    }
}

/// As which table it is written; none where it is no table.
pub(super) const fn table_format(format: ExportFormat) -> Option<Format> {
    match format {
        ExportFormat::Xlsx => Some(Format::Xlsx),
        ExportFormat::Csv => Some(Format::Csv),
        ExportFormat::OfficeTrack => None,
    }
}

/// A table that is being written.
struct TableFile {
    format: Format,
    table: Table,
    columns: Vec<Column>,
    zone: TimeZone,
    bytes: Draft,
}

impl TableFile {
    async fn write(&mut self, page: &[read::Row]) -> Result<()> {
        for row in page {
            let cells: Vec<_> = self.columns.iter().map(|column| column.cell(row, &self.zone)).collect();
            self.table.row(&cells).map_err(Problem::internal)?;
        }
        self.bytes.write(&self.table.take()).await.map_err(|error| unavailable(&error))
    }

    async fn end(self) -> Result<Draft> {
        let Self { table, mut bytes, .. } = self;
        let rest = tokio::task::spawn_blocking(move || {
            let mut rest = Vec::new();
            table.end(&mut rest).map(|()| rest)
        });
        let rest = rest.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
        bytes.write(&rest).await.map_err(|error| unavailable(&error))?;
        Ok(bytes)
    }
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
