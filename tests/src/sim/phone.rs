//! A phone: the core's store and machine, driven by hand.

use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use campo_mobile_core::{
    capture::{Captured, failure::CaptureFailure},
    core::{enrolment::Enrolment, transport::HttpRequest},
    environment::Environment,
    machine::{
        Machine,
        event::{Event, Exchange, Instruction, Upload},
    },
    store::{Store, failure::StoreFailure, space::FileSpace as _},
    testing::{MemorySpace, TurnedClock, environment},
    wire,
};
use campo_protocol::clock::Clock;
use uuid::Uuid;

use super::{
    company::{Enrolled, START_US},
    network::Message,
};

/// What a phone asks of its surroundings.
#[derive(Debug)]
pub(super) enum Ask {
    Send(Message),
    /// A timer that fires after so many microseconds, if the token is still that one
    Timer {
        after_us: i64,
        life: u64,
        token: u64,
    },
}

/// What an upload is called that does not bring the whole file.
pub(super) const PART: &str = "part of a file";

/// A line of the journal that is written after a capture returned.
#[derive(Debug, Clone)]
pub(super) struct JournalLine {
    pub(super) id: Uuid,
    pub(super) bytes: Vec<u8>,
    /// When it was captured, by the clock that nobody turns: microseconds since 1970 UTC
    pub(super) at_us: i64,
}

pub(super) struct Phone {
    pub(super) number: usize,
    pub(super) enrolled: Enrolled,
    pub(super) store: Store,
    /// None while the process is dead
    machine: Option<Machine>,
    pub(super) clock: Arc<TurnedClock>,
    pub(super) environment: Environment,
    pub(super) space: MemorySpace,
    pub(super) online: bool,
    pub(super) journal: Vec<JournalLine>,
    /// How often its process was started
    pub(super) life: u64,
    /// The timer that counts; 0 for none
    timer: u64,
    timers: u64,
    pub(super) intents: u64,
    /// The time, by the clock that nobody turns: microseconds since 1970 UTC
    pub(super) now_us: i64,
    asks: Vec<Ask>,
}

impl Phone {
    pub(super) fn new(number: usize, enrolled: &Enrolled, seed: u64) -> Result<Self> {
        let mut store = Store::in_memory()?;
        store.enrol(&Enrolment {
            server: String::new(),
            installation: enrolled.installation,
            company: String::new(),
        })?;
        let clock = TurnedClock::at(START_US);
        let environment = environment(&clock, seed.wrapping_mul(100).wrapping_add(number as u64));
        Ok(Self {
            number,
            enrolled: enrolled.clone(),
            store,
            machine: None,
            clock,
            environment,
            space: MemorySpace::default(),
            online: true,
            journal: Vec::new(),
            life: 0,
            timer: 0,
            timers: 0,
            intents: 0,
            now_us: START_US,
            asks: Vec::new(),
        })
    }

    pub(super) const fn is_alive(&self) -> bool {
        self.machine.is_some()
    }

    /// True when nothing is under way and nothing waits to be sent.
    pub(super) fn is_done(&self) -> bool {
        self.machine.as_ref().is_some_and(|machine| {
            !machine.is_busy() && machine.book().outbox.is_empty() && machine.book().files.is_empty()
        })
    }

    /// What the process is doing, for the statistics.
    pub(super) fn doing(&self) -> &'static str {
        match &self.machine {
            None => "dead",
            Some(machine) if machine.is_busy() => "exchange under way",
            Some(machine) if machine.is_waiting() => "waiting",
            Some(_) => "idle",
        }
    }

    /// The process is killed: all that it had not written is gone.
    pub(super) fn kill(&mut self) {
        self.machine = None;
        self.timer = 0;
        self.asks.clear();
    }

    /// The process is started, with nothing but its store.
    pub(super) fn start(&mut self) -> Result<()> {
        if self.machine.is_none() {
            self.life += 1;
            self.machine = Some(Machine::new(self.store.book()?));
            self.step(Event::Started)?;
        }
        Ok(())
    }

    /// Whatever the machine wants done that this phone cannot do by itself.
    pub(super) fn take_asks(&mut self) -> Vec<Ask> {
        std::mem::take(&mut self.asks)
    }

    pub(super) fn fire(&mut self, life: u64, token: u64) -> Result<()> {
        if life == self.life && token == self.timer && self.is_alive() {
            self.timer = 0;
            self.step(Event::TimerFired)?;
        }
        Ok(())
    }

    /// An event and what follows from it at once. After every step the book is that of the store.
    pub(super) fn step(&mut self, event: Event) -> Result<()> {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            let Some(machine) = &mut self.machine else { return Ok(()) };
            for instruction in machine.step(event) {
                events.extend(self.carry_out(instruction)?);
            }
            self.check()?;
        }
        Ok(())
    }

    fn carry_out(&mut self, instruction: Instruction) -> Result<Option<Event>> {
        match instruction {
            Instruction::Send { number, exchange } => self.send(number, &exchange)?,
            Instruction::Upload { number, upload } => self.upload(number, &upload)?,
            Instruction::Commit(commit) => {
                let now_us = self.environment.now_us();
                return Ok(Some(match self.store.commit(&commit, now_us) {
                    // Nothing here damages what a phone holds
                    Ok(facts) if facts.mismatch => bail!("what the phone holds is not what the server holds"),
                    Ok(facts) => Event::Committed(facts),
                    Err(failure @ StoreFailure::DiskFull) => Event::CommitFailed(failure.of_commit()),
                    Err(other) => return Err(other.into()),
                }));
            }
            Instruction::Wait { at_least_us, at_most_us } => {
                self.timers += 1;
                self.timer = self.timers;
                let after_us = self.environment.between(at_least_us, at_most_us);
                self.asks.push(Ask::Timer { after_us, life: self.life, token: self.timer });
            }
            Instruction::StopWaiting => self.timer = 0,
            Instruction::Wipe => bail!("nobody reported the phone stolen"),
        }
        Ok(None)
    }

    fn send(&mut self, number: u64, exchange: &Exchange) -> Result<()> {
        let clock = self.clock_with_boot()?;
        let lines = self.store.lines(&exchange.entries)?;
        ensure!(lines.len() == exchange.entries.len(), "an entry is gone that has no receipt");
        let body = wire::compress(wire::request_lines(exchange, &clock, &lines)?);
        let mut headers = self.headers();
        headers.extend(body.encoding.map(|encoding| ("content-encoding", encoding.to_owned())));
        let what = match (exchange.entries.is_empty(), exchange.files.is_empty()) {
            (false, _) => "exchange with entries",
            (true, false) => "exchange about files",
            (true, true) => "exchange for the view",
        };
        let request = HttpRequest { method: "POST", url: "/v1/sync".to_owned(), headers, body: body.bytes };
        let message =
            Message { phone: self.number, life: self.life, number, clock: Some(clock), what, request };
        self.asks.push(Ask::Send(message));
        Ok(())
    }

    fn upload(&mut self, number: u64, upload: &Upload) -> Result<()> {
        let body = self.space.read(&upload.hash, upload.from_bytes, upload.length_bytes)?;
        let mut headers = self.headers();
        let last = upload.from_bytes + upload.length_bytes - 1;
        headers.push(("content-range", format!("bytes {}-{last}/{}", upload.from_bytes, upload.size_bytes)));
        let url = format!("/v1/uploads/{}", upload.ticket);
        let what = if upload.length_bytes < upload.size_bytes { PART } else { "whole file" };
        let request = HttpRequest { method: "PUT", url, headers, body };
        let message = Message { phone: self.number, life: self.life, number, clock: None, what, request };
        self.asks.push(Ask::Send(message));
        Ok(())
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        vec![("authorization", format!("Bearer {}", self.enrolled.bearer))]
    }

    /// The clocks of an exchange. A full disk keeps a new clock session from being noted, which costs nothing but an
    /// anchor.
    fn clock_with_boot(&mut self) -> Result<Clock> {
        match self.store.clock(&self.environment.moment()) {
            Ok(clock) => Ok(clock),
            Err(StoreFailure::DiskFull) => Ok(self.environment.moment().clock),
            Err(other) => Err(other.into()),
        }
    }

    fn check(&self) -> Result<()> {
        let Some(machine) = &self.machine else { return Ok(()) };
        if machine.is_busy() {
            return Ok(());
        }
        let (book, stored) = (machine.book(), self.store.book()?);
        ensure!(*book == stored, "the machine believes {book:#?}\nand the store holds {stored:#?}");
        let waits = !book.outbox.is_empty() && book.access.sends();
        ensure!(!waits || machine.is_waiting(), "entries wait, and nothing will send them");
        ensure!(machine.is_waiting() == (self.timer != 0), "the timers of machine and phone differ");
        Ok(())
    }

    /// Writes the journal once a capture returned, and tells the machine. True when it was captured now; a full disk is
    /// told to the worker, and nothing was captured.
    pub(super) fn captured(&mut self, captured: Result<Captured, CaptureFailure>) -> Result<bool> {
        match captured {
            Ok(captured) => {
                let Some(event) = captured.event() else { return Ok(false) };
                self.journal.push(JournalLine { id: captured.id, bytes: captured.bytes, at_us: self.now_us });
                self.step(event)?;
                Ok(true)
            }
            Err(CaptureFailure::Store(StoreFailure::DiskFull) | CaptureFailure::Revoked) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }
}
