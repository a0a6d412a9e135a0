//! Which phones hold a task.

use axum::http::Method;
use campo_server::tasks::retire;
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Office, line_at};

on_both! {
    phones_hold_exactly_the_tasks_that_their_employees_have,
    long_closed_tasks_are_taken_from_phones_and_nothing_else_changes,
    more_than_one_batch_is_retired,
}

async fn phones_hold_exactly_the_tasks_that_their_employees_have(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let beto = account.employee("ZZ2").await.unwrap();
    let task = office.task(json!({ "assignments": [{ "employee": ana }] })).await;
    let path = format!("/v1/tasks/{task}");
    let list = |employees: &[Uuid]| {
        let one = |employee| json!({ "employee": employee });
        json!({ "assignments": employees.iter().map(one).collect::<Vec<_>>() })
    };
    for (method, at, body, holders) in [
        (Method::GET, path.clone(), None, &[ana][..]),
        (Method::PUT, format!("{path}/assignments"), Some(list(&[beto])), &[beto]),
        (Method::PUT, format!("{path}/assignments"), Some(list(&[ana, beto])), &[ana, beto]),
        (Method::POST, format!("{path}/status"), Some(json!({ "status": "draft" })), &[]),
        (Method::PUT, format!("{path}/assignments"), Some(list(&[ana])), &[]),
        (Method::POST, format!("{path}/status"), Some(json!({ "status": "new" })), &[ana]),
        (Method::POST, format!("{path}/status"), Some(json!({ "status": "canceled" })), &[ana]),
        (Method::PUT, format!("{path}/assignments"), Some(list(&[])), &[]),
        (Method::PUT, format!("{path}/assignments"), Some(list(&[ana, beto])), &[ana, beto]),
        (Method::DELETE, path.clone(), None, &[]),
    ] {
        let version = [("If-Match", "\"1\"")];
        let answer = office.call(method, &at, &version, body.clone()).await;
        assert!(answer.status.is_success(), "{at} {body:?} {}", answer.json());
        for employee in [ana, beto] {
            let expected = if holders.contains(&employee) { vec![task] } else { vec![] };
            assert_eq!(office.held("task", employee).await, expected, "{at} {body:?}");
        }
        assert_eq!(totals(&office, ana).await, holders.iter().filter(|h| **h == ana).count() as i64);
    }
    // what phones are sent is the office part with the progress, as it stands
    let (other,) =
        (office.task(json!({ "task_number": 9, "notes": "a", "assignments": [{ "employee": ana }] })).await,);
    office.edit(Method::PATCH, other, Some(json!({ "notes": "b" }))).await;
    let mut phone = account.phone(ana).await.unwrap();
    let line = line_at(&mut phone, "task.start", other, account.app.environment.now_us());
    phone.send(&[line]).await.unwrap();
    let body = body(&office, other).await;
    assert_eq!((&body["version"], &body["notes"]), (&json!(2), &json!("b")));
    assert_eq!(body["progress"]["status"], "in_progress");
    assert_eq!(body["progress"]["assignments"], json!([{ "employee": ana, "role": "lead" }]));
}

async fn long_closed_tasks_are_taken_from_phones_and_nothing_else_changes(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let app = &account.app;
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let has = json!([{ "employee": ana }]);
    let open = office.task(json!({ "assignments": has })).await;
    let closed = office.task(json!({ "assignments": has, "status": "closed" })).await;
    let nobodys = office.task(json!({ "status": "closed" })).await;
    let mut both = vec![open, closed];
    both.sort_unstable();
    let later_us = app.environment.now_us() + 1;
    let week_ago_us = retire::closed_before_us(app, account.id).await.unwrap();
    assert!((later_us - week_ago_us - 7 * 86_400_000_000).abs() < 60_000_000);

    assert_eq!(retire::retire(app, account.id, week_ago_us).await.unwrap(), 0);
    assert_eq!(office.held("task", ana).await, both);
    let shown = async || {
        let mut shown = office.get(&format!("/v1/tasks/{closed}")).await;
        let phones = shown.as_object_mut().unwrap().remove("phones");
        (shown, phones.is_some())
    };
    let before = shown().await;
    assert!(before.1);
    assert_eq!(retire::retire(app, account.id, later_us).await.unwrap(), 1);
    assert_eq!(retire::retire(app, account.id, later_us).await.unwrap(), 0);
    assert_eq!(office.held("task", ana).await, [open]);
    assert_eq!(shown().await, (before.0, false));
    assert_eq!(
        office.get(&format!("/v1/tasks/{nobodys}/history")).await["items"].as_array().unwrap().len(),
        1
    );

    // what arrives for it is judged as ever, and does not bring it back
    let line = line_at(&mut phone, "form", closed, app.environment.now_us());
    let receipt = phone.send(&[line]).await.unwrap().receipts.remove(0);
    assert_eq!(receipt.reason.as_deref(), Some("after_office_close"));
    office.edit(Method::PATCH, closed, Some(json!({ "notes": "x" }))).await;
    assert_eq!(office.held("task", ana).await, [open]);

    // opened again it is shown again, also when it is closed once more
    for (status, held) in [("in_progress", &both[..]), ("closed", &both)] {
        office.post(&format!("/v1/tasks/{closed}/status"), json!({ "status": status })).await;
        assert_eq!(office.held("task", ana).await, held, "{status}");
    }
    assert_eq!(retire::retire(app, account.id, later_us).await.unwrap(), 0);
    assert_eq!(retire::retire(app, account.id, app.environment.now_us() + 1).await.unwrap(), 1);
    assert_eq!(office.held("task", ana).await, [open]);
}

async fn more_than_one_batch_is_retired(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    for _ in 0..2 {
        let row = json!({ "status": "not_done", "assignments": [{ "employee": ana }] });
        office.post("/v1/tasks/batch", json!({ "tasks": vec![row; 300] })).await;
    }
    assert_eq!(office.held("task", ana).await.len(), 600);
    let now_us = account.app.environment.now_us() + 1;
    assert_eq!(retire::retire(&account.app, account.id, now_us).await.unwrap(), 600);
    assert_eq!((office.held("task", ana).await.len(), totals(&office, ana).await), (0, 0));
}

/// How many objects the employee's scope has, by its own count.
async fn totals(office: &Office, employee: Uuid) -> i64 {
    let rows: Vec<(i64,)> = office
        .account
        .app
        .db
        .fetch_all(
            "select objects from scope where account = $1 and scope = $2",
            (office.account.id, format!("employee/{employee}")),
        )
        .await
        .unwrap();
    // the employee's own card is there besides
    rows.first().map_or(0, |row| row.0 - 1)
}

async fn body(office: &Office, task: Uuid) -> Value {
    let (body,): (Vec<u8>,) = office
        .account
        .app
        .db
        .fetch_one(
            "select body from change_body where account = $1 and kind = 'task' and id = $2",
            (office.account.id, task),
        )
        .await
        .unwrap();
    serde_json::from_slice(&body).unwrap()
}
