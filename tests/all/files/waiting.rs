//! Entries that wait for their files.

use axum::http::Request;
use campo_protocol::{entry::Kind, sync::Outcome};
use campo_server::{app::App, files::complete};
use campo_tests::{
    api::{Answer, Client},
    on_both,
    world::{Phone, World},
};
use serde_json::Value;

use super::{hash, system, upload};

on_both! {
    an_entry_is_complete_when_the_last_of_its_files_is_stored,
    a_phone_hands_in_what_an_entry_mentions_and_nothing_else,
    what_is_set_aside_waits_with_its_files,
    what_did_not_arrive_in_time_is_named_once_on_two_replicas,
    one_file_completes_more_entries_than_a_transaction_takes,
}

/// The events of completed entries: entry, and what the snapshot says.
async fn completed(app: &App, account: i64) -> Vec<(i64, Value)> {
    let rows: Vec<(i64, Vec<u8>)> = app
        .db
        .fetch_all(
            "select e.entry, s.body from event e \
             join event_snapshot s on s.account = e.account and s.snapshot = e.snapshot \
             where e.account = $1 and e.kind = 'entry.complete' order by e.position",
            (account,),
        )
        .await
        .unwrap();
    rows.into_iter().map(|(entry, body)| (entry, serde_json::from_slice(&body).unwrap())).collect()
}

fn mention(contents: &[&[u8]]) -> String {
    let files: Vec<_> = contents
        .iter()
        .map(|bytes| serde_json::json!({ "hash": hash(bytes), "size_bytes": bytes.len() }))
        .collect();
    format!(r#","files":{}"#, Value::from(files))
}

/// Sends a file of this hash as the exchange says; none when it wants no such file.
async fn hand_in(phone: &mut Phone, named: &str, bytes: &[u8]) -> Option<Answer> {
    let ticket = phone.ticket(named, bytes.len()).await.unwrap()?;
    let request = Request::put(format!("/v1/uploads/{ticket}")).body(bytes.to_vec().into()).unwrap();
    Some(Client::new(&phone.app, None).send(request).await.unwrap())
}

async fn an_entry_is_complete_when_the_last_of_its_files_is_stored(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let lines = [
        phone.line("photo", &mention(&[b"one", b"two"])),
        phone.line("photo", &mention(&[b"two"])),
        phone.line("photo", ""),
    ];
    phone.send(&lines).await.unwrap();
    let entries = |events: &[(i64, Value)]| events.iter().map(|event| event.0).collect::<Vec<_>>();
    assert_eq!(entries(&completed(&world.app, account.id).await), [3]);
    for (content, done) in
        [(b"one", vec![3]), (b"one", vec![3]), (b"two", vec![3, 1, 2]), (b"two", vec![3, 1, 2])]
    {
        let answer = hand_in(&mut phone, &hash(content), content).await;
        assert!(answer.is_none_or(|answer| answer.json()["stored"] == true));
        assert_eq!(entries(&completed(&world.app, account.id).await), done);
    }
    let (_, snapshot) = &completed(&world.app, account.id).await[1];
    assert_eq!(snapshot["entry"]["files"], "stored");
    assert_eq!(snapshot["entry"]["content"], serde_json::from_slice::<Value>(&lines[0]).unwrap());
    assert_eq!(snapshot["entry"]["outcome"], "applied");
    assert_eq!(snapshot["employee"]["number"], "ZZ1");
    // An entry whose files were there before it waits for nothing
    let line = phone.line("photo", &mention(&[b"one"]));
    phone.send(&[line]).await.unwrap();
    assert_eq!(entries(&completed(&world.app, account.id).await), [3, 1, 2, 4]);
}

async fn a_phone_hands_in_what_an_entry_mentions_and_nothing_else(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let other = world.account("other").await.unwrap();
    let mut stranger = other.phone(other.employee("ZZ1").await.unwrap()).await.unwrap();
    let line = phone.line(Kind::Photo.name(), &mention(&[b"one"]));
    phone.send(&[line]).await.unwrap();
    let one = hash(b"one");
    assert!(hand_in(&mut phone, &hash(b"two"), b"two").await.is_none());
    assert!(hand_in(&mut phone, "zz", b"one").await.is_none());
    assert!(hand_in(&mut stranger, &one, b"one").await.is_none());
    let answer = hand_in(&mut phone, &one, b"two").await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (422, &"validation_failed".into()));
    assert!(super::uploads::files(world.folder.path()).is_empty());
    let answer = hand_in(&mut phone, &one.to_uppercase(), b"one").await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.json()["stored"]), (200, &true.into()));
    assert!(hand_in(&mut phone, &one, b"one").await.is_none(), "it is stored");
}

/// A newer app meets an older server, which understands neither the kind nor the place, but what files are.
async fn what_is_set_aside_waits_with_its_files(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let lines = [
        phone.line("meter.read", &mention(&[b"one"])),
        phone.line("photo", &format!(r#"{},"place":"here""#, mention(&[b"two"]))),
    ];
    for receipt in phone.send(&lines).await.unwrap().receipts {
        assert_eq!(receipt.outcome, Outcome::SetAside);
    }
    for (content, position) in [(b"one", 1), (b"two", 2)] {
        assert!(!completed(&world.app, account.id).await.iter().any(|event| event.0 == position));
        let answer = hand_in(&mut phone, &hash(content), content).await.unwrap();
        assert_eq!(answer.json()["stored"], true);
        let done = completed(&world.app, account.id).await;
        assert_eq!(done.iter().filter(|event| event.0 == position).count(), 1);
    }
    let line = phone.line("meter.read", &mention(&[b"late"]));
    phone.send(&[line]).await.unwrap();
    let never = i64::MAX;
    assert_eq!(complete::complete_due(&world.app, account.id, never).await.unwrap(), 1);
    let (_, snapshot) = completed(&world.app, account.id).await.pop().unwrap();
    assert_eq!(snapshot["missing_files"], serde_json::json!([hash(b"late")]));
}

async fn what_did_not_arrive_in_time_is_named_once_on_two_replicas(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let lines: Vec<_> = (0..120).map(|_| phone.line("photo", &mention(&[b"here", b"late"]))).collect();
    phone.send(&lines).await.unwrap();
    upload(&system(&account).await, "image/jpeg", b"here").await;
    let now_us = world.app.environment.now_us();
    assert_eq!(complete::complete_due(&world.app, account.id, now_us).await.unwrap(), 0);
    assert!(complete::accounts_due(&world.app, now_us).await.unwrap().is_empty());
    let due_us = now_us + 8 * 24 * 3600 * 1_000_000;
    assert_eq!(complete::accounts_due(&world.app, due_us).await.unwrap(), [account.id]);
    let replica = world.replica().await.unwrap();
    let (first, second) = tokio::join!(
        complete::complete_due(&world.app, account.id, due_us),
        complete::complete_due(&replica, account.id, due_us)
    );
    assert_eq!(first.unwrap() + second.unwrap(), 120);
    let events = completed(&world.app, account.id).await;
    assert_eq!(events.iter().map(|event| event.0).collect::<Vec<_>>(), (1..=120).collect::<Vec<_>>());
    assert_eq!(events[0].1["missing_files"], serde_json::json!([hash(b"late")]));
    assert_eq!(events[0].1["entry"]["files"], "missing");
    // What comes later is stored, and makes no second event
    assert_eq!(hand_in(&mut phone, &hash(b"late"), b"late").await.unwrap().status, 200);
    assert_eq!(completed(&world.app, account.id).await.len(), 120);
}

async fn one_file_completes_more_entries_than_a_transaction_takes(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let lines: Vec<_> = (0..230).map(|_| phone.line("photo", &mention(&[b"common"]))).collect();
    phone.send(&lines).await.unwrap();
    assert_eq!(hand_in(&mut phone, &hash(b"common"), b"common").await.unwrap().status, 200);
    assert_eq!(completed(&world.app, account.id).await.len(), 230);
}
