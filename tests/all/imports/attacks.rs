//! Replicas that are killed, race each other or lose a permission: no row is imported twice, and none is lost.

use std::time::Duration;

use axum::http::Method;
use campo_server::{app::App, capabilities, jobs, scheduler::Class};
use campo_tests::{on_both, wait, world::World};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Desk, counts, many, simple};

on_both! {
    a_replica_that_is_gone_between_batches_is_replaced,
    two_replicas_import_ten_thousand_rows_once,
    a_killed_process_goes_on_where_it_was,
    whoever_loses_the_permission_in_the_middle_stops,
    the_same_file_twice_at_once_is_imported_once,
    an_import_can_be_stopped,
    a_replica_that_lost_a_job_writes_nothing_more,
    an_import_holds_up_nobody_elses_writes,
}

/// Does jobs at a replica until it is aborted.
fn work(app: &App) -> tokio::task::JoinHandle<()> {
    let app = app.clone();
    tokio::spawn(async move { jobs::run(&app, capabilities::JOBS).await })
}

/// Runs a statement in the turn behind the batch that is under way: captures go before imports.
async fn between_batches(world: &World, account: i64, sql: &'static str) {
    let mut beside = world.app.log.begin_beside(account, Class::Capture).await.unwrap();
    beside.tx().execute(sql, ()).await.unwrap();
    beside.commit().await.unwrap();
}

fn has_begun(run: &Value) -> bool {
    run["created"].as_i64() > Some(0)
}

fn is_over(run: &Value) -> bool {
    run["finished_at"].is_string()
}

async fn a_replica_that_is_gone_between_batches_is_replaced(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let path = desk.begin("simple", "a.csv", &many(1500)).await;
    let first = work(&world.app);
    desk.until(&path, has_begun).await;
    first.abort();
    drop(first.await);
    let before = desk.get(&path).await;
    assert!(!is_over(&before), "it was too fast for this test: {before}");

    let other = world.virtual_replica(7).await.unwrap();
    let second = work(&other);
    let (db, replica) = (&world.app.db, other.health.replica());
    wait::until("another replica to take over", Duration::from_mins(1), async || {
        // Its clock alone says when the lease of the first is over
        other.environment.advance(1_000_000);
        let holder: Option<(Option<Uuid>,)> =
            db.fetch_optional("select holder from job where account = $1", (account.id,)).await?;
        Ok(holder.is_none_or(|(holder,)| holder == Some(replica)).then_some(()))
    })
    .await
    .unwrap();
    let run = desk.until(&path, is_over).await;
    second.abort();
    assert_eq!((counts(&run), &run["state"]), ([1500, 0, 0, 0], &json!("done")), "{run}");
    assert_eq!(desk.tasks_and_entries().await, (1500, 1500));
}

async fn two_replicas_import_ten_thousand_rows_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let other = world.replica().await.unwrap();
    let both = [work(&world.app), work(&other)];
    let path = desk.begin("simple", "a.csv", &many(10_000)).await;
    let run = desk.until(&path, is_over).await;
    both.iter().for_each(tokio::task::JoinHandle::abort);
    assert_eq!((counts(&run), &run["rows"]), ([10_000, 0, 0, 0], &json!(10_000)), "{run}");
    assert_eq!(desk.tasks_and_entries().await, (10_000, 10_000));
}

async fn a_killed_process_goes_on_where_it_was(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let mut process = world.process(&[("CAMPO_LEASE_S", "2")]).await.unwrap();
    let path = desk.begin("simple", "a.csv", &many(3000)).await;
    for least in [0, 600, 1400] {
        desk.until(&path, |run| run["created"].as_i64() > Some(least) || is_over(run)).await;
        process.kill_nine().unwrap();
        process.start_again().await.unwrap();
    }
    let run = desk.until(&path, is_over).await;
    assert_eq!((counts(&run), &run["state"]), ([3000, 0, 0, 0], &json!("done")), "{run}");
    assert_eq!(desk.tasks_and_entries().await, (3000, 3000));
}

async fn whoever_loses_the_permission_in_the_middle_stops(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let office = Desk::of(&account).await;
    desk.template(simple()).await;
    let path = desk.begin("simple", "a.csv", &many(4000)).await;
    let worker = work(&world.app);
    office.until(&path, has_begun).await;
    let sql = "update access_key set permissions = '[\"run_imports\"]' where id = \
               (select principal_id from import_run)";
    between_batches(&world, account.id, sql).await;
    let run = office.until(&path, is_over).await;
    worker.abort();
    assert_eq!((&run["state"], &run["problem"]["code"]), (&json!("stopped"), &json!("forbidden")), "{run}");
    assert_eq!(run["problem"]["parameters"]["permission"], "manage_tasks");
    let [created, updated, unchanged, refused] = counts(&run);
    assert!(created > 0 && created < 4000 && updated + unchanged + refused == 0, "{run}");
    assert_eq!(office.tasks_and_entries().await, (created, created));
    let pending = office.rows(&run, "pending").await;
    assert_eq!(
        pending[0]["row"].as_i64(),
        Some(created + 2),
        "the first one behind those that were imported"
    );
}

async fn the_same_file_twice_at_once_is_imported_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let other = desk.at(&world.replica().await.unwrap());
    let (path, bytes) = ("/v1/imports?template=code:simple", many(20));
    let (one, two) = tokio::join!(desk.send(path, &bytes), other.send(path, &bytes));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 202]);
    assert_eq!(one.json()["id"], two.json()["id"]);
    // The same request with the same key has the same answer, also when it is asked for again
    let keyed = |key: &'static str| {
        let (desk, bytes) = (desk.clone(), bytes.clone());
        async move {
            let request = axum::http::Request::post("/v1/imports?template=code:simple&again=true")
                .header("idempotency-key", key)
                .body(axum::body::Body::from(bytes));
            desk.client.send(request.unwrap()).await.unwrap().json()["id"].clone()
        }
    };
    let (first, again, third) = (keyed("k1").await, keyed("k1").await, keyed("k2").await);
    assert!(first == again && first != third);
    jobs::work_off(&world.app, capabilities::JOBS).await.unwrap();
    assert_eq!(desk.tasks_and_entries().await, (20, 20));
}

async fn an_import_can_be_stopped(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let path = desk.begin("simple", "a.csv", &many(10)).await;
    assert_eq!(desk.call(Method::DELETE, &path, &[], None).await.status, 204);
    assert_eq!(jobs::work_off(&world.app, capabilities::JOBS).await.unwrap(), 0);
    let run = desk.get(&path).await;
    assert_eq!((&run["state"], &run["problem"]["code"]), (&json!("stopped"), &json!("import_stopped")));
    assert_eq!(desk.call(Method::DELETE, &path, &[], None).await.status, 409);
    assert_eq!(desk.tasks_and_entries().await, (0, 0));
    // What was stopped can be begun anew
    assert_eq!(counts(&desk.import("simple", "a.csv", &many(10)).await), [10, 0, 0, 0]);
}

async fn a_replica_that_lost_a_job_writes_nothing_more(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let path = desk.begin("simple", "a.csv", &many(3000)).await;
    let app = world.app.clone();
    let worker = tokio::spawn(async move { jobs::work_off(&app, capabilities::JOBS).await });
    desk.until(&path, has_begun).await;
    // Another replica thinks that this one is gone, while it is not
    between_batches(&world, account.id, "update job set holder = (select id from access_key limit 1)").await;
    worker.await.unwrap().unwrap();
    assert!(desk.tasks_and_entries().await.0 < 3000, "it was too fast for this test");
    let sql = "update job set holder = null";
    world.meddle(sql, sql).await.unwrap();
    jobs::work_off(&world.app, capabilities::JOBS).await.unwrap();
    let run = desk.get(&path).await;
    assert_eq!((counts(&run), &run["state"]), ([3000, 0, 0, 0], &json!("done")), "{run}");
    assert_eq!(desk.tasks_and_entries().await, (3000, 3000));
}

/// A job that is looked for while another one holds the one write connection of SQLite must not stop that one.
async fn an_import_holds_up_nobody_elses_writes(world: World) {
    let (acme, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    let (large, small) = (Desk::of(&acme).await, Desk::of(&other).await);
    large.template(simple()).await;
    small.template(simple()).await;
    let worker = work(&world.app);
    let path = large.begin("simple", "large.csv", &many(4000)).await;
    large.until(&path, has_begun).await;
    // Each of these wakes the worker, which claims a job while the large import writes
    for number in 0..20 {
        let name = format!("{number}.csv");
        let row = format!("Número;Trabajo\n{number};Trabajo {number}\n");
        let path = small.begin("simple", &name, row.as_bytes()).await;
        small.until(&path, is_over).await;
    }
    let run = large.until(&path, is_over).await;
    assert_eq!((counts(&run), &run["state"]), ([4000, 0, 0, 0], &json!("done")), "{run}");
    let (attempts,): (i64,) =
        world.app.db.fetch_one("select count(*) from job where attempts > 1", ()).await.unwrap();
    assert_eq!(attempts, 0, "a lease was lost");
    worker.abort();
}
