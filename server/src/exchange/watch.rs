//! What somebody must be told because nothing happens: files that nobody takes, agents that are not heard of.

use std::collections::BTreeMap;

use sqlx::FromRow;
use uuid::Uuid;

use super::TOPIC;
use crate::{
    access::{Caller, Duty, permissions::ManageExchange},
    app::App,
    database::Tx,
    notices::{
        Told, end_in,
        kinds::{AGENT_SILENT, FILE_NOT_TAKEN},
        tell,
    },
    problem::Result,
    scheduler::Class,
};

const MINUTE_US: i64 = 60 * 1_000_000;
/// After how long a file that nobody took is told of: 30 days.
const UNTAKEN_US: i64 = 30 * 24 * 60 * MINUTE_US;
/// After how long an agent that is not heard of is told of. One at work says every 5 minutes how it does.
pub(super) const SILENT_US: i64 = 15 * MINUTE_US;
/// Files, or agents, of one look.
const AT_ONCE: i64 = 1000;

#[derive(FromRow)]
struct Untaken {
    account: i64,
    key: Uuid,
    folder: String,
    id: Uuid,
    name: String,
    owner: Option<String>,
}

/// Tells of what nobody takes and of agents that fell silent; true when there may be more.
pub(super) async fn run_due(app: &App) -> Result<bool> {
    let files = untaken(app).await?;
    Ok(silent(app).await? | files)
}

async fn untaken(app: &App) -> Result<bool> {
    let rows: Vec<Untaken> = app
        .db
        .fetch_all(
            "select h.account, h.key, h.folder, h.id, h.name, coalesce((select k.name from access_key k \
             where k.account = h.account and k.id = h.key), (select g.name from agent g \
             where g.account = h.account and g.id = h.key)) as owner from hosted_file h \
             join account a on a.id = h.account where h.taken_us is null and h.told_us is null \
             and h.outgoing is not null and h.modified_us <= $1 and a.state = 'enabled' \
             order by h.modified_us, h.id limit $2",
            (app.environment.now_us() - UNTAKEN_US, AT_ONCE),
        )
        .await?;
    let more = rows.len() as i64 == AT_ONCE;
    let mut folders: BTreeMap<(i64, Uuid, String), Vec<Untaken>> = BTreeMap::new();
    for row in rows {
        folders.entry((row.account, row.key, row.folder.clone())).or_default().push(row);
    }
    for ((account, key, folder), files) in folders {
        if let Err(problem) = tell_untaken(app, (account, key, &folder), &files).await {
            tracing::warn!(account, %key, %problem, "nobody was told of files that are not taken");
        }
    }
    Ok(more)
}

async fn tell_untaken(app: &App, (account, key, folder): (i64, Uuid, &str), files: &[Untaken]) -> Result<()> {
    let allowed = Caller::duty(account, Duty::ExchangeFiles).allow::<ManageExchange>()?;
    let mut write = app.log.begin(&allowed, Class::Housekeeping).await?;
    let now_us = write.now_us;
    let ids: Vec<Uuid> = files.iter().map(|file| file.id).collect();
    let told = write
        .tx()
        .change_many(
            "a, i, t",
            (vec![account; ids.len()], ids, vec![now_us; files.len()]),
            "update hosted_file set told_us = k.t from k where hosted_file.account = k.a and hosted_file.id = k.i \
             and hosted_file.told_us is null and hosted_file.taken_us is null",
        )
        .await?;
    let (Some(first), true) = (files.first(), told > 0) else { return Ok(()) };
    let detail = [
        ("owner", first.owner.clone().unwrap_or_default()),
        ("folder", folder.to_owned()),
        ("file", first.name.clone()),
        ("files", told.to_string()),
    ];
    let told =
        Told { kind: FILE_NOT_TAKEN, subject: None, cause: format!("{key}/{folder}"), detail: detail.into() };
    tell(&mut write, told).await?;
    write.commit().await.map(drop)
}

/// Ends the notice of a folder from which the last file was taken of which it told.
pub(super) async fn was_taken(tx: &mut Tx, account: i64, hosted: Uuid, now_us: i64) -> Result<()> {
    let file: Option<(Uuid, String, i64)> = tx
        .fetch_optional(
            "select h.key, h.folder, (select count(*) from hosted_file o where o.account = h.account \
             and o.key = h.key and o.folder = h.folder and o.told_us is not null and o.taken_us is null and o.id <> h.id) as left_over \
             from hosted_file h where h.account = $1 and h.id = $2 and h.told_us is not null",
            (account, hosted),
        )
        .await?;
    match file {
        Some((key, folder, 0)) => {
            end_in(tx, (account, now_us), FILE_NOT_TAKEN, &format!("{key}/{folder}")).await
        }
        _ => Ok(()),
    }
}

async fn silent(app: &App) -> Result<bool> {
    let before_us = app.environment.now_us() - SILENT_US;
    let rows: Vec<(i64, Uuid, String)> = app
        .db
        .fetch_all(
            "select g.account, g.id, g.name from agent g join account a on a.id = g.account \
             where g.seen_us <= $1 and g.silent_us is null and g.token is not null and g.state = 'enabled' \
             and a.state = 'enabled' order by g.seen_us limit $2",
            (before_us, AT_ONCE),
        )
        .await?;
    for (account, agent, name) in &rows {
        let allowed = Caller::duty(*account, Duty::ExchangeFiles).allow::<ManageExchange>()?;
        let mut write = app.log.begin(&allowed, Class::Housekeeping).await?;
        let now_us = write.now_us;
        let fell = write
            .tx()
            .execute(
                "update agent set silent_us = $3 where account = $1 and id = $2 and silent_us is null \
                 and seen_us <= $4",
                (*account, *agent, now_us, before_us),
            )
            .await?;
        if fell == 1 {
            let told = Told {
                kind: AGENT_SILENT,
                subject: Some(("agent", *agent)),
                cause: agent.to_string(),
                detail: [("name", name.clone())].into(),
            };
            tell(&mut write, told).await?;
            write.touch(TOPIC);
        }
        write.commit().await?;
    }
    Ok(rows.len() as i64 == AT_ONCE)
}

/// Ends the notice of an agent that is heard of again, or need not be.
pub(super) async fn is_back(tx: &mut Tx, account: i64, agent: Uuid, now_us: i64) -> Result<()> {
    let back = tx
        .execute(
            "update agent set silent_us = null where account = $1 and id = $2 and silent_us is not null",
            (account, agent),
        )
        .await?;
    if back == 0 {
        return Ok(());
    }
    end_in(tx, (account, now_us), AGENT_SILENT, &agent.to_string()).await
}
