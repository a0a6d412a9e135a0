//! Which channels have something to do.

use sqlx::FromRow;
use uuid::Uuid;

use crate::{app::App, channels::channel::ChannelKind, problem::Result};

/// A channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Its account
    pub account: i64,
    /// Its id
    pub channel: Uuid,
}

#[derive(FromRow)]
struct Row {
    account: i64,
    channel: Uuid,
    kind: String,
    oldest_us: Option<i64>,
}

/// The enabled channels of enabled accounts with events behind their cursor, or with events that are due to be tried
/// again. Says in the metrics how old the oldest event is that waits behind a cursor.
pub async fn due(app: &App) -> Result<Vec<Key>> {
    let now_us = app.environment.now_us();
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select c.account, c.id as channel, c.kind, (select e.created_us from event e where e.account = c.account \
             and e.position = k.position + 1) as oldest_us from channel c join account a on a.id = c.account \
             join account_head h on h.account = c.account \
             join channel_cursor k on k.account = c.account and k.channel = c.id \
             where c.state = 'enabled' and a.state = 'enabled' \
             and (k.probe_us <= $1 or k.probe_us is null) and (k.position < h.event or exists (select 1 from delivery d \
             where d.account = c.account and d.channel = c.id and d.state = 'waiting' and d.due_us <= $1)) \
             order by c.account, c.id",
            (now_us,),
        )
        .await?;
    let oldest_us = rows.iter().filter_map(|row| row.oldest_us).min();
    let lag_us = oldest_us.map_or(0, |oldest_us| now_us.saturating_sub(oldest_us).max(0));
    metrics::gauge!("campo_notifications_lag_seconds").set(lag_us as f64 / 1e6);
    // A way that this release does not know is left to one that does.
    let known = rows.into_iter().filter(|row| ChannelKind::from_name(&row.kind).is_some());
    Ok(known.map(|Row { account, channel, .. }| Key { account, channel }).collect())
}
