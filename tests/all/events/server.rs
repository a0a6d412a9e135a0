//! What happened in the server, told by name only.

use axum::http::Method;
use campo_server::{access::PermissionName, environment::Environment, events::kinds, installations::silent};
use campo_tests::{api::Client, on_both, world::World};
use serde_json::{Value, json};

use super::page;
use crate::identity::{all_mighty, done};

on_both! {
    what_the_office_does_with_users_keys_and_phones_is_told_to_whoever_names_it,
    a_task_that_is_taken_from_somebody_is_told,
    days_that_are_closed_are_told_once,
    an_import_that_is_over_is_told,
    a_phone_that_falls_silent_is_told_once,
    each_kind_needs_its_permission_to_be_read_and_to_be_sent,
}

const HOUR_US: i64 = 3600 * 1_000_000;

/// What is told of each event of a kind, in order.
async fn told(client: &Client, kind: &str) -> Vec<Value> {
    let known = kinds::of_name(kind).unwrap();
    let page = page(client, &format!("/v1/events?kind={kind}&limit=500")).await;
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let told = item["snapshot"][known.subject].clone();
            assert_eq!(
                (&item["subject_kind"], &item["subject"]),
                (&json!(known.subject), &told["id"]),
                "{item}"
            );
            told
        })
        .collect()
}

async fn states(client: &Client, kind: &str) -> Vec<Value> {
    told(client, kind).await.into_iter().map(|told| told["state"].clone()).collect()
}

async fn what_the_office_does_with_users_keys_and_phones_is_told_to_whoever_names_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let call = async |method: Method, path: &str, version: &str, body: Value| {
        office.call(method, path, &[("if-match", version)], Some(&body)).await.unwrap()
    };
    let user = account.user("ana", &[PermissionName::ViewTasks]).await.unwrap();
    let users = format!("/v1/users/{user}");
    done(&call(Method::PATCH, &users, "1", json!({ "state": "disabled" })).await, 200);
    assert_eq!(call(Method::DELETE, &users, "2", json!({})).await.status, 204);
    assert_eq!(states(&office, "user.created").await.last(), Some(&json!("enabled")));
    assert_eq!(states(&office, "user.changed").await, [json!("disabled")]);
    assert_eq!(states(&office, "user.deleted").await, [json!("deleted")]);

    let key = done(&office.post("/v1/keys", &json!({ "code": "erp", "name": "ERP" })).await.unwrap(), 201);
    let keys = format!("/v1/keys/{}", key["id"].as_str().unwrap());
    done(&call(Method::PATCH, &keys, "1", json!({ "name": "SAP" })).await, 200);
    done(&office.post(&format!("{keys}/rotate"), &json!({})).await.unwrap(), 200);
    assert_eq!(call(Method::DELETE, &keys, "3", json!({})).await.status, 204);
    let created = told(&office, "key.created").await;
    assert_eq!(created.last().unwrap()["code"], "erp");
    assert!(!json!(created).to_string().contains(key["secret"].as_str().unwrap()));
    assert_eq!(told(&office, "key.changed").await.len(), 2);
    assert_eq!(told(&office, "key.deleted").await.len(), 1);

    let ana = account.employee("ZZ1").await.unwrap();
    let phone = account.phone(ana).await.unwrap();
    let path = format!("/v1/installations/{}/revoke", phone.installation);
    done(&office.post(&path, &json!({})).await.unwrap(), 200);
    assert_eq!(states(&office, "phone.enrolled").await, [json!("active")]);
    assert_eq!(states(&office, "phone.revoked").await, [json!("revoked")]);

    let draft = json!({ "code": "erp", "name": "ERP", "url": "http://127.0.0.1:9/" });
    done(&office.post("/v1/channels", &draft).await.unwrap(), 201);
    done(&call(Method::PATCH, "/v1/channels/code:erp", "1", json!({ "state": "disabled" })).await, 200);
    let disabled = told(&office, "channel.disabled").await;
    assert_eq!((&disabled[0]["code"], disabled[0].get("reason")), (&json!("erp"), None));
}

async fn a_task_that_is_taken_from_somebody_is_told(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = all_mighty(&account).await;
    let (ana, luis) = (account.employee("ZZ1").await.unwrap(), account.employee("ZZ2").await.unwrap());
    let draft = json!({ "task_number": 7, "assignments": [{ "employee": ana }, { "employee": luis }] });
    done(&client.post("/v1/tasks", &draft).await.unwrap(), 201);
    assert!(told(&client, "task.withdrawn").await.is_empty());
    let only = json!({ "assignments": [{ "employee": luis }] });
    done(&client.call(Method::PUT, "/v1/tasks/number:7/assignments", &[], Some(&only)).await.unwrap(), 200);
    let canceled = json!({ "status": "canceled" });
    done(&client.post("/v1/tasks/number:7/status", &canceled).await.unwrap(), 200);
    let told = told(&client, "task.withdrawn").await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!((&told[0]["task_number"], &told[0]["employees"]), (&json!(7), &json!([ana])));
    assert_eq!(told[1]["employees"], json!([luis]));
}

async fn days_that_are_closed_are_told_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    for number in ["ZZ1", "ZZ2", "ZZ3"] {
        account.employee(number).await.unwrap();
    }
    let days = json!({ "from": "2025-12-01", "to": "2025-12-31", "whole_company": true });
    for _ in 0..2 {
        done(&office.post("/v1/periods/close", &days).await.unwrap(), 200);
    }
    let told = told(&office, "period.closed").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (&told[0]["from"], &told[0]["to"], &told[0]["employees"]),
        (&json!("2025-12-01"), &json!("2025-12-31"), &json!(3))
    );
}

async fn an_import_that_is_over_is_told(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    // What stops an import is the shortest way to its end
    done(&office.post("/v1/import-templates", &crate::imports::simple()).await.unwrap(), 201);
    let import = axum::http::Request::post("/v1/imports?template=code:simple&file_name=a.csv")
        .header("content-type", "application/octet-stream");
    let import = office.send(import.body("Número;Trabajo\n1;x\n".into()).unwrap()).await.unwrap();
    let run = done(&import, 202)["id"].as_str().unwrap().to_owned();
    let stopped = office.call(Method::DELETE, &format!("/v1/imports/{run}"), &[], None).await.unwrap();
    assert_eq!(stopped.status, 204, "{}", stopped.json());
    let told = told(&office, "import.finished").await;
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["state"], &told[0]["file_name"]), (&json!("stopped"), &json!("a.csv")));
}

async fn a_phone_that_falls_silent_is_told_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let phone = account.phone(ana).await.unwrap();
    let heard_us = 1_790_000_000 * 1_000_000;
    let text = format!(
        "insert into installation_contact (account, installation, heard_us) values ({}, {{}}, {heard_us})",
        account.id
    );
    let id = phone.installation;
    world
        .meddle(&text.replace("{}", &format!("x'{}'", id.simple())), &text.replace("{}", &format!("'{id}'")))
        .await
        .unwrap();
    for (hours, count) in [(23, 0), (25, 1), (30, 1), (24 * 8, 1)] {
        let mut later = account.app.clone();
        later.environment = Environment::seeded(7, heard_us + hours * HOUR_US);
        silent::tell(&later).await.unwrap();
        assert_eq!(told(&office, "phone.silent").await.len(), count, "after {hours} hours");
    }
    let silent = told(&office, "phone.silent").await;
    assert_eq!(silent[0]["id"], json!(id));
}

async fn each_kind_needs_its_permission_to_be_read_and_to_be_sent(world: World) {
    let account = world.account("acme").await.unwrap();
    let all: Vec<PermissionName> =
        PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
    let kinds_shown = all_mighty(&account).await.get("/v1/event-kinds").await.unwrap().json();
    let shown = kinds_shown.as_array().unwrap();
    assert_eq!(shown.len(), kinds::all().count());
    for (number, kind) in kinds::all().enumerate() {
        let of_kind = shown.iter().find(|shown| shown["name"] == kind.name).unwrap();
        assert_eq!(of_kind["permission"], kind.permission.name());
        let usual = kinds::is_wanted(&[], kind.name);
        assert_eq!((&of_kind["usual"], of_kind["schema"].is_null()), (&json!(usual), usual), "{}", kind.name);
        let path = format!("/v1/events?kind={}", kind.name);
        let only = Client::new(&account.app, Some(&account.key(&[kind.permission]).await.unwrap()));
        assert_eq!(only.get(&path).await.unwrap().status, 200, "{}", kind.name);
        let others: Vec<_> = all.iter().copied().filter(|name| *name != kind.permission).collect();
        let others = Client::new(&account.app, Some(&account.key(&others).await.unwrap()));
        let refused = others.get(&path).await.unwrap();
        let lacking = json!(kind.permission.name());
        assert_eq!((refused.status.as_u16(), &refused.json()["parameters"]["permission"]), (403, &lacking));
        let draft = json!({
            "code": format!("c{number}"), "name": "x", "url": "http://127.0.0.1:9/", "events": [kind.name]
        });
        let refused = others.post("/v1/channels", &draft).await.unwrap();
        assert_eq!((refused.status.as_u16(), &refused.json()["parameters"]["permission"]), (403, &lacking));
    }
}
