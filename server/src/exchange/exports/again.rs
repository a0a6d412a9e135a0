//! The bytes of runs: kept for 90 days, put into folders, put again as they were.

use campo_protocol::{model::Ref, text::hex};
use uuid::Uuid;

use super::{
    definition::ExportDraft,
    run::{self, ExportRun, RunRow},
};
use crate::{
    access::{
        Allowed,
        permissions::{ManageExchange, ViewTransfers},
    },
    app::App,
    exchange::{hosted, remotes},
    files::{
        store::Content,
        upload::{FileRow, StoredFile, unavailable},
    },
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// Keeps the bytes of a run from the sweep.
pub(super) async fn keep(write: &mut Write, row: &RunRow, file: &StoredFile) -> Result<()> {
    let (account, now_us, author) = (write.account(), write.now_us, write.principal);
    let hash = campo_protocol::entry::hash_from(&file.hash).ok_or(Code::Internal)?;
    write
        .tx()
        .execute(
            "insert into file_reference (account, owner_kind, owner, id, hash, name, author, author_id, created_us) \
             values ($1, 'export_run', $2, $2, $3, $4, $5, $6, $7) \
             on conflict (account, owner_kind, owner, id) do nothing",
            (account, row.id, &hash[..], row.name.as_str(), author.kind(), author.id(), now_us),
        )
        .await?;
    Ok(())
}

/// Puts the file of a run into the folder where the customer takes it, beside one of the same name that was not taken
/// yet, and has it brought to the customer's server.
pub(super) async fn put(
    write: &mut Write,
    row: &RunRow,
    draft: &ExportDraft,
    file: &StoredFile,
) -> Result<()> {
    if let Some(remote) = &draft.remote {
        remotes::order(write, row.id, remote, &draft.folder, &row.name).await?;
    }
    for owner in [&draft.key, &draft.agent] {
        if let Some(owner) = owner.as_ref().and_then(Ref::id) {
            put_into(write, row, draft, owner, file).await?;
        }
    }
    Ok(())
}

/// Puts it into the folder of a key or an agent.
async fn put_into(
    write: &mut Write,
    row: &RunRow,
    draft: &ExportDraft,
    key: Uuid,
    file: &StoredFile,
) -> Result<()> {
    let account = write.account();
    let folder = ["out", &draft.folder].join("/").trim_end_matches('/').to_owned();
    let there: Option<(Option<Uuid>, Option<i64>)> = write
        .tx()
        .fetch_optional(
            "select export_run, taken_us from hosted_file where account = $1 and key = $2 and folder = $3 and name = $4",
            (account, key, folder.as_str(), row.name.as_str()),
        )
        .await?;
    let name = match there {
        Some((run, None)) if run != Some(row.id) => beside(&row.name, row.number),
        _ => row.name.clone(),
    };
    let kept =
        hosted::Kept { key, folder: &folder, name: &name, file, received: None, export_run: Some(row.id) };
    hosted::put(write, &kept).await.map(drop)
}

/// A name with the number of the run before its ending.
fn beside(name: &str, number: i64) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => format!("{stem}_{number}.{ending}"),
        _ => format!("{name}_{number}"),
    }
}

/// Puts the same bytes of a run into the folder once more.
pub(super) async fn again(app: &App, allowed: &Allowed<ManageExchange>, id: Uuid) -> Result<ExportRun> {
    let account = allowed.account();
    let row = run::load(app, account, id).await?.ok_or(Code::NotFound)?;
    let draft: ExportDraft = serde_json::from_str(&row.body).map_err(Problem::internal)?;
    let (Some(hash), Some(size_bytes)) = (&row.hash, row.size_bytes) else {
        return Err(Problem::new(Code::Conflict).with("with", "state"));
    };
    let media_type = "application/octet-stream".to_owned();
    let file = StoredFile { hash: hex(hash), size_bytes, media_type };
    let mut write = app.log.begin(allowed, Class::Office).await?;
    put(&mut write, &row, &draft, &file).await?;
    write.commit().await?;
    run::get_by_id(app, account, id).await
}

/// The bytes of a run with their name and length.
pub(super) async fn content(
    app: &App,
    allowed: &Allowed<ViewTransfers>,
    id: Uuid,
) -> Result<(String, u64, Content)> {
    let account = allowed.account();
    let row = run::load(app, account, id).await?.ok_or(Code::NotFound)?;
    let draft: ExportDraft = serde_json::from_str(&row.body).map_err(Problem::internal)?;
    allowed.must_cover(draft.what.needs())?;
    let hash = row.hash.ok_or_else(|| Problem::new(Code::Conflict).with("with", "state"))?;
    let file: Option<FileRow> = app
        .db
        .fetch_optional(
            "select hash, generation, size_bytes, media_type from file where account = $1 and hash = $2",
            (account, hash),
        )
        .await?;
    let file = file.ok_or(Code::Gone)?;
    let size_bytes = file.size_bytes.unsigned_abs();
    let content = app.store.read(&file.place(account)?, 0..size_bytes).await;
    Ok((row.name, size_bytes, content.map_err(|error| unavailable(&error))?))
}
