//! Real servers are killed at random moments while they send, and the receiver with them.

use std::time::Duration;

use campo_tests::{process::Server, random::Random, receiver::Receiver, wait, world::World};
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
