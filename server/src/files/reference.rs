//! Who needs a stored file: it is kept for as long as something refers to it.

use uuid::Uuid;

use crate::{database::Tx, log::write::Write, problem::Result};

/// Says that a thing has a stored file, under a name; the author is whoever writes. Things that have one file alone refer
/// to it by their own id.
pub(crate) async fn refer(
    write: &mut Write,
    (owner_kind, owner, id): (&'static str, Uuid, Uuid),
    hash: &[u8],
    name: &str,
) -> Result<()> {
    let (account, now_us, author) = (write.account(), write.now_us, write.principal);
    write
        .tx()
        .execute(
            "insert into file_reference (account, owner_kind, owner, id, hash, name, author, author_id, created_us) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            (account, owner_kind, owner, id, hash, name, author.kind(), author.id(), now_us),
        )
        .await?;
    Ok(())
}

/// Says that a thing has no stored file any more.
pub(crate) async fn forget(tx: &mut Tx, account: i64, owner_kind: &str, owner: Uuid) -> Result<()> {
    tx.execute(
        "delete from file_reference where account = $1 and owner_kind = $2 and owner = $3",
        (account, owner_kind, owner),
    )
    .await?;
    Ok(())
}
