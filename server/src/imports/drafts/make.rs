//! How a draft gets its row, and the stored file that it keeps.

use campo_protocol::{entry::hash_from, text::storable};
use uuid::Uuid;

use super::row::{DraftRow, KEPT_US};
use crate::{
    files::{reference, upload::StoredFile},
    imports::{makes::Makes, preview, template::Template},
    log::write::Write,
    problem::{Code, Limit, Problem, Result},
};

/// The most drafts of an account.
const MAX_DRAFTS: i64 = 200;
/// The most characters of a file's name.
pub(super) const MAX_NAME: usize = 200;

/// A draft that is not there yet.
#[derive(Debug)]
pub(super) struct New<'a> {
    pub(super) id: Uuid,
    pub(super) file_name: &'a str,
    /// What its rows become, where somebody said so
    pub(super) makes: Option<Makes>,
    pub(super) template: Option<&'a Template>,
    pub(super) size_bytes: i64,
    /// The file, where it is there whole
    pub(super) file: Option<&'a StoredFile>,
}

/// Makes the row of a draft; what its file says is not looked at yet.
pub(super) async fn make(write: &mut Write, new: &New<'_>) -> Result<DraftRow> {
    let makes = new.makes.unwrap_or(Makes::Tasks);
    let mapping = new.template.map_or_else(|| preview::nothing(makes), |template| template.draft.clone());
    let mapping = serde_json::to_string(&mapping).map_err(Problem::internal)?;
    let (account, now_us, author) = (write.account(), write.now_us, write.principal);
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
    let name: String = storable(new.file_name.trim()).chars().take(MAX_NAME).collect();
    write
        .tx()
        .execute(
            "insert into import_draft (account, id, version, state, file_name, size_bytes, received_bytes, hash, \
             mapping, template, template_version, author, author_id, created_us, updated_us, expires_us, makes_given) \
             values ($1, $2, 1, 'uploading', $3, $4, 0, null, $5, $6, $7, $8, $9, $10, $10, $11, $12)",
            (
                account,
                new.id,
                name.as_str(),
                new.size_bytes,
                mapping,
                new.template.map(|template| template.id),
                new.template.map(|template| template.version),
                author.kind(),
                author.id(),
                now_us,
                now_us + KEPT_US,
                new.makes.is_some(),
            ),
        )
        .await?;
    if let Some(file) = new.file {
        whole(write, new.id, &name, file).await?;
    }
    DraftRow::locked(write.tx(), account, new.id, now_us).await
}

/// Names the stored file, so that it is kept as long as the draft.
pub(super) async fn whole(write: &mut Write, id: Uuid, name: &str, file: &StoredFile) -> Result<()> {
    let hash = hash_from(&file.hash).ok_or(Code::Internal)?;
    let account = write.account();
    write
        .tx()
        .execute(
            "update import_draft set received_bytes = size_bytes, hash = $3 where account = $1 and id = $2",
            (account, id, &hash[..]),
        )
        .await?;
    reference::refer(write, ("import_draft", id, id), &hash[..], name).await
}
