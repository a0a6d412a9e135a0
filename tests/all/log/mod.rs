//! The three logs under attack.

use campo_tests::{on_both, world::World};

on_both! { entries_get_positions_and_repeats_the_same_receipts }

async fn entries_get_positions_and_repeats_the_same_receipts(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana);
    let lines: Vec<_> =
        (0..20).map(|n| phone.line(if n % 2 == 0 { "shift.start" } else { "shift.end" }, "")).collect();
    let first = phone.send(&lines[..10]).await.unwrap();
    let all = phone.send(&lines).await.unwrap();
    assert_eq!(all[..10], first);
    assert_eq!(all.iter().map(|receipt| receipt.position).collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());
    let mut other = lines[3].clone();
    let end = other.len() - 1;
    other.splice(end..end, b",\"note\":\"x\"".iter().copied());
    println!("{:?}", phone.send(&[other]).await.unwrap());
}
