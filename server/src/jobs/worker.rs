//! Claims jobs and does them.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use futures_util::{FutureExt as _, StreamExt as _, stream::FuturesUnordered};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Claim, Kind};
use crate::{
    app::App,
    problem::{Code, Problem, Result},
};

/// Jobs at a time, of different accounts.
const AT_A_TIME: usize = 2;
/// How often a replica looks for work that others made.
const PAUSE: Duration = Duration::from_millis(500);
/// How many jobs are looked at for one that can be had.
const CANDIDATES: i64 = 64;
/// How often a job is claimed without getting on before it is given up.
const ATTEMPTS: i64 = 12;
/// How long a job that failed rests: twice as long each time, up to a minute.
const FIRST_REST_US: i64 = 1_000_000;
const LONGEST_REST_US: i64 = 60_000_000;

/// Does jobs for ever. Dropped it leaves them to others, who wait for the length of a lease unless [`release`] gives
/// them back.
pub async fn run(app: &App, kinds: &'static [Kind]) {
    let mut worker = Worker::new(app, kinds);
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < AT_A_TIME {
            match worker.claim().await {
                Ok(Some((kind, claim))) => running.push(one(app, kind, claim)),
                Ok(None) => break,
                Err(problem) => {
                    tracing::warn!(%problem, "no job could be claimed");
                    break;
                }
            }
        }
        tokio::select! {
            Some(account) = running.next(), if !running.is_empty() => worker.done(account),
            () = app.work.notified() => {}
            () = app.environment.sleep(PAUSE) => {}
        }
    }
}

/// Does every job that can be had now, one after the other; says how many.
pub async fn work_off(app: &App, kinds: &'static [Kind]) -> Result<usize> {
    let mut worker = Worker::new(app, kinds);
    let mut count = 0;
    while let Some((kind, claim)) = worker.claim().await? {
        worker.done(one(app, kind, claim).await);
        count += 1;
    }
    Ok(count)
}

/// Gives back every job of this replica.
pub async fn release(app: &App) -> Result<()> {
    let mut tx = app.db.begin().await?;
    tx.execute("update job set holder = null, state = 'waiting' where holder = $1", (app.health.replica(),))
        .await?;
    tx.commit().await
}

/// Does one job to its end or until it is lost; the account whose it was.
async fn one(app: &App, kind: &'static Kind, claim: Claim) -> i64 {
    let work = async {
        if claim.attempts > ATTEMPTS {
            tracing::error!(account = claim.account, job = %claim.id, kind = kind.name, "a job is given up");
            (kind.give_up)(app, &claim).await
        } else {
            (kind.run)(app, &claim).await
        }
    };
    let result = tokio::select! {
        () = claim.keep(app) => Err(Problem::new(Code::Conflict).with("with", "another replica")),
        result = std::panic::AssertUnwindSafe(work).catch_unwind() => {
            result.unwrap_or_else(|_| Err(Problem::internal(anyhow::anyhow!("a job panicked"))))
        }
    };
    if let Err(problem) = result {
        tracing::warn!(account = claim.account, job = %claim.id, kind = kind.name, %problem, "a job rests");
        if let Err(problem) = rest(app, &claim, problem.code()).await {
            tracing::warn!(account = claim.account, job = %claim.id, %problem, "a job could not be put back");
        }
    }
    claim.account
}

/// Puts a job back, to be tried again later. That the account's queue was full says nothing of the job, and counts for no
/// attempt.
async fn rest(app: &App, claim: &Claim, code: Code) -> Result<()> {
    let now_us = app.environment.now_us();
    let exponent = u32::try_from(claim.attempts.clamp(0, 10)).unwrap_or(0);
    let attempts = if code == Code::QueueFull { claim.attempts - 1 } else { claim.attempts };
    let rest_us = (FIRST_REST_US << exponent).min(LONGEST_REST_US);
    let mut tx = app.db.begin().await?;
    tx.execute(
        "update job set holder = null, state = 'waiting', problem = $4, run_at_us = $5, updated_us = $6, attempts = $7 \
         where account = $1 and id = $2 and holder = $3",
        (claim.account, claim.id, app.health.replica(), code.name(), now_us + rest_us, now_us, attempts),
    )
    .await?;
    tx.commit().await
}

#[derive(Debug, FromRow)]
struct Candidate {
    account: i64,
    id: Uuid,
    kind: String,
    format: i64,
    holder: Option<Uuid>,
    lease: i64,
}

/// What this replica knows of the jobs of others.
struct Worker<'a> {
    app: &'a App,
    kinds: &'static [Kind],
    /// The counters of others' jobs as seen last, and since when on the monotonic clock
    seen: HashMap<(i64, Uuid), (Uuid, i64, i64)>,
    /// Accounts for which a job is being done here
    busy: HashSet<i64>,
}

impl<'a> Worker<'a> {
    fn new(app: &'a App, kinds: &'static [Kind]) -> Self {
        Self { app, kinds, seen: HashMap::new(), busy: HashSet::new() }
    }

    fn done(&mut self, account: i64) {
        self.busy.remove(&account);
    }

    /// The next job that can be had.
    async fn claim(&mut self) -> Result<Option<(&'static Kind, Claim)>> {
        let candidates: Vec<Candidate> = self
            .app
            .db
            .fetch_all(
                "select j.account, j.id, j.kind, j.format, j.holder, j.lease from job j where j.run_at_us <= $1 \
                 and not exists (select 1 from job o where o.account = j.account and o.kind = j.kind \
                 and (o.created_us, o.id) < (j.created_us, j.id)) order by j.run_at_us, j.account limit $2",
                (self.app.environment.now_us(), CANDIDATES),
            )
            .await?;
        let there: HashSet<(i64, Uuid)> = candidates.iter().map(|one| (one.account, one.id)).collect();
        self.seen.retain(|key, _| there.contains(key));
        for candidate in candidates {
            let kind = self.kinds.iter().find(|kind| kind.name == candidate.kind);
            let Some(kind) = kind.filter(|kind| candidate.format <= kind.format) else { continue };
            if self.busy.contains(&candidate.account) || !self.may_take(&candidate) {
                continue;
            }
            if let Some(claim) = self.take(&candidate).await? {
                self.busy.insert(claim.account);
                return Ok(Some((kind, claim)));
            }
        }
        Ok(None)
    }

    /// True when nobody has it, a former future of this replica had it, or its counter has stood still.
    fn may_take(&mut self, candidate: &Candidate) -> bool {
        let Some(holder) = candidate.holder else { return true };
        if holder == self.app.health.replica() {
            return true;
        }
        let now_us = self.app.environment.monotonic_us();
        let key = (candidate.account, candidate.id);
        match self.seen.get(&key) {
            Some((seen, lease, since_us)) if (*seen, *lease) == (holder, candidate.lease) => {
                now_us - since_us >= self.app.limits.lease_us
            }
            _ => {
                self.seen.insert(key, (holder, candidate.lease, now_us));
                false
            }
        }
    }

    async fn take(&self, candidate: &Candidate) -> Result<Option<Claim>> {
        let mut tx = self.app.db.begin().await?;
        let claim: Option<Claim> = tx
            .fetch_optional(
                "update job set holder = $3, lease = lease + 1, attempts = attempts + 1, state = 'running' \
                 where account = $1 and id = $2 and lease = $4 and holder is not distinct from $5 \
                 returning account, id, kind, body, principal, principal_id, attempts, lease",
                (
                    candidate.account,
                    candidate.id,
                    self.app.health.replica(),
                    candidate.lease,
                    candidate.holder,
                ),
            )
            .await?;
        tx.commit().await?;
        Ok(claim)
    }
}
