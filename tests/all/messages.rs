//! Messages between the office and employees.

use axum::http::Method;
use campo_server::access::PermissionName;
use campo_tests::{api::Client, feed::Feed, on_both, world::World};
use serde_json::json;

use crate::tasks::{Office, assert_has, faults};

on_both! {
    messages_reach_phones_and_come_back_in_order,
    whatever_is_wrong_with_a_message_is_named,
}

async fn messages_reach_phones_and_come_back_in_order(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let beto = account.employee("ZZ2").await.unwrap();
    let task = office.task(json!({ "task_number": 7, "assignments": [{ "employee": ana }] })).await;
    let body = json!({ "employees": ["number:ZZ1", beto], "text": "¿Llegaste?", "task": "number:7" });
    let key = [("Idempotency-Key", "m1")];
    let sent = office.call(Method::POST, "/v1/messages", &key, Some(body.clone())).await;
    assert_eq!(sent.status, 201, "{}", sent.json());
    let again = office.call(Method::POST, "/v1/messages", &key, Some(body)).await;
    assert_eq!(again.json(), sent.json());
    for (index, employee) in [ana, beto].into_iter().enumerate() {
        let message = &sent.json()["messages"][index];
        assert_eq!(message["employee"], json!(employee));
        assert_eq!(json!(office.held("message", employee).await), json!([message["id"]]));
    }

    let mut phone = account.phone(ana).await.unwrap();
    let line = phone.line("message", r#","body":{"text":"Sí\u0000"}"#);
    phone.send(&[line]).await.unwrap();
    // her other phone shows what she wrote on this one
    let held = office.held("message", ana).await;
    assert_eq!((held.len(), office.held("message", beto).await.len()), (2, 1));
    let feed = Feed::read(&account.app, account.id).await.unwrap();
    let mut shown: Vec<_> = held.into_iter().map(|id| feed.body(id)).collect();
    shown.sort_by_key(|message| message["sent_us"].as_i64());
    assert_has(&shown[0], &json!({ "direction": "to_employee", "text": "¿Llegaste?", "task": task }));
    assert_has(&shown[1], &json!({ "direction": "from_employee", "text": "Sí\u{FFFD}", "task": null }));
    let with_ana = office.get("/v1/messages?employee=number:ZZ1").await;
    let seen: Vec<_> =
        with_ana["items"].as_array().unwrap().iter().map(|m| (&m["direction"], &m["text"])).collect();
    assert_eq!(
        seen,
        [(&json!("from_employee"), &json!("Sí\u{FFFD}")), (&json!("to_employee"), &json!("¿Llegaste?"))]
    );
    assert_has(&with_ana["items"][1], &json!({ "task": task, "employee": ana }));
    let all = office.get("/v1/messages?limit=2").await;
    let rest = office.get(&format!("/v1/messages?limit=2&after={}", all["next"].as_str().unwrap())).await;
    assert_eq!((all["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (2, 1));
    // a message about a task stands in its history and changes nothing of it
    let history = office.get("/v1/tasks/number:7/history").await;
    assert_eq!(history["items"].as_array().unwrap().len(), 3);
    assert_eq!(office.get("/v1/tasks/number:7").await["attention"], json!(null));
}

async fn whatever_is_wrong_with_a_message_is_named(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    for (body, expected) in [
        (json!({ "employees": [], "text": "a" }), ("/employees", "too_few")),
        (json!({ "employees": [ana], "text": " " }), ("/text", "required")),
        (json!({ "employees": [ana], "text": "a\0" }), ("/text", "text_not_storable")),
        (json!({ "employees": [ana], "text": "a".repeat(20_001) }), ("/text", "too_long")),
        (json!({ "employees": [ana, "code:ZZ9"], "text": "a" }), ("/employees/1", "unknown_reference")),
        (json!({ "employees": [ana, "code:ZZ1"], "text": "a" }), ("/employees/1", "repeated")),
        (json!({ "employees": [ana], "text": "a", "task": "number:7" }), ("/task", "unknown_reference")),
        (json!({ "employees": [ana], "text": "a", "task": "7" }), ("/task", "invalid_value")),
        (json!({ "employees": [ana], "text": "a", "to": 1 }), ("/to", "unknown_field")),
    ] {
        let answer = office.call(Method::POST, "/v1/messages", &[], Some(body.clone())).await;
        assert_eq!(answer.status, 422, "{body}");
        assert_eq!(faults(&answer.json()), [expected], "{body}");
    }
    let other = Office::of(&world.account("other").await.unwrap()).await;
    let answer =
        other.call(Method::POST, "/v1/messages", &[], Some(json!({ "employees": [ana], "text": "a" }))).await;
    assert_eq!(faults(&answer.json()), [("/employees/0", "unknown_reference")]);
    let viewer = account.key(&[PermissionName::ViewMessages]).await.unwrap();
    let viewer = Client::new(&account.app, Some(&viewer));
    assert_eq!(viewer.get("/v1/messages").await.unwrap().json()["items"], json!([]));
    let answer = viewer.post("/v1/messages", &json!({ "employees": [ana], "text": "a" })).await.unwrap();
    assert_eq!(answer.status, 403);
}
