//! Claims jobs and does them.

use std::{
    collections::{HashMap, HashSet},
    panic::AssertUnwindSafe,
    time::Duration,
};

use futures_util::FutureExt as _;
use sqlx::FromRow;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{Claim, Kind, Work};
use crate::{
    app::App,
    problem::{Code, Problem, Result},
};

/// Jobs that compute, at a time.
pub(super) const COMPUTING: usize = 2;
/// Jobs that wait for the network, at a time.
pub(super) const WAITING: usize = 32;
/// The same, of one account.
pub(super) const WAITING_OF_ACCOUNT: usize = 4;
/// How often a replica looks for work that others made.
const PAUSE: Duration = Duration::from_millis(500);
/// How many jobs are looked at for one that can be had.
const CANDIDATES: i64 = 64;
/// How often a job is claimed without getting on before it is given up.
const ATTEMPTS: i64 = 12;
/// How long a job that failed rests: twice as long each time, up to a minute.
const FIRST_REST_US: i64 = 1_000_000;
const LONGEST_REST_US: i64 = 60_000_000;

/// Does jobs for ever, each as a task of its own: a claim waits for the database while those that run go on. Dropped it
/// leaves them to others, who wait for the length of a lease unless [`release`] gives them back.
pub async fn run(app: &App, kinds: &'static [Kind]) {
    let mut worker = Worker::new(app, kinds);
    let mut running: JoinSet<Place> = JoinSet::new();
    let mut places: HashMap<tokio::task::Id, Place> = HashMap::new();
    loop {
        loop {
            match worker.claim().await {
                Ok(Some((kind, claim))) => {
                    let (app, place) = (app.clone(), worker.place(kind, &claim));
                    let handle = running.spawn(async move {
                        one(&app, kind, claim).await;
                        place
                    });
                    places.insert(handle.id(), place);
                }
                Ok(None) => break,
                Err(problem) => {
                    tracing::warn!(%problem, "no job could be claimed");
                    break;
                }
            }
        }
        let ended = tokio::select! {
            Some(ended) = running.join_next_with_id() => Some(ended),
            () = app.work.notified() => None,
            () = app.environment.sleep(PAUSE) => None,
        };
        // A task that was aborted or panicked outside its job gives its place back as well
        let id = ended.map(|ended| ended.map_or_else(|error| error.id(), |(id, _)| id));
        if let Some(place) = id.and_then(|id| places.remove(&id)) {
            worker.done(place);
        }
    }
}

/// Does every job that can be had now, one after the other; says how many.
pub async fn work_off(app: &App, kinds: &'static [Kind]) -> Result<usize> {
    let mut worker = Worker::new(app, kinds);
    let mut count = 0;
    while let Some((kind, claim)) = worker.claim().await? {
        let place = worker.place(kind, &claim);
        one(app, kind, claim).await;
        worker.done(place);
        count += 1;
    }
    Ok(count)
}

/// Puts back the jobs of a replica that ends, or where none is named, those of all, which are known to be gone.
pub async fn release(app: &App, whose: Option<Uuid>) -> Result<()> {
    let mut tx = app.db.begin().await?;
    tx.execute(
        "update job set holder = null, state = 'waiting' where holder = coalesce($1, holder)",
        (whose,),
    )
    .await?;
    tx.commit().await
}

/// Does one job to its end or until it is lost.
async fn one(app: &App, kind: &'static Kind, claim: Claim) {
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
        result = AssertUnwindSafe(work).catch_unwind() => {
            result.unwrap_or_else(|_| Err(Problem::internal(anyhow::anyhow!("a job panicked"))))
        }
    };
    if let Err(problem) = result {
        tracing::warn!(account = claim.account, job = %claim.id, kind = kind.name, %problem, "a job rests");
        if let Err(problem) = rest(app, &claim, problem.code()).await {
            tracing::warn!(account = claim.account, job = %claim.id, %problem, "a job could not be put back");
        }
    }
}

/// Puts a job back, to be tried again later. How often it was tried is what the row says, since a job that got on began
/// to count anew. That the account's queue was full says nothing of the job, and counts for no attempt.
async fn rest(app: &App, claim: &Claim, code: Code) -> Result<()> {
    let now_us = app.environment.now_us();
    let mut tx = app.db.begin().await?;
    let row: Option<(i64,)> = tx
        .fetch_optional(
            "update job set holder = null, state = 'waiting', problem = $4, updated_us = $5, \
             attempts = case when $6 and attempts > 0 then attempts - 1 else attempts end \
             where account = $1 and id = $2 and holder = $3 returning attempts",
            (claim.account, claim.id, app.health.replica(), code.name(), now_us, code == Code::QueueFull),
        )
        .await?;
    if let Some((attempts,)) = row {
        let exponent = u32::try_from(attempts.clamp(0, 10)).unwrap_or(0);
        let rest_us = (FIRST_REST_US << exponent).min(LONGEST_REST_US);
        tx.execute(
            "update job set run_at_us = $3 where account = $1 and id = $2",
            (claim.account, claim.id, now_us + rest_us),
        )
        .await?;
    }
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

/// What a job takes up while it is done.
#[derive(Debug, Clone, Copy)]
struct Place {
    account: i64,
    job: Uuid,
    work: Work,
}

/// What this replica knows of the jobs of others, and what it does itself.
struct Worker<'a> {
    app: &'a App,
    kinds: &'static [Kind],
    /// The counters of others' jobs as seen last, and since when on the monotonic clock
    seen: HashMap<(i64, Uuid), (Uuid, i64, i64)>,
    /// What is done here
    busy: Vec<Place>,
}

impl<'a> Worker<'a> {
    fn new(app: &'a App, kinds: &'static [Kind]) -> Self {
        Self { app, kinds, seen: HashMap::new(), busy: Vec::new() }
    }

    /// Takes note that a claimed job is done here from now on.
    fn place(&mut self, kind: &Kind, claim: &Claim) -> Place {
        let place = Place { account: claim.account, job: claim.id, work: kind.work };
        self.busy.push(place);
        place
    }

    fn done(&mut self, done: Place) {
        self.busy.retain(|place| place.job != done.job);
    }

    /// True when another job that does such work can be done here, for this account.
    fn has_room(&self, account: i64, work: Work) -> bool {
        let same: Vec<&Place> = self.busy.iter().filter(|place| place.work == work).collect();
        let of_account = same.iter().filter(|place| place.account == account).count();
        match work {
            Work::Computes => same.len() < COMPUTING && of_account == 0,
            Work::Waits => same.len() < WAITING && of_account < WAITING_OF_ACCOUNT,
        }
    }

    /// The next job that can be had.
    async fn claim(&mut self) -> Result<Option<(&'static Kind, Claim)>> {
        let candidates: Vec<Candidate> = self
            .app
            .db
            .fetch_all(
                "select j.account, j.id, j.kind, j.format, j.holder, j.lease from job j where j.run_at_us <= $1 \
                 and not exists (select 1 from job o where o.account = j.account and o.lane = j.lane \
                 and (o.created_us, o.id) < (j.created_us, j.id)) order by j.run_at_us, j.account limit $2",
                (self.app.environment.now_us(), CANDIDATES),
            )
            .await?;
        let there: HashSet<(i64, Uuid)> = candidates.iter().map(|one| (one.account, one.id)).collect();
        self.seen.retain(|key, _| there.contains(key));
        for candidate in candidates {
            let kind = self.kinds.iter().find(|kind| kind.name == candidate.kind);
            let Some(kind) = kind.filter(|kind| candidate.format <= kind.format) else { continue };
            let here = self.busy.iter().any(|place| place.job == candidate.id);
            if here || !self.has_room(candidate.account, kind.work) || !self.may_take(&candidate) {
                continue;
            }
            if let Some(claim) = self.take(&candidate).await? {
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
