//! From the bytes of a file to a run and its job. The same file by the same version of a template is imported once.

use campo_protocol::{entry::hash_from, faults::Faults, model::Ref};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    run::{ImportRun, RunRow},
    start::{self, Start, Started},
    template::{self, Template},
};
use crate::{
    access::{Allowed, permissions::RunImports},
    api::edit::{Created, Made, Once},
    app::App,
    files::upload::{StoredFile, store_up_to},
    log::write::Write,
    problem::{Code, Result},
    scheduler::Class,
    texts::Language,
};

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
    /// How many things may be withdrawn that the file lists no longer. Needed above a tenth of what the template manages;
    /// without it the import asks then, with 0 they stay as they are
    #[serde(default)]
    pub confirm_withdrawals: Option<i64>,
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
    allowed.must_cover(start::needs(&template.draft))?;
    let limit = app.limits.import_bytes as u64;
    let file = store_up_to(app, allowed, Class::Office, "application/octet-stream", limit, body).await?;
    if file.size_bytes == 0 {
        return Err(Code::FileEmpty.into());
    }
    let begun = begin(app, allowed, once, upload, &template, &file, language).await?;
    app.work.notify_one();
    Ok(begun)
}

async fn begin(
    app: &App,
    allowed: &Allowed<RunImports>,
    once: &Once,
    upload: &Upload,
    template: &Template,
    file: &StoredFile,
    language: Language,
) -> Result<(bool, Created)> {
    let request = ("imports.create", &upload.template, upload.again, upload.confirm_withdrawals, &file.hash);
    let hash = hash_from(&file.hash).ok_or(Code::Internal)?;
    let order = Start {
        mapping: &template.draft,
        template: Some((template.id, template.version)),
        hash: &hash,
        file_name: &upload.file_name,
        again: upload.again,
        dry_run: false,
        confirmed: upload.confirm_withdrawals,
        lane: start::LANE,
    };
    let mut is_new = false;
    let begin = async |write: &mut Write| {
        let Started { run: id, repeated } = start::stored(write, &order).await?;
        is_new = !repeated;
        let account = write.account();
        let run = RunRow::locked(write.tx(), account, id).await?.ok_or(Code::Internal)?.shown(language)?;
        Ok(Made::new(format!("/v1/imports/{id}"), Uploaded { run, repeated }))
    };
    let created = once.make(app, allowed, &request, begin).await?;
    Ok((is_new, created))
}
