//! Receivers that take a request and never answer: whom that keeps waiting, and whom not.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use campo_server::notifications;
use campo_tests::{
    on_both,
    receiver::{Behaviour, Mode, Receiver},
    wait,
    world::World,
};
use serde_json::json;

use super::{Stage, arrived, done, events};
use crate::identity::all_mighty;

on_both! {
    one_event_that_hangs_holds_up_its_task_alone,
    without_an_order_one_event_that_hangs_holds_up_nothing,
    black_holes_of_one_company_do_not_delay_another,
}

/// Less than the 15 seconds that a request may take.
const SOON: Duration = Duration::from_secs(8);

async fn one_event_that_hangs_holds_up_its_task_alone(world: World) {
    hangs(world, "per_task").await;
}

async fn without_an_order_one_event_that_hangs_holds_up_nothing(world: World) {
    hangs(world, "none").await;
}

async fn hangs(world: World, order: &str) {
    let mut stage = Stage::with(world, Receiver::start().unwrap(), json!({ "order": order })).await;
    let (good, bad) = (stage.task().await, stage.task().await);
    let held = Behaviour { mode: Mode::Held, ..Behaviour::default() }.only(bad.to_string());
    stage.receiver.behave(&held).unwrap();
    let app = stage.world.app.clone();
    let running = tokio::spawn(async move { notifications::run(&app).await });
    // Twice, so that what comes while something hangs leaves, too
    for _ in 0..2 {
        let begun = Instant::now();
        stage.work(bad, "task.start").await;
        stage.work(good, "task.start").await;
        stage.work(good, "task.suspend").await;
        let all = stage.events().await;
        let others: Vec<_> = all.iter().filter(|event| event.key() != bad).cloned().collect();
        wait::until("the others to arrive", SOON, async || arrived(&stage.receiver, &others)).await.unwrap();
        let last = all.last().map(|event| event.position);
        wait::until("what happened to be written", SOON, async || {
            Ok((stage.channel().await["progress"]["position"].as_i64() == last).then_some(()))
        })
        .await
        .unwrap();
        assert!(begun.elapsed() < SOON, "while it hangs");
    }
    let channel = stage.channel().await;
    assert_eq!(channel["progress"]["failures"], 0, "the receiver itself is alive: {channel}");
    assert!(!stage.deliveries().await.is_empty(), "what hangs is listed");
    stage.receiver.behave(&Behaviour::take()).unwrap();
    let all = stage.events().await;
    let whole = Duration::from_mins(1);
    wait::until("every event to arrive", whole, async || arrived(&stage.receiver, &all)).await.unwrap();
    wait::until("the list to be empty", whole, async || {
        Ok(stage.deliveries().await.is_empty().then_some(()))
    })
    .await
    .unwrap();
    running.abort();
}

async fn black_holes_of_one_company_do_not_delay_another(world: World) {
    const HOLES: usize = 20;
    const EVENTS: usize = 31;
    let mut stage = Stage::new(world).await;
    let other = stage.world.account("other").await.unwrap();
    let office = all_mighty(&other).await;
    let mut beto = other.phone(other.employee("ZZ1").await.unwrap()).await.unwrap();
    // The kernel takes connections for it, and nobody ever reads
    let hole = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", hole.local_addr().unwrap());
    let app = stage.world.app.clone();
    let running = tokio::spawn(async move { notifications::run(&app).await });
    let task = stage.task().await;
    let mut medians = Vec::new();
    for holes in [0, HOLES] {
        for number in 0..holes {
            let draft =
                json!({"code": format!("hole-{number}"), "name": "Hole", "url": url, "order": "none"});
            done(&office.post("/v1/channels", &draft).await.unwrap(), 201);
        }
        let mut delays = Vec::new();
        for number in 0..EVENTS {
            let lines: Vec<_> = (0..10).map(|_| beto.line("shift.start", "")).collect();
            beto.send(&lines).await.unwrap();
            let before = stage.events().await.last().map_or(0, |event| event.position);
            let begun = Instant::now();
            stage.work(task, if number % 2 == 0 { "task.start" } else { "task.suspend" }).await;
            let new = events(&stage.world.app, stage.account.id, before).await;
            wait::until("the event to arrive", SOON, async || arrived(&stage.receiver, &new)).await.unwrap();
            delays.push(begun.elapsed());
        }
        delays.sort_unstable();
        medians.push(delays[EVENTS / 2]);
    }
    // A machine that does other things, too, is not what is measured
    let least = Duration::from_millis(50);
    assert!(medians[1] <= 2 * medians[0].max(least), "alone and beside {HOLES} black holes: {medians:?}");
    running.abort();
}
