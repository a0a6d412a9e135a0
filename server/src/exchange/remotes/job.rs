//! The job of a customer's server: what is to be brought is brought, what is to be taken is taken.

use campo_protocol::model::Ref;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    definition::{self, Loaded, load},
    open, pull, push,
    trouble::{Stop, Trouble},
};
use crate::{
    access::{AccessState, Allowed, Caller, Duty, permissions::ManageExchange},
    app::App,
    exchange::{TOPIC, results},
    jobs::{self, Claim, Kind, Work},
    log::write::Write,
    notices::{
        Told,
        kinds::{REMOTE_FAILED, REMOTE_KEY_CHANGED},
        tell,
    },
    problem::{Code, Problem, Result},
    scheduler::Class,
    texts::Language,
};

/// Servers whose jobs are made in one round.
const AT_ONCE: i64 = 100;
/// After which a file is looked at again that was seen for the first time.
const SETTLE_US: i64 = 5_000_000;
/// How long a server rests that failed: twice as long each time.
const FIRST_REST_US: i64 = 60_000_000;
const LONGEST_REST_US: i64 = 3600 * 1_000_000;
/// So often it may fail, where that may pass by itself, before a notice tells of it.
const SILENT_FAILURES: i64 = 2;

/// The job of a customer's server.
pub const JOB: Kind = Kind {
    name: "remote",
    format: 1,
    work: Work::Waits,
    run: |app, claim| Box::pin(run(app, claim)),
    give_up: |app, claim| Box::pin(give_up(app, claim)),
};

#[derive(Debug, Serialize, Deserialize)]
struct Body {
    remote: Uuid,
}

fn allowed(account: i64) -> Result<Allowed<ManageExchange>> {
    Caller::duty(account, Duty::ExchangeFiles).allow()
}

/// Makes a job for every server whose time has come; true when there may be more.
pub(in crate::exchange) async fn run_due(app: &App) -> Result<bool> {
    let due: Vec<(i64, Uuid)> = app
        .db
        .fetch_all(
            "select r.account, r.id from remote r join account a on a.id = r.account where r.next_us <= $1 \
             and r.state = 'enabled' and a.state = 'enabled' order by r.next_us limit $2",
            (app.environment.now_us(), AT_ONCE),
        )
        .await?;
    for (account, remote) in &due {
        if let Err(problem) = begin(app, *account, *remote).await {
            tracing::warn!(account, %remote, %problem, "a customer's server was not looked at");
        }
    }
    Ok(due.len() as i64 == AT_ONCE)
}

async fn begin(app: &App, account: i64, remote: Uuid) -> Result<()> {
    let zone = results::zone(app, account).await?;
    let draft = load(app, account, &Ref::Id(remote), Language::English).await?.remote.draft;
    let mut write = app.log.begin(&allowed(account)?, Class::Import).await?;
    let next_us = definition::next_us(&draft, &zone, write.now_us);
    let now_us = write.now_us;
    let due = write
        .tx()
        .execute(
            "update remote set next_us = $3 where account = $1 and id = $2 and next_us <= $4 and state = 'enabled'",
            (account, remote, next_us, now_us),
        )
        .await?;
    if due == 1 {
        enqueue(&mut write, remote).await?;
    }
    write.commit().await?;
    app.work.notify_one();
    Ok(())
}

/// Makes the job of a server, unless there is one.
pub(super) async fn enqueue(write: &mut Write, remote: Uuid) -> Result<()> {
    let (account, id, lane) = (write.account(), write.new_id(), format!("remote:{remote}"));
    let (there,): (i64,) = write
        .tx()
        .fetch_one("select count(*) from job where account = $1 and lane = $2", (account, lane.as_str()))
        .await?;
    if there > 0 {
        return Ok(());
    }
    jobs::enqueue(write, &JOB, &lane, id, &Body { remote }).await
}

async fn run(app: &App, claim: &Claim) -> Result<()> {
    let (account, allowed) = (claim.account, allowed(claim.account)?);
    let Body { remote } = serde_json::from_str(&claim.body).map_err(Problem::internal)?;
    let language = results::language(app, account).await?;
    let loaded = match load(app, account, &Ref::Id(remote), language).await {
        Ok(loaded) if is_open(&loaded) => loaded,
        Err(problem) if problem.code() != Code::NotFound => return Err(problem),
        _ => {
            let mut write = app.log.begin(&allowed, Class::Import).await?;
            claim.finish(app, &mut write).await?;
            return write.commit().await.map(drop);
        }
    };
    let worked = work(app, claim, &allowed, &loaded).await;
    let mut write = app.log.begin(&allowed, Class::Import).await?;
    match worked {
        Ok(settles) => went_well(&mut write, remote, settles).await?,
        Err(Stop::Theirs(trouble)) => failed(&mut write, &loaded, &trouble, language).await?,
        Err(Stop::Ours(problem)) => return Err(problem),
    }
    claim.finish(app, &mut write).await?;
    write.commit().await.map(drop)
}

/// One that is disabled, or shows what nobody accepted, is left alone.
fn is_open(loaded: &Loaded) -> bool {
    loaded.remote.draft.state == AccessState::Enabled && loaded.remote.offered_fingerprint.is_none()
}

/// True when a file was seen that must be looked at again soon.
async fn work(
    app: &App,
    claim: &Claim,
    allowed: &Allowed<ManageExchange>,
    loaded: &Loaded,
) -> std::result::Result<bool, Stop> {
    let mut session = open::open(app, loaded, &loaded.secrets).await?;
    if loaded.remote.accepted_fingerprint.is_none() {
        let mut write = app.log.begin(allowed, Class::Import).await?;
        open::pin(&mut write, loaded.remote.id, &session).await?;
        write.commit().await?;
    }
    push::push(app, claim, allowed, loaded, &mut session).await?;
    let settles = pull::pull(app, claim, allowed, loaded, &mut session).await?;
    session.close().await;
    Ok(settles)
}

async fn went_well(write: &mut Write, remote: Uuid, settles: bool) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    let soon_us = settles.then_some(now_us + SETTLE_US);
    write
        .tx()
        .execute(
            "update remote set failures = 0, problem = null, reached_us = $3, \
             next_us = case when cast($4 as bigint) < next_us then cast($4 as bigint) else next_us end \
             where account = $1 and id = $2",
            (account, remote, now_us, soon_us),
        )
        .await?;
    write.touch(TOPIC);
    Ok(())
}

async fn failed(write: &mut Write, loaded: &Loaded, trouble: &Trouble, language: Language) -> Result<()> {
    let (account, now_us, id) = (write.account(), write.now_us, loaded.remote.id);
    let failures = loaded.failures + 1;
    let rest_us = (FIRST_REST_US << failures.clamp(0, 10)).min(LONGEST_REST_US);
    // Whoever must accept something is waited for
    let next_us = trouble.fingerprint.is_none().then_some(now_us + rest_us);
    let stored = serde_json::to_string(trouble).map_err(Problem::internal)?;
    write
        .tx()
        .execute(
            "update remote set failures = $3, problem = $4, offered = $5, next_us = $6 \
             where account = $1 and id = $2 and state = 'enabled'",
            (account, id, failures, stored, trouble.fingerprint.as_deref(), next_us),
        )
        .await?;
    write.touch(TOPIC);
    let name = loaded.remote.draft.name.clone();
    let (kind, detail) = match &trouble.fingerprint {
        Some(fingerprint) => {
            (REMOTE_KEY_CHANGED, [("name", name), ("fingerprint", fingerprint.clone())].into())
        }
        None if trouble.is_lasting() || failures > SILENT_FAILURES => {
            (REMOTE_FAILED, [("name", name), ("reason", trouble.text(language))].into())
        }
        None => return Ok(()),
    };
    tell(write, Told { kind, subject: Some(("remote", id)), cause: id.to_string(), detail }).await
}

/// A job that we failed at again and again is made anew when the time of the server comes.
async fn give_up(app: &App, claim: &Claim) -> Result<()> {
    let mut write = app.log.begin(&allowed(claim.account)?, Class::Import).await?;
    claim.finish(app, &mut write).await?;
    write.commit().await.map(drop)
}

/// Has a server looked at now.
pub(super) async fn now(app: &App, allowed: &Allowed<ManageExchange>, which: &Ref) -> Result<()> {
    let remote = load(app, allowed.account(), which, Language::English).await?.remote;
    if remote.draft.state != AccessState::Enabled {
        return Err(Problem::new(Code::Conflict).with("with", "state"));
    }
    if remote.offered_fingerprint.is_some() {
        return Err(Problem::new(Code::Conflict).with("with", "offered_fingerprint"));
    }
    let mut write = app.log.begin(allowed, Class::Office).await?;
    enqueue(&mut write, remote.id).await?;
    write.commit().await?;
    app.work.notify_one();
    Ok(())
}

/// Accepts what a server showed, which must still be that.
pub(super) async fn accept(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    which: &Ref,
    fingerprint: &str,
) -> Result<()> {
    let remote = load(app, allowed.account(), which, Language::English).await?.remote;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    let accepted = write
        .tx()
        .execute(
            "update remote set accepted = offered, offered = null, failures = 0, problem = null, next_us = $4 \
             where account = $1 and id = $2 and offered = $3 and state <> 'deleted'",
            (account, remote.id, fingerprint, now_us),
        )
        .await?;
    if accepted == 0 {
        return Err(Problem::new(Code::Conflict).with("with", "offered_fingerprint"));
    }
    write.touch(TOPIC);
    write.commit().await?;
    Ok(())
}
