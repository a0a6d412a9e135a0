//! The duty [`Duty::Erase`]: small steps in each account, each of which can be the last.

use campo_protocol::entry::Retention;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    DAY_US, deleted,
    erase::{self, Found, Rule},
    requests,
    rules::RetentionRules,
};
use crate::{
    access::{Caller, Duty, permissions::ManageAccount},
    accounts::settings,
    app::App,
    database::Tx,
    duties::{Left, each_account},
    log::write::Write,
    problem::Result,
    scheduler::Class,
};

/// The most steps of one run in an account, so that no account keeps the others waiting.
const STEPS: usize = 200;
/// The most rows of a log that a step looks at.
pub(super) const SCANNED: i64 = 1000;
/// The most entries that a step erases: as many ids as an entry can name.
pub(super) const ERASED: usize = 200;
/// The class of the events, beside those of entries.
const EVENTS: &str = "events";

/// Erases what each account keeps no longer. What is left after some steps waits for the next run.
pub async fn duty(app: &App) -> Result<Left> {
    each_account(app, None, |app, account| Box::pin(of_account(app, account))).await
}

async fn of_account(app: &App, account: i64) -> Result<()> {
    for _ in 0..STEPS {
        if !step(app, account).await? {
            break;
        }
    }
    Ok(())
}

/// One step of each kind. False when nothing is left to do now.
async fn step(app: &App, account: i64) -> Result<bool> {
    let rules = settings::read(&app.db, account).await?.retention;
    if rules.legal_hold {
        return Ok(false);
    }
    let now_us = app.environment.now_us();
    let before_us = |days: i64| now_us.saturating_sub(days.saturating_mul(DAY_US));
    let mut more = requests::step(app, account, &rules).await?;
    for class in Retention::ALL {
        if let Some(days) = rules.days(*class) {
            more |= entries(app, account, &rules, (*class, days, before_us(days))).await?;
        }
    }
    if let Some(days) = rules.events_days {
        more |= events(app, account, &rules, before_us(days)).await?;
    }
    if let Some(days) = rules.deleted_days {
        more |= deleted::step(app, account, &rules, (days, before_us(days))).await?;
    }
    Ok(more)
}

/// A transaction that erases by `rules`; none when the account has other ones by now.
pub(super) async fn begin(app: &App, account: i64, rules: &RetentionRules) -> Result<Option<Write>> {
    let allowed = Caller::duty(account, Duty::Erase).allow::<ManageAccount>()?;
    let mut write = app.log.begin(&allowed, Class::Housekeeping).await?;
    let now = settings::of_account(write.tx(), account).await?.retention;
    Ok((now == *rules).then_some(write))
}

#[derive(FromRow)]
struct EntryRow {
    received_us: i64,
    kind: String,
    #[sqlx(flatten)]
    found: Found,
}

/// Erases the next entries of a class that came before an instant.
async fn entries(
    app: &App,
    account: i64,
    rules: &RetentionRules,
    (class, days, before_us): (Retention, i64, i64),
) -> Result<bool> {
    let mut tx = app.db.begin_snapshot().await?;
    let scanned = scanned_entries(&mut tx, account, (class, before_us)).await;
    tx.rollback().await;
    let rows = scanned?;
    let Some(end) = rows.last().map(|row| row.found.position) else { return Ok(false) };
    let mut found: Vec<Found> = rows
        .into_iter()
        .filter(|row| Retention::of_kind(&row.kind) == Some(class) && !rules.holds(row.found.employee))
        .map(|row| row.found)
        .filter(|found| found.is_there)
        .collect();
    let end = erase::first(&mut found, end);
    let Some(mut write) = begin(app, account, rules).await? else { return Ok(true) };
    erase::entries(&mut write, &found, Rule::Age { class: class.name(), days }).await?;
    move_cursor(write.tx(), account, class.name(), end).await?;
    write.commit().await?;
    Ok(true)
}

async fn scanned_entries(
    tx: &mut Tx,
    account: i64,
    (class, before_us): (Retention, i64),
) -> Result<Vec<EntryRow>> {
    let after = cursor(tx, account, class.name()).await?;
    let first: Option<(i64,)> = tx
        .fetch_optional(
            "select received_us from entry where account = $1 and position > $2 order by position limit 1",
            (account, after),
        )
        .await?;
    if first.is_none_or(|(received_us,)| received_us > before_us) {
        return Ok(Vec::new());
    }
    let mut rows: Vec<EntryRow> = tx
        .fetch_all(
            "select e.received_us, e.kind, e.position, e.id, e.employee, exists (select 1 from entry_body b \
             where b.account = e.account and b.position = e.position) as is_there from entry e \
             where e.account = $1 and e.position > $2 order by e.position limit $3",
            (account, after, SCANNED),
        )
        .await?;
    let old = rows.iter().take_while(|row| row.received_us <= before_us).count();
    rows.truncate(old);
    Ok(rows)
}

#[derive(FromRow)]
struct EventRow {
    position: i64,
    snapshot: i64,
    created_us: i64,
    employee: Option<Uuid>,
}

/// Erases what the next events told that were made before an instant.
async fn events(app: &App, account: i64, rules: &RetentionRules, before_us: i64) -> Result<bool> {
    let mut tx = app.db.begin_snapshot().await?;
    let scanned = scanned_events(&mut tx, account, before_us).await;
    tx.rollback().await;
    let rows = scanned?;
    let Some(end) = rows.last().map(|row| row.position) else { return Ok(false) };
    let snapshots: Vec<i64> =
        rows.iter().filter(|row| !rules.holds(row.employee)).map(|row| row.snapshot).collect();
    let Some(mut write) = begin(app, account, rules).await? else { return Ok(true) };
    write
        .tx()
        .change_many(
            "a, s",
            (vec![account; snapshots.len()], snapshots),
            "delete from event_snapshot where (account, snapshot) in (select a, s from k)",
        )
        .await?;
    move_cursor(write.tx(), account, EVENTS, end).await?;
    write.commit().await?;
    Ok(true)
}

async fn scanned_events(tx: &mut Tx, account: i64, before_us: i64) -> Result<Vec<EventRow>> {
    let after = cursor(tx, account, EVENTS).await?;
    let first: Option<(i64,)> = tx
        .fetch_optional(
            "select created_us from event where account = $1 and position > $2 order by position limit 1",
            (account, after),
        )
        .await?;
    if first.is_none_or(|(created_us,)| created_us > before_us) {
        return Ok(Vec::new());
    }
    let mut rows: Vec<EventRow> = tx
        .fetch_all(
            "select e.position, e.snapshot, e.created_us, n.employee from event e \
             left join entry n on n.account = e.account and n.position = e.entry \
             where e.account = $1 and e.position > $2 order by e.position limit $3",
            (account, after, SCANNED),
        )
        .await?;
    let old = rows.iter().take_while(|row| row.created_us <= before_us).count();
    rows.truncate(old);
    Ok(rows)
}

async fn cursor(tx: &mut Tx, account: i64, class: &str) -> Result<i64> {
    let row: Option<(i64,)> = tx
        .fetch_optional(
            "select position from retention_cursor where account = $1 and class = $2",
            (account, class),
        )
        .await?;
    Ok(row.map_or(0, |row| row.0))
}

async fn move_cursor(tx: &mut Tx, account: i64, class: &str, position: i64) -> Result<()> {
    tx.execute(
        "insert into retention_cursor (account, class, position) values ($1, $2, $3) \
         on conflict (account, class) do update set position = excluded.position",
        (account, class, position),
    )
    .await?;
    Ok(())
}

/// Has the duty look at everything again, since the account has other rules now: what was held may not be any more.
pub(crate) async fn begin_anew(tx: &mut Tx, account: i64) -> Result<()> {
    tx.execute("delete from retention_cursor where account = $1", (account,)).await?;
    Ok(())
}
