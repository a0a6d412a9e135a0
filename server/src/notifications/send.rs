//! Tries events: one request each, within what is left of the lease.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::Semaphore;

use super::{
    batch::{Batch, Event},
    format::{self, Source},
    office_track, retry,
    ways::{About, Failure, Parcel},
};
use crate::{
    access::{Caller, Duty},
    app::App,
    channels::target::{Document, Receiver, Settings},
    duties::Term,
    files,
};

/// After so many failures without a success nothing more of a batch is begun.
const FAILURES: usize = 5;
/// How long a batch goes on beginning requests, so that what went well is soon written.
const BATCH_US: i64 = 3 * 1_000_000;
/// How long a request may take.
const MOST_TIME: Duration = Duration::from_secs(15);
/// How long it may take where nothing was delivered of late. One try of [`PATIENT`] has all the time, so that a receiver
/// that is slow is not taken for a dead one for ever.
const SHORT_TIME: Duration = Duration::from_secs(5);
const PATIENT: i64 = 4;

/// Whose turn it is to have a request in flight.
#[derive(Debug, Clone)]
pub struct Permits {
    /// Those of the account
    pub own: Arc<Semaphore>,
    /// Those of all
    pub all: Arc<Semaphore>,
}

/// An event and what became of it.
#[derive(Debug)]
pub struct Sent {
    /// The event
    pub event: Event,
    /// What became of it
    pub fate: Fate,
}

/// What became of an event.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate {
    /// The receiver took it
    Delivered,
    /// It is tried again
    Failed(Failure),
    /// It was tried for long enough
    GivenUp(Failure),
    /// No notification can be made of it, because
    SetAside(&'static str),
    /// Its request hangs: what becomes of it is written when it ends
    OnTheWay,
    /// It waits behind one that failed, or hangs
    Behind,
    /// There was no time for it, or the receiver seems to be down
    NotTried,
}

/// How long a request may take: half a lease at most, since none begins that could outlast it.
pub fn time_out(app: &App) -> Duration {
    MOST_TIME.min(Duration::from_micros(app.limits.lease_us.unsigned_abs() / 2))
}

/// How long a try may take after nothing could be delivered so often in a row.
fn patience(most: Duration, failures: i64) -> Duration {
    if failures > 0 && failures % PATIENT != 0 { most.min(SHORT_TIME) } else { most }
}

/// What the tries of a batch share. Tries that hang outlive the batch.
#[derive(Debug)]
pub struct Run {
    app: App,
    /// The batch, without its events
    pub batch: Batch,
    term: Term,
    permits: Permits,
    begun_us: i64,
    /// What the receiver took since this replica has the lease
    taken: Arc<AtomicUsize>,
    /// The same of this batch alone
    successes: AtomicUsize,
    failures: AtomicUsize,
    /// Set by a receiver that wants to be left alone
    is_over: AtomicBool,
}

impl Run {
    /// The tries of `batch`, of which none has begun.
    pub fn new(app: &App, batch: Batch, term: &Term, permits: &Permits, taken: &Arc<AtomicUsize>) -> Self {
        Self {
            app: app.clone(),
            batch,
            term: term.clone(),
            permits: permits.clone(),
            begun_us: app.environment.monotonic_us(),
            taken: Arc::clone(taken),
            successes: AtomicUsize::new(0),
            failures: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        }
    }

    /// Tries one event; `begins` is told when its request begins.
    pub async fn one(&self, event: &Event, snapshot: Option<&[u8]>, begins: impl FnOnce() + Send) -> Fate {
        let Some(snapshot) = snapshot else { return Fate::SetAside("snapshot_missing") };
        let source = Source {
            account: self.batch.account,
            position: event.position,
            id: event.id,
            kind: &event.kind,
            subject_kind: &event.subject_kind,
            subject: event.subject,
            created_us: event.created_us,
            snapshot,
        };
        let made = made(&self.app, source, self.batch.format, &self.batch.receiver.settings.document).await;
        let body = match made {
            Ok(Some(body)) => body,
            // The channel does not want it: it is over for the channel as if it had been delivered
            Ok(None) => return Fate::Delivered,
            Err(format::Unrenderable) => {
                tracing::error!(account = self.batch.account, event = %event.id, "no notification can be made of an event");
                return Fate::SetAside("cannot_be_rendered");
            }
        };
        // The semaphores are never closed. The own one is first, so that whoever waits for it holds nothing of others.
        let _own = self.permits.own.acquire().await;
        let _permit = self.permits.all.acquire().await;
        if !self.may_begin() {
            return Fate::NotTried;
        }
        let about = About {
            id: event.id,
            position: event.position,
            subject: event.subject,
            created_us: event.created_us,
        };
        begins();
        let taken = self.taken.load(Ordering::Relaxed);
        let within = patience(time_out(&self.app), self.batch.failures);
        match send(&self.app, &self.batch.receiver, about, body, within).await {
            Ok(()) => {
                self.successes.fetch_add(1, Ordering::Relaxed);
                self.taken.fetch_add(1, Ordering::Relaxed);
                Fate::Delivered
            }
            // A receiver that took others meanwhile is there: it is this event that it does not take
            Err(failure) if self.taken.load(Ordering::Relaxed) > taken => {
                self.failed(event, Failure { is_general: false, ..failure })
            }
            Err(failure) => self.failed(event, failure),
        }
    }

    fn failed(&self, event: &Event, failure: Failure) -> Fate {
        if failure.is_general {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
        if failure.is_gone || failure.asked_us.is_some() {
            self.is_over.store(true, Ordering::Relaxed);
        }
        let now_us = self.app.environment.now_us();
        // What waited behind another event was not refused yet
        let tried = event.tried.filter(|tried| tried.attempts > 0);
        let since_us = tried.map_or(now_us, |tried| tried.since_us);
        let is_down = failure.is_down && self.batch.failures > 0;
        if retry::is_given_up(since_us, now_us, is_down) {
            Fate::GivenUp(failure)
        } else {
            Fate::Failed(failure)
        }
    }

    /// False when no other request may begin: it could outlast the lease, the batch has taken its time, the receiver
    /// seems to be down, or the server ends.
    fn may_begin(&self) -> bool {
        let seems_down =
            self.failures.load(Ordering::Relaxed) >= FAILURES && self.successes.load(Ordering::Relaxed) == 0;
        let late = self.app.environment.monotonic_us() - self.begun_us > BATCH_US;
        let outlasts = self.term.left_us(&self.app) < time_out(&self.app).as_micros() as i64;
        let is_over = self.is_over.load(Ordering::Relaxed) || self.app.health.is_stopping();
        !(seems_down || late || outlasts || is_over)
    }
}

/// The document of an event in the format of a channel; none where the channel does not want it.
pub(crate) async fn made(
    app: &App,
    source: Source<'_>,
    revision: i64,
    document: &Document,
) -> Result<Option<Vec<u8>>, format::Unrenderable> {
    let Document::OfficeTrack(settings) = document else {
        return format::body(source, revision).map(Some);
    };
    let mut bytes = BTreeMap::new();
    for hash in office_track::files(&source, settings) {
        // What is not there, or cannot be read now, is told without its bytes
        if let Ok(file) = stored(app, source.account, &hash).await {
            bytes.insert(hash, file);
        }
    }
    Ok(match office_track::document(&source, settings, &bytes)? {
        office_track::Made::Document(text) => Some(text.into_bytes()),
        office_track::Made::NotSent => None,
    })
}

async fn stored(app: &App, account: i64, hash: &str) -> crate::problem::Result<Vec<u8>> {
    let allowed = Caller::duty(account, Duty::Notify).allow()?;
    files::download::whole(app, &allowed, hash).await
}

/// Delivers one document to a receiver, which has so much time to take it.
pub async fn send(
    app: &App,
    receiver: &Receiver,
    about: About,
    document: Vec<u8>,
    within: Duration,
) -> Result<(), Failure> {
    let Settings { target, document: kind, .. } = &receiver.settings;
    let parcel = Parcel { about, media_type: kind.media_type(), document, within };
    target.deliver(app, receiver, parcel).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_that_hangs_gets_less_time_but_for_a_try_now_and_then() {
        let seconds = |failures| patience(MOST_TIME, failures).as_secs();
        assert_eq!((0..=8).map(seconds).collect::<Vec<_>>(), [15, 5, 5, 5, 15, 5, 5, 5, 15]);
        assert_eq!(
            patience(Duration::from_secs(1), 1),
            Duration::from_secs(1),
            "never more than the lease allows"
        );
    }
}
