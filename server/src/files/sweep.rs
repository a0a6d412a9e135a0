//! Removes files that nothing refers to, part of the duty [`Duty::Sweep`].

use crate::{
    access::{Allowed, Caller, Duty, permissions::ManageTasks},
    app::App,
    log::scheduler::Class,
    problem::Result,
};

use super::{
    store::Place,
    upload::{FileRow, unavailable},
};

/// How long a file may wait for a reference: a day.
pub const UNREFERENCED_US: i64 = 24 * 3600 * 1_000_000;
/// The most files in one transaction or question.
const BATCH: i64 = 500;

/// Removes what no entry and no attachment of an account refers to and was not uploaded again for a day: first the
/// rows, then the bytes, and at last the bytes that have no row, which a crash left behind. Returns how many rows went.
///
/// A file that is uploaded again meanwhile has another generation, whose bytes nobody here removes.
pub async fn sweep(app: &App, account: i64, now_us: i64) -> Result<usize> {
    let allowed = Caller::duty(account, Duty::Sweep).allow::<ManageTasks>()?;
    let before_us = now_us.saturating_sub(UNREFERENCED_US);
    let mut removed = 0;
    loop {
        let places = remove_rows(app, &allowed, before_us).await?;
        for place in &places {
            app.store.remove(place).await.map_err(|error| unavailable(&error))?;
        }
        removed += places.len();
        if places.is_empty() {
            break;
        }
    }
    app.store.remove_drafts(account, before_us).await.map_err(|error| unavailable(&error))?;
    for first in 0..=u8::MAX {
        let places =
            app.store.written_before(account, first, before_us).await.map_err(|error| unavailable(&error))?;
        for batch in places.chunks(BATCH as usize) {
            for place in without_row(app, batch).await? {
                app.store.remove(&place).await.map_err(|error| unavailable(&error))?;
            }
        }
    }
    Ok(removed)
}

async fn remove_rows(app: &App, allowed: &Allowed<ManageTasks>, before_us: i64) -> Result<Vec<Place>> {
    let account = allowed.account();
    let mut write = app.log.begin(allowed, Class::Housekeeping).await?;
    let rows: Vec<FileRow> = write
        .tx()
        .fetch_all(
            "select s.hash, s.generation, s.size_bytes, s.media_type from file s \
             where s.account = $1 and s.created_us < $2 \
             and not exists (select 1 from entry_file f where f.account = s.account and f.hash = s.hash) \
             and not exists (select 1 from file_reference r where r.account = s.account and r.hash = s.hash) \
             limit $3",
            (account, before_us, BATCH),
        )
        .await?;
    write
        .tx()
        .insert_many(
            "with k(a, h) as (",
            (vec![account; rows.len()], rows.iter().map(|row| row.hash.clone()).collect::<Vec<_>>()),
            ") delete from file where (account, hash) in (select a, h from k)",
        )
        .await?;
    write.commit().await?;
    rows.iter().map(|row| row.place(account)).collect()
}

async fn without_row(app: &App, places: &[Place]) -> Result<Vec<Place>> {
    let mut tx = app.db.begin_snapshot().await?;
    let known: Vec<(Vec<u8>, uuid::Uuid)> = tx
        .fetch_many(
            "a, h",
            (
                places.iter().map(|place| place.account).collect::<Vec<_>>(),
                places.iter().map(|place| place.hash.to_vec()).collect::<Vec<_>>(),
            ),
            "select s.hash, s.generation from k join file s on s.account = k.a and s.hash = k.h",
        )
        .await?;
    tx.rollback().await;
    let has_row = |place: &Place| {
        known.iter().any(|(hash, generation)| *hash == place.hash && *generation == place.generation)
    };
    Ok(places.iter().filter(|place| !has_row(place)).copied().collect())
}
