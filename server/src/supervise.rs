//! What runs beside the API for as long as the process does: each loop in a task of its own, begun anew with a pause that
//! grows when it panics or ends, which shows in `/health` and in metrics.

use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{FutureExt as _, future::BoxFuture};
use tokio::task::JoinHandle;

use crate::{
    app::App,
    health::{Fault, Finding, Status},
};

/// How long is waited before a loop is begun anew: twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// At most this long.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// A loop that turned for so long counts as well again.
const WELL_AFTER_US: i64 = 300 * 1_000_000;

/// Something that runs beside the API for as long as the process does.
#[derive(Debug, Clone, Copy)]
pub struct Companion {
    /// Its name in log, metrics and health
    pub name: &'static str,
    /// True for one that ends by itself once the server is asked to end, when what it began is done
    pub finishes: bool,
    /// Runs it. May be dropped at any await.
    pub run: for<'a> fn(&'a App) -> BoxFuture<'a, ()>,
}

/// What is known of the loops of this process that had to be begun anew.
#[derive(Debug, Default)]
pub struct Loops(Mutex<BTreeMap<&'static str, Trouble>>);

#[derive(Debug, Clone, Copy)]
struct Trouble {
    /// How often in a row it ended
    times: u32,
    /// When it ended last, by the monotonic clock
    ended_us: i64,
}

impl Loops {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Trouble>> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note that a loop ended which began at `begun_us`; says how long to wait before it is begun anew.
    fn ended(&self, name: &'static str, begun_us: i64, now_us: i64) -> Duration {
        let mut loops = self.lock();
        let trouble = loops.entry(name).or_insert(Trouble { times: 0, ended_us: now_us });
        if now_us - begun_us >= WELL_AFTER_US {
            trouble.times = 0;
        }
        trouble.times += 1;
        trouble.ended_us = now_us;
        FIRST_PAUSE.saturating_mul(1 << (trouble.times - 1).min(16)).min(LONGEST_PAUSE)
    }

    /// Those that ended within the last minutes, and the longest time since.
    fn unwell(&self, now_us: i64) -> Vec<(&'static str, i64)> {
        let loops = self.lock();
        let unwell = loops.iter().map(|(name, trouble)| (*name, now_us - trouble.ended_us));
        unwell.filter(|(_, since_us)| *since_us < WELL_AFTER_US).collect()
    }
}

/// A task that runs beside the API.
#[derive(Debug)]
pub struct Beside {
    task: JoinHandle<()>,
    finishes: bool,
}

impl From<JoinHandle<()>> for Beside {
    /// One that does not end by itself.
    fn from(task: JoinHandle<()>) -> Self {
        Self { task, finishes: false }
    }
}

/// Ends tasks once the server was asked to end: those that finish what they began have `grace` for it.
pub async fn end(app: &App, tasks: Vec<Beside>, grace: Duration) {
    let (mut finishing, others): (Vec<_>, Vec<_>) = tasks.into_iter().partition(|beside| beside.finishes);
    for beside in &others {
        beside.task.abort();
    }
    let finished = async {
        for beside in &mut finishing {
            // One that panicked is gone as well
            drop((&mut beside.task).await);
        }
    };
    tokio::select! {
        () = finished => {}
        () = app.environment.sleep(grace) => tracing::warn!("what was being sent is sent again"),
    }
    for beside in others.into_iter().chain(finishing) {
        beside.task.abort();
        if !beside.task.is_finished() {
            // It was ended just now, which is the error that this gives.
            drop(beside.task.await);
        }
    }
}

/// Begins every companion.
pub fn start(app: &App, companions: &'static [Companion]) -> Vec<Beside> {
    let begin = |companion: &'static Companion| {
        let app = app.clone();
        let task = tokio::spawn(async move { keep(&app, companion.name, || (companion.run)(&app)).await });
        Beside { task, finishes: companion.finishes }
    };
    companions.iter().map(begin).collect()
}

/// Runs something until the server is asked to end: what panics or ends before is begun anew after a pause.
pub async fn keep<'a>(app: &App, name: &'static str, run: impl Fn() -> BoxFuture<'a, ()>) {
    loop {
        let begun_us = app.environment.monotonic_us();
        let panicked = AssertUnwindSafe(run()).catch_unwind().await.is_err();
        if app.health.is_stopping() {
            return;
        }
        let pause = app.loops.ended(name, begun_us, app.environment.monotonic_us());
        metrics::counter!("campo_loop_restarts_total", "loop" => name).increment(1);
        tracing::error!(name, panicked, pause_s = pause.as_secs(), "a loop ended and is begun anew");
        app.environment.sleep(pause).await;
    }
}

/// What `/health` says of the loops.
pub fn check(app: &App) -> Finding {
    let unwell = app.loops.unwell(app.environment.monotonic_us());
    if unwell.is_empty() {
        return Finding::ok("background");
    }
    let names: Vec<_> = unwell.iter().map(|(name, _)| *name).collect();
    tracing::warn!(loops = names.join(", "), "loops ended within the last minutes");
    Finding::wrong("background", Status::Degraded, Fault::Ours, "loop_restarted")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_ends_again_and_again_waits_longer_each_time_until_it_is_well() {
        let loops = Loops::default();
        let pauses: Vec<u64> =
            (0..8).map(|n| loops.ended("x", n * 1_000_000, n * 1_000_000 + 1).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(loops.unwell(8_000_000).len(), 1);
        assert_eq!(loops.unwell(8_000_000 + WELL_AFTER_US), []);
        assert_eq!(loops.ended("x", 0, WELL_AFTER_US).as_secs(), 1);
    }
}
