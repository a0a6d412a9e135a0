//! One seed from beginning to end.

use std::{collections::BTreeMap, fmt::Write as _};

use anyhow::{Context as _, Result, bail, ensure};
use campo_mobile_core::{
    machine::event::{Event, Failure},
    wire::{self, HttpAnswer},
};
use campo_protocol::entry::{Entry, Kind};
use uuid::Uuid;

use super::{
    check,
    company::{self, Company, START_US},
    fault::{Fault, Hits},
    network::{Due, Message, Queue},
    office,
    phone::{Ask, PART, Phone},
    server::Server,
    worker,
};
use crate::random::Random;

/// How many phones a seed has.
pub const PHONES: usize = 5;
/// How many steps a seed has.
pub const STEPS: usize = 200;
/// How many faults strike in a seed.
pub const FAULTS: usize = 10;
/// How many things may happen in the quiet time, before it counts as one that never comes.
const QUIET_LIMIT: usize = 2_000;
/// The most requests of the quiet time: what waits takes far fewer, and a phone that asks without need takes more.
const QUIET_REQUESTS: u64 = 400;

/// What a seed was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Everything that happened, a line each: the same seed has the same
    pub trace: Vec<String>,
    /// What struck what
    pub hits: Hits,
    /// How many entries were captured
    pub captured: usize,
    /// What of the work happened how often: entries by their kinds, and what else is worth a number
    pub happened: BTreeMap<String, u64>,
}

/// Plays a seed. An error names the seed and ends with the last lines of the trace.
pub async fn run(seed: u64) -> Result<Report> {
    let company = company::company().await?;
    let mut play = Play::new(company, seed).await?;
    let played = play.whole().await;
    let last = play.trace.iter().rev().take(60).rev().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    });
    played.with_context(|| format!("seed {seed}, after\n{last}"))?;
    let captured = play.phones.iter().map(|phone| phone.journal.len()).sum();
    let happened = play.happened()?;
    Ok(Report { trace: play.trace, hits: play.hits, captured, happened })
}

/// What strikes a message.
#[derive(Debug, Clone, Copy)]
struct Strike {
    fault: Fault,
    /// True when it waits for an upload
    upload: bool,
}

struct Play {
    company: &'static Company,
    server: Server,
    phones: Vec<Phone>,
    queue: Queue,
    random: Random,
    now_us: i64,
    /// What strikes the next message of each phone
    message_faults: Vec<Option<Strike>>,
    /// The server is killed when its next answer has left
    server_dies: bool,
    /// How many requests phones made
    requests: u64,
    /// How many parts of files arrived that were not whole files
    parts: u64,
    /// How many more answers of a phone something in between gives
    portals: Vec<u64>,
    tasks: Vec<Uuid>,
    trace: Vec<String>,
    hits: Hits,
}

impl Play {
    async fn new(company: &'static Company, seed: u64) -> Result<Self> {
        let phones = company
            .phones
            .iter()
            .enumerate()
            .map(|(number, enrolled)| Phone::new(number, enrolled, seed))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            company,
            server: Server::new(company, seed).await?,
            message_faults: vec![None; phones.len()],
            portals: vec![0; phones.len()],
            server_dies: false,
            requests: 0,
            parts: 0,
            phones,
            queue: Queue::default(),
            random: Random::new(seed),
            now_us: START_US,
            tasks: Vec::new(),
            trace: Vec::new(),
            hits: Hits::default(),
        })
    }

    async fn whole(&mut self) -> Result<()> {
        for phone in 0..self.phones.len() {
            self.phones[phone].start()?;
            self.take_asks(phone);
        }
        let mut faults: Vec<usize> = (0..FAULTS).map(|_| self.random.number() as usize % STEPS).collect();
        faults.sort_unstable();
        for step in 0..STEPS {
            let pause_us = self.random.within(&(1..=90)) as i64 * 1_000_000;
            self.pass(self.now_us + pause_us).await?;
            for _ in faults.iter().filter(|at| **at == step) {
                self.strike().await?;
            }
            self.act().await?;
        }
        self.end_faults().await?;
        let before = self.requests;
        self.quiet().await?;
        let asked = self.requests - before;
        ensure!(asked <= QUIET_REQUESTS, "the phones asked {asked} times in the quiet time");
        check::check(&self.server, self.company, &self.phones).await
    }

    /// What of the work happened how often.
    fn happened(&self) -> Result<BTreeMap<String, u64>> {
        let mut happened = BTreeMap::from([("part of a file".to_owned(), self.parts)]);
        for phone in &self.phones {
            let mut before = None;
            for line in &phone.journal {
                let entry: Entry = serde_json::from_slice(&line.bytes)?;
                if entry.kind == Kind::SessionOpen.name()
                    && before.replace(entry.employee).is_some_and(|other| other != entry.employee)
                {
                    *happened.entry("session of another employee".to_owned()).or_default() += 1;
                }
                *happened.entry(entry.kind).or_default() += 1;
            }
        }
        Ok(happened)
    }

    fn note(&mut self, line: &str) {
        let seconds = (self.now_us - START_US) / 1_000_000;
        self.trace.push(format!("{seconds:6} s  {line}"));
    }

    /// A worker or the office does something.
    async fn act(&mut self) -> Result<()> {
        if self.random.chance(15) {
            let decided =
                office::decide(&self.server, self.company, &mut self.tasks, &mut self.random).await?;
            self.note(&format!("the office {decided}"));
            return Ok(());
        }
        if self.random.chance(4) {
            self.server.back_up().await?;
            self.note("a backup");
            return Ok(());
        }
        let number = self.random.number() as usize % self.phones.len();
        let acted = worker::act(&mut self.phones[number], self.company, &mut self.random)?;
        self.note(&format!("phone {number} {acted}"));
        self.take_asks(number);
        Ok(())
    }

    /// Time passes until `until_us`, and what becomes due meanwhile happens.
    async fn pass(&mut self, until_us: i64) -> Result<()> {
        while let Some((at_us, due)) = self.queue.next(until_us) {
            self.turn_clocks(at_us);
            self.happen(due).await?;
        }
        self.turn_clocks(until_us);
        Ok(())
    }

    fn turn_clocks(&mut self, at_us: i64) {
        let passed_us = (at_us - self.now_us).max(0);
        self.now_us += passed_us;
        self.server.environment.advance(passed_us);
        for phone in &mut self.phones {
            phone.clock.advance(passed_us);
            phone.now_us = self.now_us;
        }
    }

    async fn happen(&mut self, due: Due) -> Result<()> {
        match due {
            Due::Arrive(message) => self.arrive(message).await,
            Due::Answer { message, result } => self.answer(&message, &result),
            Due::Timer { phone, life, token } => {
                self.phones[phone].fire(life, token)?;
                self.take_asks(phone);
                Ok(())
            }
            Due::Boot { phone } => {
                self.note(&format!("phone {phone} is started"));
                self.phones[phone].start()?;
                self.take_asks(phone);
                Ok(())
            }
            Due::Online { phone } => self.go_online(phone),
            Due::Room { phone } => Ok(self.phones[phone].store.set_disk_full(false)?),
            Due::Restored { phone } => {
                self.server.set_revoked(self.phones[phone].enrolled.installation, false).await
            }
        }
    }

    fn go_online(&mut self, phone: usize) -> Result<()> {
        self.phones[phone].online = true;
        self.phones[phone].step(Event::NetworkChanged)?;
        self.take_asks(phone);
        Ok(())
    }

    /// What a phone asks of its surroundings begins.
    fn take_asks(&mut self, number: usize) {
        for ask in self.phones[number].take_asks() {
            match ask {
                Ask::Timer { after_us, life, token } => {
                    self.queue.put(self.now_us + after_us, Due::Timer { phone: number, life, token });
                }
                Ask::Send(message) => self.send(number, message),
            }
        }
    }

    fn send(&mut self, number: usize, message: Message) {
        let latency_us = self.random.within(&(20_000..=3_000_000)) as i64;
        let at_us = self.now_us + latency_us;
        if !self.phones[number].online {
            self.queue.put(at_us, Due::Answer { message, result: Err(Failure::Offline) });
            return;
        }
        match self.strike_message(&message, &[Fault::RequestLost, Fault::Twice]) {
            Some(Fault::RequestLost) => {
                self.queue.put(at_us + 30_000_000, Due::Answer { message, result: Err(Failure::Broken) });
            }
            Some(Fault::Twice) => {
                self.queue.put(at_us, Due::Arrive(message.clone()));
                self.queue.put(at_us + latency_us, Due::Arrive(message));
            }
            _ => self.queue.put(at_us, Due::Arrive(message)),
        }
    }

    /// What strikes this message, if it is one of `these`. It strikes once.
    fn strike_message(&mut self, message: &Message, these: &[Fault]) -> Option<Fault> {
        let is_upload = message.clock.is_none();
        let strike = self.message_faults[message.phone].as_ref()?;
        if !these.contains(&strike.fault) || (strike.upload && !is_upload) {
            return None;
        }
        let fault = self.message_faults[message.phone].take()?.fault;
        self.hits.add(fault, message.what);
        Some(fault)
    }

    /// A request reaches the server, or something in between.
    async fn arrive(&mut self, message: Message) -> Result<()> {
        let number = message.phone;
        let at_us = self.now_us + self.random.within(&(20_000..=3_000_000)) as i64;
        if self.portals[number] > 0 {
            self.portals[number] -= 1;
            self.hits.add(Fault::Portal, message.what);
            let page = HttpAnswer {
                status: 200,
                content_type: Some("text/html".to_owned()),
                retry_after_s: None,
                body: b"<html>Bienvenido al hotel</html>".to_vec(),
            };
            self.queue.put(at_us, Due::Answer { message, result: Ok(page) });
            return Ok(());
        }
        self.requests += 1;
        let mut answer = self.server.answer(&message.request).await?;
        if std::mem::take(&mut self.server_dies) {
            self.hits.add(Fault::ServerKilled, message.what);
            self.server.kill().await?;
        }
        self.note(&format!("phone {number}: {} is answered {}", message.what, answer.status));
        self.parts += u64::from(message.what == PART && answer.status == 200);
        let result = match self.strike_message(&message, &[Fault::AnswerLost, Fault::AnswerCut]) {
            Some(Fault::AnswerLost) => Err(Failure::Broken),
            Some(Fault::AnswerCut) => {
                answer.body.truncate(answer.body.len() / 2);
                Ok(answer)
            }
            _ => Ok(answer),
        };
        self.queue.put(at_us, Due::Answer { message, result });
        Ok(())
    }

    /// An answer reaches a phone, unless the process that asked is dead.
    fn answer(&mut self, message: &Message, result: &Result<HttpAnswer, Failure>) -> Result<()> {
        let (phone, number) = (&mut self.phones[message.phone], message.number);
        if phone.life != message.life || !phone.is_alive() {
            return Ok(());
        }
        let event = match (result, &message.clock) {
            (Err(failure), _) => Event::Failed { number, failure: failure.clone() },
            (Ok(answer), Some(clock)) => match wire::read_exchange(answer) {
                Ok(answer) => Event::Answered { number, sent: clock.clone(), answer: Box::new(answer) },
                Err(failure) => Event::Failed { number, failure },
            },
            (Ok(answer), None) => match wire::read_upload(answer) {
                Ok(received_bytes) => Event::Uploaded { number, received_bytes },
                Err(failure) => Event::Failed { number, failure },
            },
        };
        phone.step(event)?;
        self.take_asks(message.phone);
        Ok(())
    }

    /// A fault strikes.
    async fn strike(&mut self) -> Result<()> {
        let fault = Fault::any(&mut self.random);
        let number = self.random.number() as usize % self.phones.len();
        let later_us = self.now_us + self.random.within(&(1..=600)) as i64 * 1_000_000;
        self.note(&format!("fault: {fault} for phone {number}"));
        let doing = self.phones[number].doing();
        let phone = &mut self.phones[number];
        match fault {
            Fault::RequestLost | Fault::AnswerLost | Fault::AnswerCut | Fault::Twice => {
                self.message_faults[number] = Some(Strike { fault, upload: self.random.chance(40) });
                return Ok(());
            }
            Fault::ServerKilled => {
                self.server_dies = true;
                return Ok(());
            }
            Fault::Portal => {
                self.portals[number] += self.random.within(&(1..=4));
                return Ok(());
            }
            Fault::ServerRestart => self.server.restart().await?,
            Fault::ServerRestore => {
                self.server.restore().await?;
                office::forget_lost(&self.server, self.company, &mut self.tasks).await?;
            }
            Fault::PhoneKilled => {
                phone.kill();
                self.queue.put(later_us, Due::Boot { phone: number });
            }
            Fault::DiskFull => {
                phone.store.set_disk_full(true)?;
                self.queue.put(later_us, Due::Room { phone: number });
            }
            Fault::ClockJump => {
                let hours = self.random.within(&(0..=96)) as i64 - 48;
                phone.clock.jump(hours * 3_600_000_000);
            }
            Fault::Reboot => {
                phone.kill();
                phone.clock.reboot();
                self.queue.put(later_us, Due::Boot { phone: number });
            }
            Fault::Revoked => {
                self.server.set_revoked(phone.enrolled.installation, true).await?;
                self.queue.put(later_us, Due::Restored { phone: number });
            }
            Fault::Offline => {
                phone.online = false;
                self.queue.put(later_us, Due::Online { phone: number });
            }
        }
        self.hits.add(fault, doing);
        Ok(())
    }

    /// Nothing goes wrong any more.
    async fn end_faults(&mut self) -> Result<()> {
        self.note("all faults end");
        self.server_dies = false;
        for number in 0..self.phones.len() {
            self.message_faults[number] = None;
            self.portals[number] = 0;
            let phone = &mut self.phones[number];
            phone.store.set_disk_full(false)?;
            phone.online = true;
            self.server.set_revoked(phone.enrolled.installation, false).await?;
            phone.start()?;
            phone.step(Event::NetworkChanged)?;
            self.take_asks(number);
        }
        Ok(())
    }

    /// Waits until every phone has sent everything, then lets each ask once more for what the others did.
    async fn quiet(&mut self) -> Result<()> {
        for _ in 0..3 {
            for number in 0..self.phones.len() {
                self.phones[number].step(Event::SyncRequested)?;
                self.take_asks(number);
            }
            self.until_done().await?;
        }
        Ok(())
    }

    async fn until_done(&mut self) -> Result<()> {
        for _ in 0..QUIET_LIMIT {
            if self.phones.iter().all(Phone::is_done) {
                return Ok(());
            }
            let Some((at_us, due)) = self.queue.next(i64::MAX) else {
                bail!("nothing is under way, and entries wait on a phone")
            };
            self.turn_clocks(at_us);
            self.happen(due).await?;
        }
        bail!("the phones never come to rest")
    }
}
