//! One phone: a store in memory, the machine over it, and what is under way.

use campo_protocol::entry::Frame;
use rusqlite::Connection;
use serde_json::json;
use uuid::Uuid;

use super::server::Server;
use crate::{
    core::enrolment::Enrolment,
    environment::PlatformClock as _,
    machine::{
        Machine, Wipe,
        commit::Commit,
        event::{CommitFailure, Event, Exchange, Failure, Instruction, Upload},
    },
    store::{
        Store,
        entries::{self, NewEntry, NewFile},
    },
    testing::TurnedClock,
    wire,
};

pub(super) const INSTALLATION: Uuid = Uuid::from_u128(77);

/// What was sent and not answered yet.
#[derive(Debug, Clone)]
pub(super) enum Sent {
    Exchange { number: u64, bytes: Vec<u8>, exchange: Exchange },
    Upload { number: u64, upload: Upload },
}

pub(super) struct Phone {
    pub(super) store: Store,
    pub(super) machine: Machine,
    pub(super) sent: Option<Sent>,
    /// The wait that is armed: least and most
    pub(super) armed: Option<(i64, i64)>,
    /// The next commits fail
    pub(super) failing: Option<CommitFailure>,
    pub(super) wipes_that_fail: usize,
    /// Commits wait until [`Phone::write`]
    pub(super) slow: bool,
    pub(super) writing: Option<Box<Commit>>,
    pub(super) exchanges: usize,
    pub(super) now_us: i64,
    captured: u128,
}

impl Phone {
    pub(super) fn new() -> Self {
        let mut store = Store::in_memory().unwrap();
        let enrolment =
            Enrolment { server: String::new(), installation: INSTALLATION, company: String::new() };
        store.enrol(&enrolment).unwrap();
        let machine = Machine::new(store.book().unwrap());
        let mut phone = Self {
            store,
            machine,
            sent: None,
            armed: None,
            failing: None,
            wipes_that_fail: 0,
            slow: false,
            writing: None,
            exchanges: 0,
            now_us: 0,
            captured: 0,
        };
        phone.step(Event::Started);
        phone
    }

    /// A phone that made its first exchange.
    pub(super) fn connected(server: &mut Server) -> Self {
        let mut phone = Self::new();
        phone.settle(server);
        phone
    }

    /// One event and everything that follows from it on the phone.
    pub(super) fn step(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for instruction in self.machine.step(event) {
                events.extend(self.carry_out(instruction));
            }
            self.check();
        }
    }

    fn carry_out(&mut self, instruction: Instruction) -> Option<Event> {
        match instruction {
            Instruction::Send { number, exchange } => {
                let lines = self.store.lines(&exchange.entries).unwrap();
                assert_eq!(lines.len(), exchange.entries.len());
                let clock = TurnedClock::at(1).read();
                let bytes = wire::request_lines(&exchange, &clock, &lines).unwrap();
                self.exchanges += 1;
                self.sent = Some(Sent::Exchange { number, bytes, exchange });
            }
            Instruction::Upload { number, upload } => self.sent = Some(Sent::Upload { number, upload }),
            Instruction::Commit(commit) if self.slow => self.writing = Some(commit),
            Instruction::Commit(commit) => return Some(self.commit(&commit)),
            Instruction::Wait { at_least_us, at_most_us } => {
                assert!(at_least_us <= at_most_us);
                self.armed = Some((at_least_us, at_most_us));
            }
            Instruction::StopWaiting => self.armed = None,
            Instruction::Wipe if self.wipes_that_fail > 0 => {
                self.wipes_that_fail -= 1;
                return Some(Event::WipeFailed);
            }
            Instruction::Wipe => {
                self.store = Store::in_memory().unwrap();
                self.store.note_stolen().unwrap();
                return Some(Event::Wiped);
            }
        }
        None
    }

    fn commit(&mut self, commit: &Commit) -> Event {
        match self.failing {
            Some(failure) => Event::CommitFailed(failure),
            None => Event::Committed(self.store.commit(commit, self.now_us).unwrap()),
        }
    }

    /// The commit that waited is made.
    pub(super) fn write(&mut self) {
        let commit = self.writing.take().expect("nothing waits to be written");
        let event = self.commit(&commit);
        self.step(event);
    }

    /// Holds after every step.
    fn check(&self) {
        // What could not be wiped counts for nothing any more
        if !self.machine.is_busy() && self.machine.wipe == Wipe::NotDue {
            assert_eq!(self.machine.book(), &self.store.book().unwrap());
        }
        assert_eq!(self.machine.is_waiting(), self.armed.is_some());
        let waits = !self.machine.book().outbox.is_empty() && self.machine.book().access.sends();
        let goes_on = self.machine.is_busy() || self.armed.is_some() || self.machine.paused;
        let waits = waits || !self.machine.book().files.is_empty() && self.machine.book().access.sends();
        assert!(!waits || goes_on, "entries or files wait, and nothing will send them");
    }

    /// A new entry; returns its id.
    pub(super) fn capture(&mut self) -> Uuid {
        self.capture_line(None, None)
    }

    pub(super) fn capture_line(&mut self, line: Option<Vec<u8>>, file: Option<(&str, i64)>) -> Uuid {
        self.captured += 1;
        let id = Uuid::from_u128(1000 + self.captured);
        let sequence = self.captured as i64;
        let bytes = line.unwrap_or_else(|| {
            serde_json::to_vec(&json!({ "id": id, "installation": INSTALLATION, "sequence": sequence }))
                .unwrap()
        });
        let id = Frame::read(&bytes).map_or(id, |frame| frame.id);
        let new = NewEntry {
            id,
            installation: INSTALLATION,
            sequence,
            kind: "shift.start",
            employee: None,
            session: None,
            task: None,
            hash: campo_protocol::entry::hash(&bytes),
            bytes,
            captured_us: sequence,
            at_us: sequence,
            intent: sequence.to_string(),
        };
        let connection: &Connection = self.store.read();
        let (number, entry) = entries::insert(connection, &new).unwrap();
        let files = file.and_then(|(hash, size_bytes)| {
            let new = NewFile { hash: hash.to_owned(), size_bytes, media_type: None };
            Some((hash.to_owned(), entries::insert_file(connection, INSTALLATION, number, &new).unwrap()?))
        });
        let files = files.into_iter().collect();
        self.step(Event::Captured { installation: INSTALLATION, number, entry, files });
        id
    }

    /// The server takes what was sent, and its answer arrives.
    pub(super) fn deliver(&mut self, server: &mut Server) {
        match self.sent.take() {
            Some(Sent::Exchange { number, bytes, exchange }) => {
                let event = if exchange.entries.len() > server.most_lines {
                    Event::Failed { number, failure: Failure::TooLarge }
                } else {
                    let answer = Box::new(server.answer(&bytes));
                    Event::Answered { number, sent: TurnedClock::at(1).read(), answer }
                };
                self.step(event);
            }
            Some(Sent::Upload { number, upload }) => {
                let file = server.files.get_mut(&upload.hash).filter(|file| file.0 == upload.from_bytes);
                let Some(file) = file else {
                    return self.step(Event::Failed { number, failure: Failure::TicketLost });
                };
                file.0 += upload.length_bytes;
                let received_bytes = (file.0 < file.1).then_some(file.0);
                self.step(Event::Uploaded { number, received_bytes });
            }
            None => panic!("nothing was sent"),
        }
    }

    /// What was sent, or its answer, is lost on the way.
    pub(super) fn lose(&mut self, failure: Failure) {
        let Some(Sent::Exchange { number, .. } | Sent::Upload { number, .. }) = self.sent.take() else {
            panic!("nothing was sent")
        };
        self.step(Event::Failed { number, failure });
    }

    /// The process is killed and started again.
    pub(super) fn restart(&mut self) {
        self.machine = Machine::new(self.store.book().unwrap());
        self.sent = None;
        self.armed = None;
        self.writing = None;
        self.step(Event::Started);
    }

    pub(super) fn fire(&mut self) {
        assert!(self.armed.take().is_some(), "no timer is armed");
        self.step(Event::TimerFired);
    }

    /// Goes on until nothing is left to do.
    pub(super) fn settle(&mut self, server: &mut Server) {
        self.step(Event::SyncRequested);
        for _ in 0..1000 {
            if self.writing.is_some() {
                self.write();
            } else if self.sent.is_some() {
                self.deliver(server);
            } else if self.machine.book().outbox.is_empty() && self.machine.book().files.is_empty() {
                return;
            } else {
                self.fire();
            }
        }
        panic!("it never ends: {:?}", self.machine);
    }

    /// The bytes of the outbox's entries are at the server, and the phone holds what the server holds.
    pub(super) fn assert_agrees(&self, server: &Server) {
        for (scope, objects) in &server.scopes {
            let expected = server.live(scope);
            let held = self.store.objects(scope, "thing").unwrap();
            let held: Vec<_> =
                held.into_iter().map(|one| (one.id, String::from_utf8(one.body).unwrap())).collect();
            assert_eq!(held, expected, "{scope} {objects:?}");
        }
        let scopes: Vec<_> = self.store.all_objects().unwrap().into_iter().map(|one| one.0).collect();
        assert!(scopes.iter().all(|scope| server.scopes.contains_key(scope)));
        for entry in self.store.all_entries().unwrap() {
            assert_eq!(entry.state, "settled");
            assert_eq!(server.entries.get(&entry.id), Some(&entry.bytes));
        }
    }
}
