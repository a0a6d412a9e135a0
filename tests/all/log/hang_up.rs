//! Clients that hang up: their future is dropped at whatever it waits for. What they sent is committed or not, never
//! half, and who sends it again learns which.

use std::pin::Pin;
use std::task::Poll;

use campo_protocol::entry::Kind;
use campo_server::log::write::About;
use campo_tests::{check, office, on_both, wait, world::World};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::WAIT;

on_both! {
    a_phone_that_hangs_up_gets_its_receipts_when_it_comes_again,
    an_edit_that_is_dropped_at_any_point_leaves_all_of_it_or_nothing,
    what_a_dropped_edit_cached_is_not_shown,
}

/// Polls the future so many times at most, and drops it where it then is.
async fn hang_up_after<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    let mut left = polls;
    std::future::poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        let polled = Pin::new(&mut future).poll(context).map(Some);
        if left == 0 && polled.is_pending() { Poll::Ready(None) } else { polled }
    })
    .await
}

async fn a_phone_that_hangs_up_gets_its_receipts_when_it_comes_again(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut running = Vec::new();
    for phone in 0..20 {
        let mut phone_in_hand = account.spare_phone(ana);
        running.push(tokio::spawn(async move {
            let mut sent = Vec::new();
            for round in 0..10 {
                let lines: Vec<Vec<u8>> = (0..3).map(|_| phone_in_hand.line("shift.start", "")).collect();
                let first = hang_up_after((phone + round) % 4, phone_in_hand.send(&lines)).await;
                let again = phone_in_hand.send(&lines).await.unwrap().receipts;
                if let Some(first) = first {
                    assert_eq!(first.unwrap().receipts, again);
                }
                sent.extend(again);
            }
            sent
        }));
    }
    let mut receipts = Vec::new();
    for task in running {
        receipts.extend(task.await.unwrap());
    }
    let logs = check::log_is_whole(&world.app, account.id).await.unwrap();
    assert_eq!(logs.entries.len(), receipts.len());
    receipts.iter().try_for_each(|receipt| logs.keeps(receipt)).unwrap();
}

async fn an_edit_that_is_dropped_at_any_point_leaves_all_of_it_or_nothing(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut made = 0;
    for polls in 0..60 {
        let created = hang_up_after(polls, office::create_task(&world.app, account.id, &[ana])).await;
        made += usize::from(created.is_some());
        // Waits for what the dropped transaction held
        office::begin(&world.app, account.id).await.unwrap();
        let logs = check::log_is_whole(&world.app, account.id).await.unwrap();
        let tasks: Vec<(i64,)> = world
            .app
            .db
            .fetch_all("select task_number from task where account = $1 order by task_number", (account.id,))
            .await
            .unwrap();
        let numbers: Vec<i64> = tasks.into_iter().map(|row| row.0).collect();
        assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
        assert_eq!(logs.entries.len(), numbers.len(), "after {polls} polls");
        assert!(numbers.len() >= made);
    }
    assert!(made > 0, "no edit came to its end");
}

/// A connection that went back to the pool with its transaction open would let the next one's work depend on it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_hangs_up_leaves_no_transaction_open() {
    let world = World::postgres().await.unwrap();
    let account = world.account("acme").await.unwrap();
    // Its own connections are others, so that looking ends nothing
    let watcher = world.replica().await.unwrap();
    for polls in 0..10 {
        for _ in 0..5 {
            hang_up_after(polls, office::begin(&world.app, account.id)).await;
            hang_up_after(polls, world.app.db.begin_snapshot()).await;
        }
        wait::until("the connections to be given back", WAIT, async || {
            let open: (i64,) = watcher
                .db
                .fetch_one(
                    "select count(*) from pg_stat_activity where datname = current_database() \
                     and state like 'idle in transaction%'",
                    (),
                )
                .await?;
            Ok((open.0 == 0).then_some(()))
        })
        .await
        .unwrap();
    }
}

/// Each edit renames the employee and appends an entry about them, so that the new name is read into the cache. Where
/// the edit was rolled back, the next name must not be hidden by it.
async fn what_a_dropped_edit_cached_is_not_shown(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let rename = async |name: &str, with_entry: bool| {
        let mut write = office::begin(&world.app, account.id).await.unwrap();
        let body = json!({ "number": "ZZ1", "first_name": name }).to_string();
        write
            .tx()
            .execute("update object set body = $3 where account = $1 and id = $2", (account.id, ana, body))
            .await
            .unwrap();
        write.directory_changed();
        if with_entry {
            let about = About { employee: Some(ana), ..About::default() };
            write.entry(Kind::MessageSent, about, &json!({ "text": name })).unwrap();
        }
        write.commit().await.unwrap();
    };
    let mut phone = account.spare_phone(ana);
    for polls in 0..60 {
        hang_up_after(polls, rename(&format!("dropped after {polls}"), true)).await;
        let name = format!("kept after {polls}");
        rename(&name, false).await;
        let line = phone.line("shift.start", "");
        let receipt = phone.send(&[line]).await.unwrap().receipts.remove(0);
        let logs = check::log_is_whole(&world.app, account.id).await.unwrap();
        let event = logs.events.iter().find(|event| event.entry == Some(receipt.position)).unwrap();
        let snapshot: Value = serde_json::from_slice(&event.body).unwrap();
        assert_eq!(snapshot["employee"]["first_name"], name);
    }
}

/// All who wait for turns hang up at once, in the middle of a group.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_behind_those_who_hung_up_is_served() {
    let world = World::sqlite().await.unwrap();
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let turn = office::begin(&world.app, account.id).await.unwrap();
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let (app, account) = (world.app.clone(), account.id);
            tokio::spawn(async move { office::create_task(&app, account, &[ana]).await.map(drop) })
        })
        .collect();
    for task in &waiting {
        task.abort();
    }
    drop(turn);
    wait::until("the turns", WAIT, async || Ok(waiting.iter().all(JoinHandle::is_finished).then_some(())))
        .await
        .unwrap();
    office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    check::log_is_whole(&world.app, account.id).await.unwrap();
}
