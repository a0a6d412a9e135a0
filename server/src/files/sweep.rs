//! Removes files that nothing refers to, part of the duty [`Duty::Sweep`].

use crate::{
    access::{Allowed, Caller, Duty, permissions::ManageTasks},
    app::App,
    problem::Result,
    scheduler::Class,
};

use super::{
    store::Place,
    upload::{FileRow, unavailable},
};

/// How long a file may wait for a reference: a day.
pub const UNREFERENCED_US: i64 = 24 * 3600 * 1_000_000;
/// The most files in one transaction or question.
const BATCH: i64 = 500;

/// How often [`sweep_part`] is called; each call looks through the bytes under another one of the 256 first bytes of a hash.
const EVERY_US: i64 = 10 * 60 * 1_000_000;

/// Sweeps the rows of an account, and one part of the bytes that no row names, another one at each call.
pub async fn sweep_part(app: &App, account: i64, now_us: i64) -> Result<usize> {
    let removed = sweep_rows(app, account, now_us).await?;
    let part = (now_us / EVERY_US).rem_euclid(256) as u8;
    sweep_bytes(app, account, now_us, part).await?;
    Ok(removed)
}

/// Removes what no entry and no attachment of an account refers to and was not uploaded again for a day. First the row
/// goes, a day later the bytes, so that a backup that saw the row still finds them. Bytes that a crash left behind
/// without a row go the same way. Returns how many rows went.
///
/// A file that is uploaded again meanwhile has another generation, whose bytes nobody here removes.
pub async fn sweep(app: &App, account: i64, now_us: i64) -> Result<usize> {
    let removed = sweep_rows(app, account, now_us).await?;
    for first in 0..=u8::MAX {
        sweep_bytes(app, account, now_us, first).await?;
    }
    Ok(removed)
}

async fn sweep_rows(app: &App, account: i64, now_us: i64) -> Result<usize> {
    let allowed = Caller::duty(account, Duty::Sweep).allow::<ManageTasks>()?;
    let before_us = now_us.saturating_sub(UNREFERENCED_US);
    let mut removed = 0;
    loop {
        let rows = unreferenced(app, account, before_us).await?;
        for row in &rows {
            app.store.touch(&row.place(account)?, now_us).await.map_err(|error| unavailable(&error))?;
        }
        let gone = remove_rows(app, &allowed, &rows, before_us).await?;
        removed += gone;
        if gone == 0 {
            return Ok(removed);
        }
    }
}

/// Removes uploads that were broken off, and the bytes without row whose hashes begin with `first`.
async fn sweep_bytes(app: &App, account: i64, now_us: i64, first: u8) -> Result<()> {
    let before_us = now_us.saturating_sub(UNREFERENCED_US);
    app.store.remove_drafts(account, before_us).await.map_err(|error| unavailable(&error))?;
    let old = app.store.written_before(account, first, before_us).await;
    for batch in old.map_err(|error| unavailable(&error))?.chunks(BATCH as usize) {
        for place in without_row(app, batch).await? {
            app.store.remove(&place).await.map_err(|error| unavailable(&error))?;
        }
    }
    Ok(())
}

async fn unreferenced(app: &App, account: i64, before_us: i64) -> Result<Vec<FileRow>> {
    app.db
        .fetch_all(
            "select s.hash, s.generation, s.size_bytes, s.media_type from file s \
             where s.account = $1 and s.created_us < $2 \
             and not exists (select 1 from entry_file f where f.account = s.account and f.hash = s.hash) \
             and not exists (select 1 from file_reference r where r.account = s.account and r.hash = s.hash) \
             limit $3",
            (account, before_us, BATCH),
        )
        .await
}

/// Removes those of `rows` that are still as they were seen, under the account's lock.
async fn remove_rows(
    app: &App,
    allowed: &Allowed<ManageTasks>,
    rows: &[FileRow],
    before_us: i64,
) -> Result<usize> {
    if rows.is_empty() {
        return Ok(0);
    }
    let account = allowed.account();
    let mut write = app.log.begin(allowed, Class::Housekeeping).await?;
    let gone: Vec<(Vec<u8>,)> = write
        .tx()
        .fetch_many(
            "a, h, g, b",
            (
                vec![account; rows.len()],
                rows.iter().map(|row| row.hash.clone()).collect::<Vec<_>>(),
                rows.iter().map(|row| row.generation).collect::<Vec<_>>(),
                vec![before_us; rows.len()],
            ),
            "select k.h from k join file s on s.account = k.a and s.hash = k.h \
             where s.generation = k.g and s.created_us < k.b \
             and not exists (select 1 from entry_file f where f.account = k.a and f.hash = k.h) \
             and not exists (select 1 from file_reference r where r.account = k.a and r.hash = k.h)",
        )
        .await?;
    let count = gone.len();
    write
        .tx()
        .change_many(
            "a, h",
            (vec![account; count], gone.into_iter().map(|row| row.0).collect::<Vec<_>>()),
            "delete from file where (account, hash) in (select a, h from k)",
        )
        .await?;
    write.commit().await?;
    Ok(count)
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
