//! The log of calls: what customers' systems asked and were answered, without secrets.

use campo_server::access::PermissionName;
use campo_tests::{api::Client, on_both, world::World};
use serde_json::json;

use crate::soap::Customer;

on_both! {
    calls_of_both_kinds_are_found_and_shown_without_secrets,
    what_is_not_of_a_customers_system_is_not_kept,
}

async fn calls_of_both_kinds_are_found_and_shown_without_secrets(world: World) {
    let customer = Customer::of(&world, "acme").await;
    customer.office.post("/v1/tasks", json!({ "task_number": 7, "description": "Ñandú" })).await;
    let refused = customer
        .office
        .call(axum::http::Method::POST, "/v1/tasks", &[], Some(json!({ "task_number": 7 })))
        .await;
    assert_eq!(refused.status, 409);
    customer.call("GetTaskDetails", "<taskNumber>7</taskNumber>").await;
    customer.call("GetTaskDetails", "<taskNumber>8</taskNumber>").await;
    world.app.calls.write(&world.app).await.unwrap();
    let listed = customer.office.get("/v1/calls").await;
    let seen: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|call| (&call["method"], &call["code"])).collect();
    assert_eq!(
        seen,
        [
            (&json!("GetTaskDetails"), &json!("TaskNumberNotFound")),
            (&json!("GetTaskDetails"), &json!("OK")),
            (&json!("POST"), &json!("already_exists")),
            (&json!("POST"), &json!(null)),
        ]
    );
    for (query, count) in [
        ("failed=true", 2),
        ("method=GetTaskDetails", 2),
        ("code=already_exists", 1),
        ("q=%C3%B1and%C3%BA", 1),
        ("key=code:acme-api", 2),
        ("key=code:none", 0),
        ("limit=1", 1),
        ("from=2100-01-01T00:00:00Z", 0),
    ] {
        let found = customer.office.get(&format!("/v1/calls?{query}")).await;
        assert_eq!(found["items"].as_array().unwrap().len(), count, "{query}: {found}");
    }
    let id = |index: usize| listed["items"][index]["id"].as_str().unwrap().to_owned();
    let by_soap = customer.office.get(&format!("/v1/calls/{}", id(1))).await;
    let request = by_soap["request"].as_str().unwrap();
    assert!(
        request.contains("<password>***</password>") && request.contains("<taskNumber>7</taskNumber>"),
        "{request}"
    );
    assert!(by_soap["answer"].as_str().unwrap().contains("<Status>NewTask</Status>"), "{by_soap}");
    let refused_call = customer.office.get(&format!("/v1/calls/{}", id(2))).await;
    assert!(refused_call["answer"].as_str().unwrap().contains("already_exists"), "{refused_call}");
    let request_id = refused.header("x-request-id");
    let found = customer.office.get(&format!("/v1/calls?request_id={request_id}")).await;
    assert_eq!(found["items"][0]["id"], json!(id(2)));
    let other = world.account("other").await.unwrap();
    let other = Client::new(&world.app, Some(&other.key(&[PermissionName::ViewCalls]).await.unwrap()));
    assert_eq!(other.get("/v1/calls").await.unwrap().json()["items"], json!([]));
    assert_eq!(other.get(&format!("/v1/calls/{}", id(1))).await.unwrap().status, 404);
}

async fn what_is_not_of_a_customers_system_is_not_kept(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let account = customer.office.account.clone();
    account.user("ana", &[PermissionName::ViewTasks]).await.unwrap();
    let person = Client::new(&world.app, Some(&account.session("ana").await.unwrap()));
    assert_eq!(person.get("/v1/tasks").await.unwrap().status, 200);
    let key = json!({ "code": "k", "name": "k" });
    customer.office.post("/v1/keys", key).await;
    world.app.calls.write(&world.app).await.unwrap();
    let listed = customer.office.get("/v1/calls").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    let whole =
        customer.office.get(&format!("/v1/calls/{}", listed["items"][0]["id"].as_str().unwrap())).await;
    assert_eq!(
        (&whole["path"], &whole["request"], &whole["answer"]),
        (&json!("/v1/keys"), &json!(null), &json!(null))
    );
}
