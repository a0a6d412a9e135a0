//! Entries a second through `POST /v1/sync`: a real server in a process of its own, a connection for each phone, bodies
//! as phones send them, against the raw insert of the rows that were written.

use std::{sync::Arc, time::Instant};

use anyhow::{Result, ensure};
use campo_mobile_core::{
    machine::event::Exchange,
    wire::{compress, request_lines},
};
use campo_protocol::{
    clock::Clock,
    sync::{Answer, Held, Outcome, Unsent},
};
use tokio::sync::Barrier;

use crate::{
    cast::{self, COMPANIES, Company, Mix},
    cpu::Meter,
    figures::{ROUNDS, TURNS},
    limit::{self, Written},
    load::{self, Phone, Plan},
    report::{Figure, Goal, Round, Side},
    served::Served,
    stage::{Content, Kind, Stage},
    wire::{self, Connection},
};

/// How many entries an exchange has, and how many of them a phone makes.
pub(crate) const SHAPES: [(usize, usize); 3] = [(1, 40), (10, 20), (200, 2)];

/// Entries a second, with so many in an exchange.
pub(crate) async fn figure(kind: Kind, (size, submissions): (usize, usize)) -> Result<Figure> {
    let companies = cast::companies();
    let plan = Plan { accounts: COMPANIES, size, submissions, mix: Mix::Plain };
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(round(kind, &companies, plan).await?);
    }
    Ok(Figure {
        name: format!("sync over HTTP by {size}, {COMPANIES} accounts"),
        database: kind,
        unit: "entries/s",
        beside: "raw insert",
        goal: match (kind, size) {
            (Kind::Sqlite, 200) => Some(Goal::AtLeast(0.3)),
            (Kind::Postgres, 200) => Some(Goal::AtLeast(0.4)),
            _ => None,
        },
        rounds,
    })
}

async fn round(kind: Kind, companies: &[Company], plan: Plan) -> Result<Round> {
    let served = Served::start(Stage::new(kind, Content::Cast).await?).await?;
    let measured = measured(&served, load::phones(companies, plan)).await?;
    let stage = served.end().await?;
    let written = Written::read(&stage).await?;
    drop(stage);
    let group = written.mean_group();
    let limit = limit::run(kind, &written, group, load::phones(companies, plan), TURNS).await?;
    Ok(Round { measured, beside: limit.into(), group: Some(group) })
}

/// The phones hand everything in, each waiting for its receipts before it goes on. Every entry must be applied.
async fn measured(served: &Served, phones: Vec<Phone>) -> Result<Side> {
    let entries: usize = phones.iter().flat_map(|phone| &phone.submissions).map(Vec::len).sum();
    let start = Arc::new(Barrier::new(phones.len() + 1));
    let mut working = Vec::new();
    for phone in phones {
        let (mut connection, held) = begin(served.address(), &phone.bearer).await?;
        let messages = messages(served.address(), &phone, &held)?;
        let start = Arc::clone(&start);
        working.push(tokio::spawn(async move {
            start.wait().await;
            let mut answers = Vec::with_capacity(messages.len());
            for message in messages {
                answers.push(connection.exchange(&message).await?);
            }
            Ok::<_, anyhow::Error>((Instant::now(), answers))
        }));
    }
    let load = Meter::own();
    let (cpu_s, load_cpu_s) = (served.meter.seconds(), load.seconds());
    let started = Instant::now();
    start.wait().await;
    let mut answers = Vec::new();
    let mut ended = started;
    for phone in working {
        let (at, own) = phone.await??;
        ended = ended.max(at);
        answers.extend(own);
    }
    let (cpu_s, load_cpu_s) = (served.meter.since(cpu_s), load.since(load_cpu_s));
    let mut applied = 0;
    for answer in answers {
        let answer: Answer = answer.json()?;
        applied += answer.receipts.iter().filter(|receipt| receipt.outcome == Outcome::Applied).count();
    }
    ensure!(applied == entries, "{applied} of {entries} entries were applied");
    Ok(Side { value: entries as f64 / (ended - started).as_secs_f64(), cpu_s, load_cpu_s })
}

/// Opens a phone's connection, and lets the phone read its view; what it holds then.
pub(crate) async fn begin(address: &str, bearer: &str) -> Result<(Connection, Held)> {
    let mut connection = Connection::open(address).await?;
    let mut held = Held::default();
    loop {
        let message = message(address, bearer, &held, &[])?;
        let answer: Answer = connection.exchange(&message).await?.json()?;
        held.epoch = Some(answer.epoch);
        let Some(view) = answer.view else { return Ok((connection, held)) };
        held.scopes.extend(view.scopes.iter().map(|page| (page.scope, page.position)));
        if !view.more {
            return Ok((connection, held));
        }
    }
}

fn messages(address: &str, phone: &Phone, held: &Held) -> Result<Vec<Vec<u8>>> {
    phone.submissions.iter().map(|lines| message(address, &phone.bearer, held, lines)).collect()
}

/// One exchange as the phone's core writes it.
pub(crate) fn message(address: &str, bearer: &str, held: &Held, lines: &[Vec<u8>]) -> Result<Vec<u8>> {
    let body = compress(plain(held, lines)?);
    let mut headers = vec![("content-type", "application/x-ndjson")];
    headers.extend(body.encoding.map(|encoding| ("content-encoding", encoding)));
    Ok(wire::message("POST /v1/sync", address, bearer, &headers, &body.bytes))
}

/// The body of an exchange before compression.
pub(crate) fn plain(held: &Held, lines: &[Vec<u8>]) -> Result<Vec<u8>> {
    let (view, unsent) = (Some(held.clone()), Unsent::default());
    let exchange = Exchange { view, unsent, files: Vec::new(), entries: Vec::new() };
    let clock = Clock {
        wall_us: campo_server::environment::Environment::system().now_us(),
        monotonic_us: Some(cast::BOOTED_US + 1000),
        boot: Some("b7".to_owned()),
        zone: Some("America/Lima".to_owned()),
        offset_s: Some(-18_000),
        automatic: Some(true),
    };
    Ok(request_lines(&exchange, &clock, lines)?)
}
