//! Who does a duty: a counter that its holder raises. An observer that saw it stand still for the length of a lease, by
//! its own monotonic clock, takes over; no two clocks are compared.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

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

/// What a lease is of.
#[derive(Debug, Clone, Copy)]
enum Subject {
    /// A duty over all accounts
    Duty(Duty),
    /// The sending to one channel of an account
    Channel(i64, Uuid),
}

/// Until when a replica has a lease, for what it begins meanwhile. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Term(Arc<AtomicI64>);

impl Term {
    /// How much of it is left by the replica's monotonic clock; nothing or less when it is over.
    pub fn left_us(&self, app: &App) -> i64 {
        self.0.load(Ordering::Acquire) - app.environment.monotonic_us()
    }
}

/// What its holder renews while it works.
pub(crate) trait Renew {
    /// What it is of, for the log: nothing of what is worked on.
    fn subject(&self) -> String;

    /// Renews it. False when it is another replica's by now.
    fn renew(&mut self, app: &App) -> impl Future<Output = Result<bool>> + Send;
}

/// Renews what this replica has until `until_us` by its monotonic clock, again and again, until it is lost: to another
/// replica, or because the database could not be reached in time.
pub(crate) async fn keep(app: &App, held: &mut impl Renew, mut until_us: i64) {
    loop {
        app.environment.sleep(renewal(app)).await;
        let asked_us = app.environment.monotonic_us();
        let left = Duration::from_micros(u64::try_from(until_us - asked_us).unwrap_or(0));
        let renewed = tokio::select! {
            biased;
            renewed = held.renew(app) => renewed,
            () = app.environment.sleep(left) => return,
        };
        match renewed {
            Ok(true) => until_us = end_us(app, asked_us),
            Ok(false) => return,
            Err(problem) => {
                tracing::warn!(of = held.subject(), %problem, "a lease could not be renewed");
                if app.environment.monotonic_us() >= until_us {
                    return;
                }
            }
        }
    }
}

/// Until when whoever asked for a lease at `asked_us` may count on it.
pub(crate) fn end_us(app: &App, asked_us: i64) -> i64 {
    asked_us + app.limits.lease_us - app.limits.lease_us / MARGIN
}

/// One replica's view of one lease.
#[derive(Debug)]
pub struct Lease {
    subject: Subject,
    replica: Uuid,
    /// What was seen last, and since when on the monotonic clock
    seen: Option<(Row, i64)>,
    /// Until when this replica has it, on the monotonic clock; only the lease itself moves it
    term: Term,
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
        Self::of(app, Subject::Duty(duty))
    }

    /// The view of a replica that has not looked yet, of the lease on a channel.
    pub fn of_channel(app: &App, account: i64, channel: Uuid) -> Self {
        Self::of(app, Subject::Channel(account, channel))
    }

    fn of(app: &App, subject: Subject) -> Self {
        let (replica, length_us) = (app.health.replica(), app.limits.lease_us);
        let term = Term(Arc::new(AtomicI64::new(i64::MIN / 2)));
        Self { subject, replica, seen: None, term, length_us }
    }

    /// Until when this replica has it.
    pub fn term(&self) -> Term {
        self.term.clone()
    }

    /// Gets the lease or renews it, if that is possible now. True when this replica has it.
    pub async fn hold(&mut self, app: &App) -> Result<bool> {
        let asked_us = app.environment.monotonic_us();
        let row = self.look(app).await?;
        let held = match row {
            None => self.make(app).await?,
            // Not the instant before the query, which may have waited while the holder raised the counter
            Some(row) if self.may_take(&row, app.environment.monotonic_us()) => self.take(app, &row).await?,
            Some(_) => false,
        };
        if held {
            self.term.0.store(end_us(app, asked_us), Ordering::Release);
        }
        Ok(held)
    }

    /// Renews the lease until it is lost.
    pub async fn keep(&mut self, app: &App) {
        let until_us = self.term.0.load(Ordering::Acquire);
        keep(app, self, until_us).await;
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

    async fn look(&self, app: &App) -> Result<Option<Row>> {
        match self.subject {
            Subject::Duty(duty) => {
                app.db
                    .fetch_optional("select holder, counter from duty where name = $1", (duty.name(),))
                    .await
            }
            Subject::Channel(account, channel) => {
                app.db
                    .fetch_optional(
                        "select holder, counter from channel_cursor where account = $1 and channel = $2",
                        (account, channel),
                    )
                    .await
            }
        }
    }

    async fn make(&self, app: &App) -> Result<bool> {
        // The row of a channel is made with it, and goes with it.
        let Subject::Duty(duty) = self.subject else { return Ok(false) };
        let mut tx = app.db.begin().await?;
        let made = tx
            .execute(
                "insert into duty (name, holder, counter, done_us) values ($1, $2, 1, $3) \
                 on conflict (name) do nothing",
                (duty.name(), self.replica, app.environment.now_us()),
            )
            .await?;
        tx.commit().await?;
        Ok(made == 1)
    }

    /// Takes the lease if nobody did since `row` was read.
    async fn take(&self, app: &App, row: &Row) -> Result<bool> {
        let mut tx = app.db.begin().await?;
        let taken = match self.subject {
            Subject::Duty(duty) => {
                tx.execute(
                    "update duty set holder = $2, counter = counter + 1 \
                     where name = $1 and counter = $3 and holder is not distinct from $4",
                    (duty.name(), self.replica, row.counter, row.holder),
                )
                .await?
            }
            Subject::Channel(account, channel) => {
                tx.execute(
                    "update channel_cursor set holder = $3, counter = counter + 1 \
                     where account = $1 and channel = $2 and counter = $4 and holder is not distinct from $5",
                    (account, channel, self.replica, row.counter, row.holder),
                )
                .await?
            }
        };
        tx.commit().await?;
        Ok(taken == 1)
    }
}

impl Renew for Lease {
    fn subject(&self) -> String {
        format!("{:?}", self.subject)
    }

    fn renew(&mut self, app: &App) -> impl Future<Output = Result<bool>> + Send {
        self.hold(app)
    }
}
