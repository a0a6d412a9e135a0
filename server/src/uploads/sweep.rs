//! Removes uploads that nobody ended while their ticket held, part of the duty
//! [`Duty::Sweep`](crate::access::Duty::Sweep).

use uuid::Uuid;

use super::{parts::unavailable, ticket::VALID_US};
use crate::{app::App, problem::Result};

/// The most uploads that go in one transaction.
const BATCH: i64 = 500;
/// Parts that nobody added to for so long belong to no upload any more: its ticket is over, and its row is gone.
const FORGOTTEN_US: i64 = VALID_US + 3 * 24 * 3600 * 1_000_000;

/// Removes the uploads whose tickets are over. True when there may be more.
pub async fn expired(app: &App, now_us: i64) -> Result<bool> {
    let mut transaction = app.log.begin_housekeeping().await?;
    let gone: Vec<(i64, Uuid)> = transaction
        .tx()
        .fetch_all(
            "delete from upload where (account, installation, hash) in (select u.account, u.installation, u.hash \
             from upload u where u.expires_us <= $1 order by u.expires_us limit $2) returning account, id",
            (now_us, BATCH),
        )
        .await?;
    transaction.commit().await?;
    for (account, id) in &gone {
        app.store.remove_parts(*account, *id).await.map_err(|error| unavailable(&error))?;
    }
    Ok(gone.len() as i64 == BATCH)
}

/// Removes the parts of an account that a crash left behind without a row.
pub async fn forgotten(app: &App, account: i64, now_us: i64) -> Result<()> {
    let before_us = now_us.saturating_sub(FORGOTTEN_US);
    app.store.remove_parts_before(account, before_us).await.map_err(|error| unavailable(&error))
}
