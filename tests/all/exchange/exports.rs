//! What leaves as a table, and is taken by `sftp`.

use axum::http::Method;
use campo_server::{access::PermissionName, exchange::take};
use campo_tests::{api::Client, on_both, world::World};
use serde_json::{Value, json};

use super::{Site, created, tasks};

on_both! {
    entries_leave_in_runs_that_follow_each_other_without_a_gap,
    tasks_leave_with_the_customer_s_headings_and_come_back_by_the_same_template,
    a_run_is_due_by_the_clock_of_the_account,
    what_is_wrong_with_an_export_is_named,
}

async fn run(site: &Site, export: &str) -> Value {
    let begun = site.office.post(&format!("/v1/exports/{export}/runs"), &json!({})).await.unwrap();
    assert_eq!(begun.status, 202, "{}", begun.json());
    site.work_off().await;
    let run = site.office.get(begun.header("location")).await.unwrap().json();
    assert!(run["state"] != "making" && run["state"] != "failed", "{run}");
    run
}

async fn content(site: &Site, run: &Value) -> String {
    let path = format!("/v1/export-runs/{}/content", run["id"].as_str().unwrap());
    let answer = site.office.get(&path).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.json());
    String::from_utf8(answer.body).unwrap()
}

async fn entries_leave_in_runs_that_follow_each_other_without_a_gap(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let ana = account.employee("ZZ1001").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let early = phone.line("shift.start", "");
    phone.send(&[early]).await.unwrap();
    let export = json!({
        "code": "jornadas", "name": "Jornadas", "what": "entries", "format": "csv", "key": "code:acme-erp",
        "folder": "jornadas", "file_name": "JORNADAS_{n}.csv",
        "columns": [
            { "heading": "Empleado", "field": "employee" },
            { "heading": "Qué", "field": "kind" },
            { "heading": "Cuándo", "field": "occurred_at", "format": "dd/MM/yyyy" },
        ],
    });
    let export = created(&site.office.post("/v1/exports", &export).await.unwrap());
    let id = export["id"].as_str().unwrap();
    let nothing = run(&site, id).await;
    assert_eq!(
        (&nothing["state"], &nothing["rows"]),
        (&json!("empty"), &json!(0)),
        "what was before is not in it"
    );
    let mut last = nothing["to_position"].clone();
    let kinds = ["break.start", "break.end", "shift.end"];
    for (index, kind) in kinds.into_iter().enumerate() {
        let line = phone.line(kind, "");
        phone.send(&[line]).await.unwrap();
        let made = run(&site, id).await;
        assert_eq!(
            (&made["from_position"], &made["rows"], &made["state"]),
            (&last, &json!(1), &json!("made"))
        );
        last = made["to_position"].clone();
        let text = content(&site, &made).await;
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].ends_with("Empleado,Qué,Cuándo"), "{text}");
        assert!(lines.len() == 2 && lines[1].starts_with(&format!("ZZ1001,{kind},")), "{text}");
        assert_eq!(made["file_name"], format!("JORNADAS_{}.csv", index + 2));
    }
    let (went_well, output) = site.sftp("ls out/jornadas\nget out/jornadas/JORNADAS_4.csv\n").await;
    assert!(went_well && output.contains("JORNADAS_2.csv"), "{output}");
    let taken = std::fs::read_to_string(site.folder.path().join("JORNADAS_4.csv")).unwrap();
    let runs = site.office.get(&format!("/v1/exports/{id}/runs")).await.unwrap().json();
    let states: Vec<_> = runs["items"].as_array().unwrap().iter().map(|run| run["state"].clone()).collect();
    assert_eq!(states, ["taken", "made", "made", "empty"]);
    assert_eq!(taken, content(&site, &runs["items"][0]).await);

    // "Again" is the same, whatever became of the export
    let patch = json!({ "columns": [{ "heading": "x", "field": "note" }] });
    let path = format!("/v1/exports/{id}");
    let answer =
        site.office.call(Method::PATCH, &path, &[("if-match", "\"1\"")], Some(&patch)).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.json());
    let again = format!("/v1/export-runs/{}/again", runs["items"][0]["id"].as_str().unwrap());
    let (went_well, output) = site.sftp("rm out/jornadas/JORNADAS_4.csv\n").await;
    assert!(went_well, "a customer may remove what it took: {output}");
    assert_eq!(site.office.post(&again, &json!({})).await.unwrap().json()["state"], "made");
    let (went_well, output) = site.sftp("get out/jornadas/JORNADAS_4.csv again.csv\n").await;
    assert!(went_well, "{output}");
    assert_eq!(std::fs::read_to_string(site.folder.path().join("again.csv")).unwrap(), taken);
}

async fn tasks_leave_with_the_customer_s_headings_and_come_back_by_the_same_template(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    site.file("in.csv", &tasks(1, 700));
    let (went_well, output) = site.sftp("put in.csv in/in.csv\n").await;
    assert!(went_well, "{output}");
    site.work_off().await;
    assert_eq!(site.tasks().await, 700);
    let export = json!({
        "code": "t", "name": "Tareas", "what": "tasks", "format": "csv", "file_name": "T_{fecha:yyyy}_{n}.csv",
        "columns": [
            { "heading": "Número", "field": "external_number" }, { "heading": "Trabajo", "field": "description" },
        ],
    });
    created(&site.office.post("/v1/exports", &export).await.unwrap());
    let made = run(&site, "code:t").await;
    assert_eq!(made["rows"], 700);
    let text = content(&site, &made).await;
    site.file("back.csv", text.as_bytes());
    let (went_well, output) = site.sftp("put back.csv in/back.csv\n").await;
    assert!(went_well, "{output}");
    site.work_off().await;
    let received = site.received().await;
    let import =
        site.office.get(&format!("/v1/imports/{}", received[1]["import"].as_str().unwrap())).await.unwrap();
    assert_eq!(import.json()["unchanged"], 700, "{}", import.json());

    // As a workbook, with every column that there is
    let export = json!({ "code": "all", "name": "Todo/[x]", "what": "tasks", "file_name": "todo.xlsx" });
    created(&site.office.post("/v1/exports", &export).await.unwrap());
    let made = run(&site, "code:all").await;
    let path = format!("/v1/export-runs/{}/content", made["id"].as_str().unwrap());
    let answer = site.office.get(&path).await.unwrap();
    assert!(answer.body.starts_with(b"PK") && answer.header("content-disposition").contains("todo.xlsx"));
    let viewer = account.key(&[PermissionName::ViewTransfers]).await.unwrap();
    let viewer = Client::new(&account.app, Some(&viewer));
    assert_eq!(viewer.get(&path).await.unwrap().status, 403, "who may not see tasks sees them in a file");
}

async fn a_run_is_due_by_the_clock_of_the_account(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let export = json!({
        "code": "t", "name": "Tareas", "what": "tasks", "file_name": "t{n}.csv", "schedule": "0 7 * * *",
        "format": "csv", "empty_files": true,
    });
    let export = created(&site.office.post("/v1/exports", &export).await.unwrap());
    assert!(export["next_run_at"].as_str().unwrap().ends_with("T12:00:00Z"), "{export}");
    let runs = async || {
        let answer = site.office.get("/v1/exports/code:t/runs").await.unwrap().json();
        answer["items"].as_array().unwrap().len()
    };
    site.work_off().await;
    assert_eq!(runs().await, 0);
    let replica = world.virtual_replica(1).await.unwrap();
    replica.environment.advance(25 * 3600 * 1_000_000);
    for _ in 0..2 {
        take::run(&replica).await.unwrap();
    }
    site.work_off().await;
    assert_eq!(runs().await, 1, "what was missed is made up for once");
}

async fn what_is_wrong_with_an_export_is_named(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    for (field, value, named) in [
        ("file_name", json!("a/b"), "/file_name"),
        ("schedule", json!("every day"), "/schedule"),
        ("key", json!("code:nothing"), "/key"),
        ("folder", json!("a\\b"), "/folder"),
        ("columns", json!([{ "heading": "x", "field": "nothing" }]), "/columns/0/field"),
        ("columns", json!([{ "heading": "", "field": "status" }]), "/columns/0/heading"),
        ("columns", json!([{ "heading": "x", "field": "status", "format": "QQ" }]), "/columns/0/format"),
        ("kinds", json!(["nothing"]), "/kinds/0"),
    ] {
        let mut draft = json!({ "code": "t", "name": "x", "what": "tasks", "file_name": "t.csv" });
        draft[field] = value;
        let answer = site.office.post("/v1/exports", &draft).await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.json()["faults"][0]["field"]), (422, &json!(named)));
    }
    let weak = account.key(&[PermissionName::ManageExchange]).await.unwrap();
    let weak = Client::new(&account.app, Some(&weak));
    let draft = json!({ "code": "t", "name": "x", "what": "tasks", "file_name": "t.csv" });
    let refused = weak.post("/v1/exports", &draft).await.unwrap();
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["parameters"]["permission"]),
        (403, &json!("view_tasks"))
    );
    let fields = site.office.get("/v1/exports/fields?what=entries").await.unwrap().json();
    assert!(fields["items"].as_array().unwrap().len() > 20);
}
