//! Whoever edits: versions, repeats, permissions, accounts and replicas.

use axum::http::Method;
use campo_protocol::model::group::Group;
use campo_server::{access::PermissionName, api::router, objects, problem::Code, scheduler::Class};
use campo_tests::{api::Client, on_both, world::World};
use serde_json::{Value, json};

use super::{
    crud::{client, edit},
    documents::kinds,
};

on_both! {
    what_a_later_release_wrote_stays_behind_an_edit,
    an_edit_names_the_version_it_changes,
    the_same_post_twice_has_one_effect,
    another_account_sees_and_changes_nothing,
    each_route_asks_for_its_own_permission,
    two_replicas_create_one_object_of_a_code,
    a_form_has_a_new_version_when_its_fields_change,
    the_document_of_the_api_names_all_that_it_refers_to,
}

async fn an_edit_names_the_version_it_changes(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    for kind in kinds(&account).await {
        let created = client.post(&format!("/v1/{}", kind.path), &kind.document).await.unwrap();
        let address = created.header("location").to_owned();
        let body = kind.named("Y");
        for (method, body) in
            [(Method::PUT, Some(&body)), (Method::PATCH, Some(&body)), (Method::DELETE, None)]
        {
            let nameless = client.call(method.clone(), &address, &[], body).await.unwrap();
            assert_eq!(nameless.status, 428, "{method} {address}");
            let stale = edit(&client, method.clone(), &address, "\"7\"", body).await;
            assert_eq!(
                (stale.status.as_u16(), &stale.json()["parameters"]["current"]),
                (412, &json!("1")),
                "{method}"
            );
        }
        assert_eq!(client.get(&address).await.unwrap().json(), created.json(), "nothing changed");
    }
}

async fn the_same_post_twice_has_one_effect(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let key = [("idempotency-key", "k-1")];
    for kind in kinds(&account).await {
        let (list, key) = (format!("/v1/{}", kind.path), [("idempotency-key", kind.path)]);
        let first = client.call(Method::POST, &list, &key, Some(&kind.document)).await.unwrap();
        let second = client.call(Method::POST, &list, &key, Some(&kind.document)).await.unwrap();
        assert_eq!((first.status.as_u16(), &first.body), (201, &second.body), "{list}");
        assert_eq!((second.status.as_u16(), second.header("location")), (201, first.header("location")));
        let other = client.call(Method::POST, &list, &key, Some(&kind.named("Y"))).await.unwrap();
        assert_eq!(other.json()["code"], "idempotency_conflict");
    }
    let batch = json!({ "operation": "create", "items": [{ "code": "A", "name": "a" }] });
    let first = client.call(Method::POST, "/v1/groups/batch", &key, Some(&batch)).await.unwrap();
    let second = client.call(Method::POST, "/v1/groups/batch", &key, Some(&batch)).await.unwrap();
    assert_eq!(first.json()["items"][0]["outcome"], "created");
    assert_eq!((second.status.as_u16(), second.json()), (200, first.json()));
}

async fn another_account_sees_and_changes_nothing(world: World) {
    let account = world.account("acme").await.unwrap();
    let other = world.account("other").await.unwrap();
    let (mine, theirs) = (client(&account).await, client(&other).await);
    for kind in kinds(&account).await {
        let created = mine.post(&format!("/v1/{}", kind.path), &kind.document).await.unwrap();
        let address = created.header("location").to_owned();
        for address in [address.clone(), format!("/v1/{}/code:X", kind.path)] {
            for path in [address.clone(), format!("{address}/versions")] {
                assert_eq!(theirs.get(&path).await.unwrap().status, 404, "{path}");
            }
            for (method, body) in [
                (Method::PUT, Some(&kind.document)),
                (Method::PATCH, Some(&json!({}))),
                (Method::DELETE, None),
            ] {
                assert_eq!(edit(&theirs, method, &address, "\"1\"", body).await.status, 404, "{address}");
            }
        }
        let listed = theirs.get(&format!("/v1/{}?state=all", kind.path)).await.unwrap().json();
        assert_eq!(listed["items"], json!([]), "{}", kind.path);
        assert_eq!(mine.get(&address).await.unwrap().json(), created.json());
    }
}

async fn each_route_asks_for_its_own_permission(world: World) {
    use PermissionName::*;
    let account = world.account("acme").await.unwrap();
    for kind in kinds(&account).await {
        let (view, manage) = match kind.path {
            "groups" | "employee-profiles" | "employees" | "non-working-days" => {
                (ViewEmployees, ManageEmployees)
            }
            "pois" => (ViewPois, ManagePois),
            "work-orders" => (ViewTasks, ManageTasks),
            _ => (ViewDefinitions, ManageDefinitions),
        };
        let all_but = |missing: PermissionName| -> Vec<PermissionName> {
            let granted = PermissionName::ALL.iter().copied();
            granted.filter(|name| name.can_be_granted() && *name != missing).collect()
        };
        let list = format!("/v1/{}", kind.path);
        let (one, versions, batch) =
            (format!("{list}/code:X"), format!("{list}/code:X/versions"), format!("{list}/batch"));
        let items = json!({ "items": [] });
        for (missing, calls) in [
            (
                view,
                vec![(Method::GET, &list, None), (Method::GET, &one, None), (Method::GET, &versions, None)],
            ),
            (
                manage,
                vec![
                    (Method::POST, &list, Some(&kind.document)),
                    (Method::POST, &batch, Some(&items)),
                    (Method::PUT, &one, Some(&kind.document)),
                    (Method::PATCH, &one, Some(&kind.document)),
                    (Method::DELETE, &one, None),
                ],
            ),
        ] {
            let key = account.key(&all_but(missing)).await.unwrap();
            let client = Client::new(&world.app, Some(&key));
            for (method, path, body) in calls {
                let refused = edit(&client, method.clone(), path, "\"1\"", body).await;
                assert_eq!(refused.status, 403, "{method} {path}");
                assert_eq!(refused.json()["parameters"]["permission"], missing.name());
            }
        }
    }
}

async fn two_replicas_create_one_object_of_a_code(world: World) {
    let account = world.account("acme").await.unwrap();
    let replicas = [world.app.clone(), world.replica().await.unwrap()];
    let mut tries = Vec::new();
    for (number, app) in replicas.iter().cycle().take(8).cloned().enumerate() {
        let operator = account.operator();
        tries.push(tokio::spawn(async move {
            let allowed = operator.allow().unwrap();
            let mut write = app.log.begin(&allowed, Class::Office).await.unwrap();
            let document = json!({ "code": "NORTH", "name": number.to_string() });
            let created = objects::create::<Group>(&mut write, &allowed, &document).await?;
            write.commit().await?;
            Ok::<_, campo_server::problem::Problem>(created)
        }));
    }
    let mut created = Vec::new();
    for tried in tries {
        match tried.await.unwrap() {
            Ok(object) => created.push(object),
            Err(problem) => assert_eq!(problem.code(), Code::AlreadyExists),
        }
    }
    assert_eq!(created.len(), 1);
    for app in &replicas {
        let allowed = account.operator().allow().unwrap();
        let read = objects::get::<Group>(&app.db, &allowed, &"code:NORTH".parse().unwrap()).await.unwrap();
        assert_eq!(read, created[0]);
    }
}

async fn a_form_has_a_new_version_when_its_fields_change(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    account.form("F").await.unwrap();
    let address = "/v1/forms/code:F";
    let field = |label: &str| json!({ "fields": [{ "id": "reading", "label": label, "kind": "number" }] });
    for (number, (patch, version)) in [
        (json!({ "name": "Otro" }), 1),
        (json!({ "version": 9 }), 1),
        (field("Lectura"), 1),
        (field("Reading"), 2),
        (json!({ "category": "x", "version": 1 }), 2),
        (json!({ "fields": null, "version": 10 }), 10),
    ]
    .into_iter()
    .enumerate()
    {
        let etag = client.get(address).await.unwrap().header("etag").to_owned();
        let changed = edit(&client, Method::PATCH, address, &etag, Some(&patch)).await;
        assert_eq!(changed.json()["version"], version, "{number}: {patch}: {}", changed.json());
    }
}

/// Every reference in an OpenAPI document leads to a schema.
async fn the_document_of_the_api_names_all_that_it_refers_to(_: World) {
    let document = router::document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 50, "the document was read");
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let mut ids: Vec<_> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "each operation has an id of its own");
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        Value::Object(members) => {
            references.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| collect(member, references));
        }
        _ => {}
    }
}

/// While servers are updated one after the other, an older one edits what a newer one wrote.
async fn what_a_later_release_wrote_stays_behind_an_edit(world: World) {
    let account = world.account("acme").await.unwrap();
    let poi = account.poi("C-1").await.unwrap();
    let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
    let office = Client::new(&account.app, Some(&account.key(&all).await.unwrap()));
    let ana = account.employee("ZZ1").await.unwrap();
    let task = json!({ "task_number": 7, "poi": "code:C-1", "assignments": [{ "employee": ana }] });
    let task = office.post("/v1/tasks", &task).await.unwrap().json()["id"].as_str().unwrap().to_owned();
    let later = |table: &str, column: &str| {
        format!(
            "update {table} set {column} = replace('{{\"colour\":{{\"red\":1}},' || substr({column}, 2), ',}}', '}}')"
        )
    };
    let later = [later("object", "body"), later("task", "fields"), later("account", "settings")].join("; ");
    world.meddle(&later, &later).await.unwrap();
    for (path, patch) in [
        (format!("/v1/pois/{poi}"), json!({ "name": "Norte" })),
        (format!("/v1/tasks/{task}"), json!({ "notes": "Norte" })),
        ("/v1/account".to_owned(), json!({ "name": "Norte" })),
    ] {
        let version = office.get(&path).await.unwrap().header("etag").to_owned();
        let headers = [("if-match", version.as_str())];
        let answer = office.call(Method::PATCH, &path, &headers, Some(&patch)).await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.json());
    }
    let stored: Vec<(String,)> = world
        .app
        .db
        .fetch_all(
            "select body as stored from object where kind = 'poi' union all select fields from task \
             union all select settings from account where code = 'acme'",
            (),
        )
        .await
        .unwrap();
    assert_eq!(stored.len(), 3);
    for (stored,) in stored {
        let stored: Value = serde_json::from_str(&stored).unwrap();
        assert_eq!(stored["colour"]["red"], 1, "{stored}");
    }
    let shown: Vec<(Vec<u8>,)> = world
        .app
        .db
        .fetch_all("select body from change_body where kind = 'poi' and account = $1", (account.id,))
        .await
        .unwrap();
    let shown: Value = serde_json::from_slice(&shown[0].0).unwrap();
    assert_eq!((&shown["name"], &shown["colour"]["red"]), (&json!("Norte"), &json!(1)));
}
