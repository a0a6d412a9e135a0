//! Files attached to tasks and points of interest.

use axum::http::Method;
use campo_protocol::{
    entry::Kind,
    model::poi::Poi,
    scope::Scope,
    task::{
        body::{Created, NewAssignment, Role},
        status::Status,
    },
};
use campo_server::{
    access::{PermissionName, permissions::ManageTasks},
    log::write::About,
    scheduler::Class,
};
use campo_tests::{
    api::Client,
    on_both,
    world::{Account, World},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{hash, system, upload};

on_both! {
    a_file_attached_to_a_task_reaches_its_phones_and_events,
    a_file_attached_to_a_point_of_interest_reaches_the_phones_that_have_it,
    what_is_attached_to_a_place_is_in_the_snapshots_of_its_tasks,
    what_cannot_be_attached_is_named,
}

/// A task of `employee` with this number.
async fn task(account: &Account, employee: Uuid, number: i64) -> Uuid {
    let allowed = account.operator().allow::<ManageTasks>().unwrap();
    let mut write = account.app.log.begin(&allowed, Class::Office).await.unwrap();
    let id = write.new_id();
    write
        .tx()
        .execute(
            "insert into task (account, id, task_number, state, version, fields, sort_key, created_us, updated_us) \
             values ($1, $2, $3, 'enabled', 1, '{\"description\":\"Boiler\"}', '', 1, 1)",
            (account.id, id, number),
        )
        .await
        .unwrap();
    let assignments = vec![NewAssignment { employee, role: Role::Lead }];
    let body = Created { status: Status::New, assignments };
    write.entry(Kind::TaskCreated, About { task: Some(id), ..About::default() }, &body).unwrap();
    write.commit().await.unwrap();
    id
}

/// A point of interest that one employee sees.
async fn poi(account: &Account, number: &str, employee: Uuid) -> Uuid {
    let document = json!({
        "number": number, "name": "Plant", "links": { "employees": [{ "employee": employee }] }
    });
    account.keep::<Poi>(document).await.unwrap().id
}

/// The snapshot of the account's last event.
async fn last_snapshot(account: &Account) -> Value {
    let (body,): (Vec<u8>,) = account
        .app
        .db
        .fetch_one(
            "select body from event_snapshot where account = $1 order by snapshot desc limit 1",
            (account.id,),
        )
        .await
        .unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// What phones get of an object.
async fn seen(account: &Account, kind: &str, id: Uuid) -> Value {
    let (body,): (Vec<u8>,) = account
        .app
        .db
        .fetch_one(
            "select body from change_body where account = $1 and kind = $2 and id = $3",
            (account.id, kind, id),
        )
        .await
        .unwrap();
    serde_json::from_slice(&body).unwrap()
}

async fn a_file_attached_to_a_task_reaches_its_phones_and_events(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = system(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let task = task(&account, ana, 700_123).await;
    upload(&client, "application/pdf", b"plan").await;
    let new = json!({ "hash": hash(b"plan"), "name": "Plano.pdf" });
    let path = "/v1/tasks/number:700123/files";
    let once = [("idempotency-key", "k1")];
    let created = client.call(Method::POST, path, &once, Some(&new)).await.unwrap();
    assert_eq!(created.status, 201, "{}", created.json());
    let again = client.call(Method::POST, path, &once, Some(&new)).await.unwrap();
    assert_eq!(again.json(), created.json());
    let listed = client.get(&format!("/v1/tasks/{task}/files")).await.unwrap().json();
    assert_eq!(listed["items"], json!([created.json()]));

    let body = seen(&account, "task", task).await;
    assert_eq!((&body["version"], &body["files"]), (&json!(2), &json!([created.json()])));
    assert_eq!(body["progress"]["assignments"][0]["employee"], ana.to_string());
    let (snapshot,): (Vec<u8>,) = world
        .app
        .db
        .fetch_one(
            "select s.body from event e join event_snapshot s on s.account = e.account and s.snapshot = e.snapshot \
             where e.account = $1 and e.kind = 'task.changed'",
            (account.id,),
        )
        .await
        .unwrap();
    let snapshot: Value = serde_json::from_slice(&snapshot).unwrap();
    assert_eq!(snapshot["task"]["files"][0]["name"], "Plano.pdf");

    let location = created.header("location").to_owned();
    let removed = client.call(Method::DELETE, &location, &[], None).await.unwrap();
    assert_eq!(removed.status, 204);
    let body = seen(&account, "task", task).await;
    assert_eq!((&body["version"], body.get("files")), (&json!(3), None));
    assert_eq!(client.call(Method::DELETE, &location, &[], None).await.unwrap().status, 404);
}

async fn a_file_attached_to_a_point_of_interest_reaches_the_phones_that_have_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = system(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let poi = poi(&account, "C-1", ana).await;
    upload(&client, "image/png", b"map").await;
    let new = json!({ "hash": hash(b"map"), "name": "Mapa" });
    let created = client.post("/v1/pois/number:C-1/files", &new).await.unwrap();
    assert_eq!(created.status, 201, "{}", created.json());
    let body = seen(&account, "poi", poi).await;
    assert_eq!(
        (&body["name"], &body["version"], &body["files"]),
        (&json!("Plant"), &json!(2), &json!([created.json()]))
    );
    let scopes: Vec<(String, bool)> = world
        .app
        .db
        .fetch_all("select scope, removed from change where account = $1 and id = $2", (account.id, poi))
        .await
        .unwrap();
    assert_eq!(scopes, [(Scope::Employee(ana).to_string(), false)]);
    // An edit of the point of interest keeps them
    let (reference, based_on) = (format!("/v1/pois/{poi}"), [("if-match", "\"2\"")]);
    let patch = json!({ "name": "Plant 2" });
    let edited = client.call(Method::PATCH, &reference, &based_on, Some(&patch)).await.unwrap();
    assert_eq!(edited.status, 200, "{}", edited.json());
    let body = seen(&account, "poi", poi).await;
    assert_eq!((&body["name"], &body["files"]), (&json!("Plant 2"), &json!([created.json()])));
    assert_eq!(
        client.get(&format!("/v1/pois/{poi}/files")).await.unwrap().json()["items"][0]["name"],
        "Mapa"
    );
    let removed = client.call(Method::DELETE, created.header("location"), &[], None).await.unwrap();
    assert_eq!(removed.status, 204);
    assert_eq!(seen(&account, "poi", poi).await.get("files"), None);
}

async fn what_is_attached_to_a_place_is_in_the_snapshots_of_its_tasks(world: World) {
    let account = world.account("acme").await.unwrap();
    let (client, replica) = (system(&account).await, world.replica().await.unwrap());
    let ana = account.employee("ZZ1").await.unwrap();
    let place = poi(&account, "C-1", ana).await;
    upload(&client, "image/png", b"map").await;
    let task = client.post("/v1/tasks", &json!({ "task_number": 1, "poi": place })).await.unwrap();
    assert_eq!(task.status, 201, "{}", task.json());
    let key = account.key(&[PermissionName::ManageTasks, PermissionName::ViewTasks]).await.unwrap();
    let at_replica = Client::new(&replica, Some(&key));
    // the other replica has cached the place without the file, and then with it
    let files = async |version: &str, notes: &str| {
        let (based_on, patch) = ([("if-match", version)], json!({ "notes": notes }));
        let edited = at_replica.call(Method::PATCH, "/v1/tasks/number:1", &based_on, Some(&patch));
        assert_eq!(edited.await.unwrap().status, 200);
        last_snapshot(&account).await["poi"].get("files").cloned()
    };
    assert_eq!(files("\"1\"", "a").await, None);
    let new = json!({ "hash": hash(b"map"), "name": "Mapa" });
    let attached = client.post(&format!("/v1/pois/{place}/files"), &new).await.unwrap();
    assert_eq!(files("\"2\"", "b").await, Some(json!([attached.json()])));
    client.call(Method::DELETE, attached.header("location"), &[], None).await.unwrap();
    assert_eq!(files("\"3\"", "c").await, None);
}

async fn what_cannot_be_attached_is_named(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = system(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    task(&account, ana, 1).await;
    upload(&client, "image/png", b"map").await;
    let known = hash(b"map");
    for (path, new, status, field, code) in [
        (
            "/v1/tasks/number:1/files",
            json!({ "hash": hash(b"no"), "name": "x" }),
            422,
            "/hash",
            "unknown_file",
        ),
        ("/v1/tasks/number:1/files", json!({ "hash": known, "name": " " }), 422, "/name", "required"),
        ("/v1/tasks/number:2/files", json!({ "hash": known, "name": "x" }), 404, "", "not_found"),
        ("/v1/pois/number:1/files", json!({ "hash": known, "name": "x" }), 404, "", "not_found"),
        ("/v1/pois/nonsense/files", json!({ "hash": known, "name": "x" }), 404, "", "not_found"),
    ] {
        let answer = client.post(path, &new).await.unwrap();
        assert_eq!(answer.status.as_u16(), status, "{path} {new}");
        let json = answer.json();
        if status == 422 {
            assert_eq!(
                (&json["faults"][0]["field"], &json["faults"][0]["code"]),
                (&json!(field), &json!(code))
            );
        } else {
            assert_eq!(json["code"], code);
        }
    }
    let other = system(&world.account("other").await.unwrap()).await;
    let answer =
        other.post("/v1/tasks/number:1/files", &json!({ "hash": known, "name": "x" })).await.unwrap();
    assert_eq!(answer.status, 404);
}
