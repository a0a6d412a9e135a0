//! A draft becomes an import, or a template.

use campo_protocol::{
    entry::hash_from,
    faults::{Faults, pointer},
    model::Ref,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{row::DraftRow, shown::DraftShown};
use crate::{
    access::{
        Allowed,
        permissions::{ManageTemplates, RunImports},
    },
    api::edit::{Created, Made, Once},
    app::App,
    exchange::received::confirm::{self, Waiting},
    files::reference,
    imports::{
        columns,
        draft::TemplateDraft,
        run::RunRow,
        start::{self, LANE, Start, Started},
        template,
        upload::Uploaded,
        withdraw::answer,
    },
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    texts::Language,
};

/// How a draft is started.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StartImportDraft)]
pub(super) struct StartDraft {
    /// True to import a file once more that was imported by the same mapping
    #[serde(default)]
    pub again: bool,
    /// How many things may be withdrawn that the file lists no longer. Needed above a tenth of what the template manages;
    /// without it the import asks then, with 0 they stay as they are
    #[serde(default)]
    pub confirm_withdrawals: Option<i64>,
}

/// A draft that becomes a template.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SaveImportDraft)]
pub(super) struct SaveTemplate {
    /// The code of the new template
    pub code: String,
    /// Its name
    pub name: String,
}

/// Starts the import of a draft. True beside the answer when something new was started.
pub(super) async fn start(
    app: &App,
    allowed: &Allowed<RunImports>,
    once: &Once,
    id: Uuid,
    given: &StartDraft,
    language: Language,
) -> Result<(bool, Created)> {
    let request = ("import_drafts.start", id, given);
    let mut is_new = false;
    let begin = async |write: &mut Write| {
        let begun = started(write, allowed, id, given, language).await?;
        is_new = !begun.repeated;
        Ok(Made::new(format!("/v1/imports/{}", begun.run.id), begun))
    };
    let created = once.make(app, allowed, &request, begin).await?;
    app.work.notify_one();
    Ok((is_new, created))
}

/// The import that a draft started, or the one before of the same file.
///
/// It has the rights of whoever starts it, also that of a file that came: what a person decided is not done in the name of
/// the intake.
async fn started(
    write: &mut Write,
    allowed: &Allowed<RunImports>,
    id: Uuid,
    given: &StartDraft,
    language: Language,
) -> Result<Uploaded> {
    let (account, now_us) = (write.account(), write.now_us);
    let row = DraftRow::locked(write.tx(), account, id, now_us).await?;
    let file = match row.received_file {
        Some(file) => Some(confirm::waiting(write, allowed, file).await?),
        None => None,
    };
    row.must_be_ready()?;
    must_be_answered(&row, language)?;
    let mapping = row.settled()?;
    allowed.must_cover(start::needs(&mapping))?;
    let hash = hash_of(&row)?;
    let order = Start {
        mapping: &mapping,
        template: row.template.zip(row.template_version),
        hash: &hash,
        file_name: &row.file_name,
        again: given.again,
        dry_run: false,
        confirmed: given.confirm_withdrawals,
        lane: LANE,
    };
    let started = match &file {
        Some(file) => of_file(write, file, &order).await?,
        None => start::stored(write, &order).await?,
    };
    if !started.repeated || file.is_some() {
        // Else it can still be started, `again`
        write
            .tx()
            .execute(
                "update import_draft set state = 'started', run = $3, version = version + 1, updated_us = $4 \
                 where account = $1 and id = $2",
                (account, id, started.run, now_us),
            )
            .await?;
    }
    let run =
        RunRow::locked(write.tx(), account, started.run).await?.ok_or(Code::Internal)?.shown(language)?;
    Ok(Uploaded { run, repeated: started.repeated })
}

/// Starts the import of a file that came, which is that of the file from now on, or answers what an import of it asks.
async fn of_file(write: &mut Write, file: &Waiting, order: &Start<'_>) -> Result<Started> {
    let account = write.account();
    let before = match file.run {
        Some(run) => RunRow::locked(write.tx(), account, run).await?,
        None => None,
    };
    let before = before.filter(|run| answer::asks(run).is_ok_and(|asks| asks));
    // An intake that imports the same content again does so of another file, and this one was imported
    let again = order.again || (file.again && before.is_none());
    let lane = file.lane();
    let started = start::stored(write, &Start { again, lane: &lane, ..*order }).await?;
    confirm::begun(write, file, started.run).await?;
    if !started.repeated {
        if let Some(before) = before {
            // The one that takes its place lists what is there now
            answer::given(write, &before, 0).await?;
        }
        return Ok(started);
    }
    let run = RunRow::locked(write.tx(), account, started.run).await?.ok_or(Code::Internal)?;
    if !answer::asks(&run)? {
        return Ok(started);
    }
    let count = order.confirmed.ok_or_else(|| {
        Problem::new(Code::WithdrawalsAsked)
            .with("file", order.file_name)
            .with("count", run.unlisted)
            .with("managed", run.managed)
    })?;
    answer::given(write, &run, count).await?;
    Ok(Started { repeated: false, ..started })
}

/// Refuses a draft with open questions, each by its id.
pub(super) fn must_be_answered(row: &DraftRow, language: Language) -> Result<()> {
    let shown = DraftShown::of(row, language)?;
    if shown.can_start {
        return Ok(());
    }
    let mut faults = Faults::default();
    for question in shown.found.iter().flat_map(|found| &found.questions) {
        faults.add(format!("/answers/{}", question.id), "required", "", "an answer to the question");
    }
    for heading in shown.template.iter().flat_map(|template| &template.missing) {
        faults.add("/template", "not_applicable", heading, "a file with the headings of the template");
    }
    for missing in &shown.missing {
        if missing.field.is_empty() {
            faults.add("/columns", "required", "", "at least one column or constant");
        } else {
            let at = pointer("/constants", &missing.field);
            faults.add(at, "required", "", "a column or a constant that fills the field");
        }
    }
    Err(faults.into())
}

pub(super) fn hash_of(row: &DraftRow) -> Result<[u8; 32]> {
    let stored = row.hash.as_deref().map(campo_protocol::text::hex).unwrap_or_default();
    hash_from(&stored).ok_or_else(|| Problem::new(Code::Conflict).with("with", "state"))
}

/// Saves the mapping of a draft as a template, whose columns are named by their headings where these are unique.
pub(super) async fn save(
    app: &App,
    allowed: &Allowed<ManageTemplates>,
    once: &Once,
    id: Uuid,
    given: SaveTemplate,
) -> Result<Created> {
    let account = allowed.account();
    let row = DraftRow::load(&app.db, account, id, app.environment.now_us()).await?;
    let mut mapping = row.settled()?;
    (mapping.code, mapping.name) = (given.code, given.name);
    if let Some(analysis) = row.analysis()? {
        by_headings(&mut mapping, &analysis.headings);
    }
    let document = serde_json::to_value(&mapping).map_err(Problem::internal)?;
    let created = template::create(app, allowed, once, &document).await?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let saved: Option<template::Template> =
        template::find(&app.db, account, &Ref::of_code(&mapping.code)).await?;
    if let Some(saved) = saved.filter(|_| row.state == "ready") {
        let body = serde_json::to_string(&saved.draft).map_err(Problem::internal)?;
        write
            .tx()
            .execute(
                "update import_draft set template = $3, template_version = $4, mapping = $5, version = version + 1 \
                 where account = $1 and id = $2",
                (account, id, saved.id, saved.version, body),
            )
            .await?;
    }
    write.commit().await?;
    Ok(created)
}

fn by_headings(mapping: &mut TemplateDraft, headings: &[String]) {
    let folded: Vec<String> = headings.iter().map(|heading| columns::folded(heading)).collect();
    for column in &mut mapping.columns {
        let index = column.letter.as_deref().and_then(columns::index);
        let Some((index, heading)) = index.and_then(|index| Some((index, headings.get(index)?))) else {
            continue;
        };
        let is_unique = folded.iter().filter(|other| **other == folded[index]).count() == 1;
        // What is put together names other columns by their letters
        if is_unique && !heading.is_empty() && column.join.is_empty() {
            (column.letter, column.heading) = (None, Some(heading.clone()));
        }
    }
}

/// Removes a draft. What it was started as goes on.
pub(super) async fn delete(app: &App, allowed: &Allowed<RunImports>, id: Uuid) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    DraftRow::locked(write.tx(), account, id, now_us).await?;
    remove(&mut write, id).await?;
    write.commit().await?;
    Ok(())
}

/// Removes a draft in the caller's transaction, if there is one.
pub(super) async fn remove(write: &mut Write, id: Uuid) -> Result<()> {
    let account = write.account();
    write.tx().execute("delete from import_draft where account = $1 and id = $2", (account, id)).await?;
    reference::forget(write.tx(), account, "import_draft", id).await
}
