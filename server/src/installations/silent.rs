//! Phones that have not been heard of: an event each time that one falls silent.

use std::collections::{BTreeMap, HashSet};

use sqlx::FromRow;
use uuid::Uuid;

use super::TOPIC;
use crate::{
    access::{Caller, Duty},
    api::time::Instant,
    app::App,
    events::kinds::{PHONE_SILENT, PhoneTold},
    log::events::id_since,
    problem::Result,
    scheduler::Class,
};

const HOUR_US: i64 = 3600 * 1_000_000;
/// For how long nothing was heard of a phone that is silent.
const SILENT_US: i64 = 24 * HOUR_US;
/// A phone that was silent already when the server began to look for it so long ago is not told of.
const LONGEST_US: i64 = 7 * 24 * HOUR_US;
/// The most phones of one look.
const MOST: i64 = 2000;

#[derive(FromRow)]
struct Row {
    account: i64,
    id: Uuid,
    name: String,
    heard_us: i64,
}

/// Makes the events of the phones that have fallen silent, one each time.
pub async fn tell(app: &App) -> Result<()> {
    let now_us = app.environment.now_us();
    let mut tx = app.db.begin_snapshot().await?;
    let rows: Vec<Row> = tx
        .fetch_all(
            "select i.account, i.id, i.name, c.heard_us from installation_contact c \
             join installation i on i.account = c.account and i.id = c.installation \
             join account a on a.id = i.account where i.state = 'active' and a.state = 'enabled' \
             and c.heard_us <= $1 and c.heard_us > $2 order by c.heard_us desc limit $3",
            (now_us - SILENT_US, now_us - LONGEST_US, MOST),
        )
        .await?;
    let ids: Vec<Uuid> =
        rows.iter().map(|row| id_since(row.account, &PHONE_SILENT, row.id, row.heard_us)).collect();
    let told: Vec<(i64, Uuid)> = tx
        .fetch_many(
            "a, i",
            (rows.iter().map(|row| row.account).collect::<Vec<_>>(), ids.clone()),
            "select e.account, e.id from k join event e on e.account = k.a and e.id = k.i",
        )
        .await?;
    tx.rollback().await;
    let told: HashSet<(i64, Uuid)> = told.into_iter().collect();
    let mut by_account: BTreeMap<i64, Vec<(Uuid, Row)>> = BTreeMap::new();
    for (id, row) in ids.into_iter().zip(rows) {
        if !told.contains(&(row.account, id)) {
            by_account.entry(row.account).or_default().push((id, row));
        }
    }
    for (account, silent) in by_account {
        tell_account(app, account, silent).await?;
    }
    Ok(())
}

async fn tell_account(app: &App, account: i64, silent: Vec<(Uuid, Row)>) -> Result<()> {
    let allowed = Caller::duty(account, Duty::Sweep).oneself();
    let mut write = app.log.begin(&allowed, Class::Housekeeping).await?;
    for (id, row) in silent {
        // Another replica may have told of it since
        let known: Option<(Uuid,)> = write
            .tx()
            .fetch_optional("select id from event where account = $1 and id = $2", (account, id))
            .await?;
        if known.is_none() {
            let heard_at = Some(Instant(row.heard_us));
            let told = PhoneTold { id: row.id, name: row.name, state: "active".to_owned(), heard_at };
            write.event_of_id(id, &PHONE_SILENT, row.id, &told)?;
        }
    }
    write.touch(TOPIC);
    write.commit().await?;
    Ok(())
}
