//! Notifications reach real receivers, in spite of them.

mod channels;
mod failures;
mod filters;
mod hanging;
mod office_track;
mod outside;
mod processes;
mod programs;
mod retries;
mod sending;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use anyhow::Result;
use campo_server::{app::App, notifications};
use campo_tests::{
    api::{Answer, Client},
    office,
    receiver::{Receiver, Request},
    wait,
    world::{Account, Phone, World},
};
use serde_json::{Value, json};
use sqlx::FromRow;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::identity::{all_mighty, done};

const WAIT: Duration = Duration::from_mins(1);

/// A company with a worker, a channel and its receiver.
struct Stage {
    world: World,
    account: Account,
    office: Client,
    phone: Phone,
    receiver: Receiver,
    /// The secret of the channel `erp`
    secret: String,
    /// The position of the last event before the channel was made
    before: i64,
}

impl Stage {
    /// With a receiver that takes everything.
    async fn new(world: World) -> Self {
        Self::with(world, Receiver::start().unwrap(), json!({})).await
    }

    /// With this receiver, and a channel that has these members besides.
    async fn with(world: World, receiver: Receiver, more: Value) -> Self {
        let account = world.account("acme").await.unwrap();
        let office = all_mighty(&account).await;
        let ana = account.employee("ZZ1").await.unwrap();
        let phone = account.phone(ana).await.unwrap();
        let mut draft = json!({"code": "erp", "name": "ERP", "url": receiver.url()});
        draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let created = done(&office.post("/v1/channels", &draft).await.unwrap(), 201);
        let secret = created["secret"].as_str().unwrap().to_owned();
        let before = created["progress"]["position"].as_i64().unwrap();
        Self { world, account, office, phone, receiver, secret, before }
    }

    /// A new task of the worker.
    async fn task(&self) -> Uuid {
        office::create_task(&self.world.app, self.account.id, &[self.phone.employee]).await.unwrap()
    }

    /// Lets the worker capture something about a task.
    async fn work(&mut self, task: Uuid, kind: &str) {
        let line = self.phone.line(kind, &format!(r#","task":"{task}""#));
        self.phone.send(&[line]).await.unwrap();
    }

    /// The channel as it is shown.
    async fn channel(&self) -> Value {
        done(&self.office.get("/v1/channels/code:erp").await.unwrap(), 200)
    }

    /// What is listed as not delivered or waiting.
    async fn deliveries(&self) -> Vec<Value> {
        let answer = self.office.get("/v1/channels/code:erp/deliveries?limit=500").await.unwrap();
        done(&answer, 200)["items"].as_array().unwrap().clone()
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.office.post(&format!("/v1/channels/code:erp/{path}"), body).await.unwrap()
    }

    /// The events since the channel was made.
    async fn events(&self) -> Vec<Happened> {
        events(&self.world.app, self.account.id, self.before).await
    }

    /// Waits until the receiver has taken every event, and checks how.
    async fn all_arrive(&self, sending: &Sending) {
        let events = self.events().await;
        sending.until("every event to arrive", async || arrived(&self.receiver, &events)).await;
        check_arrivals(&self.receiver, &events, &self.secret);
    }
}

/// An event of the log.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Happened {
    pub(crate) position: i64,
    id: Uuid,
    subject: Uuid,
    task: Option<Uuid>,
    employee: Option<Uuid>,
}

impl Happened {
    /// Within what it keeps order.
    fn key(&self) -> Uuid {
        self.task.or(self.employee).unwrap_or(self.subject)
    }
}

/// The events of the account behind a position that a channel gets which names none, in order.
pub(crate) async fn events(app: &App, account: i64, after: i64) -> Vec<Happened> {
    app.db
        .fetch_all(
            "select e.position, e.id, e.subject, n.task, n.employee from event e \
             left join entry n on n.account = e.account and n.position = e.entry \
             where e.account = $1 and e.position > $2 and e.kind in ('entry.added', 'entry.complete', \
             'task.created', 'task.changed', 'task.deleted') order by e.position",
            (account, after),
        )
        .await
        .unwrap()
}

/// Something when the receiver has taken each event at least once.
pub(crate) fn arrived(receiver: &Receiver, events: &[Happened]) -> Result<Option<()>> {
    let taken: BTreeSet<String> = receiver.taken()?.iter().map(|request| request.id().to_owned()).collect();
    Ok(events.iter().all(|event| taken.contains(&event.id.to_string())).then_some(()))
}

/// What was taken are these events and no others; each was signed, had the same bytes on every try, and was taken for
/// the first time after those before it of the same key.
pub(crate) fn check_arrivals(receiver: &Receiver, events: &[Happened], secret: &str) {
    let journal = receiver.journal().unwrap();
    let known: HashMap<String, &Happened> =
        events.iter().map(|event| (event.id.to_string(), event)).collect();
    let mut bodies: HashMap<&str, &str> = HashMap::new();
    let mut last: BTreeMap<Uuid, i64> = BTreeMap::new();
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    for request in &journal {
        let event = known.get(request.id()).unwrap_or_else(|| panic!("nobody knows {request:?}"));
        assert!(request.is_signed_with(secret).unwrap(), "{request:?}");
        let body = bodies.entry(request.id()).or_insert(&request.body);
        assert_eq!(*body, request.body, "another body on another try");
        assert_eq!(request.json().unwrap()["id"], request.id());
        if request.taken && taken.insert(request.id()) {
            let before = last.insert(event.key(), event.position).unwrap_or(0);
            assert!(before < event.position, "{} was taken after {before}", event.position);
        }
    }
    assert_eq!(taken.len(), events.len());
}

/// A replica that sends, with a clock of its own that the test moves.
pub(crate) struct Sending {
    app: App,
    task: JoinHandle<()>,
}

impl Sending {
    pub(crate) async fn start(world: &World, seed: u64) -> Self {
        Self::of(world.virtual_replica(seed).await.unwrap())
    }

    /// One that is set up as the test needs it.
    pub(crate) fn of(app: App) -> Self {
        let running = app.clone();
        Self { app, task: tokio::spawn(async move { notifications::run(&running).await }) }
    }

    /// Moves the clock in small steps until `condition` gives something.
    pub(crate) async fn until<T>(&self, what: &str, condition: impl AsyncFnMut() -> Result<Option<T>>) -> T {
        self.until_by(250_000, what, condition).await
    }

    /// The same in steps of so many microseconds: small ones where something outside answers by its own clock, and must
    /// not seem to hang.
    pub(crate) async fn until_by<T>(
        &self,
        step_us: i64,
        what: &str,
        mut condition: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> T {
        wait::until(what, WAIT, async || {
            self.app.environment.advance(step_us);
            condition().await
        })
        .await
        .unwrap()
    }

    /// Moves the clock in small steps by so much.
    async fn pass(&self, seconds: i64) {
        let end_us = self.app.environment.monotonic_us() + seconds * 1_000_000;
        self.until(
            "time to pass",
            async || Ok((self.app.environment.monotonic_us() >= end_us).then_some(())),
        )
        .await;
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The ids of requests, in order.
fn ids(requests: &[Request]) -> Vec<String> {
    requests.iter().map(|request| request.id().to_owned()).collect()
}
