//! Events have the ids that receivers know, and show what was true.

use campo_server::log::events::{ENTRY_ADDED, ENTRY_COMPLETE, TASK_CHANGED, entry_event_id};
use campo_tests::{check, office, on_both, world::World};
use serde_json::Value;
use uuid::{Uuid, uuid};

on_both! {
    an_event_made_again_has_the_id_that_receivers_know,
    another_edit_behind_a_restore_is_another_event,
    a_snapshot_shows_what_was_true_in_its_commit,
    a_snapshot_of_a_group_shows_the_task_after_its_own_entry,
    a_set_aside_entry_is_shown_with_its_employee_and_task,
}

/// Ids that were sent once must not change with a release, so they stand here as they are.
#[test]
fn the_id_of_an_event_follows_from_what_it_is_about() {
    let subject = uuid!("01900000-0000-7000-8000-000000000001");
    let id = entry_event_id(1, subject, ENTRY_ADDED);
    assert_eq!(id, uuid!("1a4e293f-052b-51da-b72a-75494c60b866"));
    assert_eq!(id.get_version_num(), 5);
    for other in [
        entry_event_id(2, subject, ENTRY_ADDED),
        entry_event_id(1, Uuid::nil(), ENTRY_ADDED),
        entry_event_id(1, subject, ENTRY_COMPLETE),
    ] {
        assert_ne!(id, other);
    }
}

/// The logs are emptied, as after a restore from before everything, and the same entries are handed in again.
async fn an_event_made_again_has_the_id_that_receivers_know(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.spare_phone(ana);
    let lines: Vec<Vec<u8>> = (0..10).map(|_| phone.line("shift.start", "")).collect();
    phone.send(&lines).await.unwrap();
    let before = check::log_is_whole(&world.app, account.id).await.unwrap().events;
    let empty = "delete from entry; delete from entry_body; delete from chain_link; delete from chain_head; \
        delete from installation_head; delete from event; delete from event_snapshot; ";
    let sqlite = format!("{empty} update account_head set entry = 0, event = 0, link = zeroblob(32)");
    let postgres = format!(
        "{empty} update account_head set entry = 0, event = 0, link = decode(repeat('00', 32), 'hex')"
    );
    world.meddle(&sqlite, &postgres).await.unwrap();
    for line in lines.chunks(3) {
        phone.send(line).await.unwrap();
    }
    let after = check::log_is_whole(&world.app, account.id).await.unwrap().events;
    let ids = |events: &[check::Event]| events.iter().map(|event| event.id).collect::<Vec<_>>();
    assert_eq!(ids(&before), ids(&after));
}

/// The last edit is undone, as by a restore, and another one makes the same version: receivers must not take it for known.
async fn another_edit_behind_a_restore_is_another_event(world: World) {
    let account = world.account("acme").await.unwrap();
    let task = office::create_task(&world.app, account.id, &[]).await.unwrap();
    let edited = async |comment: &str| {
        office::edit_task(&world.app, account.id, task, comment).await.unwrap();
        let mut events = check::log_is_whole(&world.app, account.id).await.unwrap().events;
        let event = events.pop().unwrap();
        assert_eq!(event.kind, TASK_CHANGED);
        event.id
    };
    let lost = edited("lost").await;
    let undo = "update task set version = 1; delete from task_version where version = 1; \
        delete from event where kind = 'task.changed'; \
        delete from event_snapshot where snapshot not in (select snapshot from event); \
        update account_head set event = event - 1";
    world.meddle(undo, undo).await.unwrap();
    assert_ne!(edited("kept").await, lost);
}

async fn a_snapshot_shows_what_was_true_in_its_commit(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let task = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    office::edit_task(&world.app, account.id, task, "first").await.unwrap();
    let mut phone = account.spare_phone(ana);
    let line = phone.line("task.start", &format!(r#","task":"{task}""#));
    phone.send(&[line]).await.unwrap();
    office::edit_task(&world.app, account.id, task, "second").await.unwrap();
    let events = check::log_is_whole(&world.app, account.id).await.unwrap().events;
    let shown: Vec<(String, Value, Value, Value)> = events
        .iter()
        .map(|event| {
            let snapshot: Value = serde_json::from_slice(&event.body).unwrap();
            let task = &snapshot["task"];
            (
                event.kind.clone(),
                task["version"].clone(),
                task["comment"].clone(),
                task["progress"]["status"].clone(),
            )
        })
        .collect();
    let row = |kind: &str, version: i64, comment: Value, status: &str| {
        (kind.to_owned(), version.into(), comment, status.into())
    };
    assert_eq!(
        shown,
        [
            row("entry.added", 1, Value::Null, "new"),
            row("entry.complete", 1, Value::Null, "new"),
            row("task.created", 1, Value::Null, "new"),
            row("task.changed", 2, "first".into(), "new"),
            row("entry.added", 2, "first".into(), "in_progress"),
            row("entry.complete", 2, "first".into(), "in_progress"),
            row("task.changed", 3, "second".into(), "in_progress"),
        ]
    );
}

/// The events of a large group are made while its entries are inserted, those of a small one before.
async fn a_snapshot_of_a_group_shows_the_task_after_its_own_entry(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    for entries in [10, 200] {
        let task = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
        let mut phone = account.spare_phone(ana);
        let (kinds, statuses) = (["task.start", "task.suspend"], ["in_progress", "suspended"]);
        let line = |n: usize| phone.line(kinds[n % 2], &format!(r#","task":"{task}""#));
        let lines: Vec<Vec<u8>> = (0..entries).map(line).collect();
        let receipts = phone.send(&lines).await.unwrap().receipts;
        let logs = check::log_is_whole(&world.app, account.id).await.unwrap();
        for (n, receipt) in receipts.iter().enumerate() {
            let mut told = logs.events.iter().filter(|event| event.entry == Some(receipt.position));
            for kind in ["entry.added", "entry.complete"] {
                let event = told.next().unwrap();
                let snapshot: Value = serde_json::from_slice(&event.body).unwrap();
                assert_eq!(event.kind, kind);
                assert_eq!(snapshot["entry"]["id"], receipt.id.to_string());
                assert_eq!(snapshot["task"]["progress"]["status"], statuses[n % 2], "{n} of {entries}");
            }
        }
    }
}

/// A newer app meets an older server: its entry waits in the trays of worker and dispatcher, who must find it.
async fn a_set_aside_entry_is_shown_with_its_employee_and_task(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let task = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    let mut phone = account.spare_phone(ana);
    let session = world.app.environment.uuid();
    let more = format!(r#","task":"{task}","session":"{session}""#);
    let lines = [
        phone.line("task.of_tomorrow", &more),
        phone.line("task.start", &format!(r#"{more},"note":{{"of":"tomorrow"}}"#)),
    ];
    for receipt in phone.send(&lines).await.unwrap().receipts {
        let logs = check::log_is_whole(&world.app, account.id).await.unwrap();
        let entry = logs.at(receipt.position).unwrap();
        assert_eq!(entry.outcome, "set_aside");
        assert_eq!((entry.employee, entry.task, entry.session), (Some(ana), Some(task), Some(session)));
        let event = logs.events.iter().find(|event| event.entry == Some(receipt.position)).unwrap();
        let snapshot: Value = serde_json::from_slice(&event.body).unwrap();
        assert_eq!(snapshot["employee"]["id"], ana.to_string());
        assert_eq!(snapshot["task"]["id"], task.to_string());
    }
}
