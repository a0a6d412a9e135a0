//! Who does a duty: a counter that its holder raises. An observer that saw it stand still for the length of a lease, by
//! its own monotonic clock, takes over; no two clocks are compared.

use std::time::Duration;

use sqlx::FromRow;
use uuid::Uuid;

use crate::{access::Duty, app::App, problem::Result};

/// A holder raises the counter this often in the length of a lease, and an observer looks at it as often.
const RENEWALS: i64 = 6;
/// This part of its length before the end of a lease, which the holder counts from before it raised the counter, it
/// stops.
const MARGIN: i64 = 6;

/// How long a holder waits before it raises the counter again.
pub(super) fn renewal(app: &App) -> Duration {
    Duration::from_micros(u64::try_from(app.limits.lease_us / RENEWALS).unwrap_or(0))
}

/// One replica's view of one lease.
#[derive(Debug)]
pub struct Lease {
    duty: Duty,
    replica: Uuid,
    /// What was seen last, and since when on the monotonic clock
    seen: Option<(Row, i64)>,
    /// Until when this replica has it, on the monotonic clock
    until_us: i64,
    /// How long the counter must stand still before another replica takes over
    length_us: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
struct Row {
    holder: Option<Uuid>,
    counter: i64,
}

impl Lease {
    /// The view of a replica that has not looked yet.
    pub fn new(app: &App, duty: Duty) -> Self {
        let (replica, length_us) = (app.health.replica(), app.limits.lease_us);
        Self { duty, replica, seen: None, until_us: 0, length_us }
    }

    /// Gets the lease or renews it, if that is possible now. True when this replica has it.
    pub async fn hold(&mut self, app: &App) -> Result<bool> {
        let asked_us = app.environment.monotonic_us();
        let row: Option<Row> = app
            .db
            .fetch_optional("select holder, counter from duty where name = $1", (self.duty.name(),))
            .await?;
        let held = match row {
            None => self.make(app).await?,
            // Not the instant before the query, which may have waited while the holder raised the counter
            Some(row) if self.may_take(&row, app.environment.monotonic_us()) => self.take(app, &row).await?,
            Some(_) => false,
        };
        if held {
            self.until_us = asked_us + self.length_us - self.length_us / MARGIN;
        }
        Ok(held)
    }

    /// Renews the lease until it is lost, to another replica or because the database could not be reached in time.
    pub async fn keep(&mut self, app: &App) {
        loop {
            app.environment.sleep(renewal(app)).await;
            let left_us = self.until_us - app.environment.monotonic_us();
            let left = Duration::from_micros(u64::try_from(left_us).unwrap_or(0));
            tokio::select! {
                biased;
                held = self.hold(app) => match held {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(problem) => {
                        tracing::warn!(duty = self.duty.name(), %problem, "a lease could not be renewed");
                        if left.is_zero() {
                            return;
                        }
                    }
                },
                () = app.environment.sleep(left) => return,
            }
        }
    }

    /// True when the lease is this replica's, nobody's, or has stood still for its length.
    fn may_take(&mut self, row: &Row, now_us: i64) -> bool {
        match &self.seen {
            Some((seen, since_us)) if seen == row => {
                row.holder.is_none_or(|holder| holder == self.replica) || now_us - since_us >= self.length_us
            }
            _ => {
                self.seen = Some((row.clone(), now_us));
                row.holder.is_none_or(|holder| holder == self.replica)
            }
        }
    }

    async fn make(&self, app: &App) -> Result<bool> {
        let mut tx = app.db.begin().await?;
        let made = tx
            .execute(
                "insert into duty (name, holder, counter, done_us) values ($1, $2, 1, $3) \
                 on conflict (name) do nothing",
                (self.duty.name(), self.replica, app.environment.now_us()),
            )
            .await?;
        tx.commit().await?;
        Ok(made == 1)
    }

    /// Takes the lease if nobody did since `row` was read.
    async fn take(&self, app: &App, row: &Row) -> Result<bool> {
        let mut tx = app.db.begin().await?;
        let taken = tx
            .execute(
                "update duty set holder = $2, counter = counter + 1 \
                 where name = $1 and counter = $3 and holder is not distinct from $4",
                (self.duty.name(), self.replica, row.counter, row.holder),
            )
            .await?;
        tx.commit().await?;
        Ok(taken == 1)
    }
}
