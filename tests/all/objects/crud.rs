//! Creating, reading, changing and removing, the same for every kind.

use axum::http::Method;
use campo_server::access::PermissionName;
use campo_tests::{
    api::{Answer, Client},
    on_both,
    world::{Account, World},
};
use serde_json::{Value, json};

use super::documents::{Kind, kinds};

on_both! {
    every_kind_is_created_read_changed_and_removed,
    an_answer_can_be_sent_back_changed,
}

/// A client with every permission.
pub(super) async fn client(account: &Account) -> Client {
    let granted: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
    Client::new(&account.app, Some(&account.key(&granted).await.unwrap()))
}

/// An edit of the version that `etag` names.
pub(super) async fn edit(
    client: &Client,
    method: Method,
    path: &str,
    etag: &str,
    body: Option<&Value>,
) -> Answer {
    client.call(method, path, &[("if-match", etag)], body).await.unwrap()
}

async fn every_kind_is_created_read_changed_and_removed(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    for kind in kinds(&account).await {
        lives(&client, &kind).await;
    }
}

async fn lives(client: &Client, kind: &Kind) {
    let Kind { path, code, version, .. } = kind;
    let list = format!("/v1/{path}");
    let created = client.post(&list, &kind.document).await.unwrap();
    assert_eq!(created.status, 201, "{path}: {}", created.json());
    let object = created.json();
    let address = created.header("location").to_owned();
    assert_eq!(address, format!("{list}/{}", object["id"].as_str().unwrap()));
    assert_eq!((created.header("etag"), &object[version]), ("\"1\"", &json!(1)), "{path}");
    assert_eq!(object["created_at"], object["updated_at"], "{path}");
    assert_eq!(object[code], "X", "{path}");
    assert!(!object.to_string().contains("code:"), "{path}: what is kept names ids: {object}");

    for name in [&address, &format!("{list}/code:X"), &format!("{list}/number:X")] {
        let read = client.get(name).await.unwrap();
        assert_eq!((read.status.as_u16(), read.json()), (200, object.clone()), "{name}");
        assert_eq!(read.header("etag"), "\"1\"");
    }

    let changed = edit(client, Method::PATCH, &address, "\"1\"", Some(&json!({ *code: "Y" }))).await;
    assert_eq!(changed.status, 200, "{path}: {}", changed.json());
    let mut expected = object.clone();
    expected[code] = "Y".into();
    expected[version] = 2.into();
    expected["updated_at"] = changed.json()["updated_at"].clone();
    assert_eq!((changed.json(), changed.header("etag")), (expected, "\"2\""), "{path}");
    assert_eq!(client.get(&format!("{list}/code:X")).await.unwrap().status, 404);

    let replaced = edit(client, Method::PUT, &address, "\"2\"", Some(&kind.named("Z"))).await;
    assert_eq!(replaced.status, 200, "{path}: {}", replaced.json());
    assert_eq!(replaced.json()[code], "Z");

    let items = client.get(&list).await.unwrap().json()["items"].clone();
    assert!(items.as_array().unwrap().contains(&replaced.json()), "{path}: {items}");

    let removed = edit(client, Method::DELETE, &address, "\"3\"", None).await;
    assert_eq!(removed.status, 204, "{path}: {}", removed.json());
    assert_eq!(client.get(&format!("{list}/code:Z")).await.unwrap().status, 404);
    let gone = client.get(&address).await.unwrap().json();
    assert_eq!((&gone["state"], &gone[version]), (&json!("deleted"), &json!(4)), "{path}");
    let listed = |answer: Answer| answer.json()["items"].as_array().unwrap().contains(&gone);
    for (state, shown) in
        [("", false), ("?state=enabled", false), ("?state=deleted", true), ("?state=all", true)]
    {
        assert_eq!(listed(client.get(&format!("{list}{state}")).await.unwrap()), shown, "{path}{state}");
    }

    let again = client.post(&list, &kind.named("Z")).await.unwrap();
    assert_eq!(again.status, 201, "{path}: a code is free again: {}", again.json());
    assert_ne!(again.json()["id"], gone["id"]);

    let versions = client.get(&format!("{address}/versions")).await.unwrap().json();
    let codes: Vec<_> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["version"].as_i64().unwrap(), item["object"][code].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(
        codes,
        [(4, "Z".to_owned()), (3, "Z".to_owned()), (2, "Y".to_owned()), (1, "X".to_owned())],
        "{path}"
    );
    let items = versions["items"].as_array().unwrap();
    assert_eq!((&items[0]["replaced_by"], &items[0]["object"]["state"]), (&Value::Null, &json!("deleted")));
    assert_eq!(items[1]["replaced_by"]["kind"], "key");
    assert_eq!(
        (&items[3]["written_by"], &items[3]["written_at"]),
        (&items[2]["written_by"], &object["created_at"])
    );
    // in pages of one everybody who wrote is known too
    let (mut after, mut walked) = (String::new(), Vec::new());
    loop {
        let page = client.get(&format!("{address}/versions?limit=1{after}")).await.unwrap().json();
        walked.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(json!(walked), versions["items"], "{path}");
}

async fn an_answer_can_be_sent_back_changed(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    for kind in kinds(&account).await {
        let created = client.post(&format!("/v1/{}", kind.path), &kind.document).await.unwrap();
        let (address, mut object) = (created.header("location").to_owned(), created.json());
        let same = edit(&client, Method::PUT, &address, "\"1\"", Some(&object)).await;
        assert_eq!(
            (same.status.as_u16(), same.json()),
            (200, object.clone()),
            "{}: no new version",
            kind.path
        );
        object["id"] = json!("00000000-0000-0000-0000-000000000000");
        let other = edit(&client, Method::PUT, &address, "\"1\"", Some(&object)).await;
        assert_eq!(other.json()["faults"][0]["field"], "/id", "{}", other.json());
    }
}
