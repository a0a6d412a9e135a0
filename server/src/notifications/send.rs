//! Sends a batch: chains side by side, the events of one chain one after the other.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
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

/// How many requests one channel has in flight.
const SIDE_BY_SIDE: usize = 16;
/// After so many failures without a success nothing more of a batch is begun.
const FAILURES: usize = 5;
/// How long a batch goes on beginning requests, so that what went well is soon written.
const BATCH_US: i64 = 10 * 1_000_000;
/// How long a request may take.
const MOST_TIME: Duration = Duration::from_secs(15);

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
    /// It waits behind one that failed
    Behind,
    /// There was no time for it, or the receiver seems to be down
    NotTried,
}

/// How long a request may take: half a lease at most, since none begins that could outlast it.
pub fn time_out(app: &App) -> Duration {
    MOST_TIME.min(Duration::from_micros(app.limits.lease_us.unsigned_abs() / 2))
}

/// Sends what fits into the time that is left of the lease, and says of each event what became of it.
pub async fn batch(app: &App, batch: &mut Batch, term: &Term, permits: &Permits) -> Vec<Sent> {
    let chains = std::mem::take(&mut batch.chains);
    let width = if batch.failures > 0 { 1 } else { SIDE_BY_SIDE };
    let run = Run {
        app,
        batch,
        term,
        permits,
        begun_us: app.environment.monotonic_us(),
        successes: AtomicUsize::new(0),
        failures: AtomicUsize::new(0),
        is_over: AtomicBool::new(false),
    };
    let sent: Vec<Vec<Sent>> =
        stream::iter(chains).map(|chain| run.chain(chain)).buffer_unordered(width).collect().await;
    sent.into_iter().flatten().collect()
}

/// What the chains of a batch share.
struct Run<'a> {
    app: &'a App,
    batch: &'a Batch,
    term: &'a Term,
    permits: &'a Permits,
    begun_us: i64,
    successes: AtomicUsize,
    failures: AtomicUsize,
    /// Set by a receiver that wants to be left alone
    is_over: AtomicBool,
}

impl Run<'_> {
    async fn chain(&self, chain: Vec<Event>) -> Vec<Sent> {
        let mut sent = Vec::with_capacity(chain.len());
        let mut rest = Fate::Delivered;
        for event in chain {
            let fate = match rest {
                Fate::Behind => Fate::Behind,
                Fate::NotTried => Fate::NotTried,
                _ => self.one(&event).await,
            };
            match fate {
                Fate::Failed(_) => rest = Fate::Behind,
                Fate::NotTried => rest = Fate::NotTried,
                _ => {}
            }
            sent.push(Sent { event, fate });
        }
        sent
    }

    async fn one(&self, event: &Event) -> Fate {
        let Some(snapshot) = &event.body else { return Fate::SetAside("snapshot_missing") };
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
        let made = made(self.app, source, self.batch.format, &self.batch.receiver.settings.document).await;
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
        match send(self.app, &self.batch.receiver, about, body).await {
            Ok(()) => {
                self.successes.fetch_add(1, Ordering::Relaxed);
                Fate::Delivered
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
        let outlasts = self.term.left_us(self.app) < time_out(self.app).as_micros() as i64;
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

/// Delivers one document to a receiver.
pub async fn send(app: &App, receiver: &Receiver, about: About, document: Vec<u8>) -> Result<(), Failure> {
    let Settings { target, document: kind, .. } = &receiver.settings;
    let parcel = Parcel { about, media_type: kind.media_type(), document };
    target.deliver(app, receiver, parcel).await
}
