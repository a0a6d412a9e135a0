//! Codes that look the same are the same: without what nobody sees at their edges, and whichever way a program writes an
//! accent.

use axum::http::Method;
use campo_protocol::text::is_invisible;
use campo_server::{access::PermissionName, scheduler::Class};
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{
    crud::{client, edit},
    documents::kinds,
    refused::faults,
};

on_both! {
    every_kind_is_named_by_what_its_code_looks_like,
    the_numbers_of_tasks_are_what_they_look_like,
    keys_users_and_templates_have_codes_and_names_without_edges,
    what_was_stored_before_is_tidied_by_its_next_edit,
}

/// `José` as phones and keyboards write it, and as file names of some systems do, between what nobody sees.
const COMPOSED: &str = "José";
const APART: &str = "\u{FEFF} Jose\u{301}\u{200B}\u{A0}";

#[test]
fn what_nobody_sees_is_the_same_in_codes_and_in_cells() {
    for c in '\0'..=char::MAX {
        assert_eq!(is_invisible(c), campo_spreadsheets::cell::is_invisible(c), "{c:?}");
    }
}

async fn every_kind_is_named_by_what_its_code_looks_like(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    for kind in kinds(&account).await {
        let (path, code) = (kind.path, kind.code);
        let list = format!("/v1/{path}");
        let made = client.post(&list, &kind.named(APART)).await.unwrap();
        assert_eq!((made.status.as_u16(), &made.json()[code]), (201, &json!(COMPOSED)), "{path}");
        let taken = client.post(&list, &kind.named(COMPOSED)).await.unwrap();
        assert_eq!((taken.status.as_u16(), &taken.json()["code"]), (409, &json!("already_exists")), "{path}");
        for named in ["Jos%C3%A9", "Jose%CC%81", "%20Jose%CC%81%E2%80%8B"] {
            let found = client.get(&format!("{list}/code:{named}")).await.unwrap();
            assert_eq!((found.status.as_u16(), &found.json()["id"]), (200, &made.json()["id"]), "{path}");
            for filter in ["code", "q"] {
                let listed = client.get(&format!("{list}?{filter}={named}")).await.unwrap().json();
                assert_eq!(listed["items"][0]["id"], made.json()["id"], "{path} {filter}: {listed}");
            }
        }
        let items = json!([kind.named("Jose\u{301}"), kind.named(APART), kind.named("\u{200B} ")]);
        let answer = client.post(&format!("{list}/batch"), &json!({ "items": items })).await.unwrap().json();
        assert_eq!(
            (&answer["items"][0]["outcome"], &answer["items"][0]["code"]),
            (&json!("unchanged"), &json!(COMPOSED))
        );
        assert_eq!(faults(&answer["items"][1]["problem"]), [(format!("/{code}").as_str(), "repeated")]);
        assert_eq!(faults(&answer["items"][2]["problem"]), [(format!("/{code}").as_str(), "required")]);
    }
    // What names another is read alike
    let below = json!({ "number": "B", "name": "Below", "parent": format!("code:{APART}") });
    assert_eq!(client.post("/v1/pois", &below).await.unwrap().status, 201);
    let row = json!({ "code": "cities: 7", "name": "Lima", "table": "cities" });
    let refused = client.post("/v1/catalogue-items", &row).await.unwrap().json();
    assert_eq!(faults(&refused), [("/code", "invalid_value")]);
}

async fn the_numbers_of_tasks_are_what_they_look_like(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let task = async |external: &str| {
        client.post("/v1/tasks", &json!({ "external_number": external })).await.unwrap()
    };
    let made = task(APART).await;
    assert_eq!((made.status.as_u16(), &made.json()["external_number"]), (201, &json!(COMPOSED)));
    assert_eq!(task(COMPOSED).await.status, 409);
    assert_eq!(task("\u{FEFF}00042 ").await.json()["task_number"], 42);
    let found = client.get("/v1/tasks/external:%20Jose%CC%81").await.unwrap();
    assert_eq!(found.json()["id"], made.json()["id"]);
    let listed = client.get("/v1/tasks?q=%20jose%CC%81%E2%80%8B").await.unwrap().json();
    assert_eq!(listed["items"][0]["id"], made.json()["id"], "{listed}");
    let tasks = json!([{ "external_number": "Jose\u{301}", "notes": "x" }]);
    let answer = client.post("/v1/tasks/batch", &json!({ "tasks": tasks })).await.unwrap().json();
    assert_eq!(answer["items"][0]["outcome"], "updated", "{answer}");
}

async fn keys_users_and_templates_have_codes_and_names_without_edges(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let template = json!({ "name": "x", "makes": "tasks", "columns": [{ "letter": "A", "field": "notes" }] });
    for (path, mut document) in [
        ("/v1/keys", json!({ "name": "x" })),
        ("/v1/profiles", json!({ "name": "x", "permissions": [] })),
        ("/v1/agents", json!({ "name": "x" })),
        ("/v1/import-templates", template),
    ] {
        document["code"] = json!(APART);
        let made = client.post(path, &document).await.unwrap();
        assert_eq!(
            (made.status.as_u16(), &made.json()["code"]),
            (201, &json!(COMPOSED)),
            "{path}: {}",
            made.json()
        );
        document["code"] = json!(COMPOSED);
        assert_eq!(client.post(path, &document).await.unwrap().status, 409, "{path}");
        let found = client.get(&format!("{path}/code:Jose%CC%81")).await.unwrap();
        assert_eq!(found.json()["id"], made.json()["id"], "{path}");
        document["code"] = json!("\u{200B}");
        let blank = client.post(path, &document).await.unwrap();
        assert_eq!(faults(&blank.json()), [("/code", "required")], "{path}");
    }
    let ana = account.user("ana", &[PermissionName::ViewTasks]).await.unwrap();
    let path = format!("/v1/users/{ana}");
    let named = edit(&client, Method::PATCH, &path, "\"1\"", Some(&json!({ "login": APART }))).await;
    assert_eq!((named.status.as_u16(), &named.json()["login"]), (200, &json!("josé")), "{}", named.json());
    for login in ["JOSÉ", "jose\u{301} "] {
        let session = json!({ "login": login, "password": campo_tests::world::PASSWORD });
        assert_eq!(client.post("/v1/session", &session).await.unwrap().status, 201, "{login}");
    }
    let inside =
        edit(&client, Method::PATCH, &path, "\"2\"", Some(&json!({ "login": "jo\u{200B}se" }))).await;
    assert_eq!(faults(&inside.json()), [("/login", "invalid_value")]);
}

async fn what_was_stored_before_is_tidied_by_its_next_edit(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let poi = account.poi("OLD").await.unwrap();
    let allowed = account.operator().allow::<campo_server::access::permissions::ManagePois>().unwrap();
    let mut write = world.app.log.begin(&allowed, Class::Office).await.unwrap();
    let sql =
        "update object set code = $3, body = replace(body, '\"OLD\"', $4) where account = $1 and id = $2";
    let body = serde_json::to_string(APART).unwrap();
    write.tx().execute(sql, (account.id, poi, APART, body)).await.unwrap();
    write.commit().await.unwrap();
    let path = format!("/v1/pois/{poi}");
    let read = async || client.get(&path).await.unwrap().json();
    assert_eq!(read().await["number"], APART);
    assert_eq!(client.get("/v1/pois/code:Jose%CC%81").await.unwrap().status, 404);
    // Whoever has the code by then keeps it
    let other = client.post("/v1/pois", &json!({ "number": COMPOSED, "name": "x" })).await.unwrap().json();
    let patch: Value = json!({ "notes": "gate" });
    let refused = edit(&client, Method::PATCH, &path, "\"1\"", Some(&patch)).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (409, &json!("already_exists")));
    let address = format!("/v1/pois/{}", other["id"].as_str().unwrap());
    assert_eq!(edit(&client, Method::DELETE, &address, "\"1\"", None).await.status, 204);
    assert_eq!(edit(&client, Method::PATCH, &path, "\"1\"", Some(&patch)).await.json()["number"], COMPOSED);
    assert_eq!(client.get("/v1/pois/code:Jose%CC%81").await.unwrap().json()["id"], read().await["id"]);
}
