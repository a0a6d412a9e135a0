//! The same batch to two replicas at once: the same receipts, one effect.

use std::collections::HashSet;

use campo_protocol::sync::{Outcome, Receipt};
use campo_server::app::App;
use campo_tests::{
    check, on_both,
    random::Random,
    world::{Phone, World},
};

const ACCOUNTS: i64 = 8;
const PHONES: u64 = 50;
const BATCHES: u64 = 25;

on_both! {
    ten_thousand_batches_sent_to_two_replicas_at_once_have_one_effect_each,
    two_replicas_give_task_numbers_and_versions_once,
}

async fn ten_thousand_batches_sent_to_two_replicas_at_once_have_one_effect_each(world: World) {
    let other = world.replica().await.unwrap();
    let mut accounts = Vec::new();
    let mut running = Vec::new();
    for number in 0..ACCOUNTS {
        let account = world.account(&format!("acme-{number}")).await.unwrap();
        let employee = account.employee("ZZ1").await.unwrap();
        for phone in 0..PHONES {
            let chance = Random::part(1, number as u64 * PHONES + phone);
            let (phone, other) = (account.spare_phone(employee), other.clone());
            running.push((account.id, tokio::spawn(hand_in_twice(phone, other, chance))));
        }
        accounts.push(account.id);
    }
    let mut receipts: Vec<(i64, Receipt)> = Vec::new();
    for (account, task) in running {
        receipts.extend(task.await.unwrap().into_iter().map(|receipt| (account, receipt)));
    }
    for account in accounts {
        let logs = check::log_is_whole(&world.app, account).await.unwrap();
        let own: Vec<&Receipt> = receipts.iter().filter(|one| one.0 == account).map(|one| &one.1).collect();
        own.iter().try_for_each(|receipt| logs.keeps(receipt)).unwrap();
        let positions: HashSet<i64> = own.iter().map(|receipt| receipt.position).collect();
        assert_eq!((positions.len(), logs.entries.len()), (own.len(), own.len()));
    }
}

/// Sends batch after batch to both at the same time, some of them with what was sent before. Returns a receipt for
/// each entry.
async fn hand_in_twice(mut phone: Phone, other: App, mut chance: Random) -> Vec<Receipt> {
    let mut all: Vec<Receipt> = Vec::new();
    let mut last = phone.line("shift.start", "");
    for _ in 0..BATCHES {
        let fresh = chance.within(&(1..=5));
        let mut lines: Vec<Vec<u8>> = (0..fresh).map(|_| phone.line("shift.end", "")).collect();
        if chance.chance(20) {
            lines.push(last.clone());
        }
        last = lines[0].clone();
        let (here, there) = tokio::join!(phone.send(&lines), phone.send_to(&other, &lines));
        let (here, there) = (here.unwrap().receipts, there.unwrap().receipts);
        assert_eq!(here, there);
        assert!(here.iter().all(|receipt| receipt.outcome == Outcome::Applied), "{here:?}");
        for receipt in here {
            match all.iter().find(|known| known.id == receipt.id) {
                Some(known) => assert_eq!(*known, receipt),
                None => all.push(receipt),
            }
        }
    }
    all
}

async fn two_replicas_give_task_numbers_and_versions_once(world: World) {
    let other = world.replica().await.unwrap();
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let shared = campo_tests::office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    let mut running = Vec::new();
    for number in 0..20 {
        let app = if number % 2 == 0 { world.app.clone() } else { other.clone() };
        let account = account.id;
        running.push(tokio::spawn(async move {
            campo_tests::office::create_task(&app, account, &[ana]).await?;
            campo_tests::office::edit_task(&app, account, shared, &format!("edit {number}")).await
        }));
    }
    for task in running {
        task.await.unwrap().unwrap();
    }
    let numbers: Vec<(i64,)> = world
        .app
        .db
        .fetch_all("select task_number from task where account = $1 order by task_number", (account.id,))
        .await
        .unwrap();
    assert_eq!(numbers.into_iter().map(|row| row.0).collect::<Vec<_>>(), (1..=21).collect::<Vec<_>>());
    let logs = check::log_is_whole(&world.app, account.id).await.unwrap();
    assert_eq!(logs.events.iter().filter(|event| event.kind == "task.changed").count(), 20);
}
