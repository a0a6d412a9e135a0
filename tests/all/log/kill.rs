//! Real servers are killed at random moments while phones hand in over HTTP.

use std::path::Path;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use campo_protocol::sync::Receipt;
use campo_tests::{
    check,
    http_phone::{Addresses, HttpPhone},
    office,
    process::Server,
    random::Random,
    wait,
    world::{Phone, World},
};
use tempfile::TempDir;
use uuid::Uuid;

use super::WAIT;

const KILLS: usize = 20;
const PHONES: u64 = 6;
const ACCOUNTS: u64 = 2;
const SEED: u64 = 7;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_server_acknowledged_stays_on_sqlite() {
    killed_servers_keep_what_they_acknowledged(World::sqlite().await.unwrap(), 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_killed_replicas_acknowledged_stays_on_postgres() {
    killed_servers_keep_what_they_acknowledged(World::postgres().await.unwrap(), 2).await;
}

async fn killed_servers_keep_what_they_acknowledged(world: World, replicas: usize) {
    let mut phones = Vec::new();
    let mut accounts = Vec::new();
    for number in 0..ACCOUNTS {
        let account = world.account(&format!("acme-{number}")).await.unwrap();
        let ana = account.employee("ZZ1").await.unwrap();
        let task = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
        for _ in 0..PHONES / ACCOUNTS {
            phones.push((account.phone(ana).await.unwrap(), task));
        }
        accounts.push(account.id);
    }
    // Nothing but the servers may have the database open: the last one that closes it would tidy up.
    world.app.db.close().await;
    let folder = TempDir::new().unwrap();
    let mut servers = start(&world, folder.path(), replicas).await;
    let addresses = Addresses::new(servers.iter().map(|server| server.url().to_owned()).collect());
    let (over, delivered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let working: Vec<_> = phones
        .into_iter()
        .zip(0..)
        .map(|((phone, task), number)| {
            let road = HttpPhone::new(&phone.bearer, addresses.clone()).unwrap();
            let work = Work { phone, road, task, chance: Random::part(SEED, number) };
            tokio::spawn(work.hand_in(Arc::clone(&over), Arc::clone(&delivered)))
        })
        .collect();

    let mut chance = Random::new(SEED);
    for _ in 0..KILLS {
        // Some batches later, and then at any moment of the next one
        let wanted = delivered.load(Ordering::Acquire) + chance.within(&(1..=12)) as usize;
        let reached = async || Ok((delivered.load(Ordering::Acquire) >= wanted).then_some(()));
        wait::until("some deliveries", WAIT, reached).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_micros(chance.within(&(0..=20_000)))).await;
        let victim = chance.number() as usize % replicas;
        servers[victim].kill_nine().unwrap();
        servers[victim].start_again().await.unwrap();
        addresses.set(victim, servers[victim].url());
    }
    over.store(true, Ordering::Release);
    let mut receipts: Vec<(i64, Receipt)> = Vec::new();
    let mut failed_tries = 0;
    for task in working {
        let (account, own, failed) = task.await.unwrap();
        receipts.extend(own.into_iter().map(|receipt| (account, receipt)));
        failed_tries += failed;
    }
    assert!(failed_tries > 0, "seed {SEED}: no kill was noticed");
    drop(servers);

    let app = world.replica().await.unwrap();
    for account in accounts {
        let logs = check::log_is_whole(&app, account).await.unwrap();
        let own: Vec<_> = receipts.iter().filter(|one| one.0 == account).map(|one| &one.1).collect();
        own.iter().try_for_each(|receipt| logs.keeps(receipt)).unwrap();
        let of_phones = logs.entries.iter().filter(|entry| entry.installation.is_some()).count();
        assert_eq!(of_phones, own.len(), "seed {SEED}: every entry was acknowledged in the end, and once");
    }
}

async fn start(world: &World, folder: &Path, replicas: usize) -> Vec<Server> {
    let mut servers = Vec::new();
    for _ in 0..replicas {
        servers.push(Server::start(World::environment(&world.url(), folder)).await.unwrap());
    }
    servers
}

struct Work {
    phone: Phone,
    road: HttpPhone,
    task: Uuid,
    chance: Random,
}

impl Work {
    /// Delivers batch after batch. Returns the account, the receipts, and how many tries failed.
    async fn hand_in(
        mut self,
        over: Arc<AtomicBool>,
        delivered: Arc<AtomicUsize>,
    ) -> (i64, Vec<Receipt>, usize) {
        const KINDS: [&str; 4] = ["task.start", "task.suspend", "shift.start", "shift.end"];
        let (mut receipts, mut failed_tries) = (Vec::new(), 0);
        while !over.load(Ordering::Acquire) {
            let more = format!(r#","task":"{}""#, self.task);
            let lines: Vec<Vec<u8>> = (0..self.chance.within(&(1..=8)))
                .map(|_| self.phone.line(KINDS[(self.chance.number() % 4) as usize], &more))
                .collect();
            let one = self.road.deliver(&lines).await.unwrap();
            assert_eq!(one.answer.receipts.len(), lines.len());
            receipts.extend(one.answer.receipts);
            failed_tries += one.failed_tries;
            delivered.fetch_add(1, Ordering::AcqRel);
        }
        (self.phone.account, receipts, failed_tries)
    }
}
