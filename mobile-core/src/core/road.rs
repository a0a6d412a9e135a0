//! The road: carries the machines' instructions out, one thread, one runtime, a lane for each enrolment.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

use super::{
    SyncState,
    enrolment::{Device, Enrolment},
    failure::Result,
    lane::{self, Lane, Under},
    platform::{Listener, PlatformFailure},
    requests::Requests,
    timer, wipe,
};
use crate::{
    machine::{
        commit::Commit,
        event::{Event, Failure, Instruction},
    },
    store::{Store, failure::StoreFailure},
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

pub(super) struct Road {
    /// The first one is that of the current enrolment
    lanes: Vec<Lane>,
    requests: Requests,
    listener: Arc<dyn Listener>,
    shown: watch::Sender<SyncState>,
    rounds: u64,
    revision: u64,
    /// When old things were looked for: wall clock, microseconds since 1970 UTC
    tidied_us: i64,
}

impl Road {
    pub(super) fn new(
        requests: Requests,
        listener: Arc<dyn Listener>,
        shown: watch::Sender<SyncState>,
    ) -> Result<Self> {
        let mut lanes = vec![Lane::current(requests.writer.read(Store::book)?)];
        lanes.extend(requests.writer.read(Lane::of_earlier)?);
        Ok(Self { lanes, requests, listener, shown, rounds: 0, revision: 0, tidied_us: i64::MIN })
    }

    pub(super) async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Event(event)) => self.tell_all(&event).await,
                    Some(Order::Sync { reply }) => {
                        self.tell_all(&Event::SyncRequested).await;
                        // Whoever asked may be gone
                        let _ = reply.send(self.lanes.first().is_some_and(|lane| lane.machine.is_busy()));
                    }
                    Some(Order::Enrol { server, code, device, reply }) => {
                        let enrolled = self.requests.enrol(&server, &code, &device).await;
                        let is_enrolled = enrolled.is_ok();
                        // Whoever asked may be gone; the phone is enrolled all the same
                        let _ = reply.send(enrolled);
                        if is_enrolled {
                            self.logged_in().await;
                        }
                    }
                    Some(Order::End) | None => return,
                },
                (index, event) = lane::next(&mut self.lanes) => self.step(index, event).await,
            }
        }
    }

    /// The lanes are those of the enrolments that the store holds now. What is under way is given up: what it handed in
    /// is handed in again.
    async fn logged_in(&mut self) {
        let read = self.requests.writer.read(|store| Ok((store.book()?, Lane::of_earlier(store)?)));
        let (book, earlier) = match read {
            Ok(read) => read,
            Err(failure) => return tracing::error!(%failure, "the enrolment could not be read"),
        };
        self.lanes.truncate(1);
        self.lanes.iter_mut().for_each(Lane::give_up);
        self.lanes.extend(earlier);
        self.step(0, Event::LoggedIn(Box::new(book))).await;
        for installation in self.earlier() {
            self.step_of(Some(installation), Event::Started).await;
        }
    }

    /// An event that concerns every lane.
    async fn tell_all(&mut self, event: &Event) {
        self.step(0, event.clone()).await;
        for installation in self.earlier() {
            self.step_of(Some(installation), event.clone()).await;
        }
    }

    fn earlier(&self) -> Vec<Uuid> {
        self.lanes.iter().filter_map(|lane| lane.earlier).collect()
    }

    /// A step of a lane that may be over by now.
    async fn step_of(&mut self, earlier: Option<Uuid>, event: Event) {
        if let Some(index) = self.lanes.iter().position(|lane| lane.earlier == earlier) {
            self.step(index, event).await;
        }
    }

    /// One event and what follows from it at once.
    async fn step(&mut self, index: usize, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            let is_round =
                matches!(event, Event::Failed { .. } | Event::Committed(_) | Event::CommitFailed(_));
            if is_round && index == 0 {
                self.rounds += 1;
            }
            let Some(lane) = self.lanes.get_mut(index) else { return };
            for instruction in lane.machine.step(event) {
                events.extend(self.carry_out(index, instruction).await);
            }
        }
        self.end_where_over(index);
        self.tidy();
        self.show();
    }

    async fn carry_out(&mut self, index: usize, instruction: Instruction) -> Option<Event> {
        let lane = self.lanes.get_mut(index)?;
        match instruction {
            Instruction::Send { number, exchange } => {
                let begun = self.requests.exchange(lane.earlier, number, &exchange);
                return begin(lane, number, begun);
            }
            Instruction::Upload { number, upload } => {
                let begun = self.requests.upload(lane.earlier, number, &upload);
                return begin(lane, number, begun);
            }
            Instruction::Wait { at_least_us, at_most_us } => {
                let wait_us = self.requests.environment.between(at_least_us, at_most_us);
                lane.timer = Some(Box::pin(timer::after_us(wait_us)));
            }
            Instruction::StopWaiting => lane.timer = None,
            Instruction::Commit(commit) => {
                let earlier = lane.earlier;
                return Some(self.commit(earlier, commit).await);
            }
            Instruction::Wipe => {
                return Some(match lane.earlier {
                    None => self.wipe(),
                    Some(installation) => self.wipe_earlier(installation),
                });
            }
        }
        None
    }

    async fn commit(&mut self, earlier: Option<Uuid>, commit: Box<Commit>) -> Event {
        let now_us = self.requests.environment.now_us();
        // No other event comes in between: what is captured meanwhile is told of afterwards
        let committed = self.requests.writer.write_beside(move |store| match earlier {
            None => store.commit(&commit, now_us),
            Some(installation) => store.commit_of_earlier(installation, &commit, now_us),
        });
        let committed = committed.await;
        self.changed();
        match committed {
            Ok(facts) => Event::Committed(facts),
            Err(failure) => {
                tracing::warn!(%failure, "an answer could not be written");
                Event::CommitFailed(failure.of_commit())
            }
        }
    }

    fn changed(&mut self) {
        self.revision += 1;
        log_platform(self.listener.changed(self.revision));
    }

    /// Forgets an earlier enrolment of which everything was handed in.
    fn end_where_over(&mut self, index: usize) {
        let Some(lane) = self.lanes.get(index).filter(|lane| lane.is_over()) else { return };
        let Some(installation) = lane.earlier else { return };
        match self.requests.writer.write(move |store| store.end_earlier(installation)) {
            Ok(true) => {
                self.requests.forget_needless_bearers();
                self.lanes.remove(index);
            }
            Ok(false) | Err(StoreFailure::Paused) => {}
            Err(failure) => tracing::warn!(%failure, "an earlier enrolment could not be ended"),
        }
    }

    fn wipe(&mut self) -> Event {
        let Requests { writer, space, secrets, .. } = &self.requests;
        let all = wipe::remove(writer.path(), &**space, &**secrets);
        let replaced = writer.replace_by_stolen();
        if let Err(failure) = &replaced {
            tracing::error!(%failure, "the database of a stolen phone could not be replaced");
        }
        let is_wiped = all && replaced.is_ok();
        if is_wiped {
            wipe::end(writer.path());
        }
        self.lanes.truncate(1);
        self.changed();
        if is_wiped { Event::Wiped } else { Event::WipeFailed }
    }

    /// Removes what is of an earlier enrolment alone; the phone is another's by now.
    fn wipe_earlier(&mut self, installation: Uuid) -> Event {
        let Requests { writer, space, .. } = &self.requests;
        let wiped = wipe::remove_earlier(writer, &**space, installation);
        self.changed();
        match wiped {
            Ok(()) => Event::Wiped,
            Err(failure) => {
                tracing::error!(%failure, "what is of a stolen installation could not be removed");
                Event::WipeFailed
            }
        }
    }

    /// Removes what is old, once a day.
    fn tidy(&mut self) {
        let now_us = self.requests.environment.now_us();
        if now_us.saturating_sub(self.tidied_us) < TIDY_US {
            return;
        }
        match self.requests.writer.write(move |store| store.forget_old(now_us)) {
            Ok(hashes) => {
                self.tidied_us = now_us;
                for hash in hashes {
                    if let Err(error) = self.requests.space.remove(&hash) {
                        tracing::warn!(%error, "a sent file could not be removed");
                    }
                }
            }
            Err(StoreFailure::Paused) => {}
            Err(failure) => tracing::warn!(%failure, "what is old could not be removed"),
        }
    }

    fn show(&self) {
        let Some(current) = self.lanes.first() else { return };
        let books = || self.lanes.iter().map(|lane| lane.machine.book());
        let state = SyncState {
            access: current.machine.book().access,
            busy: current.machine.is_busy(),
            trouble: current.machine.trouble().cloned(),
            unsent_entries: books().map(|book| book.outbox.len()).sum(),
            unsent_files: books().map(|book| book.files.len()).sum(),
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

/// Lets what was begun go on by itself.
fn begin(lane: &mut Lane, number: u64, begun: Result<Under<Event>, Failure>) -> Option<Event> {
    match begun {
        Ok(under) => {
            lane.begin(under);
            None
        }
        Err(failure) => Some(Event::Failed { number, failure }),
    }
}

fn log_platform(result: Result<(), PlatformFailure>) {
    if let Err(failure) = result {
        tracing::warn!(%failure, "a callback failed");
    }
}
