//! Sends a batch: chains side by side, the events of one chain one after the other.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::http::{HeaderValue, header};
use futures_util::{StreamExt as _, stream};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{
    batch::{Batch, Event},
    format::{self, Source},
    office_track, retry,
    signature::signatures,
};
use crate::{
    access::{Caller, Duty},
    app::App,
    channels::target::{Document, Manner, Receiver},
    duties::Term,
    files,
    outbound::{Post, Reply, SendError},
};

/// How many requests one channel has in flight.
const SIDE_BY_SIDE: usize = 16;
/// After so many failures without a success nothing more of a batch is begun.
const FAILURES: usize = 5;
/// How long a batch goes on beginning requests, so that what went well is soon written.
const BATCH_US: i64 = 10 * 1_000_000;
/// How long a request may take.
const MOST_TIME: Duration = Duration::from_secs(15);
/// The most characters of an answer that are kept.
const ANSWER_CHARACTERS: usize = 300;

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

/// Why a receiver did not take an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A stable word: the name of a [`SendError`], or `status_` and the status
    pub problem: String,
    /// The status of the answer
    pub status: Option<i64>,
    /// How the answer begins, without secrets
    pub answer: Option<String>,
    /// Nobody was there who could have judged the event
    pub is_down: bool,
    /// It says something of the receiver, and nothing of this event alone
    pub is_general: bool,
    /// The receiver is gone for good
    pub is_gone: bool,
    /// How long the receiver asks to be left alone
    pub asked_us: Option<i64>,
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
            id: event.id,
            kind: &event.kind,
            subject_kind: &event.subject_kind,
            subject: event.subject,
            created_us: event.created_us,
            snapshot,
        };
        let made = made(self.app, source, self.batch.format, &self.batch.receiver.manner).await;
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
        match send(self.app, &self.batch.receiver, event.id, body).await {
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

    /// False when no other request may begin: it could outlast the lease, the batch has taken its time, or the
    /// receiver seems to be down.
    fn may_begin(&self) -> bool {
        let seems_down =
            self.failures.load(Ordering::Relaxed) >= FAILURES && self.successes.load(Ordering::Relaxed) == 0;
        let late = self.app.environment.monotonic_us() - self.begun_us > BATCH_US;
        let outlasts = self.term.left_us(self.app) < time_out(self.app).as_micros() as i64;
        !(seems_down || late || outlasts || self.is_over.load(Ordering::Relaxed))
    }
}

/// The document of an event by the manner of a channel; none where the channel does not want it.
async fn made(
    app: &App,
    source: Source<'_>,
    revision: i64,
    manner: &Manner,
) -> Result<Option<Vec<u8>>, format::Unrenderable> {
    let Document::OfficeTrack(settings) = &manner.document else {
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

/// Sends one notification. The same bytes on every try; only the instant and with it the signature are new.
pub async fn send(app: &App, receiver: &Receiver, id: Uuid, body: Vec<u8>) -> Result<(), Failure> {
    let begun_us = app.environment.monotonic_us();
    let result = match &receiver.url {
        None => Err(SendError::InvalidUrl),
        Some(url) => {
            let mut headers = receiver.headers.clone();
            let now_us = app.environment.now_us();
            let (kind, body) = receiver.manner.packed(body);
            sign(&mut headers, receiver, id, now_us, &body);
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            app.outbound.post(Post { url: url.clone(), headers, body, within: time_out(app) }).await
        }
    };
    let seconds = (app.environment.monotonic_us() - begun_us) as f64 / 1e6;
    metrics::histogram!("campo_notification_seconds").record(seconds);
    match result {
        Ok(reply) if receiver.manner.acknowledgement.accepts(reply.status, &reply.body) => Ok(()),
        Ok(reply) => Err(refused(&reply, receiver, app.environment.now_us())),
        Err(error) => Err(unreached(error)),
    }
}

fn sign(headers: &mut axum::http::HeaderMap, receiver: &Receiver, id: Uuid, now_us: i64, body: &[u8]) {
    let (id, timestamp_s) = (id.to_string(), now_us.div_euclid(1_000_000));
    let keys = receiver.secrets.keys(now_us);
    let signature = signatures(&keys, &id, timestamp_s, body);
    for (name, value) in
        [("webhook-id", id), ("webhook-timestamp", timestamp_s.to_string()), ("webhook-signature", signature)]
    {
        // Ids, digits and base64 are always valid.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

fn refused(reply: &Reply, receiver: &Receiver, now_us: i64) -> Failure {
    let status = reply.status;
    let is_busy = matches!(status, 408 | 425 | 429 | 503);
    let retry_after = reply.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    Failure {
        problem: if (200..300).contains(&status) {
            "not_acknowledged".to_owned()
        } else {
            format!("status_{status}")
        },
        status: Some(i64::from(status)),
        answer: Some(shown(&reply.body, receiver)).filter(|answer| !answer.is_empty()),
        is_down: is_busy || matches!(status, 502 | 504),
        is_general: is_busy || status >= 500 || (300..400).contains(&status),
        is_gone: status == 410,
        asked_us: retry_after.filter(|_| is_busy).and_then(|header| retry::asked_us(header, now_us)),
    }
}

fn unreached(error: SendError) -> Failure {
    Failure {
        problem: error.name().to_owned(),
        status: None,
        answer: None,
        is_down: true,
        is_general: true,
        is_gone: false,
        asked_us: None,
    }
}

/// How an answer begins, as people may see it.
fn shown(body: &[u8], receiver: &Receiver) -> String {
    let text = receiver.secrets.redact(&String::from_utf8_lossy(body));
    let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    printable.take(ANSWER_CHARACTERS).collect::<String>().trim().to_owned()
}
