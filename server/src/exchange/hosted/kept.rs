//! Files in the folders of a key, within a transaction.

use campo_protocol::entry::hash_from;
use uuid::Uuid;

use crate::{
    files::{reference, upload::StoredFile},
    log::write::Write,
    problem::{Code, Problem, Result},
};

/// A file to be put into a folder.
#[derive(Debug, Clone)]
pub(in crate::exchange) struct Kept<'a> {
    pub(in crate::exchange) key: Uuid,
    /// From the root: `done/tareas`
    pub(in crate::exchange) folder: &'a str,
    pub(in crate::exchange) name: &'a str,
    pub(in crate::exchange) file: &'a StoredFile,
    /// The file that came, of which this is one or a result
    pub(in crate::exchange) received: Option<Uuid>,
    pub(in crate::exchange) export_run: Option<Uuid>,
    /// The file that leaves, of which this is the one to be taken
    pub(in crate::exchange) outgoing: Option<Uuid>,
}

/// Puts a file into a folder, over the one that has its name; its id.
pub(in crate::exchange) async fn put(write: &mut Write, kept: &Kept<'_>) -> Result<Uuid> {
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    let before: Option<(Uuid, String)> = write
        .tx()
        .fetch_optional(
            "select id, kind from hosted_file where account = $1 and key = $2 and folder = $3 and name = $4",
            (account, kept.key, kept.folder, kept.name),
        )
        .await?;
    match before {
        Some((_, kind)) if kind == "folder" => {
            return Err(Problem::new(Code::AlreadyExists).with("field", "/name").with("value", kept.name));
        }
        Some((id, _)) => remove_by_id(write, id).await?,
        None => {}
    }
    let hash = hash_from(&kept.file.hash).ok_or(Code::Internal)?;
    write
        .tx()
        .execute(
            "insert into hosted_file (account, key, folder, name, id, kind, size_bytes, hash, received, export_run, \
             taken_us, modified_us, outgoing) values ($1, $2, $3, $4, $5, 'file', $6, $7, $8, $9, null, $10, $11)",
            (
                account,
                kept.key,
                kept.folder,
                kept.name,
                id,
                kept.file.size_bytes,
                &hash[..],
                kept.received,
                kept.export_run,
                now_us,
                kept.outgoing,
            ),
        )
        .await?;
    reference::refer(write, ("hosted_file", id, id), &hash[..], kept.name).await?;
    Ok(id)
}

/// Removes a file from its folder; one that is gone is no error.
pub(in crate::exchange) async fn remove_by_id(write: &mut Write, id: Uuid) -> Result<()> {
    let account = write.account();
    write.tx().execute("delete from hosted_file where account = $1 and id = $2", (account, id)).await?;
    reference::forget(write.tx(), account, "hosted_file", id).await
}
