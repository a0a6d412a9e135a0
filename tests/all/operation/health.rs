//! Health tells the truth, and only to whom it should.

use std::{fs, time::Duration};

use axum::http::Request;
use campo_server::{
    access::PermissionName,
    app::App,
    files::{room::Shares, store::Store},
    health::{Fault, Status, report},
};
use campo_tests::{api::Client, on_both, wait, world::World};
use serde_json::json;

on_both! {
    a_replica_that_cannot_commit_is_not_ready_and_says_why,
    readiness_writes_at_most_once_a_second,
    a_replica_that_ends_is_not_ready,
    a_store_that_takes_no_files_is_our_fault,
    an_almost_full_disk_refuses_files_and_takes_what_phones_captured,
    only_whoever_runs_the_server_sees_the_subsystems_and_the_metrics,
}

async fn status(app: &App, path: &str) -> u16 {
    Client::new(app, None).get(path).await.unwrap().status.as_u16()
}

/// Moves the clock while `request` waits, as a real one would.
async fn with_time<T>(app: &App, request: impl Future<Output = T> + Send + 'static) -> T
where
    T: Send + 'static,
{
    let request = tokio::spawn(request);
    wait::until("the answer", Duration::from_secs(20), async || {
        app.environment.advance(100_000);
        Ok(request.is_finished().then_some(()))
    })
    .await
    .unwrap();
    request.await.unwrap()
}

async fn a_replica_that_cannot_commit_is_not_ready_and_says_why(world: World) {
    let app = world.virtual_replica(1).await.unwrap();
    assert_eq!((status(&app, "/health/ready").await, status(&app, "/health").await), (200, 200));

    // Somebody holds the replica's row, or on SQLite the one write connection.
    let mut tx =
        if app.db.is_sqlite() { app.db.begin().await.unwrap() } else { world.app.db.begin().await.unwrap() };
    tx.execute("update heartbeat set beaten_us = beaten_us", ()).await.unwrap();
    app.environment.advance(2_000_000);
    let asking = app.clone();
    let ready = with_time(&app, async move { status(&asking, "/health/ready").await }).await;
    assert_eq!(ready, 503);
    app.environment.advance(2_000_000);
    let asking = app.clone();
    let health =
        with_time(&app, async move { Client::new(&asking, None).get("/health").await.unwrap() }).await;
    assert_eq!((health.status.as_u16(), health.json()), (503, serde_json::json!({ "status": "failed" })));
    assert_eq!(status(&app, "/health/live").await, 200);

    tx.rollback().await;
    app.environment.advance(2_000_000);
    assert_eq!((status(&app, "/health/ready").await, status(&app, "/health").await), (200, 200));
}

async fn readiness_writes_at_most_once_a_second(world: World) {
    let app = world.virtual_replica(1).await.unwrap();
    let beaten = async || {
        let row: (i64,) = app.db.fetch_one("select max(beaten_us) from heartbeat", ()).await.unwrap();
        row.0
    };
    assert_eq!(status(&app, "/health/ready").await, 200);
    let first_us = beaten().await;
    app.environment.advance(999_999);
    assert_eq!(status(&app, "/health/ready").await, 200);
    assert_eq!(beaten().await, first_us);
    app.environment.advance(1);
    assert_eq!(status(&app, "/health/ready").await, 200);
    assert_eq!(beaten().await, first_us + 1_000_000);
}

async fn a_store_that_takes_no_files_is_our_fault(world: World) {
    let app = world.virtual_replica(1).await.unwrap();
    let files = async || {
        let report = app.health.report(&app).await;
        let finding = report.subsystems.into_iter().find(|finding| finding.name == "files").unwrap();
        (report.status, finding.status, finding.fault, finding.reason)
    };
    assert_eq!(files().await, (Status::Ok, Status::Ok, None, None));
    let folder = world.folder.path().join("files");
    let left: Vec<_> = fs::read_dir(folder.join("0")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|folder| fs::read_dir(folder).unwrap().next().is_none()), "{left:?}");
    // a file stands where the folder was, as when a disk is not mounted; root may write everywhere else
    fs::rename(&folder, world.folder.path().join("away")).unwrap();
    fs::write(&folder, "").unwrap();
    app.environment.advance(2_000_000);
    let expected = (Status::Failed, Status::Failed, Some(Fault::Ours), Some("store_fails"));
    assert_eq!(files().await, expected);
    assert_eq!((status(&app, "/health").await, status(&app, "/health/ready").await), (503, 200));
    fs::remove_file(&folder).unwrap();
    fs::rename(world.folder.path().join("away"), &folder).unwrap();
    app.environment.advance(2_000_000);
    assert_eq!(files().await, (Status::Ok, Status::Ok, None, None));
}

async fn a_replica_that_ends_is_not_ready(world: World) {
    assert_eq!(status(&world.app, "/health/ready").await, 200);
    world.app.health.stop();
    assert_eq!(
        (status(&world.app, "/health/ready").await, status(&world.app, "/health/live").await),
        (503, 200)
    );
}

/// The disk counts as full here however much of it is free.
async fn an_almost_full_disk_refuses_files_and_takes_what_phones_captured(world: World) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::with_shares(folder.path(), Shares::FULL).unwrap();
    let app = App { store, ..world.app.clone() };
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
    let office = Client::new(&app, Some(&account.key(&all).await.unwrap()));
    let template = office.post("/v1/import-templates", &crate::imports::simple()).await.unwrap();
    assert_eq!(template.status, 201, "{}", template.json());
    for path in [
        "/v1/files",
        "/v1/imports?template=code:simple&file_name=a.csv",
        "/v1/imports/drafts?file_name=a.csv",
    ] {
        let upload = Request::post(path).header("content-type", "application/octet-stream");
        let refused = office.send(upload.body("Número;Trabajo\n1;x\n".into()).unwrap()).await.unwrap();
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["code"]),
            (507, &json!("storage_full")),
            "{path}"
        );
    }
    phone.app = app.clone();
    let line = phone.line("shift.start", "");
    let receipts = phone.send(&[line]).await.unwrap().receipts;
    assert_eq!(receipts.len(), 1, "{receipts:?}");
    let report = report(&app).await;
    let found = report.subsystems.iter().find(|finding| finding.name == "files").unwrap();
    assert_eq!((found.status, found.reason), (Status::Failed, Some("storage_full")));
}

async fn only_whoever_runs_the_server_sees_the_subsystems_and_the_metrics(world: World) {
    let account = world.account("acme").await.unwrap();
    let token = "a-secret-of-whoever-runs-this-server";
    let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
    let administrator = account.key(&all).await.unwrap();
    let app = world.app.clone().with_operator_token(Some(token.to_owned().into()));
    let get = async |bearer: Option<&str>, path: &str| Client::new(&app, bearer).get(path).await.unwrap();

    assert_eq!(get(None, "/health").await.json(), serde_json::json!({ "status": "ok" }));
    for path in ["/health", "/metrics"] {
        for bearer in [&administrator, "", "campo_1_knonsense", &token[1..]] {
            assert_eq!(get(Some(bearer), path).await.status, 401, "{bearer} {path}");
        }
        // a server whose settings name no secret shows them to nobody
        let without = Client::new(&world.app, Some(token)).get(path).await.unwrap();
        assert_eq!(without.status, 401, "{path}");
        assert_eq!(get(Some(token), path).await.status, 200, "{path}");
    }
    assert_eq!(get(None, "/metrics").await.status, 401);
    let health = get(Some(token), "/health").await.json();
    let names: Vec<_> =
        health["subsystems"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(["database", "log_queue", "duties", "files"].iter().all(|name| names.contains(name)), "{health}");
    assert_eq!(health["replica"], world.app.health.replica().to_string());

    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let line = phone.line("shift.start", "");
    phone.send(&[line]).await.unwrap();
    let metrics = String::from_utf8(get(Some(token), "/metrics").await.body).unwrap();
    for name in [
        "http_request_duration_seconds_bucket{",
        "campo_statement_seconds_bucket{",
        "campo_group_submissions_bucket{",
        "campo_queue_entries 0",
        "campo_queue_turns ",
        "campo_queue_oldest_seconds ",
        "campo_entries_total ",
        "campo_events_total ",
    ] {
        assert!(metrics.contains(name), "{name} is not in\n{metrics}");
    }
}
