//! Entries become complete when all their files are stored, or when the time to wait for them is over.

use std::collections::HashMap;

use crate::{
    access::{Allowed, Caller, Duty, Permission, permissions::ViewEntries},
    app::App,
    duties::{Left, each_account},
    log::{
        events::{Completed, is_stored, stored_files},
        stored::{self, StoredEntry},
        write::Write,
    },
    problem::Result,
    scheduler::Class,
};

/// The most entries that become complete in one transaction.
const BATCH: usize = 100;

/// The duty [`Duty::CompleteEntries`], for every account that has something due.
pub async fn duty(app: &App) -> Result<Left> {
    let now_us = app.environment.now_us();
    let due = accounts_due(app, now_us).await?;
    each_account(app, Some(due), |app, account| {
        Box::pin(async move { complete_due(app, account, app.environment.now_us()).await.map(drop) })
    })
    .await
}

/// Makes `entry.complete` of the entries that waited for the file alone. True when there may be more of them.
pub(super) async fn of_file(write: &mut Write, hash: &[u8]) -> Result<bool> {
    let account = write.account();
    let positions: Vec<(i64,)> = write
        .tx()
        .fetch_all(
            "select e.position from entry e where e.account = $1 and e.files_due_us is not null \
             and exists (select 1 from entry_file f \
             where f.account = e.account and f.position = e.position and f.hash = $2) \
             and not exists (select 1 from entry_file f left join file s on s.account = f.account and s.hash = f.hash \
             where f.account = e.account and f.position = e.position and s.hash is null) \
             order by e.position limit $3",
            (account, hash, BATCH as i64),
        )
        .await?;
    complete(write, &positions).await?;
    Ok(positions.len() == BATCH)
}

/// The same for those that did not fit in the transaction that stored the file.
pub(super) async fn rest_of_file<P: Permission>(
    app: &App,
    allowed: &Allowed<P>,
    class: Class,
    hash: &[u8],
) -> Result<()> {
    loop {
        let mut write = app.log.begin(allowed, class).await?;
        let more = of_file(&mut write, hash).await?;
        write.commit().await?;
        if !more {
            return Ok(());
        }
    }
}

/// The accounts that have entries whose time to wait is over at `now_us`.
pub async fn accounts_due(app: &App, now_us: i64) -> Result<Vec<i64>> {
    let accounts: Vec<(i64,)> = app
        .db
        .fetch_all("select distinct account from entry where files_due_us <= $1 order by account", (now_us,))
        .await?;
    Ok(accounts.into_iter().map(|row| row.0).collect())
}

/// Part of the duty [`Duty::CompleteEntries`]: makes `entry.complete` of every entry of an account whose time to wait
/// is over, naming what did not arrive. Several replicas may do it at once. Returns how many it completed.
pub async fn complete_due(app: &App, account: i64, now_us: i64) -> Result<usize> {
    let allowed = Caller::duty(account, Duty::CompleteEntries).allow::<ViewEntries>()?;
    let mut completed = 0;
    loop {
        let mut write = app.log.begin(&allowed, Class::Housekeeping).await?;
        let positions: Vec<(i64,)> = write
            .tx()
            .fetch_all(
                "select position from entry where account = $1 and files_due_us <= $2 \
                 order by files_due_us, position limit $3",
                (account, now_us, BATCH as i64),
            )
            .await?;
        if positions.is_empty() {
            return Ok(completed);
        }
        complete(&mut write, &positions).await?;
        write.commit().await?;
        completed += positions.len();
    }
}

async fn complete(write: &mut Write, positions: &[(i64,)]) -> Result<()> {
    let account = write.account();
    let positions: Vec<i64> = positions.iter().map(|row| row.0).collect();
    let entries = stored::load(write.tx(), account, &positions).await?;
    let mut missing = missing(write, &entries).await?;
    for stored in entries {
        let missing = missing.remove(&stored.position).unwrap_or_default();
        write.complete(Completed { stored, missing });
    }
    Ok(())
}

/// The files that are not stored, as the entries name them, by position.
async fn missing(write: &mut Write, entries: &[StoredEntry]) -> Result<HashMap<i64, Vec<String>>> {
    let account = write.account();
    let known = stored_files(write.tx(), entries.iter().map(|entry| (account, &entry.incoming))).await?;
    let mut missing: HashMap<i64, Vec<String>> = HashMap::new();
    for stored in entries {
        let files = stored.incoming.files();
        let lacking = files.iter().filter(|file| !is_stored(&known, account, file));
        missing.entry(stored.position).or_default().extend(lacking.map(|file| file.hash.clone()));
    }
    Ok(missing)
}
