//! The bytes of runs: kept, read, put again as they were.

use campo_protocol::text::hex;
use uuid::Uuid;

use super::{
    definition::ExportDraft,
    run::{self, ExportRun},
    run_files,
};
use crate::{
    access::{
        Allowed,
        permissions::{ManageExchange, ViewTransfers},
    },
    app::App,
    exchange::{
        TOPIC,
        placing::{self, Origin, OriginKind, Outgoing},
    },
    files::{store::Content, upload::StoredFile},
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// Puts the same files of a run where they go once more.
pub(super) async fn again(app: &App, allowed: &Allowed<ManageExchange>, id: Uuid) -> Result<ExportRun> {
    let account = allowed.account();
    let row = run::load(app, account, id).await?.ok_or(Code::NotFound)?;
    let draft: ExportDraft = serde_json::from_str(&row.body).map_err(Problem::internal)?;
    let mut files = run_files::all(app, account, id).await?;
    if let (true, Some(hash), Some(size_bytes)) = (files.is_empty(), &row.hash, row.size_bytes) {
        // A release before made it
        let file =
            StoredFile { hash: hex(hash), size_bytes, media_type: "application/octet-stream".to_owned() };
        files.push(Outgoing { id, name: row.name.clone(), file });
    }
    if files.is_empty() {
        return Err(Problem::new(Code::Conflict).with("with", "state"));
    }
    let origin = Origin { kind: OriginKind::Run, id, number: row.number };
    let to = draft.destination();
    let mut write = app.log.begin(allowed, Class::Office).await?;
    for outgoing in &files {
        placing::put(&mut write, origin, &to, outgoing).await?;
    }
    write
        .tx()
        .execute("update outgoing_file set taken_us = null where account = $1 and origin = $2", (account, id))
        .await?;
    write.touch(TOPIC);
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
    let (size_bytes, content) = run_files::read(app, account, hash).await?;
    Ok((row.name, size_bytes, content))
}
