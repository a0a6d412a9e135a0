//! Lists of tasks.

use axum::http::Method;
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{Office, REFUSED, faults, line_at};

on_both! {
    each_filter_narrows_the_list,
    a_list_is_read_in_pages,
}

fn numbers(page: &Value) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|task| task["task_number"].as_i64().unwrap()).collect()
}

async fn each_filter_narrows_the_list(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let north = office.object("group", "NORTH", None).await;
    let branch = office.object("group", "BRANCH", Some(north)).await;
    office.object("group", "SOUTH", None).await;
    let ana = office.object("employee", "ZZ1", Some(branch)).await;
    let beto = office.object("employee", "ZZ2", None).await;
    for (kind, code) in [("poi", "C-1"), ("task_type", "SUP99"), ("work_order", "50017")] {
        office.object(kind, code, None).await;
    }
    let due = |local: &str| json!({ "local": local, "zone": "America/Lima" });
    for task in [
        json!({ "task_number": 1, "assignments": [{ "employee": ana }], "description": "Reparación 100%" }),
        json!({ "task_number": 2, "assignments": [{ "employee": beto }], "status": "closed", "poi": "code:C-1" }),
        json!({ "task_number": 3, "type": "code:SUP99", "due": due("2030-01-15T18:00:00"), "customer_name": "ÑANDÚ" }),
        json!({ "task_number": 4, "work_order": "code:50017", "due": due("2030-01-16T18:00:00"), "status": "draft" }),
        json!({ "task_number": 5, "external_number": "A_5", "assignments": [{ "employee": ana }, { "employee": beto }] }),
        json!({ "task_number": 6, "assignments": [{ "employee": ana }] }),
        json!({ "task_number": 7 }),
    ] {
        office.task(task).await;
    }
    // Ana has lost 6, and 7 is deleted
    office.ok(Method::PUT, "/v1/tasks/number:6/assignments", Some(json!({ "assignments": [] }))).await;
    let gone = office.get("/v1/tasks/number:7").await["id"].as_str().unwrap().parse().unwrap();
    office.edit(Method::DELETE, gone, None).await;
    let between = account.app.environment.now_us();
    let between = office.account.app.environment.now_us().max(between);
    let mut phone = account.phone(beto).await.unwrap();
    let task = office.get("/v1/tasks/number:3").await["id"].as_str().unwrap().parse().unwrap();
    let line = line_at(&mut phone, "task.start", task, account.app.environment.now_us());
    phone.send(&[line]).await.unwrap();
    let since = serde_json::to_value(campo_server::api::time::Instant(between)).unwrap();
    let changed_after = format!("changed_after={}", since.as_str().unwrap());

    for (query, expected) in [
        ("", &[1, 2, 3, 4, 5, 6][..]),
        ("status=closed", &[2]),
        ("status=closed&status=draft", &[2, 4]),
        ("status=in_progress", &[]),
        ("employee=number:ZZ1", &[1, 5]),
        ("employee=code:ZZ2&status=closed", &[2]),
        ("group=code:NORTH", &[1, 5]),
        ("group=code:BRANCH&q=a_5", &[5]),
        ("group=code:SOUTH", &[]),
        ("type=code:SUP99", &[3]),
        ("poi=number:C-1", &[2]),
        ("work_order=code:50017", &[4]),
        ("due_from=2030-01-15T18:00:00-05:00", &[3, 4]),
        ("due_until=2030-01-16T23:00:00Z", &[3]),
        ("attention=true", &[3]),
        ("attention=true&employee=code:ZZ2", &[]),
        (&changed_after, &[3]),
        ("q=reparacion", &[1]),
        ("q=100%25", &[1]),
        ("q=%25", &[1]),
        ("q=nandu", &[]),
        ("q=%C3%B1andu", &[3]),
        ("q=A_5", &[5]),
        ("q=5", &[5]),
        ("q=%20", &[1, 2, 3, 4, 5, 6]),
    ] {
        let page = office.get(&format!("/v1/tasks?{query}")).await;
        assert_eq!(numbers(&page), expected, "{query}");
    }
    for (query, expected) in [
        ("employee=number:ZZ9", ("/employee", "unknown_reference")),
        ("employee=ZZ1", ("/employee", "invalid_value")),
        ("status=done", ("/status/0", "unknown_value")),
        ("due_from=yesterday", ("/due_from", "invalid_value")),
        ("limit=0", ("/limit", "out_of_range")),
        ("after=x", ("/after", "out_of_range")),
    ] {
        let answer = office.call(Method::GET, &format!("/v1/tasks?{query}"), &[], None).await;
        assert_eq!((answer.status, faults(&answer.json())), (REFUSED, vec![expected]), "{query}");
    }
}

async fn a_list_is_read_in_pages(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    office.post("/v1/tasks/batch", json!({ "tasks": vec![json!({}); 25] })).await;
    let (mut seen, mut path) = (Vec::new(), "/v1/tasks?limit=10".to_owned());
    loop {
        let page = office.get(&path).await;
        seen.push(numbers(&page));
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/tasks?limit=10&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [(1..=10).collect::<Vec<_>>(), (11..=20).collect(), (21..=25).collect()]);
}
