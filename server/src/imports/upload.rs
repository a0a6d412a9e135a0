//! From the bytes of a file to a run and its job. The same file by the same version of a template is imported once.

use campo_protocol::{entry::hash_from, faults::Faults, model::Ref, text::storable};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    draft::{Makes, TemplateDraft, UnknownPoi},
    fields::{self, Target},
    run::{ImportRun, RunRow},
    template::{self, Template},
    work::JOB,
};
use crate::{
    access::{Allowed, PermissionName, Permissions, permissions::RunImports},
    api::edit::{Created, Once},
    app::App,
    files::upload::{StoredFile, store_up_to},
    jobs,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
    texts::Language,
};

/// The lane of the jobs of imports that people begin.
const LANE: &str = "import";
/// The most imports of an account that are not over.
const MAX_WAITING: i64 = 50;
/// The most characters of a file's name.
const MAX_NAME: usize = 200;

/// What is said of a file.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Upload {
    /// The import template: its id, or `code:` and its code
    pub template: Ref,
    /// The name of the file, for people
    #[serde(default)]
    pub file_name: String,
    /// True to import a file once more that was imported by this version of the template
    #[serde(default)]
    pub again: bool,
}

/// An import that has begun, or that the same file began before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportUploaded)]
pub struct Uploaded {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are shown in its place")]
    pub run: ImportRun,
    /// True when the file was imported before, and nothing new was begun
    pub repeated: bool,
}

/// What an import by this template needs besides the permission to run imports: an import does nothing that its author
/// may not do otherwise.
pub(crate) fn needs(template: &TemplateDraft) -> Permissions {
    let mut names = match template.makes {
        Makes::Tasks => vec![PermissionName::ManageTasks],
        Makes::Pois => vec![PermissionName::ManagePois],
    };
    let is_of_poi =
        |name: &str| fields::field(template.makes, name).is_some_and(|field| field.target == Target::Poi);
    let tells_of_pois = template.columns.iter().any(|column| is_of_poi(&column.field))
        || template.constants.keys().any(|name| is_of_poi(name));
    if tells_of_pois || template.unknown_poi == UnknownPoi::Create {
        names.push(PermissionName::ManagePois);
    }
    names.into_iter().collect()
}

/// Stores a file and begins its import. True beside the answer when something new was begun.
pub async fn upload<B: AsRef<[u8]>, E>(
    app: &App,
    allowed: &Allowed<RunImports>,
    once: &Once,
    upload: &Upload,
    language: Language,
    body: impl Stream<Item = std::result::Result<B, E>>,
) -> Result<(bool, Created)> {
    let mut faults = Faults::default();
    faults.check_text("/file_name", &upload.file_name, MAX_NAME);
    faults.into_result()?;
    // Before the bytes, so that they are not stored in vain
    let template = template::used(&app.db, allowed.account(), &upload.template).await?;
    allowed.must_cover(needs(&template.draft))?;
    let limit = app.limits.import_bytes as u64;
    let file = store_up_to(app, allowed, Class::Office, "application/octet-stream", limit, body).await?;
    if file.size_bytes == 0 {
        return Err(Code::FileEmpty.into());
    }
    let begun = begin(app, allowed, once, upload, &template, &file, language).await?;
    app.work.notify_one();
    Ok(begun)
}

pub(super) async fn begin(
    app: &App,
    allowed: &Allowed<RunImports>,
    once: &Once,
    upload: &Upload,
    template: &Template,
    file: &StoredFile,
    language: Language,
) -> Result<(bool, Created)> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let request = ("imports.create", &upload.template, upload.again, &file.hash);
    if let Some(created) = once.replay(&mut write, &request).await? {
        return Ok((false, created));
    }
    let hash = hash_from(&file.hash).ok_or(Code::Internal)?;
    let (account, before) = (write.account(), before(&mut write, template, &hash).await?);
    let (id, is_new) = match before {
        Some(id) if !upload.again => (id, false),
        _ => (insert(&mut write, upload, template, &hash).await?, true),
    };
    let run = RunRow::locked(write.tx(), account, id).await?.ok_or(Code::Internal)?.shown(language)?;
    let created = Created::new(format!("/v1/imports/{id}"), 1, &Uploaded { run, repeated: !is_new })?;
    once.keep(&mut write, &request, &created).await?;
    write.commit().await?;
    Ok((is_new, created))
}

/// The import that the file began before by the same version of the template, unless it came to nothing. Under the
/// account's lock, so that of two at once one is the first.
async fn before(write: &mut Write, template: &Template, hash: &[u8]) -> Result<Option<Uuid>> {
    let account = write.account();
    let row: Option<(Uuid,)> = write
        .tx()
        .fetch_optional(
            "select id from import_run where account = $1 and hash = $2 and template = $3 and template_version = $4 \
             and state not in ('failed', 'stopped') order by created_us desc, id desc limit 1",
            (account, hash, template.id, template.version),
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

async fn insert(write: &mut Write, upload: &Upload, template: &Template, hash: &[u8]) -> Result<Uuid> {
    let (account, id, author, now_us) = (write.account(), write.new_id(), write.principal, write.now_us);
    let (waiting,): (i64,) = write
        .tx()
        .fetch_one("select count(*) from job where account = $1 and kind = $2", (account, JOB.name))
        .await?;
    if waiting >= MAX_WAITING {
        return Err(Problem::new(Code::QueueFull).retry_after_s(60));
    }
    let mapping = serde_json::to_string(&template.draft).map_err(Problem::internal)?;
    let name = storable(upload.file_name.trim()).into_owned();
    write
        .tx()
        .execute(
            "insert into import_run (account, id, template, template_version, mapping, hash, file_name, principal, \
             principal_id, state, sheet, headings, read_rows, created, updated, unchanged, refused, problem, \
             created_us, finished_us) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', '', '[]', 0, 0, 0, 0, 0, null, $10, null)",
            (
                account,
                id,
                template.id,
                template.version,
                mapping,
                hash,
                name.as_str(),
                author.kind(),
                author.id(),
                now_us,
            ),
        )
        .await?;
    write
        .tx()
        .execute(
            "insert into file_reference (account, owner_kind, owner, id, hash, name, author, author_id, created_us) \
             values ($1, 'import_run', $2, $2, $3, $4, $5, $6, $7)",
            (account, id, hash, name.as_str(), author.kind(), author.id(), now_us),
        )
        .await?;
    jobs::enqueue(write, &JOB, LANE, id, &serde_json::json!({})).await?;
    Ok(id)
}
