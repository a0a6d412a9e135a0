//! Removes drafts whose time is over, part of the duty [`Duty::Sweep`](crate::access::Duty::Sweep).

use uuid::Uuid;

use crate::{
    app::App,
    files::{reference, upload::unavailable},
    problem::Result,
};

/// The most drafts that go in one transaction.
const BATCH: i64 = 200;

/// Removes the drafts that nobody started in time. True when there may be more.
pub async fn expired(app: &App, now_us: i64) -> Result<bool> {
    let mut transaction = app.log.begin_housekeeping().await?;
    let gone: Vec<(i64, Uuid)> = transaction
        .tx()
        .fetch_all(
            "delete from import_draft where (account, id) in (select d.account, d.id from import_draft d \
             where d.expires_us <= $1 order by d.expires_us limit $2) returning account, id",
            (now_us, BATCH),
        )
        .await?;
    for (account, id) in &gone {
        reference::forget(transaction.tx(), *account, "import_draft", *id).await?;
    }
    transaction.commit().await?;
    for (account, id) in &gone {
        app.store.remove_parts(*account, *id).await.map_err(|error| unavailable(&error))?;
    }
    Ok(gone.len() as i64 == BATCH)
}
