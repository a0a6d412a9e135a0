//! Removes what has no meaning any more. Each run removes a bounded part of each table in one statement.

use crate::{
    app::App,
    calls,
    duties::{Left, each_account},
    files, imports, installations,
    problem::Result,
    retention, tasks, uploads,
};

/// The most rows of one table that a run removes.
const ROWS: i64 = 2000;
/// How long the answer of a request is kept for a repeat with the same `Idempotency-Key`: 24 hours.
const IDEMPOTENCY_US: i64 = 24 * HOUR_US;
/// How long a session that is over can still be told from one that never was: 7 days.
const SESSION_US: i64 = 7 * 24 * HOUR_US;
/// How long a replica that is gone stays in the table of heartbeats: 24 hours.
const HEARTBEAT_US: i64 = 24 * HOUR_US;
/// How long it is kept since when a phone has what, where it has newer things since: longer than tasks stay on phones.
const HELD_US: i64 = 90 * 24 * HOUR_US;
const HOUR_US: i64 = 3600 * 1_000_000;

/// The duty [`Duty::Sweep`](crate::access::Duty::Sweep): rows first, then files that nothing refers to.
pub async fn duty(app: &App) -> Result<Left> {
    let now_us = app.environment.now_us();
    let more_uploads =
        uploads::sweep::expired(app, now_us).await? | imports::sweep::expired(app, now_us).await?;
    let more_lists = tasks::list::relist::relist(app).await?;
    installations::silent::tell(app).await?;
    match rows(app).await? {
        Left::Nothing if !more_uploads && !more_lists => {
            each_account(app, None, |app, account| {
                Box::pin(async move {
                    let now_us = app.environment.now_us();
                    files::sweep::sweep_part(app, account, now_us).await?;
                    uploads::sweep::forgotten(app, account, now_us).await
                })
            })
            .await
        }
        _ => Ok(Left::More),
    }
}

async fn rows(app: &App) -> Result<Left> {
    let now_us = app.environment.now_us();
    let mut transaction = app.log.begin_housekeeping().await?;
    let tx = transaction.tx();
    let requests = tx
        .execute(
            "delete from idempotency where (account, holder, key) in (select i.account, i.holder, i.key \
             from idempotency i where i.created_us <= $1 order by i.created_us limit $2)",
            (now_us - IDEMPOTENCY_US, ROWS),
        )
        .await?;
    let sessions = tx
        .execute(
            "delete from user_session where (account, id) in (select s.account, s.id from user_session s \
             where s.expires_us <= $1 or s.revoked_us <= $1 limit $2)",
            (now_us - SESSION_US, ROWS),
        )
        .await?;
    let held = tx
        .execute(
            "delete from installation_held where (account, installation, scope, position) in ( \
             select h.account, h.installation, h.scope, h.position from installation_held h \
             where h.held_us <= $1 and exists (select 1 from installation_held n where n.account = h.account \
             and n.installation = h.installation and n.scope = h.scope and n.position > h.position) limit $2)",
            (now_us - HELD_US, ROWS),
        )
        .await?;
    let kept = retention::rows::remove(tx, now_us, ROWS).await?;
    let calls = tx
        .execute(
            "delete from call where (account, id) in (select c.account, c.id from call c where c.at_us <= $1 \
             and not exists (select 1 from account a where a.id = c.account and a.held) order by c.at_us limit $2)",
            (now_us - calls::KEPT_US, ROWS),
        )
        .await?;
    tx.execute("delete from login_try where full_at_us <= $1", (now_us,)).await?;
    tx.execute("delete from nonce where used_us <= $1", (now_us - HOUR_US,)).await?;
    tx.execute("delete from heartbeat where beaten_us <= $1", (now_us - HEARTBEAT_US,)).await?;
    transaction.commit().await?;
    if requests + sessions > 0 {
        tracing::info!(requests, sessions, "swept");
    }
    Ok(if requests.max(sessions).max(held).max(kept).max(calls) < ROWS as u64 {
        Left::Nothing
    } else {
        Left::More
    })
}
