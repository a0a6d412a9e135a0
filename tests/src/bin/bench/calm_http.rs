//! A calm account beside a noisy one, over HTTP: its phone, whoever reads its tasks, and whoever makes some.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use campo_server::access::PermissionName;
use campo_tests::world::Account;
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    calm::{AT_ONCE, NOISY_ENTRIES, NOISY_PHONES, SUBMISSIONS, paced_p99_ms},
    cast::{self, Company, Mix},
    fleet::request,
    report::{Figure, Goal, Round, Side},
    served::Served,
    stage::{Content, Kind, Stage},
    sync::{begin, message},
    wire::{self, Connection},
};

/// What the noisy account has ready to hand in: more than is taken from it while it is measured.
const NOISY_MESSAGES: usize = 16_000;
/// How often it is measured: the fourth longest of 400 waits differs more from round to round than a rate does.
const ROUNDS: usize = 7;
const WHAT: [&str; 3] = ["sync", "reading", "writing"];

/// All but one in a hundred waits of a calm account are below this: of an exchange, of reading and of writing.
type Waits = [f64; 3];

/// How much longer it waits while another account is at its limits.
pub(crate) async fn figures(kind: Kind) -> Result<Vec<Figure>> {
    let companies = cast::companies();
    let mut rounds: [Vec<Round>; 3] = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        let stage = Stage::new(kind, Content::Cast).await?;
        let keys = keys(&stage, &companies).await?;
        let served = Served::start(stage).await?;
        let alone = waits_ms(&served, &companies[1], &keys[0]).await?;
        let noise = Noise::start(&served, &companies[0]).await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let beside = waits_ms(&served, &companies[2], &keys[1]).await?;
        noise.end().await.context("the noisy account")?;
        served.end().await?;
        for (rounds, (measured, beside)) in rounds.iter_mut().zip(beside.into_iter().zip(alone)) {
            rounds.push(Round { measured: Side::of(measured), beside: Side::of(beside), group: None });
        }
    }
    let figure = |(what, rounds): (&str, Vec<Round>)| Figure {
        name: format!("p99 of a calm account's {what} over HTTP"),
        database: kind,
        unit: "ms",
        beside: "alone",
        goal: Some(Goal::AtMost(2.0)),
        rounds,
    };
    Ok(WHAT.into_iter().zip(rounds).map(figure).collect())
}

/// The keys of the two calm accounts.
async fn keys(stage: &Stage, companies: &[Company]) -> Result<Vec<String>> {
    let app = stage.app().await?;
    let mut keys = Vec::new();
    for company in &companies[1..3] {
        let account = Account { app: app.clone(), id: company.account };
        keys.push(account.key(&[PermissionName::ViewTasks, PermissionName::ManageTasks]).await?);
    }
    app.db.close().await;
    Ok(keys)
}

async fn waits_ms(served: &Served, company: &Company, key: &str) -> Result<Waits> {
    let address = served.address();
    let (bearer, lines) = cast::phone(company, 0, Mix::Plain, SUBMISSIONS);
    let (phone, held) = begin(address, &bearer).await?;
    let exchanges: Vec<_> =
        lines.into_iter().map(|line| message(address, &bearer, &held, &[line])).collect::<Result<_>>()?;
    let reads = vec![wire::message("GET /v1/tasks", address, key, &[], &[]); SUBMISSIONS];
    let writes: Vec<_> = (0..SUBMISSIONS)
        .map(|number| {
            let task =
                json!({ "description": format!("Cambiar medidor {number}"), "customer_name": "Rosa Flores" });
            request("POST /v1/tasks", address, key, &[], &task)
        })
        .collect::<Result<_>>()?;
    let (reader, writer) = (Connection::open(address).await?, Connection::open(address).await?);
    let waits = tokio::try_join!(p99_ms(phone, exchanges), p99_ms(reader, reads), p99_ms(writer, writes))?;
    Ok(waits.into())
}

/// How long all but one in a hundred answers take, one request every 20 ms.
async fn p99_ms(mut connection: Connection, messages: Vec<Vec<u8>>) -> Result<f64> {
    paced_p99_ms(messages, async |message| {
        let status = connection.exchange(&message).await?.status;
        ensure!((200..300).contains(&status), "the calm account was answered {status}");
        Ok(())
    })
    .await
}

/// An account that hands in as much as is taken from it.
struct Noise {
    shared: Arc<Shared>,
    senders: JoinSet<Result<usize>>,
}

struct Shared {
    over: AtomicBool,
    messages: Vec<Vec<u8>>,
    /// How many of them were taken
    taken: AtomicUsize,
}

impl Noise {
    async fn start(served: &Served, company: &Company) -> Result<Self> {
        let mut messages = Vec::with_capacity(NOISY_MESSAGES);
        for phone in 0..NOISY_PHONES {
            let count = NOISY_MESSAGES / NOISY_PHONES;
            let (bearer, lines) = cast::phone(company, phone, Mix::Silent, count * NOISY_ENTRIES);
            let (_, held) = begin(served.address(), &bearer).await?;
            for lines in lines.chunks(NOISY_ENTRIES) {
                messages.push(message(served.address(), &bearer, &held, lines)?);
            }
        }
        let shared = Arc::new(Shared { over: AtomicBool::new(false), messages, taken: AtomicUsize::new(0) });
        let mut senders = JoinSet::new();
        for sender in 0..NOISY_PHONES * AT_ONCE {
            let (connection, shared) = (Connection::open(served.address()).await?, Arc::clone(&shared));
            senders.spawn(async move { send(connection, &shared, sender).await });
        }
        Ok(Self { shared, senders })
    }

    /// Ends it. An error if it was never told that it was at its limits.
    async fn end(mut self) -> Result<()> {
        self.shared.over.store(true, Ordering::Relaxed);
        let mut refused = 0;
        while let Some(sender) = self.senders.join_next().await {
            refused += sender??;
        }
        ensure!(refused > 0, "it was never refused");
        Ok(())
    }
}

/// Hands in until it is over; returns how often it was refused.
async fn send(mut connection: Connection, shared: &Shared, sender: usize) -> Result<usize> {
    let mut refused = 0;
    while !shared.over.load(Ordering::Relaxed) {
        let number = shared.taken.fetch_add(1, Ordering::Relaxed);
        let message = shared.messages.get(number).context("more was taken from it than it had ready")?;
        while !shared.over.load(Ordering::Relaxed) {
            let status = connection.exchange(message).await?.status;
            if status == 200 {
                break;
            }
            ensure!(status == 429, "it was answered {status}");
            refused += 1;
            // the Retry-After that it was told, and the jitter of a phone
            tokio::time::sleep(Duration::from_millis(1000 + sender as u64 % 1000)).await;
        }
    }
    Ok(refused)
}
