//! Entries as people and customers' systems read them: what was captured, and what became of it.

mod filter;
pub mod last_place;
mod routes;
mod shown;

pub use self::{
    filter::{Filter, Named},
    routes::routes,
    shown::{Author, EntryShown, FileShown},
};

use uuid::Uuid;

use crate::{
    access::{Allowed, permissions::ViewEntries},
    api::page::{Page, fitting},
    database::Db,
    problem::{Code, Problem, Result},
};

/// The entries that `filter` lets through behind position `after`, in the order of the log. A page ends early where
/// its entries are large.
pub async fn list(
    db: &Db,
    allowed: &Allowed<ViewEntries>,
    mut filter: Filter,
    named: Named,
    (after, limit): (i64, i64),
) -> Result<Page<EntryShown>> {
    let account = allowed.account();
    let mut tx = db.begin_snapshot().await?;
    named.resolve(&mut tx, account, &mut filter).await?;
    let positions = filter.positions(&mut tx, account, after, limit.saturating_add(1)).await?;
    let rows = shown::rows(&mut tx, account, &positions).await?;
    let kept = fitting(rows.iter().take(limit as usize).map(shown::Row::size_bytes));
    let entries = shown::complete(&mut tx, account, rows, kept).await?;
    tx.rollback().await;
    Ok(Page::new(entries, kept as i64, |entry| entry.position))
}

/// One entry.
pub async fn get(db: &Db, allowed: &Allowed<ViewEntries>, id: Uuid) -> Result<EntryShown> {
    let account = allowed.account();
    let mut tx = db.begin_snapshot().await?;
    let position: Option<(i64,)> =
        tx.fetch_optional("select position from entry where account = $1 and id = $2", (account, id)).await?;
    let (position,) = position.ok_or(Code::NotFound)?;
    let rows = shown::rows(&mut tx, account, &[position]).await?;
    let entry = shown::complete(&mut tx, account, rows, 1).await?.pop();
    tx.rollback().await;
    entry.ok_or_else(|| Problem::new(Code::NotFound))
}

/// The bytes of an entry, exactly as its author wrote them. Gone when they were erased.
pub async fn raw(db: &Db, allowed: &Allowed<ViewEntries>, id: Uuid) -> Result<Vec<u8>> {
    let row: Option<(Option<Vec<u8>>,)> = db
        .fetch_optional(
            "select b.bytes from entry e \
             left join entry_body b on b.account = e.account and b.position = e.position \
             where e.account = $1 and e.id = $2",
            (allowed.account(), id),
        )
        .await?;
    let (bytes,) = row.ok_or(Code::NotFound)?;
    bytes.ok_or_else(|| Problem::new(Code::Gone))
}
