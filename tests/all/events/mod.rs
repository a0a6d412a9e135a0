//! Events as they are read.

mod server;
mod waiting;

use std::collections::BTreeSet;

use campo_server::{access::PermissionName, events::kinds};
use campo_tests::{api::Client, on_both, world::World};
use serde_json::{Value, json};

use crate::{history::History, identity::all_mighty};

on_both! {
    whoever_asks_on_misses_no_event_and_gets_none_twice,
    an_event_shows_its_snapshot,
}

async fn client(history: &History) -> Client {
    let key = history.account.key(&[PermissionName::ViewEntries]).await.unwrap();
    Client::new(&history.account.app, Some(&key))
}

/// Every kind of event as parameters of a query.
fn every_kind() -> String {
    kinds::all().flat_map(|kind| ["&kind=", kind.name]).collect()
}

async fn page(client: &Client, path: &str) -> Value {
    let answer = client.get(path).await.unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.json());
    answer.json()
}

async fn whoever_asks_on_misses_no_event_and_gets_none_twice(world: World) {
    let mut history = History::new(world.account("acme").await.unwrap(), 6).await;
    let (own, client) = (client(&history).await, all_mighty(&history.account).await);
    let (mut after, mut only_after) = (0, 0);
    let (mut seen, mut completed) = (Vec::new(), Vec::new());
    for steps in [10, 0, 5] {
        history.go_on(steps).await;
        loop {
            let answer = page(&client, &format!("/v1/events?limit=7&after={after}{}", every_kind())).await;
            seen.extend(answer["items"].as_array().unwrap().clone());
            after = answer["position"].as_i64().unwrap();
            if answer["more"] == false {
                break;
            }
        }
        loop {
            let path = format!("/v1/events?kind=entry.complete&limit=3&after={only_after}");
            let answer = page(&client, &path).await;
            completed.extend(answer["items"].as_array().unwrap().clone());
            only_after = answer["position"].as_i64().unwrap();
            if answer["more"] == false {
                break;
            }
        }
        assert_eq!(after, only_after);
    }
    let positions: Vec<i64> = seen.iter().map(|event| event["position"].as_i64().unwrap()).collect();
    assert_eq!(positions, (1..=after).collect::<Vec<_>>());
    let ids: BTreeSet<&str> = seen.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), seen.len());
    let of_usual = |event: &&Value| kinds::is_wanted(&[], event["kind"].as_str().unwrap());
    let usual: Vec<Value> = seen.iter().filter(of_usual).cloned().collect();
    assert_eq!(page(&own, "/v1/events?limit=500").await["items"], json!(usual), "whoever names no kind");
    assert!(usual.len() < seen.len(), "there are others");
    seen.retain(|event| event["kind"] == "entry.complete");
    assert_eq!(seen, completed);
    assert_eq!(client.get("/v1/events?kind=nothing").await.unwrap().status, 422);
    assert_eq!(page(&client, &format!("/v1/events?after={}", i64::MAX)).await["items"], json!([]));
    assert_eq!(client.get("/v1/events?limit=0").await.unwrap().status, 422);
}

async fn an_event_shows_its_snapshot(world: World) {
    let mut history = History::new(world.account("acme").await.unwrap(), 6).await;
    let line = history.phones[0].line("shift.start", r#","more":1.50"#);
    let receipt = history.phones[0].send(std::slice::from_ref(&line)).await.unwrap().receipts.remove(0);
    let client = client(&history).await;
    let events = page(&client, "/v1/events").await;
    assert!(events["epoch"].is_string());
    let of_entry: Vec<&Value> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["subject"] == json!(receipt.id))
        .collect();
    assert_eq!(
        of_entry.iter().map(|event| event["kind"].clone()).collect::<Vec<_>>(),
        [json!("entry.added"), json!("entry.complete")]
    );
    for event in of_entry {
        assert_eq!(event["entry"], receipt.position);
        assert_eq!(event["snapshot"]["entry"]["content"], serde_json::from_slice::<Value>(&line).unwrap());
        let alone = page(&client, &format!("/v1/events/{}", event["id"].as_str().unwrap())).await;
        assert_eq!(&alone, event);
    }
}
