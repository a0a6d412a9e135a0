//! What Campo does by itself: each duty at one replica at a time, under a lease.

mod accounts;
pub(crate) mod lease;

use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use sqlx::FromRow;
use uuid::Uuid;

pub use accounts::each_account;
pub use lease::{Lease, Term};

use crate::{
    access::Duty,
    app::App,
    problem::{Code, Problem, Result},
    supervise,
};

/// How a duty is done; [`crate::capabilities::DUTIES`] names all.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// Which duty
    pub duty: Duty,
    /// How long it rests after nothing was left
    pub every: Duration,
    /// Whether this replica is set up for it. One that is not leaves the lease to others, and writes nothing
    pub is_set_up: fn(&App) -> bool,
    /// Does a bounded part of it. May be dropped at any await, and must be repeatable.
    pub run: for<'a> fn(&'a App) -> BoxFuture<'a, Result<Left>>,
}

/// What a run left undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing: it rests
    Nothing,
    /// It reached its bound: it goes on at once
    More,
}

/// Does every duty that this replica is set up for and whose lease it can get. Never ends: a duty that panics is begun anew and stops no other.
/// Dropped, it leaves leases behind that [`release`] gives back.
pub async fn run(app: &App, tasks: &[Task]) {
    let stand_by = |task: &Task| {
        let (name, task) = (task.duty.name(), *task);
        supervise::keep(app, name, move || Box::pin(stand_by(app, task)))
    };
    join_all(tasks.iter().filter(|task| (task.is_set_up)(app)).map(stand_by)).await;
}

/// Gives back the leases of a replica that ends, or where none is named, those of all, which are known to be gone: so that
/// nobody waits until they are over.
pub async fn release(app: &App, whose: Option<Uuid>) -> Result<()> {
    let mut tx = app.db.begin().await?;
    tx.execute("update duty set holder = null where holder = coalesce($1, holder)", (whose,)).await?;
    tx.execute("update channel_cursor set holder = null where holder = coalesce($1, holder)", (whose,))
        .await?;
    tx.commit().await
}

/// What the tables say of a duty.
#[derive(Debug, Clone, FromRow)]
pub struct Done {
    /// Its name
    pub name: String,
    /// The replica that does it
    pub holder: Option<Uuid>,
    /// When the last run ended, by the clock of its replica: microseconds since 1970 UTC
    pub done_us: i64,
    /// The code of what was wrong with it
    pub problem: Option<String>,
}

/// What became of each duty that was ever begun.
pub async fn done(app: &App) -> Result<Vec<Done>> {
    app.db.fetch_all("select name, holder, done_us, problem from duty order by name", ()).await
}

/// Tries to get the lease again and again, and does the duty while it has it.
async fn stand_by(app: &App, task: Task) {
    let mut lease = Lease::new(app, task.duty);
    loop {
        match lease.hold(app).await {
            Ok(true) => {
                tracing::info!(duty = task.duty.name(), "this replica does it now");
                tokio::select! {
                    () = lease.keep(app) => {
                        tracing::warn!(duty = task.duty.name(), "the lease is lost");
                    }
                    () = work(app, task) => {}
                }
            }
            Ok(false) => {}
            Err(problem) => tracing::warn!(duty = task.duty.name(), %problem, "no lease could be asked for"),
        }
        app.environment.sleep(lease::renewal(app)).await;
    }
}

/// Does the duty for ever.
async fn work(app: &App, task: Task) {
    loop {
        let begun_us = app.environment.monotonic_us();
        let result = (task.run)(app).await;
        let seconds = (app.environment.monotonic_us() - begun_us) as f64 / 1e6;
        metrics::histogram!("campo_duty_seconds", "duty" => task.duty.name()).record(seconds);
        if let Err(problem) = &result {
            tracing::error!(duty = task.duty.name(), %problem, "a duty failed");
        }
        let code = result.as_ref().err().map(Problem::code);
        if let Err(problem) = note(app, task.duty, code).await {
            tracing::warn!(duty = task.duty.name(), %problem, "what became of a duty could not be noted");
        }
        match result {
            Ok(Left::More) => {}
            Ok(Left::Nothing) => app.environment.sleep(task.every).await,
            Err(_) => app.environment.sleep(lease::renewal(app)).await,
        }
    }
}

/// Notes what became of a run. A failed one leaves the instant of the last that was not.
async fn note(app: &App, duty: Duty, problem: Option<Code>) -> Result<()> {
    let mut tx = app.db.begin().await?;
    tx.execute(
        "update duty set problem = cast($3 as text), done_us = case when cast($3 as text) is null then $4 else done_us end \
         where name = $1 and holder = $2",
        (duty.name(), app.health.replica(), problem.map(Code::name), app.environment.now_us()),
    )
    .await?;
    tx.commit().await
}
