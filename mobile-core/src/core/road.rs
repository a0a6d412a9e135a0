//! The road: carries the machine's instructions out, one thread, one runtime.

use std::{io, pin::Pin, sync::Arc};

use tokio::{
    sync::{mpsc, oneshot, watch},
    task::{JoinError, JoinSet},
};

use super::{
    SyncState,
    enrolment::{self, Device, Enrolment},
    failure::{CoreFailure, Result},
    platform::{Listener, PlatformFailure, SecureStore},
    timer,
    transport::{HttpRequest, Transport},
    wipe,
};
use crate::{
    environment::Environment,
    machine::{
        Machine,
        event::{Event, Exchange, Failure, Instruction, Upload},
    },
    store::{failure::StoreFailure, space::FileSpace, writer::Writer},
    wire,
};

/// How often old entries and files are looked for: once a day, in microseconds.
const TIDY_US: i64 = 24 * 3600 * 1_000_000;

/// What the road is told.
pub(super) enum Order {
    Event(Box<Event>),
    /// The reply says whether something is under way then
    Sync {
        reply: oneshot::Sender<bool>,
    },
    Enrol {
        server: String,
        code: String,
        device: Device,
        reply: oneshot::Sender<Result<Enrolment>>,
    },
    End,
}

type Under<T> = Pin<Box<dyn Future<Output = T> + Send>>;

pub(super) struct Road {
    machine: Machine,
    writer: Arc<Writer>,
    environment: Environment,
    space: Arc<dyn FileSpace>,
    secrets: Arc<dyn SecureStore>,
    transport: Arc<dyn Transport>,
    listener: Arc<dyn Listener>,
    shown: watch::Sender<SyncState>,
    /// The exchange or upload under way: a task of its own, which goes on while the store writes
    sent: JoinSet<Event>,
    timer: Option<Under<()>>,
    rounds: u64,
    revision: u64,
    /// When old things were looked for: wall clock, microseconds since 1970 UTC
    tidied_us: i64,
}

impl Road {
    pub(super) fn new(
        writer: Arc<Writer>,
        environment: Environment,
        space: Arc<dyn FileSpace>,
        secrets: Arc<dyn SecureStore>,
        transport: Arc<dyn Transport>,
        listener: Arc<dyn Listener>,
        shown: watch::Sender<SyncState>,
    ) -> Result<Self> {
        let machine = Machine::new(writer.read(crate::store::Store::book)?);
        Ok(Self {
            machine,
            writer,
            environment,
            space,
            secrets,
            transport,
            listener,
            shown,
            sent: JoinSet::new(),
            timer: None,
            rounds: 0,
            revision: 0,
            tidied_us: i64::MIN,
        })
    }

    pub(super) async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            let event = tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Event(event)) => *event,
                    Some(Order::Sync { reply }) => {
                        self.step(Event::SyncRequested).await;
                        // Whoever asked may be gone
                        let _ = reply.send(self.machine.is_busy());
                        continue;
                    }
                    Some(Order::Enrol { server, code, device, reply }) => {
                        let enrolled = self.enrol(&server, &code, &device).await;
                        let event = enrolled.is_ok().then_some(Event::LoggedIn);
                        // Whoever asked may be gone; the phone is enrolled all the same
                        let _ = reply.send(enrolled);
                        match event {
                            Some(event) => event,
                            None => continue,
                        }
                    }
                    Some(Order::End) | None => return,
                },
                Some(event) = self.sent.join_next() => match come(event) {
                    Some(event) => event,
                    None => continue,
                },
                () = under(&mut self.timer) => {
                    self.timer = None;
                    Event::TimerFired
                }
            };
            self.step(event).await;
        }
    }

    /// One event and what follows from it at once.
    async fn step(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            if matches!(event, Event::Failed { .. } | Event::Committed(_) | Event::CommitFailed(_)) {
                self.rounds += 1;
            }
            for instruction in self.machine.step(event) {
                events.extend(self.carry_out(instruction).await);
            }
        }
        self.tidy();
        self.show();
    }

    async fn carry_out(&mut self, instruction: Instruction) -> Option<Event> {
        match instruction {
            Instruction::Send { number, exchange } => {
                let begun = self.exchange(number, &exchange).map_err(|failure| not_begun(&failure));
                return self.begin(number, begun);
            }
            Instruction::Upload { number, upload } => {
                let begun = self.upload(number, &upload);
                return self.begin(number, begun);
            }
            Instruction::Commit(commit) => {
                let now_us = self.environment.now_us();
                // No other event comes in between: what is captured meanwhile is told of afterwards
                let committed = self.writer.write_beside(move |store| store.commit(&commit, now_us)).await;
                self.revision += 1;
                let heard = self.listener.changed(self.revision);
                log_platform(heard);
                return Some(match committed {
                    Ok(facts) => Event::Committed(facts),
                    Err(failure) => {
                        tracing::warn!(%failure, "an answer could not be written");
                        Event::CommitFailed(failure.of_commit())
                    }
                });
            }
            Instruction::Wait { at_least_us, at_most_us } => {
                let wait_us = self.environment.between(at_least_us, at_most_us);
                self.timer = Some(Box::pin(timer::after_us(wait_us)));
            }
            Instruction::StopWaiting => self.timer = None,
            Instruction::Wipe => return Some(self.wipe()),
        }
        None
    }

    /// Lets what was begun go on by itself, in place of what went on before.
    fn begin(&mut self, number: u64, begun: Result<Under<Event>, Failure>) -> Option<Event> {
        self.sent.abort_all();
        match begun {
            Ok(under) => {
                self.sent.spawn(under);
                None
            }
            Err(failure) => Some(Event::Failed { number, failure }),
        }
    }

    fn exchange(&self, number: u64, exchange: &Exchange) -> Result<Under<Event>> {
        let (enrolment, bearer) = self.identity()?;
        let moment = self.environment.moment();
        let numbers = exchange.entries.clone();
        // A disk that is full keeps nothing from being sent
        let clock = match self.writer.write({
            let moment = moment.clone();
            move |store| store.clock(&moment)
        }) {
            Err(StoreFailure::DiskFull) => moment.clock,
            clock => clock?,
        };
        let lines = self.writer.read(|store| store.lines(&numbers))?;
        let lines =
            wire::request_lines(exchange, &clock, &lines).map_err(|error| CoreFailure::internal(&error))?;
        let body = wire::compress(lines);
        let mut headers =
            vec![("authorization", bearer), ("content-type", "application/x-ndjson".to_owned())];
        headers.extend(body.encoding.map(|encoding| ("content-encoding", encoding.to_owned())));
        let url = format!("{}/v1/sync", enrolment.server);
        let request = HttpRequest { method: "POST", url, headers, body: body.bytes };
        let transport = self.transport.clone();
        Ok(Box::pin(async move {
            let answer = transport.send(request).await.and_then(|answer| wire::read_exchange(&answer));
            match answer {
                Ok(answer) => Event::Answered { number, sent: clock, answer: Box::new(answer) },
                Err(failure) => Event::Failed { number, failure },
            }
        }))
    }

    fn upload(&self, number: u64, upload: &Upload) -> Result<Under<Event>, Failure> {
        let (enrolment, bearer) = self.identity().map_err(|failure| not_begun(&failure))?;
        let body = self.part(upload)?;
        // No type of the content: the entry says it
        let mut headers = vec![("authorization", bearer)];
        if upload.size_bytes > 0 {
            let last = upload.from_bytes + upload.length_bytes - 1;
            let range = format!("bytes {}-{last}/{}", upload.from_bytes, upload.size_bytes);
            headers.push(("content-range", range));
        }
        let url = format!("{}/v1/uploads/{}", enrolment.server, upload.ticket);
        let request = HttpRequest { method: "PUT", url, headers, body };
        let transport = self.transport.clone();
        Ok(Box::pin(async move {
            let answer = transport.send(request).await.and_then(|answer| wire::read_upload(&answer));
            match answer {
                Ok(received_bytes) => Event::Uploaded { number, received_bytes },
                Err(failure) => Event::Failed { number, failure },
            }
        }))
    }

    fn part(&self, upload: &Upload) -> Result<Vec<u8>, Failure> {
        let body = self.space.read(&upload.hash, upload.from_bytes, upload.length_bytes);
        let body = body.and_then(|body| {
            let whole = body.len() as i64 == upload.length_bytes;
            if whole { Ok(body) } else { Err(io::Error::from(io::ErrorKind::UnexpectedEof)) }
        });
        body.map_err(|error| {
            tracing::warn!(%error, hash = upload.hash, "a file could not be read");
            Failure::FileUnreadable
        })
    }

    fn identity(&self) -> Result<(Enrolment, String)> {
        let enrolment = self.writer.read(crate::store::Store::enrolment)?.ok_or(CoreFailure::NeedsLogin)?;
        let bearer =
            self.secrets.get(enrolment::BEARER).map_err(|failure| CoreFailure::internal(&failure))?;
        let bearer = bearer.ok_or(CoreFailure::NeedsLogin)?;
        Ok((enrolment, format!("Bearer {bearer}")))
    }

    async fn enrol(&self, server: &str, code: &str, device: &Device) -> Result<Enrolment> {
        let server = server.trim().trim_end_matches('/').to_owned();
        let key = self.environment.moment().ids[0].to_string();
        let asked = code.to_owned();
        let key = self.writer.write(move |store| store.begin_enrolment(&asked, &key))?;
        let request = enrolment::redemption(&server, code, device, &key)?;
        let answer = self.transport.send(request).await?;
        let (enrolment, token) = enrolment::read(server, &answer)?;
        // The secret first: an enrolment without it would be of no use, and the code gives the same answer again
        self.secrets.set(enrolment::BEARER, &token).map_err(|failure| CoreFailure::internal(&failure))?;
        let kept = enrolment.clone();
        self.writer.write(move |store| store.enrol(&kept))?;
        Ok(enrolment)
    }

    fn wipe(&mut self) -> Event {
        let all = wipe::remove(self.writer.path(), &*self.space, &*self.secrets);
        let replaced = self.writer.replace_by_stolen();
        if let Err(failure) = &replaced {
            tracing::error!(%failure, "the database of a stolen phone could not be replaced");
        }
        self.revision += 1;
        log_platform(self.listener.changed(self.revision));
        if !all || replaced.is_err() {
            return Event::WipeFailed;
        }
        wipe::end(self.writer.path());
        Event::Wiped
    }

    /// Removes what is old, once a day.
    fn tidy(&mut self) {
        let now_us = self.environment.now_us();
        if now_us.saturating_sub(self.tidied_us) < TIDY_US {
            return;
        }
        match self.writer.write(move |store| store.forget_old(now_us)) {
            Ok(hashes) => {
                self.tidied_us = now_us;
                for hash in hashes {
                    if let Err(error) = self.space.remove(&hash) {
                        tracing::warn!(%error, "a sent file could not be removed");
                    }
                }
            }
            Err(StoreFailure::Paused) => {}
            Err(failure) => tracing::warn!(%failure, "what is old could not be removed"),
        }
    }

    fn show(&self) {
        let book = self.machine.book();
        let state = SyncState {
            access: book.access,
            busy: self.machine.is_busy(),
            trouble: self.machine.trouble().cloned(),
            unsent_entries: book.outbox.len(),
            unsent_files: book.files.len(),
            rounds: self.rounds,
        };
        let changed = self.shown.send_if_modified(|shown| {
            let changed = *shown != state;
            shown.clone_from(&state);
            changed
        });
        if changed {
            log_platform(self.listener.sync_state(&state));
        }
    }
}

/// What came of an exchange or an upload; nothing of one that was given up.
fn come(event: Result<Event, JoinError>) -> Option<Event> {
    match event {
        Ok(event) => Some(event),
        Err(error) if error.is_cancelled() => None,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// The result of what is under way; for ever, while nothing is.
async fn under<T>(slot: &mut Option<Under<T>>) -> T {
    match slot {
        Some(under) => under.await,
        None => std::future::pending().await,
    }
}

/// Why nothing was sent, in the machine's words.
fn not_begun(failure: &CoreFailure) -> Failure {
    match failure {
        CoreFailure::NeedsLogin => Failure::NeedsLogin,
        other => {
            tracing::warn!(failure = %other, "nothing could be sent");
            Failure::Later { retry_after_s: None }
        }
    }
}

fn log_platform(result: Result<(), PlatformFailure>) {
    if let Err(failure) = result {
        tracing::warn!(%failure, "a callback failed");
    }
}
