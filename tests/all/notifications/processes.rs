//! Real servers are killed at random moments while they send, and the receiver with them; others end in order.

use std::time::Duration;

use campo_tests::{
    process::Server,
    random::Random,
    receiver::{Behaviour, Mode, Receiver},
    wait,
    world::World,
};
use serde_json::json;

use super::{Stage, arrived, check_arrivals};

const KILLS: usize = 8;
const SEED: u64 = 11;
/// Servers that start again must take over leases that nobody gave back.
const LONG: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_server_was_sending_arrives_on_sqlite() {
    killed_senders_lose_nothing(World::sqlite().await.unwrap(), 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_killed_replicas_were_sending_arrives_on_postgres() {
    killed_senders_lose_nothing(World::postgres().await.unwrap(), 2).await;
}

async fn killed_senders_lose_nothing(world: World, replicas: usize) {
    let mut stage = Stage::with(world, Receiver::start().unwrap(), json!({})).await;
    let mut chance = Random::new(SEED);
    let mut servers: Vec<Server> = Vec::new();
    for _ in 0..replicas {
        servers.push(stage.world.process(&[("CAMPO_LEASE_S", "2")]).await.unwrap());
    }
    let tasks = [stage.task().await, stage.task().await, stage.task().await, stage.task().await];
    for round in 0..KILLS {
        for _ in 0..10 {
            let task = tasks[chance.number() as usize % tasks.len()];
            let kind = if chance.number().is_multiple_of(2) { "task.start" } else { "task.suspend" };
            stage.work(task, kind).await;
        }
        let victim = chance.number() as usize % replicas;
        tokio::time::sleep(Duration::from_micros(chance.within(&(0..=300_000)))).await;
        servers[victim].kill_nine().unwrap();
        if round % 3 == 1 {
            stage.receiver.kill().unwrap();
        }
        servers[victim].start_again().await.unwrap();
        if round % 3 == 1 {
            stage.receiver.up().unwrap();
        }
    }
    let events = stage.events().await;
    wait::until("every event to arrive", LONG, async || arrived(&stage.receiver, &events)).await.unwrap();
    check_arrivals(&stage.receiver, &events, &stage.secret);
    let emptied = async || {
        let progress = stage.channel().await["progress"].clone();
        Ok((progress["waiting"] == 0 && progress["position"] == events.last().unwrap().position)
            .then_some(()))
    };
    wait::until("the channel to be done", LONG, emptied).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_being_sent_when_the_server_ends_on_sqlite_is_sent_once() {
    sent_once_by_a_server_that_ends(World::sqlite().await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_being_sent_when_the_server_ends_on_postgres_is_sent_once() {
    sent_once_by_a_server_that_ends(World::postgres().await.unwrap()).await;
}

async fn sent_once_by_a_server_that_ends(world: World) {
    let mut stage = Stage::with(world, Receiver::start().unwrap(), json!({})).await;
    let mut server = stage.world.process(&[]).await.unwrap();
    let held = Behaviour { mode: Mode::Held, ..Behaviour::default() };
    stage.receiver.behave(&held).unwrap();
    let task = stage.task().await;
    let asked = async || Ok((!stage.receiver.journal()?.is_empty()).then_some(()));
    wait::until("the first request", LONG, asked).await.unwrap();
    stage.work(task, "task.start").await;
    server.signal("TERM").unwrap();
    let said = async || Ok(server.output().contains("asked to end").then_some(()));
    wait::until("the server to be asked to end", LONG, said).await.unwrap();
    stage.receiver.behave(&Behaviour::take()).unwrap();
    assert!(server.ended().await.unwrap().success(), "{}", server.output());
    server.start_again().await.unwrap();
    let events = stage.events().await;
    wait::until("every event to arrive", LONG, async || arrived(&stage.receiver, &events)).await.unwrap();
    let ids: Vec<String> =
        stage.receiver.journal().unwrap().iter().map(|request| request.id().to_owned()).collect();
    assert_eq!(ids.len(), events.len(), "each is sent once: {ids:?}");
    check_arrivals(&stage.receiver, &events, &stage.secret);
}

/// Far longer than the test waits for anything.
const LONG_LEASE_S: &str = "600";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_on_sqlite_that_starts_after_a_kill_waits_for_no_lease_of_the_dead() {
    let world = World::sqlite().await.unwrap();
    let mut stage = Stage::with(world, Receiver::start().unwrap(), json!({})).await;
    let mut server = stage.world.process(&[("CAMPO_LEASE_S", LONG_LEASE_S)]).await.unwrap();
    let task = stage.task().await;
    let events = stage.events().await;
    wait::until("the first events", LONG, async || arrived(&stage.receiver, &events)).await.unwrap();
    server.kill_nine().unwrap();
    stage.work(task, "task.start").await;
    server.start_again().await.unwrap();
    let events = stage.events().await;
    wait::until("the event behind the kill", LONG, async || arrived(&stage.receiver, &events)).await.unwrap();
}
