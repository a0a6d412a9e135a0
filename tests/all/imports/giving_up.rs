//! An import that Campo fails at again and again: it ends, and says of each row what became of it.

use campo_server::{
    access::{Caller, Duty, permissions::RunImports},
    capabilities, jobs,
    problem::{Code, Problem},
    scheduler::Class,
};
use campo_tests::{on_both, world::World};
use serde_json::json;
use uuid::Uuid;

use super::{Desk, counts, many, simple};

on_both! {
    every_row_of_an_import_that_is_given_up_has_an_outcome,
    a_job_that_finds_the_queue_full_is_not_given_up,
}

/// More attempts than a job has, also when it gets on between them and they are counted anew.
const ATTEMPTS: usize = 40;

/// Does what can be done, time and again, without the rests between.
async fn work(world: &World, kinds: &'static [jobs::Kind]) {
    for _ in 0..ATTEMPTS {
        jobs::work_off(&world.app, kinds).await.unwrap();
        let sql = "update job set run_at_us = 0";
        world.meddle(sql, sql).await.unwrap();
    }
}

async fn every_row_of_an_import_that_is_given_up_has_an_outcome(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let path = desk.begin("simple", "a.csv", &many(700)).await;
    // A row stands there already that nobody can read, so that the file's own is not staged
    let id = path.rsplit('/').next().unwrap();
    let sql = format!(
        "insert into import_row (account, run, number, cells, outcome, faults) \
         select account, id, 500, 'spoilt', 'pending', '[]' from import_run where account = {}",
        account.id
    );
    world.meddle(&sql, &sql).await.unwrap();
    work(&world, capabilities::JOBS).await;
    let run = desk.get(&path).await;
    assert_eq!(
        (&run["id"], &run["state"], &run["rows"]),
        (&json!(id), &json!("failed"), &json!(700)),
        "{run}"
    );
    assert_eq!(run["problem"]["code"], "internal", "{run}");
    // The rows from 2 to 499; one at a time once there is trouble
    assert_eq!(counts(&run), [498, 0, 0, 0], "{run}");
    assert_eq!(desk.tasks_and_entries().await, (498, 498));
    let sql = "update import_row set cells = '[]' where cells = 'spoilt'";
    world.meddle(sql, sql).await.unwrap();
    let waiting = desk.rows(&run, "pending").await;
    let numbers: Vec<i64> = waiting.iter().map(|row| row["row"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (500..=701).collect::<Vec<_>>());
    let file = desk.call(axum::http::Method::GET, &format!("{path}/outcomes.csv"), &[], None).await;
    assert_eq!(String::from_utf8_lossy(&file.body).matches("Not imported").count(), numbers.len());
}

/// A job that never gets a turn.
const BUSY: jobs::Kind = jobs::Kind {
    name: "busy",
    format: 1,
    work: jobs::Work::Computes,
    run: |_, _| Box::pin(async { Err(Problem::new(Code::QueueFull)) }),
    give_up: |_, _| Box::pin(async { panic!("it was given up") }),
};

async fn a_job_that_finds_the_queue_full_is_not_given_up(world: World) {
    let account = world.account("acme").await.unwrap();
    let allowed = Caller::duty(account.id, Duty::EndJobs).allow::<RunImports>().unwrap();
    let mut write = world.app.log.begin(&allowed, Class::Import).await.unwrap();
    jobs::enqueue(&mut write, &BUSY, "busy", Uuid::from_u128(1), &json!({})).await.unwrap();
    write.commit().await.unwrap();
    work(&world, &[BUSY]).await;
    let (attempts, problem): (i64, String) = world
        .app
        .db
        .fetch_one("select attempts, problem from job where account = $1", (account.id,))
        .await
        .unwrap();
    assert_eq!((attempts, problem.as_str()), (0, "queue_full"));
}
