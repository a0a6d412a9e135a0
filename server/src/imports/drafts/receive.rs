//! Takes the file of a draft: whole, as a form of the web, or part by part over a line that breaks.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use campo_protocol::{entry::hash_from, faults::Faults, text::storable};
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    analysis::{self, Before},
    proposals, questions,
    row::{DraftRow, KEPT_US, Told},
    shown::DraftShown,
};
use crate::{
    access::{Allowed, permissions::RunImports},
    api::edit::Versioned,
    app::App,
    files::upload::{StoredFile, commit, receive as receive_file, store_up_to, unavailable},
    imports::{columns, draft::TemplateDraft, makes::Makes, preview, problem as of_file, template},
    problem::{Code, Limit, Problem, Result},
    scheduler::Class,
    texts::Language,
};

/// The largest file: 200 MiB.
pub(super) const MAX_FILE_BYTES: u64 = 200 * 1024 * 1024;
/// The largest part of one.
const MAX_PART_BYTES: usize = 8 * 1024 * 1024;
/// The most drafts of an account.
const MAX_DRAFTS: i64 = 200;
/// The templates that are asked how headings were mapped before.
const TEMPLATES: i64 = 100;
/// The most characters of a file's name.
const MAX_NAME: usize = 200;
/// Fields of a form that say something of its file.
const FORM_FIELDS: [&str; 3] = ["file_name", "makes", "template"];
/// The most bytes of a document that announces a file.
const ANNOUNCED_BYTES: usize = 64 * 1024;
const MEDIA_TYPE: &str = "application/octet-stream";

/// A file that will be uploaded part by part.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewImportDraft)]
pub(super) struct Announced {
    /// The name of the file, for people
    #[serde(default)]
    pub file_name: String,
    /// Its length
    pub size_bytes: i64,
    /// The import template that is laid over it: its id, or `code:` and its code
    #[serde(default)]
    pub template: Option<campo_protocol::model::Ref>,
    /// What its rows become; found out when absent
    #[serde(default)]
    pub makes: Option<Makes>,
}

/// Takes a draft in whichever way the request brings it.
pub(super) async fn begin(
    app: &App,
    allowed: &Allowed<RunImports>,
    told: Told,
    headers: &HeaderMap,
    body: Body,
    language: Language,
) -> Result<Versioned<DraftShown>> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        let bytes = axum::body::to_bytes(body, ANNOUNCED_BYTES)
            .await
            .map_err(|_| Problem::new(Code::PayloadTooLarge).with("limit_bytes", ANNOUNCED_BYTES))?;
        let announced: Announced = crate::extract::from_json(&bytes)?;
        if announced.size_bytes < 1 || announced.size_bytes as u64 > MAX_FILE_BYTES {
            return Err(Problem::new(Code::PayloadTooLarge).with("limit_bytes", MAX_FILE_BYTES));
        }
        let Announced { file_name, size_bytes, template, makes } = announced;
        let told = Told { file_name, makes, template };
        let row = insert(app, allowed, &told, size_bytes, None).await?;
        return Ok(Versioned(row.version, DraftShown::of(&row, language)?));
    }
    let (told, file) = if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        of_form(app, allowed, told, kind, body).await?
    } else {
        let stream = body.into_data_stream();
        (told, store_up_to(app, allowed, Class::Office, MEDIA_TYPE, MAX_FILE_BYTES, stream).await?)
    };
    if file.size_bytes == 0 {
        return Err(Code::FileEmpty.into());
    }
    let row = insert(app, allowed, &told, file.size_bytes, Some(&file)).await?;
    analysed(app, allowed, row, language).await
}

/// The first file of a form; its other fields say what the query otherwise does.
async fn of_form(
    app: &App,
    allowed: &Allowed<RunImports>,
    mut told: Told,
    kind: &str,
    body: Body,
) -> Result<(Told, StoredFile)> {
    let wrong = |expected: &'static str| Problem::new(Code::UnsupportedMediaType).with("expected", expected);
    let boundary = multer::parse_boundary(kind).map_err(|_| wrong("multipart/form-data; boundary=…"))?;
    let limits = multer::SizeLimit::new().whole_stream(MAX_FILE_BYTES + 1024 * 1024);
    let limits = FORM_FIELDS.iter().fold(limits, |limits, name| limits.for_field(*name, 1000));
    let limits = multer::Constraints::new().size_limit(limits);
    let mut form = multer::Multipart::with_constraints(body.into_data_stream(), boundary, limits);
    while let Some(field) = form.next_field().await.map_err(|_| Code::BodyIncomplete)? {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file_name) = field.file_name().map(str::to_owned) {
            if told.file_name.is_empty() {
                told.file_name = file_name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            }
            let file = store_up_to(app, allowed, Class::Office, MEDIA_TYPE, MAX_FILE_BYTES, field).await?;
            return Ok((told, file));
        }
        if !FORM_FIELDS.contains(&name.as_str()) {
            continue;
        }
        let text = field.text().await.map_err(|_| Code::BodyIncomplete)?;
        match name.as_str() {
            "file_name" => told.file_name = text,
            "template" => told.template = text.parse().ok(),
            "makes" => told.makes = serde_json::from_value(text.into()).ok(),
            _ => {}
        }
    }
    Err(wrong("a form with a file"))
}

async fn insert(
    app: &App,
    allowed: &Allowed<RunImports>,
    told: &Told,
    size_bytes: i64,
    file: Option<&StoredFile>,
) -> Result<DraftRow> {
    let mut faults = Faults::default();
    faults.check_text("/file_name", &told.file_name, MAX_NAME);
    faults.into_result()?;
    let known = match &told.template {
        Some(which) => Some(template::used(&app.db, allowed.account(), which).await?),
        None => None,
    };
    let makes = told.makes.unwrap_or(Makes::Tasks);
    let mapping = known.as_ref().map_or_else(|| preview::nothing(makes), |template| template.draft.clone());
    let mapping = serde_json::to_string(&mapping).map_err(Problem::internal)?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, id, now_us, author) = (write.account(), write.new_id(), write.now_us, write.principal);
    let (there,): (i64,) = write
        .tx()
        .fetch_one(
            "select count(*) from import_draft where account = $1 and expires_us > $2 and state <> 'started'",
            (account, now_us),
        )
        .await?;
    if there >= MAX_DRAFTS {
        return Err(Problem::new(Code::QueueFull)
            .beyond(Limit::at_a_time("import-drafts", MAX_DRAFTS.unsigned_abs()).back_in_s(3600)));
    }
    let name = storable(told.file_name.trim()).into_owned();
    let (template, version) = known.map_or((None, None), |known| (Some(known.id), Some(known.version)));
    write
        .tx()
        .execute(
            "insert into import_draft (account, id, version, state, file_name, size_bytes, received_bytes, hash, \
             mapping, template, template_version, author, author_id, created_us, updated_us, expires_us, makes_given) \
             values ($1, $2, 1, 'uploading', $3, $4, 0, null, $5, $6, $7, $8, $9, $10, $10, $11, $12)",
            (
                account,
                id,
                name.as_str(),
                size_bytes,
                mapping,
                template,
                version,
                author.kind(),
                author.id(),
                now_us,
                now_us + KEPT_US,
                told.makes.is_some(),
            ),
        )
        .await?;
    if let Some(file) = file {
        whole(&mut write, id, &name, file).await?;
    }
    let row = DraftRow::locked(write.tx(), account, id, now_us).await?;
    write.commit().await?;
    Ok(row)
}

/// Names the stored file, so that it is kept as long as the draft.
async fn whole(write: &mut crate::log::write::Write, id: Uuid, name: &str, file: &StoredFile) -> Result<()> {
    let hash = hash_from(&file.hash).ok_or(Code::Internal)?;
    let (account, now_us, author) = (write.account(), write.now_us, write.principal);
    write
        .tx()
        .execute(
            "update import_draft set received_bytes = size_bytes, hash = $3 where account = $1 and id = $2",
            (account, id, &hash[..]),
        )
        .await?;
    write
        .tx()
        .execute(
            "insert into file_reference (account, owner_kind, owner, id, hash, name, author, author_id, created_us) \
             values ($1, 'import_draft', $2, $2, $3, $4, $5, $6, $7)",
            (account, id, &hash[..], name, author.kind(), author.id(), now_us),
        )
        .await?;
    Ok(())
}

/// Takes the next part of a file. A part that is there already is taken again.
pub(super) async fn part(
    app: &App,
    allowed: &Allowed<RunImports>,
    id: Uuid,
    range: Option<&str>,
    body: Body,
    language: Language,
) -> Result<Versioned<DraftShown>> {
    let account = allowed.account();
    let row = DraftRow::load(&app.db, account, id, app.environment.now_us()).await?;
    if row.state != "uploading" {
        return Err(Problem::new(Code::Conflict).with("with", "state"));
    }
    let (first, end) = part_of(range, row.size_bytes)?;
    if first > row.received_bytes || (first < row.received_bytes && end > row.received_bytes) {
        return Err(Problem::new(Code::UploadOutOfOrder).with("received_bytes", row.received_bytes));
    }
    let length = (end - first) as usize;
    let bytes = axum::body::to_bytes(body, MAX_PART_BYTES).await.map_err(|_| Code::BodyIncomplete)?;
    if bytes.len() != length {
        return Err(Code::BodyIncomplete.into());
    }
    if end > row.received_bytes {
        let name = app.environment.uuid();
        let written = app.store.write_part(account, id, first as u64, name, bytes.to_vec()).await;
        written.map_err(|error| unavailable(&error))?;
        advance(app, allowed, id, first, end).await?;
    }
    let row = DraftRow::load(&app.db, account, id, app.environment.now_us()).await?;
    if row.received_bytes < row.size_bytes {
        return Ok(Versioned(row.version, DraftShown::of(&row, language)?));
    }
    let row = assembled(app, allowed, row).await?;
    analysed(app, allowed, row, language).await
}

/// The bytes that `Content-Range` (RFC 9110, 14.4) names: the first, and the one behind the last.
fn part_of(range: Option<&str>, size_bytes: i64) -> Result<(i64, i64)> {
    let beyond = || Problem::new(Code::RangeNotSatisfiable).with("size_bytes", size_bytes);
    let digits =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<i64>().ok())?;
    let read = range.and_then(|range| {
        let (part, size) = range.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = part.split_once('-')?;
        Some((digits(first)?, digits(last)?, digits(size)?))
    });
    let (first, last, size) = read.ok_or_else(beyond)?;
    if size != size_bytes || first > last || last >= size_bytes {
        return Err(beyond());
    }
    if last + 1 - first > MAX_PART_BYTES as i64 {
        return Err(Problem::new(Code::PayloadTooLarge).with("limit_bytes", MAX_PART_BYTES));
    }
    Ok((first, last + 1))
}

async fn advance(app: &App, allowed: &Allowed<RunImports>, id: Uuid, first: i64, end: i64) -> Result<()> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update import_draft set received_bytes = $4, updated_us = $5, parts = parts || $6 \
             where account = $1 and id = $2 and received_bytes = $3",
            (account, id, first, end, now_us, format!("{first} ")),
        )
        .await?;
    write.commit().await?;
    Ok(())
}

/// Makes one file of the parts.
async fn assembled(app: &App, allowed: &Allowed<RunImports>, row: DraftRow) -> Result<DraftRow> {
    let (account, id) = (allowed.account(), row.id);
    let (listed,): (String,) = app
        .db
        .fetch_one("select parts from import_draft where account = $1 and id = $2", (account, id))
        .await?;
    let begins: Vec<u64> = listed.split_whitespace().filter_map(|begin| begin.parse().ok()).collect();
    let parts = stream::iter(begins).then(|begin| app.store.read_part(account, id, begin));
    let draft = receive_file(app, account, MAX_FILE_BYTES, parts).await?;
    let file = commit(app, allowed, Class::Office, MEDIA_TYPE, draft).await?;
    if file.size_bytes != row.size_bytes {
        return Err(Problem::internal(anyhow::anyhow!("parts of a draft make another file")));
    }
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let now_us = write.now_us;
    let current = DraftRow::locked(write.tx(), account, id, now_us).await?;
    if current.hash.is_none() {
        whole(&mut write, id, &current.file_name, &file).await?;
    }
    let row = DraftRow::locked(write.tx(), account, id, now_us).await?;
    write.commit().await?;
    app.store.remove_parts(account, id).await.map_err(|error| unavailable(&error))?;
    Ok(row)
}

/// Reads the file of a draft and keeps what was found out.
pub(super) async fn analysed(
    app: &App,
    allowed: &Allowed<RunImports>,
    row: DraftRow,
    language: Language,
) -> Result<Versioned<DraftShown>> {
    let mapping = row.mapping()?;
    let found = look(app, allowed.account(), &row, mapping).await?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let now_us = write.now_us;
    keep(&mut write, row.id, &found).await?;
    let row = DraftRow::locked(write.tx(), allowed.account(), row.id, now_us).await?;
    write.touch("imports");
    write.commit().await?;
    Ok(Versioned(row.version, DraftShown::of(&row, language)?))
}

/// What was found out, as it is stored.
pub(super) struct Looked {
    pub(super) state: &'static str,
    pub(super) mapping: String,
    pub(super) analysis: Option<String>,
    pub(super) problem: Option<String>,
}

/// Reads a file as its mapping says; a draft without a mapping gets the one that its headings suggest.
pub(super) async fn look(
    app: &App,
    account: i64,
    row: &DraftRow,
    mut mapping: TemplateDraft,
) -> Result<Looked> {
    let hash = row.hash.as_deref().ok_or(Code::Conflict)?;
    let (state, analysis, problem) = match analysis::analyse(app, account, hash, &mapping).await {
        Ok(mut analysis) => {
            analysis.before = before(app, account, &analysis.headings).await?;
            if mapping.columns.is_empty() && row.template.is_none() {
                if !row.makes_given && row.analysis.is_none() && mapping.constants.is_empty() {
                    mapping.makes = analysis::makes_of(&analysis.headings);
                }
                mapping.columns = proposals::mapping(mapping.makes, &analysis);
                mapping.key = key_of(&mapping);
            }
            if row.template.is_none() {
                questions::decide(&mut mapping, &analysis);
            }
            ("ready", Some(serde_json::to_string(&analysis).map_err(Problem::internal)?), None)
        }
        Err(error) => {
            let problem = error.told(&row.file_name)?;
            ("unreadable", None, Some(of_file::to_stored(&problem)?))
        }
    };
    let mapping = serde_json::to_string(&mapping).map_err(Problem::internal)?;
    Ok(Looked { state, mapping, analysis, problem })
}

/// What the latest templates of the account map these headings to.
async fn before(app: &App, account: i64, headings: &[String]) -> Result<Vec<Before>> {
    let folded: BTreeSet<String> = headings.iter().map(|heading| columns::folded(heading)).collect();
    let bodies: Vec<(String,)> = app
        .db
        .fetch_all(
            "select body from import_template where account = $1 and state <> 'deleted' \
             order by updated_us desc limit $2",
            (account, TEMPLATES),
        )
        .await?;
    let mut before: Vec<Before> = Vec::new();
    for (body,) in bodies {
        let template: TemplateDraft = serde_json::from_str(&body).map_err(Problem::internal)?;
        for column in template.columns {
            // What takes more than the cell as it is nobody can propose by the heading alone
            let is_plain = column.split.is_none() && column.join.is_empty();
            let heading = column.heading.as_deref().map(columns::folded).filter(|_| is_plain);
            let Some(heading) = heading.filter(|heading| folded.contains(heading)) else { continue };
            if !before.iter().any(|known| known.makes == template.makes && known.heading == heading) {
                before.push(Before { makes: template.makes, heading, field: column.field });
            }
        }
    }
    Ok(before)
}

/// The field by which rows are told apart, where a column fills it.
pub(super) fn key_of(mapping: &TemplateDraft) -> Option<String> {
    let filled = |name: &&&str| mapping.columns.iter().any(|column| column.field == ***name);
    mapping.makes.keys().iter().find(filled).map(|name| (*name).to_owned())
}

/// Stores what was found out; the draft has a new version by it.
pub(super) async fn keep(write: &mut crate::log::write::Write, id: Uuid, found: &Looked) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    write
        .tx()
        .execute(
            "update import_draft set version = version + 1, state = $3, mapping = $4, analysis = $5, problem = $6, \
             updated_us = $7 where account = $1 and id = $2",
            (
                account,
                id,
                found.state,
                found.mapping.as_str(),
                found.analysis.as_deref(),
                found.problem.as_deref(),
                now_us,
            ),
        )
        .await?;
    Ok(())
}
