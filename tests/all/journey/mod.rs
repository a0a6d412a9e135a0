//! The whole road on real parts: a spreadsheet becomes tasks, phones do them, a customer's endpoint hears of everything,
//! and the office asks for the day. Servers, phones and the endpoint are processes that are killed at random moments,
//! and the network between phones and servers is cut, slow or gone for a while.
//!
//! The oracle stands outside: each phone keeps a journal of what it captured, the endpoint one of what it was sent. At
//! the end the journals, the server's log and what the API shows must say the same.
//!
//! `JOURNEY_SEEDS=100` plays more seeds, `JOURNEY_FIRST=4711` begins with another one.

mod check;
mod company;
mod incident;
mod phone;

use std::time::Duration;

use anyhow::{Context as _, Result};
use campo_tests::{
    process::Server,
    random::Random,
    receiver::{Behaviour, Receiver},
    wait,
    world::World,
};

use self::{company::Company, incident::Incident, phone::PhoneProcess};

/// How many seeds are played on each database unless the environment says otherwise.
const SEEDS: u64 = 10;
/// How often something goes wrong in a seed, two things at a time.
const ROUNDS: usize = 5;
/// Processes that start again must take over leases that nobody gave back, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_on_the_road_through_one_server_on_sqlite() {
    for seed in seeds() {
        play(World::sqlite().await.unwrap(), 1, seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_on_the_road_through_two_servers_on_postgres() {
    for seed in seeds() {
        play(World::postgres().await.unwrap(), 2, seed).await;
    }
}

fn seeds() -> std::ops::Range<u64> {
    let setting =
        |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number of seeds"));
    let first = setting("JOURNEY_FIRST").unwrap_or(1);
    first..first + setting("JOURNEY_SEEDS").unwrap_or(SEEDS)
}

async fn play(world: World, replicas: usize, seed: u64) {
    let played = async {
        let mut road = Road::open(world, replicas, seed).await?;
        let import = road.company.import(road.servers[0].url()).await?;
        for round in 0..ROUNDS {
            road.trouble().await.with_context(|| format!("round {round}"))?;
        }
        road.end_day(&import).await?;
        check::check(&road, &import).await
    };
    played.await.unwrap_or_else(|error| panic!("seed {seed}: {error:?}"));
}

/// Everything that is on the road.
struct Road {
    world: World,
    company: Company,
    servers: Vec<Server>,
    phones: Vec<PhoneProcess>,
    receiver: Receiver,
    random: Random,
}

impl Road {
    /// Starts every process.
    async fn open(world: World, replicas: usize, seed: u64) -> Result<Self> {
        let receiver = Receiver::start()?;
        let mut servers = Vec::new();
        for _ in 0..replicas {
            servers.push(world.process(&[("CAMPO_LEASE_S", "2")]).await?);
        }
        let company = Company::found(&world, servers[0].url(), &receiver).await?;
        let mut phones = Vec::new();
        for (number, code) in company.codes.iter().enumerate() {
            let server = number % replicas;
            let target = servers[server].address().parse()?;
            phones.push(PhoneProcess::start(target, server, code, company.form, seed).await?);
        }
        Ok(Self { world, company, servers, phones, receiver, random: Random::new(seed) })
    }

    /// Two things go wrong at once, and are mended after a while.
    async fn trouble(&mut self) -> Result<()> {
        let incidents = [
            Incident::any(&mut self.random, self.servers.len(), self.phones.len()),
            Incident::any(&mut self.random, self.servers.len(), self.phones.len()),
        ];
        for incident in incidents {
            // At a moment that nothing announces
            tokio::time::sleep(Duration::from_micros(self.random.within(&(0..=300_000)))).await;
            incident.strike(self)?;
        }
        tokio::time::sleep(Duration::from_micros(self.random.within(&(0..=500_000)))).await;
        for incident in incidents {
            incident.mend(self).await?;
        }
        Ok(())
    }

    /// Waits until the import is done, says that the day is over, and waits until every phone has ended well and the
    /// endpoint has everything.
    async fn end_day(&mut self, import: &str) -> Result<()> {
        let server = self.servers[0].url().to_owned();
        let company = &self.company;
        wait::until("the import", PATIENCE, async || {
            let run = company.get(&server, import).await?;
            Ok(run["finished_at"].is_string().then_some(()))
        })
        .await?;
        for phone in &self.phones {
            phone.end_day()?;
        }
        for (number, phone) in self.phones.iter_mut().enumerate() {
            phone.ended().await.with_context(|| format!("phone {number}"))?;
        }
        self.receiver.behave(&Behaviour::take())?;
        wait::until("every event to arrive", PATIENCE, async || {
            crate::notifications::arrived(&self.receiver, &self.company.events(&self.world).await)
        })
        .await
    }
}
