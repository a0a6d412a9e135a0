//! Entries as they are read, and the heads of their chains.

use campo_protocol::entry::Kind;
use campo_server::{
    access::{PermissionName, permissions::ViewEntries},
    log::write::About,
    scheduler::Class,
    verify::{evidence::Evidence, verify},
};
use campo_tests::{
    api::Client,
    on_both,
    world::{Account, World},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{history::History, tasks::Office};

on_both! {
    every_filter_lets_through_what_it_says_and_pages_end_where_they_must,
    an_entry_shows_what_was_captured_and_what_became_of_it,
    bytes_that_not_everybody_can_read_are_read_only_as_they_are,
    a_page_of_large_entries_ends_early,
    another_accounts_entries_are_not_there,
    entries_are_found_by_the_customers_own_numbers,
    kept_heads_prove_what_the_chains_were,
}

async fn reader(account: &Account) -> Client {
    let key = account.key(&[PermissionName::ViewEntries]).await.unwrap();
    Client::new(&account.app, Some(&key))
}

async fn get(client: &Client, path: &str) -> Value {
    let answer = client.get(path).await.unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.json());
    answer.json()
}

/// Every page of a list, three items at a time.
async fn all(client: &Client, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut after = String::new();
    loop {
        let page = get(client, &format!("{path}limit=3{after}")).await;
        items.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return items,
        }
    }
}

/// Whether a filter must let an entry through.
type Wanted<'a> = Box<dyn Fn(&Value) -> bool + 'a>;

async fn every_filter_lets_through_what_it_says_and_pages_end_where_they_must(world: World) {
    let mut history = History::new(world.account("acme").await.unwrap(), 2).await;
    history.go_on(25).await;
    let client = reader(&history.account).await;
    let everything = all(&client, "/v1/entries?").await;
    let positions: Vec<i64> = everything.iter().map(|entry| entry["position"].as_i64().unwrap()).collect();
    assert_eq!(positions, (1..=positions.len() as i64).collect::<Vec<_>>());
    let middle = &everything[everything.len() / 2];
    let (at, received) = (middle["occurred_at"].as_str().unwrap(), middle["received_at"].as_str().unwrap());
    let (employee, phone) = (history.employees[0].to_string(), history.phones[1].installation.to_string());
    let task = history.tasks[0].to_string();
    let form = everything.iter().find_map(|entry| entry["form"].as_str()).unwrap();
    let is = |field: &'static str, value: &str| -> Wanted<'static> {
        let value = json!(value);
        Box::new(move |entry| entry[field] == value)
    };
    let filters: Vec<(String, Wanted<'_>)> = vec![
        ("kind=form".to_owned(), is("kind", "form")),
        (format!("employee={employee}"), is("employee", &employee)),
        (format!("installation={phone}"), is("installation", &phone)),
        (format!("task={task}"), is("task", &task)),
        (format!("form={form}"), is("form", form)),
        ("outcome=noted".to_owned(), is("outcome", "noted")),
        ("outcome=set_aside".to_owned(), is("outcome", "set_aside")),
        (format!("from={at}"), Box::new(|entry| instant(&entry["occurred_at"]) >= instant(&json!(at)))),
        (format!("until={at}"), Box::new(|entry| instant(&entry["occurred_at"]) < instant(&json!(at)))),
        (
            format!("received_after={received}"),
            Box::new(|entry| instant(&entry["received_at"]) > instant(&json!(received))),
        ),
    ];
    for (query, wanted) in &filters {
        let expected: Vec<&Value> = everything.iter().filter(|entry| wanted(entry)).collect();
        assert!(!expected.is_empty() && expected.len() < everything.len(), "{query} proves nothing");
        let found = all(&client, &format!("/v1/entries?{query}&")).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
        for (other, wanted_too) in &filters {
            let both: Vec<&Value> =
                everything.iter().filter(|entry| wanted(entry) && wanted_too(entry)).collect();
            if query.split('=').next() != other.split('=').next() {
                let found = all(&client, &format!("/v1/entries?{query}&{other}&")).await;
                assert_eq!(found.iter().collect::<Vec<_>>(), both, "{query}&{other}");
            }
        }
    }
    let tray = all(&client, "/v1/set-aside?").await;
    assert_eq!(tray, all(&client, "/v1/entries?outcome=set_aside&").await);
    let refused = client.get("/v1/entries?outcome=lost").await.unwrap();
    assert_eq!(
        (refused.status.as_u16(), refused.json()["faults"][0]["field"].clone()),
        (422, json!("/outcome"))
    );
}

fn instant(value: &Value) -> jiff::Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

async fn an_entry_shows_what_was_captured_and_what_became_of_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let (one, other) = ("ab".repeat(32), "cd".repeat(32));
    let mut tx = account.app.db.begin().await.unwrap();
    tx.execute(
        "insert into file (account, hash, generation, size_bytes, media_type, created_us) \
         values ($1, $2, $3, 3, 'image/png', 1)",
        (account.id, campo_protocol::text::unhex(&one).unwrap(), ana),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let more = format!(
        r#","note":"\u00e1","new":[1.50],"files":[{{"hash":"{other}","size_bytes":7,"field":"front"}},{{"hash":"{one}","size_bytes":3}}]"#
    );
    let line = phone.line("shift.start", &more);
    phone.sequence += 5;
    let unknown = phone.line("nobody.knows", "");
    let receipts = phone.send(&[line.clone(), unknown]).await.unwrap().receipts;
    let client = reader(&account).await;
    let raw = client.get(&format!("/v1/entries/{}/raw", receipts[0].id)).await.unwrap();
    assert_eq!((raw.status.as_u16(), &raw.body), (200, &line));
    let page = client.get("/v1/entries").await.unwrap();
    let content = String::from_utf8(line).unwrap();
    assert!(String::from_utf8(page.body).unwrap().contains(&format!(r#""content":{content}"#)));
    let shown = get(&client, &format!("/v1/entries/{}", receipts[0].id)).await;
    for (field, expected) in [
        ("position", json!(1)),
        ("kind", json!("shift.start")),
        ("author", json!({ "kind": "installation", "id": phone.installation })),
        ("installation", json!(phone.installation)),
        ("employee", json!(ana)),
        ("establishment", json!("LIMA-1")),
        ("outcome", json!("applied")),
        ("occurred_kind", json!("wall")),
        ("hash", json!(receipts[0].hash)),
        ("marks", json!([])),
        ("erased", json!(false)),
        (
            "files",
            json!([
                { "hash": other, "size_bytes": 7, "field": "front", "stored": false },
                { "hash": one, "size_bytes": 3, "stored": true },
            ]),
        ),
        ("content", serde_json::from_str(&content).unwrap()),
    ] {
        assert_eq!(shown[field], expected, "{field}");
    }
    assert!(shown["files_due_at"].is_string() && shown["reason"].is_null());
    let second = get(&client, &format!("/v1/entries/{}", receipts[1].id)).await;
    assert_eq!(second["marks"], json!(["sequence_gap"]));
    assert_eq!((&second["kind"], &second["reason"]), (&json!("unknown"), &json!("kind_unknown")));

    let mut tx = account.app.db.begin().await.unwrap();
    tx.execute("delete from entry_body where account = $1 and position = 1", (account.id,)).await.unwrap();
    tx.commit().await.unwrap();
    let erased = get(&client, &format!("/v1/entries/{}", receipts[0].id)).await;
    assert_eq!((&erased["erased"], &erased["content"]), (&json!(true), &Value::Null));
    let raw = client.get(&format!("/v1/entries/{}/raw", receipts[0].id)).await.unwrap();
    assert_eq!((raw.status.as_u16(), raw.json()["code"].clone()), (410, json!("gone")));
}

async fn bytes_that_not_everybody_can_read_are_read_only_as_they_are(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let mut not_utf8 = phone.line("shift.start", r#","note":"x""#);
    let place = not_utf8.iter().rposition(|byte| *byte == b'x').unwrap();
    not_utf8[place] = 0xFF;
    let surrogate = phone.line("shift.start", r#","new":"\ud800""#);
    let client = reader(&account).await;
    for (line, outcome) in [(not_utf8, "set_aside"), (surrogate, "applied")] {
        let receipt = phone.send(std::slice::from_ref(&line)).await.unwrap().receipts.remove(0);
        let shown = get(&client, &format!("/v1/entries/{}", receipt.id)).await;
        assert_eq!(shown["outcome"], outcome);
        assert_eq!((&shown["content"], &shown["erased"]), (&Value::Null, &json!(false)));
        let raw = client.get(&format!("/v1/entries/{}/raw", receipt.id)).await.unwrap();
        assert_eq!(raw.body, line);
        let events = get(&client, "/v1/events").await;
        let snapshot = &events["items"].as_array().unwrap().last().unwrap()["snapshot"];
        assert_eq!(snapshot["entry"]["id"], json!(receipt.id));
        assert_eq!(snapshot["entry"]["content"], Value::Null);
    }
}

async fn a_page_of_large_entries_ends_early(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let note = format!(r#","note":"{}""#, "x".repeat(250_000));
    for _ in 0..4 {
        let lines: Vec<_> = (0..10).map(|_| phone.line("form", &note)).collect();
        phone.send(&lines).await.unwrap();
    }
    let client = reader(&account).await;
    for path in ["/v1/entries", "/v1/events"] {
        let page = client.get(path).await.unwrap();
        assert!(page.body.len() < 10 * 1024 * 1024, "{path}: {} bytes", page.body.len());
        let page = page.json();
        assert!((30..40).contains(&page["items"].as_array().unwrap().len()), "{path}");
        assert!(page["next"].is_string() || page["more"] == true, "{path}");
    }
}

async fn another_accounts_entries_are_not_there(world: World) {
    let mut history = History::new(world.account("acme").await.unwrap(), 2).await;
    history.go_on(3).await;
    let other = world.account("other").await.unwrap();
    let (own, foreign) = (reader(&history.account).await, reader(&other).await);
    let entry = get(&own, "/v1/entries").await["items"][0]["id"].as_str().unwrap().to_owned();
    let event = get(&own, "/v1/events").await["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(get(&foreign, "/v1/entries").await["items"], json!([]));
    assert_eq!(get(&foreign, "/v1/events").await["items"], json!([]));
    for path in
        [format!("/v1/entries/{entry}"), format!("/v1/entries/{entry}/raw"), format!("/v1/events/{event}")]
    {
        assert_eq!(own.get(&path).await.unwrap().status, 200, "{path}");
        assert_eq!(foreign.get(&path).await.unwrap().status, 404, "{path}");
    }
    let stranger = Client::new(&world.app, None);
    let key = other.key(&[PermissionName::ViewTasks]).await.unwrap();
    let without = Client::new(&world.app, Some(&key));
    for path in
        ["/v1/entries", "/v1/set-aside", "/v1/events", "/v1/chains", &format!("/v1/entries/{entry}/raw")]
    {
        assert_eq!(stranger.get(path).await.unwrap().status, 401, "{path}");
        assert_eq!(without.get(path).await.unwrap().status, 403, "{path}");
    }
    assert_eq!(get(&foreign, &format!("/v1/entries?task={}", Uuid::nil())).await["items"], json!([]));
}

async fn kept_heads_prove_what_the_chains_were(world: World) {
    let mut history = History::new(world.account("acme").await.unwrap(), 2).await;
    history.go_on(10).await;
    let account = history.account.clone();
    let client = reader(&account).await;
    let kept = client.get("/v1/chains").await.unwrap();
    let heads = kept.json()["heads"].clone();
    assert_eq!(heads[0]["chain"], "account");
    assert_eq!(heads[1]["chain"], "establishment/LIMA-1");
    let allowed = account.operator().allow::<ViewEntries>().unwrap();
    let mut write = account.app.log.begin(&allowed, Class::Office).await.unwrap();
    write.entry(Kind::TaskNoted, About::default(), &json!({})).unwrap();
    write.commit().await.unwrap();
    let mut evidence = Evidence::default();
    evidence.add(&kept.body).unwrap();
    let summary = verify(&account.app, &[allowed], true, evidence, &mut |_| ()).await.unwrap();
    assert_eq!((summary.heads, summary.findings), (2, 0));
}

async fn entries_are_found_by_the_customers_own_numbers(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let task = office
        .task(json!({ "task_number": 7, "external_number": "A-7", "assignments": [{ "employee": ana }] }));
    let task = task.await;
    account.form("F1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let line = phone.line("task.start", &format!(r#","task":"{task}""#));
    phone.send(&[line]).await.unwrap();
    let client = reader(&account).await;
    for (query, kinds) in [
        ("employee=number:ZZ1", &["task.start"][..]),
        ("task=number:7", &["task.created", "task.start"]),
        ("task=external:A-7&employee=number:ZZ1", &["task.start"]),
        ("form=code:F1", &[]),
    ] {
        let found = all(&client, &format!("/v1/entries?{query}&")).await;
        let found: Vec<_> = found.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
        assert_eq!(found, kinds, "{query}");
    }
    for (query, field, code) in [
        ("employee=number:ZZ2", "/employee", "unknown_reference"),
        ("task=number:8", "/task", "unknown_reference"),
        ("form=code:F2", "/form", "unknown_reference"),
        ("task=7", "/task", "invalid_value"),
    ] {
        let answer = client.get(&format!("/v1/entries?{query}")).await.unwrap().json();
        assert_eq!(
            (&answer["faults"][0]["field"], &answer["faults"][0]["code"]),
            (&json!(field), &json!(code))
        );
    }
}
