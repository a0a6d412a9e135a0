//! An import is one act: counted beforehand, taken back row by row, and imported again.

use axum::http::Method;
use campo_server::access::PermissionName;
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{Desk, counts, many, simple};
use crate::tasks::{Office, assert_has};

on_both! {
    an_import_is_taken_back_and_the_file_imported_again,
    what_went_on_stays_with_its_reason_and_is_told,
    a_large_import_is_taken_back_in_the_background,
    places_that_tasks_brought_go_with_them,
    what_was_withdrawn_is_given_again,
    its_author_or_whoever_may_manage_what_was_made_takes_it_back,
    it_cannot_be_taken_back_before_it_is_over_nor_after_thirty_days,
}

fn act(run: &Value) -> String {
    format!("/v1/acts/{}/undo", run["act"].as_str().unwrap_or_else(|| panic!("{run}")))
}

async fn undo(desk: &Desk, run: &Value) -> Value {
    let answer = desk.call(Method::POST, &act(run), &[], None).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

async fn again(desk: &Desk, run: &Value) -> Value {
    desk.get(&format!("/v1/imports/{}", run["id"].as_str().unwrap())).await
}

async fn an_import_is_taken_back_and_the_file_imported_again(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let office = Office::of(&account).await;
    office.task(json!({ "external_number": "2", "description": "as it was" })).await;
    // The third row says of the first task something else
    let mut file = many(3);
    file.extend_from_slice(b"1;otra vez\n");
    let run = desk.import("simple", "a.csv", &file).await;
    assert_eq!(counts(&run), [2, 2, 0, 0], "{run}");
    assert!(run["undo_until"].is_string(), "{run}");
    let dry = desk.call(Method::POST, &format!("{}?dry_run=true", act(&run)), &[], None).await.json();
    assert_has(
        &dry,
        &json!({ "state": "not_begun", "undone": 3, "went_back": 1, "withdrawn": 2, "stays": 0 }),
    );
    assert_eq!(desk.get("/v1/tasks/external:2").await["description"], "Trabajo 2");
    let undone = undo(&desk, &run).await;
    assert_has(&undone, &json!({ "state": "done", "undone": 3, "went_back": 1, "withdrawn": 2, "kept": [] }));
    assert_eq!(desk.get("/v1/tasks/external:2").await["description"], "as it was");
    assert_eq!(desk.get("/v1/tasks/external:1").await["progress"]["status"], "canceled");
    assert_has(&desk.get(&act(&run)).await, &json!({ "state": "done", "undone": 3, "stays": 0 }));
    assert!(again(&desk, &run).await["undone_at"].is_string());
    assert_eq!(desk.call(Method::POST, &act(&run), &[], None).await.status, 410);
    // It counts as not imported, and its tasks are given again
    let run = desk.import("simple", "a.csv", &file).await;
    assert_eq!((&run["state"], counts(&run)[3]), (&json!("done"), 0), "{run}");
    for (number, description) in [(1, "otra vez"), (2, "Trabajo 2"), (3, "Trabajo 3")] {
        let task = desk.get(&format!("/v1/tasks/external:{number}")).await;
        assert_eq!((&task["progress"]["status"], &task["description"]), (&json!("new"), &json!(description)));
    }
}

async fn what_went_on_stays_with_its_reason_and_is_told(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ANA").await.unwrap();
    let desk = Desk::of(&account).await;
    let mut template = simple();
    template["constants"] = json!({ "employee": "ANA" });
    desk.template(template).await;
    let mut phone = account.phone(ana).await.unwrap();
    let run = desk.import("simple", "a.csv", &many(3)).await;
    let begun = desk.get("/v1/tasks/external:1").await["id"].as_str().unwrap().to_owned();
    let line = phone.line("task.start", &format!(r#","task":"{begun}""#));
    phone.send(&[line]).await.unwrap();
    let edited: uuid::Uuid = desk.get("/v1/tasks/external:2").await["id"].as_str().unwrap().parse().unwrap();
    Office::of(&account).await.edit(Method::PATCH, edited, Some(json!({ "notes": "x" }))).await;
    let undone = undo(&desk, &run).await;
    assert_has(&undone, &json!({ "undone": 1, "withdrawn": 1, "stays": 2 }));
    let reasons: Vec<_> = undone["kept"].as_array().unwrap().iter().map(|one| &one["reason"]).collect();
    assert_eq!(reasons, [&json!("changed_since"), &json!("went_on")], "{undone}");
    assert_eq!(desk.get("/v1/tasks/external:1").await["progress"]["status"], "in_progress");
    let notices = desk.get("/v1/notices").await;
    assert_eq!(notices["items"][0]["kind"], "import_undo_kept", "{notices}");
}

async fn a_large_import_is_taken_back_in_the_background(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let run = desk.import("simple", "a.csv", &many(700)).await;
    let dry = desk.call(Method::POST, &format!("{}?dry_run=true", act(&run)), &[], None).await.json();
    assert_has(&dry, &json!({ "undone": 700, "withdrawn": 700 }));
    let begun = desk.call(Method::POST, &act(&run), &[], None).await;
    assert_eq!((begun.status.as_u16(), &begun.json()["state"]), (202, &json!("running")));
    assert_eq!(again(&desk, &run).await["undoing"], true);
    // Asked again it is the same one
    assert_eq!(desk.call(Method::POST, &act(&run), &[], None).await.json()["act"], begun.json()["act"]);
    desk.work_off().await;
    assert_has(&desk.get(&act(&run)).await, &json!({ "state": "done", "undone": 700, "withdrawn": 700 }));
    let (open,): (i64,) = account
        .app
        .db
        .fetch_one(
            "select count(*) from task_state where account = $1 and status <> 'canceled'",
            (account.id,),
        )
        .await
        .unwrap();
    assert_eq!(open, 0);
    // Taking back can be taken back, too
    let back = format!("/v1/acts/{}/undo", begun.json()["act"].as_str().unwrap());
    assert_eq!(desk.call(Method::POST, &back, &[], None).await.status, 202);
    desk.work_off().await;
    assert_eq!(desk.get("/v1/tasks/external:700").await["progress"]["status"], "new");
}

async fn places_that_tasks_brought_go_with_them(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    account.poi("C-1").await.unwrap();
    let mut template = simple();
    template["unknown_poi"] = json!("create");
    let columns = template["columns"].as_array_mut().unwrap();
    columns.push(json!({ "heading": "Cliente", "field": "poi" }));
    columns.push(json!({ "heading": "Nombre", "field": "poi.name" }));
    desk.template(template).await;
    let before = desk.get("/v1/pois/number:C-1").await["name"].clone();
    let file = "Número;Trabajo;Cliente;Nombre\n1;x;C-1;Otro nombre\n2;x;C-2;Nuevo\n3;x;C-3;Otro\n";
    let run = desk.import("simple", "a.csv", file.as_bytes()).await;
    assert_eq!((counts(&run)[0], &desk.get("/v1/pois/number:C-1").await["name"]), (3, &json!("Otro nombre")));
    let office = Office::of(&account).await;
    office.task(json!({ "external_number": "mine", "poi": "code:C-3" })).await;
    let dry = desk.call(Method::POST, &format!("{}?dry_run=true", act(&run)), &[], None).await.json();
    assert_has(&dry, &json!({ "went_back": 1, "withdrawn": 3, "removed": 1, "stays": 1 }));
    assert_has(&dry["kept"][0], &json!({ "subject_kind": "poi", "reason": "in_use" }));
    assert_eq!(desk.get("/v1/tasks/external:2").await["progress"]["status"], "new", "it was only counted");
    // Things of two kinds are taken back in the background
    assert_eq!(desk.call(Method::POST, &act(&run), &[], None).await.status, 202);
    desk.work_off().await;
    let undone = desk.get(&act(&run)).await;
    assert_has(&undone, &json!({ "went_back": 1, "withdrawn": 3, "removed": 1, "stays": 1 }));
    assert_has(&undone["kept"][0], &json!({ "subject_kind": "poi", "reason": "in_use" }));
    assert_eq!(desk.get("/v1/pois/number:C-1").await["name"], before);
    assert_eq!(desk.call(Method::GET, "/v1/pois/number:C-2", &[], None).await.status, 404);
    let run = desk.import("simple", "a.csv", file.as_bytes()).await;
    assert_eq!((&run["state"], counts(&run)[3]), (&json!("done"), 0), "{run}");
    assert_eq!(desk.get("/v1/pois/number:C-2").await["name"], "Nuevo");
}

async fn what_was_withdrawn_is_given_again(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let mut template = simple();
    template["unlisted"] = json!("withdraw");
    desk.template(template).await;
    desk.import("simple", "a.csv", &many(20)).await;
    let run = desk.import("simple", "b.csv", &many(19)).await;
    assert_eq!(run["withdrawn"], 1, "{run}");
    assert_has(&undo(&desk, &run).await, &json!({ "undone": 1, "went_back": 1 }));
    assert_eq!(desk.get("/v1/tasks/external:20").await["progress"]["status"], "new");
}

async fn its_author_or_whoever_may_manage_what_was_made_takes_it_back(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let run = desk.import("simple", "a.csv", &many(1)).await;
    let runner = Desk::with(&account, &[PermissionName::RunImports]).await;
    let refused = runner.call(Method::POST, &act(&run), &[], None).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["parameters"]["permission"]),
        (403, &json!("manage_tasks"))
    );
    let manager = Desk::with(&account, &[PermissionName::ManageTasks]).await;
    assert_eq!(manager.call(Method::POST, &act(&run), &[], None).await.status, 404);
    let other = Desk::of(&world.account("other").await.unwrap()).await;
    assert_eq!(other.call(Method::POST, &act(&run), &[], None).await.status, 404);
    assert_eq!(other.call(Method::GET, &act(&run), &[], None).await.status, 404);
    let both = Desk::with(&account, &[PermissionName::RunImports, PermissionName::ManageTasks]).await;
    assert_eq!(both.call(Method::POST, &act(&run), &[], None).await.status, 200);
}

async fn it_cannot_be_taken_back_before_it_is_over_nor_after_thirty_days(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let run = desk.import("simple", "a.csv", &many(1)).await;
    let sql = "update act set undo_until_us = null";
    world.meddle(sql, sql).await.unwrap();
    assert_eq!(desk.call(Method::POST, &act(&run), &[], None).await.status, 410);
    let sql = "update act set undo_until_us = created_us + 2592000000000";
    world.meddle(sql, sql).await.unwrap();
    assert_eq!(desk.call(Method::POST, &format!("{}?dry_run=true", act(&run)), &[], None).await.status, 200);
    let sql = "update act set undo_until_us = undo_until_us - 2592000000000 - 1";
    world.meddle(sql, sql).await.unwrap();
    assert_eq!(desk.call(Method::POST, &act(&run), &[], None).await.status, 410);
}
