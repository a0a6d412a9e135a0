//! Whether this replica can commit.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use uuid::Uuid;

use super::report::{Report, report};
use crate::{
    app::App,
    database::Db,
    environment::Environment,
    problem::{Code, Problem, Result},
};

/// For how long an answer holds: whoever asks more often costs the database nothing.
const HOLDS_US: i64 = 1_000_000;
/// How long a commit may take before the replica counts as unable to.
const PATIENCE: Duration = Duration::from_secs(3);

/// What this process knows of its own health. Cheap to clone; clones share it.
#[derive(Debug, Clone)]
pub struct Health(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    replica: Uuid,
    /// Set by [`Health::stop`] alone, never cleared
    stopping: watch::Sender<bool>,
    /// The last try to commit, and when it ended on the monotonic clock. Held during a try, so that there is one at
    /// a time.
    last: Mutex<Option<(i64, Result<()>)>>,
    /// The last report, likewise
    report: Mutex<Option<(i64, Report)>>,
    /// Held by the one probe of the file store
    probe: Arc<Mutex<()>>,
}

impl Health {
    /// Of a replica that was just started.
    pub fn new(environment: &Environment) -> Self {
        Self(Arc::new(Shared {
            replica: environment.uuid(),
            stopping: watch::Sender::new(false),
            last: Mutex::new(None),
            report: Mutex::new(None),
            probe: Arc::default(),
        }))
    }

    /// The id of this replica, another one after each start.
    pub fn replica(&self) -> Uuid {
        self.0.replica
    }

    /// From now on the replica is not ready.
    pub fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// True when the replica ends.
    pub fn is_stopping(&self) -> bool {
        *self.0.stopping.borrow()
    }

    /// Waits until the replica ends.
    pub async fn stopped(&self) {
        // The sender is never dropped while somebody holds `self`.
        let _ = self.0.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// Says why the replica cannot commit, if it cannot. At most one try a second reaches the database.
    pub async fn can_commit(&self, app: &App) -> Result<()> {
        if self.is_stopping() {
            return Err(Problem::new(Code::Unavailable));
        }
        let mut last = self.0.last.lock().await;
        if let Some((at_us, result)) = &*last
            && app.environment.monotonic_us() - at_us < HOLDS_US
        {
            return result.clone();
        }
        let result = tokio::select! {
            result = beat(&app.db, self.0.replica, app.environment.now_us()) => result,
            () = app.environment.sleep(PATIENCE) => {
                tracing::warn!(seconds = PATIENCE.as_secs(), "a commit takes too long");
                Err(Problem::new(Code::Unavailable))
            }
        };
        *last = Some((app.environment.monotonic_us(), result.clone()));
        result
    }

    /// The turn to probe the file store; none while another probe is not done.
    pub(super) fn probe_turn(&self) -> Option<OwnedMutexGuard<()>> {
        Arc::clone(&self.0.probe).try_lock_owned().ok()
    }

    /// The health of each subsystem, looked at no more than once a second.
    pub async fn report(&self, app: &App) -> Report {
        let mut last = self.0.report.lock().await;
        if let Some((at_us, report)) = &*last
            && app.environment.monotonic_us() - at_us < HOLDS_US
        {
            return report.clone();
        }
        let report = report(app).await;
        *last = Some((app.environment.monotonic_us(), report.clone()));
        report
    }
}

async fn beat(db: &Db, replica: Uuid, now_us: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.execute(
        "insert into heartbeat (replica, beaten_us) values ($1, $2) \
         on conflict (replica) do update set beaten_us = excluded.beaten_us",
        (replica, now_us),
    )
    .await?;
    tx.commit().await
}
