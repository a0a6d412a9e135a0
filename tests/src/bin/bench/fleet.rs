//! The cost of one change that a thousand phones see, all of them awake: each holds a stream of events open, hears of the
//! change, and makes its exchange.

use std::{sync::Arc, time::Instant};

use anyhow::{Result, ensure};
use campo_protocol::{
    scope::Scope,
    sync::{self, Held},
};
use campo_server::{access::PermissionName, environment::Environment};
use campo_tests::world::{self, Account};
use serde_json::{Value, json};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    cast::{self, Company},
    cpu::Meter,
    figures::ROUNDS,
    report::{Figure, Round, Side},
    served::Served,
    stage::{self, Content, Kind, Stage},
    sync::{begin, message},
    wire::{self, Answer, Connection},
};

const PHONES: usize = 1000;
/// The end of every event.
const EVENT: &[u8] = b"data: 1\n\n";

/// A phone that is awake.
struct Awake {
    bearer: String,
    exchanges: Connection,
    events: Connection,
    held: Held,
}

/// How long all of them take to have a change, and the server's CPU for each, against an exchange of each without news.
pub(crate) async fn figures(kind: Kind) -> Result<[Figure; 2]> {
    let company = cast::fleet(PHONES);
    let stage = Stage::new(kind, Content::Empty).await?;
    let app = world::app(&stage.url(), Environment::system(), &stage::files()?).await?;
    cast::put(&app, 0, &company).await?;
    let account = Account { app: app.clone(), id: company.account };
    let key = account.key(&[PermissionName::ManageDefinitions, PermissionName::ViewDefinitions]).await?;
    app.db.close().await;
    let served = Served::start(stage).await?;
    let mut office = Office::begin(served.address(), key).await?;
    let mut phones = awake(&served, &company).await?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let idle = exchanges(&served, &mut phones, None).await?;
        let change = exchanges(&served, &mut phones, Some(&mut office)).await?;
        rounds.push(Round { measured: change, beside: idle, group: None });
    }
    drop(phones);
    served.end().await?;
    let per_phone = |side: Side| Side::of(side.cpu_s.unwrap_or(f64::NAN) * 1e6 / PHONES as f64);
    let cpu = rounds.iter().map(|round| Round {
        measured: per_phone(round.measured),
        beside: per_phone(round.beside),
        group: None,
    });
    let cpu = cpu.collect();
    let figure = |name: &str, unit, rounds| Figure {
        name: format!("a change that {PHONES} awake phones see, {name}"),
        database: kind,
        unit,
        beside: "idle sync",
        goal: None,
        rounds,
    };
    Ok([figure("all", "ms", rounds), figure("CPU each", "us", cpu)])
}

/// Whoever edits.
struct Office {
    connection: Connection,
    address: String,
    key: String,
    /// Where the item is that is edited
    path: String,
    version: usize,
}

impl Office {
    async fn begin(address: &str, key: String) -> Result<Self> {
        let mut connection = Connection::open(address).await?;
        let item = json!({ "code": "CABLE-5M", "name": "Cable de 5 m", "category": "Cables", "unit": "m" });
        let created = request("POST /v1/catalogue-items", address, &key, &[], &item)?;
        let created: Value = connection.exchange(&created).await?.json()?;
        let path = format!("/v1/catalogue-items/{}", created["id"].as_str().unwrap_or_default());
        Ok(Self { connection, address: address.to_owned(), key, path, version: 1 })
    }

    /// Changes the item; returns when that is committed.
    async fn edit(&mut self) -> Result<()> {
        let (line, version) = (format!("PATCH {}", self.path), format!("\"{}\"", self.version));
        let edit = json!({ "name": format!("Cable de 5 m, edición {}", self.version) });
        let edit = request(&line, &self.address, &self.key, &[("if-match", &version)], &edit)?;
        self.connection.exchange(&edit).await?.json::<Value>()?;
        self.version += 1;
        Ok(())
    }
}

/// A request with a body of JSON.
pub(crate) fn request(
    line: &str,
    address: &str,
    key: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Result<Vec<u8>> {
    let headers = [&[("content-type", "application/json")], headers].concat();
    Ok(wire::message(line, address, key, &headers, &serde_json::to_vec(body)?))
}

/// The phones, each of which has read its view and listens.
async fn awake(served: &Served, company: &Company) -> Result<Vec<Awake>> {
    let mut phones = Vec::new();
    for bearer in cast::bearers(company) {
        let (exchanges, held) = begin(served.address(), &bearer).await?;
        let mut events = Connection::open(served.address()).await?;
        let listen = wire::message("GET /v1/sync/events", served.address(), &bearer, &[], &[]);
        events.until(&listen, EVENT).await?;
        phones.push(Awake { bearer, exchanges, events, held });
    }
    Ok(phones)
}

/// Lets every phone make an exchange: at once, or when it hears of the change that the office makes. In milliseconds
/// from the commit to the last answer.
async fn exchanges(served: &Served, phones: &mut Vec<Awake>, office: Option<&mut Office>) -> Result<Side> {
    let start = Arc::new(Barrier::new(phones.len() + 1));
    let waits_for_event = office.is_some();
    let mut working = JoinSet::new();
    for mut phone in phones.drain(..) {
        let (start, message) = (start.clone(), message(served.address(), &phone.bearer, &phone.held, &[])?);
        working.spawn(async move {
            start.wait().await;
            if waits_for_event {
                phone.events.until(&[], EVENT).await?;
            }
            let answer = phone.exchanges.exchange(&message).await?;
            Ok::<_, anyhow::Error>((phone, answer, Instant::now()))
        });
    }
    let load = Meter::own();
    let (cpu_s, load_cpu_s) = (served.meter.seconds(), load.seconds());
    start.wait().await;
    if let Some(office) = office {
        office.edit().await?;
    }
    let started = Instant::now();
    let mut answered: Vec<(Awake, Answer, Instant)> = Vec::new();
    while let Some(phone) = working.join_next().await {
        answered.push(phone??);
    }
    let (cpu_s, load_cpu_s) = (served.meter.since(cpu_s), load.since(load_cpu_s));
    let ended = answered.iter().map(|(_, _, at)| *at).max().unwrap_or(started);
    for (mut phone, answer, _) in answered {
        let answer: sync::Answer = answer.json()?;
        let pages = answer.view.map(|view| view.scopes).unwrap_or_default();
        let heard = pages.iter().any(|page| page.scope == Scope::Catalogue && page.changes.len() == 1);
        ensure!(heard == waits_for_event, "a phone heard of {} scopes", pages.len());
        phone.held.scopes.extend(pages.iter().map(|page| (page.scope, page.position)));
        phones.push(phone);
    }
    let value = ended.saturating_duration_since(started).as_secs_f64() * 1000.0;
    Ok(Side { value, cpu_s, load_cpu_s })
}
