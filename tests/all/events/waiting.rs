//! Readers that wait for events, and those that want only some.

use std::time::Duration;

use campo_server::access::PermissionName;
use campo_tests::{api::Client, on_both, world::World};
use serde_json::{Value, json};

use super::page;
use crate::identity::all_mighty;

on_both! {
    a_reader_that_waits_is_answered_when_there_is_an_event_or_its_time_is_over,
    too_many_readers_that_wait_are_told_of_the_limit,
    a_reader_gets_what_its_filters_let_pass,
    what_is_wrong_with_a_question_is_named,
}

/// The position behind which there is nothing.
async fn end(client: &Client) -> i64 {
    page(client, "/v1/events?limit=500").await["position"].as_i64().unwrap()
}

async fn a_reader_that_waits_is_answered_when_there_is_an_event_or_its_time_is_over(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = all_mighty(&account).await;
    let after = end(&client).await;
    let empty = page(&client, &format!("/v1/events?after={after}&wait=1")).await;
    assert_eq!((&empty["items"], &empty["position"]), (&json!([]), &json!(after)));
    // Another replica writes: its commits are found by looking
    let other = world.replica().await.unwrap();
    for app in [&account.app, &other] {
        let path = format!("/v1/events?after={}&wait=40", end(&client).await);
        let writing = async {
            while account.app.reading.count(account.id) == 0 {
                tokio::task::yield_now().await;
            }
            // That there is a new key is not wanted, and answers nobody
            all_mighty(&account).await;
            let task = campo_tests::office::create_task(app, account.id, &[]).await.unwrap();
            task.to_string()
        };
        let (answer, task) = tokio::join!(page(&client, &path), writing);
        let kinds: Vec<&Value> =
            answer["items"].as_array().unwrap().iter().map(|item| &item["kind"]).collect();
        assert!(!kinds.is_empty() && kinds.iter().all(|kind| *kind != "key.created"), "{kinds:?}");
        assert!(answer.to_string().contains(&task), "{answer}");
    }
    assert_eq!(account.app.reading.count(account.id), 0, "nobody waits any more");
}

async fn too_many_readers_that_wait_are_told_of_the_limit(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = all_mighty(&account).await;
    let path = format!("/v1/events?after={}&wait=40", end(&client).await);
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let (client, path) = (client.clone(), path.clone());
            tokio::spawn(async move { client.get(&path).await.unwrap().status })
        })
        .collect();
    campo_tests::wait::until("all to wait", Duration::from_mins(1), async || {
        Ok((account.app.reading.count(account.id) == 50).then_some(()))
    })
    .await
    .unwrap();
    let answer = client.get(&path).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "5"));
    assert_eq!(answer.header("ratelimit-policy"), r#""waiting-readers";q=50;qu="concurrent-requests""#);
    assert_eq!(answer.header("ratelimit"), r#""waiting-readers";r=0;t=5"#);
    // Another account has its own
    let other = world.account("other").await.unwrap();
    let calm = all_mighty(&other).await;
    assert_eq!(calm.get("/v1/events?wait=1").await.unwrap().status, 200);
    campo_tests::office::create_task(&account.app, account.id, &[]).await.unwrap();
    for one in waiting {
        assert_eq!(one.await.unwrap(), 200);
    }
}

async fn a_reader_gets_what_its_filters_let_pass(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = all_mighty(&account).await;
    account.group("NORTH").await.unwrap();
    let (ana, luis) = (account.employee("ZZ1").await.unwrap(), account.employee("ZZ2").await.unwrap());
    let mut phones = [account.phone(ana).await.unwrap(), account.phone(luis).await.unwrap()];
    for phone in &mut phones {
        let lines = [phone.line("shift.start", ""), phone.line("break.start", "")];
        phone.send(&lines).await.unwrap();
    }
    let of = async |query: &str| -> Vec<(Value, Value)> {
        let page = page(&client, &format!("/v1/events?kind=entry.added{query}")).await;
        let entry = |item: &Value| {
            let content = &item["snapshot"]["entry"]["content"];
            (content["kind"].clone(), content["employee"].clone())
        };
        page["items"].as_array().unwrap().iter().map(entry).collect()
    };
    assert_eq!(of("").await.len(), 4);
    let (start, pause) = (json!("shift.start"), json!("break.start"));
    assert_eq!(
        of("&entry_kind=shift.start").await,
        [(start.clone(), json!(ana)), (start.clone(), json!(luis))]
    );
    assert_eq!(of("&employee=number:ZZ2").await, [(start.clone(), json!(luis)), (pause, json!(luis))]);
    assert_eq!(of("&employee=number:ZZ2&entry_kind=shift.start").await, [(start, json!(luis))]);
    assert!(of("&group=code:NORTH").await.is_empty());
    // Positions go on over what does not pass, so that nobody reads it again
    let page = page(&client, "/v1/events?entry_kind=form").await;
    assert_eq!((&page["items"], &page["position"]), (&json!([]), &json!(end(&client).await)));
}

async fn what_is_wrong_with_a_question_is_named(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = all_mighty(&account).await;
    for (query, field) in [
        ("wait=51", "/wait"),
        ("wait=-1", "/wait"),
        ("kind=entry.gone", "/kind/0"),
        ("kind=entry.added&kind=x", "/kind/1"),
        ("employee=number:NOBODY", "/employee/0"),
        ("group=x", "/group"),
        ("entry_kind=lunch", "/entry_kind/0"),
        ("limit=501", "/limit"),
        ("wait=soon", "/wait"),
    ] {
        let answer = client.get(&format!("/v1/events?{query}")).await.unwrap();
        let found = answer.json()["faults"][0]["field"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.status, 422, "{query}: {}", answer.json());
        assert!(found == field || found.starts_with(&format!("{field}/")), "{query}: {found}");
    }
    let key = account.key(&[PermissionName::ViewTasks]).await.unwrap();
    let answer = Client::new(&account.app, Some(&key)).get("/v1/events").await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["parameters"]["permission"]),
        (403, &json!("view_entries"))
    );
}
