//! Whom to wake and when: the duty [`Duty::WakePhones`](crate::access::Duty::WakePhones), at one replica at a time.
//!
//! Positions decide, not clocks: a phone is woken when something of its view stands behind the position up to which it
//! was sent everything, and not again before it has exchanged, unless an hour went by.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Pushed, Service, Target, tokens::PURPOSE};
use crate::{app::App, database::columns, duties::Left, problem::Result, secrets::Secret, sync::wake};

/// How often changes are looked for.
const EVERY: Duration = Duration::from_secs(1);
/// How many looks are one run of the duty.
const LOOKS: usize = 60;
/// A phone has this long to come by itself, and what it was sent to be noted, before it is woken.
const ASLEEP_US: i64 = 4 * SECOND_US;
/// The same for a phone that listens, and exchanges as soon as it is told.
const AWAKE_US: i64 = 15 * SECOND_US;
/// A phone that said within this time that it listens counts as awake.
const LISTENED_US: i64 = 90 * SECOND_US;
/// Two pushes to one phone have this long between them, and after each failure as much more, up to twenty times.
const GAP_US: i64 = 30 * SECOND_US;
/// A push that brought no exchange for so long is taken for lost.
const LOST_US: i64 = 3600 * SECOND_US;
const SECOND_US: i64 = 1_000_000;
/// Pushes under way at a time.
const AT_A_TIME: usize = 16;
/// The most phones that are woken in one look.
const BATCH: i64 = 500;

/// Looks for changes and wakes phones, for about a minute. Nothing is left where there is no service to wake them by.
pub async fn duty(app: &App) -> Result<Left> {
    for _ in 0..LOOKS {
        look(app, app.environment.now_us()).await?;
        app.environment.sleep(EVERY).await;
    }
    Ok(Left::More)
}

/// Notes who has something new, and wakes those whose time has come. Returns how many pushes the services took.
pub async fn look(app: &App, now_us: i64) -> Result<usize> {
    note(app, now_us).await?;
    let due = due(app, now_us).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let done: Vec<(Due, Pushed)> = stream::iter(due)
        .map(|one| {
            let push = Arc::clone(&app.push);
            async move {
                let pushed = match &one.target {
                    Some(target) => push.wake(target).await,
                    None => Pushed::NotNow("its token cannot be opened".to_owned()),
                };
                (one, pushed)
            }
        })
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;
    keep(app, done, now_us).await
}

/// Reads on in the changes of the accounts that have phones to wake. Where it was cut off, it reads the same again.
async fn note(app: &App, now_us: i64) -> Result<()> {
    let mut tx = app.db.begin_snapshot().await?;
    let moved: Vec<(i64, i64, i64)> = tx
        .fetch_all(
            "select h.account, coalesce(c.position, 0), h.change from account_head h \
             left join push_cursor c on c.account = h.account where h.change > coalesce(c.position, 0) \
             and exists (select 1 from push_token t where t.account = h.account)",
            (),
        )
        .await?;
    let mut wanted: Vec<(i64, Uuid, i64)> = Vec::new();
    for (account, after, _) in &moved {
        let changed = wake::installations(&mut tx, *account, *after, now_us).await?;
        wanted.extend(changed.into_iter().map(|(installation, position)| (*account, installation, position)));
    }
    tx.rollback().await;
    if moved.is_empty() {
        return Ok(());
    }
    let mut transaction = app.log.begin_housekeeping().await?;
    transaction
        .tx()
        .change_many(
            "a, i, p, u",
            (
                wanted.iter().map(|one| one.0).collect::<Vec<_>>(),
                wanted.iter().map(|one| one.1).collect::<Vec<_>>(),
                wanted.iter().map(|one| one.2).collect::<Vec<_>>(),
                vec![now_us; wanted.len()],
            ),
            "update push_token set wanted_position = k.p, wanted_us = case when push_token.wanted_position > \
             coalesce((select c.read_position from installation_contact c where c.account = k.a \
             and c.installation = k.i), 0) then push_token.wanted_us else k.u end \
             from k where push_token.account = k.a and push_token.installation = k.i",
        )
        .await?;
    transaction
        .tx()
        .insert_many(
            "insert into push_cursor (account, position)",
            (
                moved.iter().map(|one| one.0).collect::<Vec<_>>(),
                moved.iter().map(|one| one.2).collect::<Vec<_>>(),
            ),
            "on conflict (account) do update set position = excluded.position",
        )
        .await?;
    transaction.commit().await
}

/// A phone whose time has come.
struct Due {
    row: DueRow,
    /// None where its token cannot be opened
    target: Option<Target>,
}

#[derive(FromRow)]
struct DueRow {
    account: i64,
    installation: Uuid,
    service: String,
    sealed: Vec<u8>,
    wanted_position: i64,
}

async fn due(app: &App, now_us: i64) -> Result<Vec<Due>> {
    // A token is looked at only where it is tried: others would stand before all that come later
    let served = |service: Service| app.push.served().contains(&service).then_some(service.name());
    let rows: Vec<DueRow> = app
        .db
        .fetch_all(
            "select t.account, t.installation, t.service, t.sealed, t.wanted_position from push_token t \
             join installation i on i.account = t.account and i.id = t.installation and i.state = 'active' \
             left join installation_contact c on c.account = t.account and c.installation = t.installation \
             left join installation_awake w on w.account = t.account and w.installation = t.installation \
             where t.service in ($8, $9) and t.wanted_position > coalesce(c.read_position, 0) \
             and (t.wanted_us <= $3 or (t.wanted_us <= $4 and (w.awake_us is null or w.awake_us <= $2))) \
             and (t.tried_us is null or t.tried_us <= $1 - $5 * (1 + case when t.failures > 20 then 20 \
             else t.failures end)) \
             and (t.woken_position is null or t.woken_position <= coalesce(c.read_position, 0) \
             or t.tried_us <= $6) order by t.wanted_us limit $7",
            (
                now_us,
                now_us - LISTENED_US,
                now_us - AWAKE_US,
                now_us - ASLEEP_US,
                GAP_US,
                now_us - LOST_US,
                BATCH,
                served(Service::Fcm),
                served(Service::Apns),
            ),
        )
        .await?;
    let target = |row: &DueRow| {
        let service = Service::from_name(&row.service)?;
        let token = app.secrets.open(row.account, PURPOSE, &row.sealed)?;
        Some(Target { service, token: Secret::new(String::from_utf8(token).ok()?) })
    };
    Ok(rows.into_iter().map(|row| Due { target: target(&row), row }).collect())
}

struct TriedRow {
    account: i64,
    installation: Uuid,
    sealed: Vec<u8>,
    taken: bool,
    gone: bool,
    position: i64,
    now_us: i64,
}

/// Notes what became of the pushes. A token that was replaced meanwhile is left as it is.
async fn keep(app: &App, done: Vec<(Due, Pushed)>, now_us: i64) -> Result<usize> {
    let mut rows = Vec::new();
    for (Due { row, .. }, pushed) in done {
        let service = row.service;
        let outcome = match &pushed {
            Pushed::Taken => "taken",
            Pushed::Gone => "gone",
            Pushed::NotNow(reason) => {
                tracing::warn!(account = row.account, service, reason, "a phone could not be woken");
                "failed"
            }
        };
        metrics::counter!("campo_pushes_total", "service" => service, "outcome" => outcome).increment(1);
        rows.push(TriedRow {
            account: row.account,
            installation: row.installation,
            sealed: row.sealed,
            taken: pushed == Pushed::Taken,
            gone: pushed == Pushed::Gone,
            position: row.wanted_position,
            now_us,
        });
    }
    let taken = rows.iter().filter(|row| row.taken).count();
    let any_gone = rows.iter().any(|row| row.gone);
    let mut transaction = app.log.begin_housekeeping().await?;
    transaction
        .tx()
        .change_many(
            "a, i, s, t, g, p, u",
            columns!(rows => account, installation, sealed, taken, gone, position, now_us),
            "update push_token set tried_us = k.u, \
             woken_position = case when k.t then k.p else push_token.woken_position end, \
             failures = case when k.t then 0 else push_token.failures + 1 end, gone = k.g \
             from k where push_token.account = k.a and push_token.installation = k.i and push_token.sealed = k.s",
        )
        .await?;
    if any_gone {
        transaction.tx().execute("delete from push_token where gone", ()).await?;
    }
    transaction.commit().await?;
    Ok(taken)
}
