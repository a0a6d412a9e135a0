//! The measured run: phones hand their entries in through `Log::submit`, each waiting for its receipts before it goes
//! on.

use std::{sync::Arc, time::Instant};

use anyhow::{Result, ensure};
use campo_protocol::{
    clock::{Anchor, Clock},
    entry::Frame,
    sync::Outcome,
};
use campo_server::{
    access::{Allowed, Caller, Permissions, Principal, permissions::HandIn},
    app::App,
    log::entry::Incoming,
};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::{
    cast::{self, Company, Mix, PHONES},
    cpu::Meter,
};

/// What a run does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// How many accounts work
    pub(crate) accounts: usize,
    /// How many entries a submission has
    pub(crate) size: usize,
    /// How many submissions each phone makes
    pub(crate) submissions: usize,
    /// What is captured
    pub(crate) mix: Mix,
}

/// What came of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Entries appended in a second
    pub(crate) entries_per_s: f64,
    /// Of this process and of the database's
    pub(crate) cpu_s: Option<f64>,
}

/// A phone with what it has captured.
#[derive(Debug)]
pub(crate) struct Phone {
    account: i64,
    installation: Uuid,
    /// By which the server knows it
    pub(crate) bearer: String,
    /// Lines of JSON, by submission
    pub(crate) submissions: Vec<Vec<Vec<u8>>>,
}

/// The phones of a plan; all bytes are made here, before any clock starts.
pub(crate) fn phones(companies: &[Company], plan: Plan) -> Vec<Phone> {
    (0..PHONES)
        .map(|number| {
            let (company, person) = cast::whose(companies, plan.accounts, number);
            let lines = cast::captured(company, person, plan.mix, plan.submissions * plan.size);
            let submissions = lines.chunks(plan.size).map(<[_]>::to_vec).collect();
            let bearer = cast::bearer(company, person).format();
            Phone { account: company.account, installation: person.installation, bearer, submissions }
        })
        .collect()
}

/// Lets the phones hand everything in, spread over the replicas. Every entry must be applied.
pub(crate) async fn run(apps: &[App], phones: Vec<Phone>, meter: &Meter) -> Result<Pace> {
    let entries: usize = phones.iter().flat_map(|phone| &phone.submissions).map(Vec::len).sum();
    let start = Arc::new(Barrier::new(phones.len() + 1));
    let mut working = Vec::new();
    for (number, phone) in phones.into_iter().enumerate() {
        let (app, start) = (apps[number % apps.len()].clone(), Arc::clone(&start));
        working.push(tokio::spawn(async move {
            start.wait().await;
            hand_in(&app, phone).await
        }));
    }
    let timing = Timing::start(meter, &start).await;
    let mut applied = 0;
    for phone in working {
        applied += phone.await??;
    }
    let pace = timing.end(meter, entries);
    ensure!(applied == entries, "{applied} of {entries} entries were applied");
    Ok(pace)
}

/// Returns how many entries were applied.
async fn hand_in(app: &App, phone: Phone) -> Result<usize> {
    let allowed = allowed(phone.account, phone.installation)?;
    let mut applied = 0;
    for lines in phone.submissions {
        let entries = incoming(app, phone.installation, lines)?;
        let submitted = app.log.submit(&allowed, entries).await?;
        applied += submitted.receipts.iter().filter(|receipt| receipt.outcome == Outcome::Applied).count();
    }
    Ok(applied)
}

/// The proof that a phone may hand in.
pub(crate) fn allowed(account: i64, installation: Uuid) -> Result<Allowed<HandIn>> {
    let principal = Principal::Installation(installation);
    let caller = Caller { account, principal, permissions: Permissions::of_installation() };
    Ok(caller.allow()?)
}

/// Lines as the domain function takes them, read as the exchange with phones reads them.
pub(crate) fn incoming(app: &App, installation: Uuid, lines: Vec<Vec<u8>>) -> Result<Vec<Incoming>> {
    let received_us = app.environment.now_us();
    let clock = Clock {
        wall_us: received_us,
        monotonic_us: Some(cast::BOOTED_US + 1000),
        boot: Some("b7".to_owned()),
        zone: None,
        offset_s: None,
        automatic: None,
    };
    let anchor = Anchor { clock, received_us };
    let principal = Principal::Installation(installation);
    lines
        .into_iter()
        .map(|line| {
            let frame = Frame::read(&line).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
            Ok(Incoming::from_phone(line, &frame, principal, Some(&anchor), received_us, false))
        })
        .collect()
}

/// A clock that started with the phones.
#[derive(Debug)]
pub(crate) struct Timing {
    started: Instant,
    cpu_s: Option<f64>,
}

impl Timing {
    /// Starts when everybody waits at `start`, of whom the caller is the last.
    pub(crate) async fn start(meter: &Meter, start: &Barrier) -> Self {
        let cpu_s = meter.seconds();
        let started = Instant::now();
        start.wait().await;
        Self { started, cpu_s }
    }

    /// The pace since then.
    pub(crate) fn end(self, meter: &Meter, entries: usize) -> Pace {
        let seconds = self.started.elapsed().as_secs_f64();
        Pace { entries_per_s: entries as f64 / seconds, cpu_s: meter.since(self.cpu_s) }
    }
}
