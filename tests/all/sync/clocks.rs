//! When entries happened, by phones whose exchanges take their time.

use campo_protocol::{clock::Clock, sync::Request};
use campo_server::app::App;
use campo_tests::{
    check, office, on_both,
    world::{Phone, World},
};
use serde_json::Value;

on_both! {
    a_slow_exchange_moves_no_entry_behind_one_that_was_captured_later,
    what_a_phone_captured_before_it_was_restarted_is_fixed_by_the_boot_of_then,
    what_a_phone_with_a_wrong_clock_reports_stays_in_its_order,
}

const SECOND_US: i64 = 1_000_000;

/// Hands lines in, in that boot and so many seconds after it began, with a wall clock of 1970.
async fn hand_in(phone: &mut Phone, app: &App, (boot, monotonic_s): (&str, i64), lines: &[Vec<u8>]) {
    let clock = Clock {
        wall_us: 1,
        monotonic_us: Some(monotonic_s * SECOND_US),
        boot: Some(boot.to_owned()),
        zone: None,
        offset_s: None,
        automatic: None,
    };
    let request = Request { clock, ..phone.request() };
    phone.exchange_at(app, &request, lines).await.unwrap();
}

/// When its entries happened, in seconds since `begun_us`, and how that was fixed.
async fn fixed(phone: &Phone, begun_us: i64) -> Vec<(i64, String)> {
    let rows: Vec<(i64, String)> = phone
        .app
        .db
        .fetch_all(
            "select occurred_us, occurred_kind from entry where account = $1 and installation = $2 order by sequence",
            (phone.account, phone.installation),
        )
        .await
        .unwrap();
    rows.into_iter().map(|(at_us, kind)| ((at_us - begun_us) / SECOND_US, kind)).collect()
}

async fn a_slow_exchange_moves_no_entry_behind_one_that_was_captured_later(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let app = world.virtual_replica(1).await.unwrap();
    let begun_us = app.environment.now_us();
    // when it was captured and sent, by the phone, and when it was received: seconds since the phone was started
    let exchanges = [(10, 11, 31), (25, 32, 32), (40, 40, 100), (101, 102, 102)];
    for (sequence, (captured_s, sent_s, received_s)) in (1..).zip(exchanges) {
        let now_us = app.environment.now_us();
        app.environment.advance(begun_us + received_s * SECOND_US - now_us);
        let line = format!(
            r#"{{"id":"{}","kind":"shift.start","installation":"{}","employee":"{ana}","sequence":{sequence},"clock":{{"wall_us":1,"monotonic_us":{},"boot":"b"}}}}"#,
            world.app.environment.uuid(),
            phone.installation,
            captured_s * SECOND_US,
        );
        hand_in(&mut phone, &app, ("b", sent_s), &[line.into_bytes()]).await;
    }
    let fixed = fixed(&phone, begun_us).await;
    let seconds: Vec<i64> = fixed.iter().map(|row| row.0).collect();
    // The first is as late as its exchange, and the second no earlier; then the quick exchange counts for all
    assert_eq!(seconds, [30, 30, 40, 101]);
    assert!(fixed.iter().all(|row| row.1 == "anchored"), "{fixed:?}");
}

/// A worker sets the clock back, clocks in without a network, and restarts the phone before it sends.
async fn what_a_phone_captured_before_it_was_restarted_is_fixed_by_the_boot_of_then(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let app = world.virtual_replica(1).await.unwrap();
    let begun_us = app.environment.now_us();
    // when the exchange was, the boot in which it was, and its entries: boot and monotonic clock, seconds
    let exchanges = [
        (10, "a", vec![("a", 10)]),
        (100, "b", vec![("a", 70), ("b", 5)]),
        (200, "c", vec![("a", 80), ("b", 50), ("c", 1)]),
        (300, "d", vec![("never seen", 7)]),
    ];
    let mut sequence = 0;
    for (sent_s, sent_in, entries) in exchanges {
        let now_us = app.environment.now_us();
        app.environment.advance(begun_us + sent_s * SECOND_US - now_us);
        let lines: Vec<Vec<u8>> = entries
            .iter()
            .map(|(boot, captured_s)| {
                sequence += 1;
                format!(
                    r#"{{"id":"{}","kind":"shift.start","installation":"{}","employee":"{ana}","sequence":{sequence},"clock":{{"wall_us":{},"monotonic_us":{},"boot":"{boot}"}}}}"#,
                    world.app.environment.uuid(),
                    phone.installation,
                    begun_us - 3600 * SECOND_US,
                    captured_s * SECOND_US,
                )
                .into_bytes()
            })
            .collect();
        hand_in(&mut phone, &app, (sent_in, entries.last().unwrap().1), &lines).await;
    }
    let fixed = fixed(&phone, begun_us).await;
    let mut expected = [10, 70, 100, 80, 145, 200].map(|at_s| (at_s, "anchored".to_owned())).to_vec();
    // Of a boot that the server never heard of, only the wall clock is known
    expected.push((-3600, "wall".to_owned()));
    assert_eq!(fixed, expected);
}

/// The time of receipt stands in for the clock's, so that all of an exchange has one instant; ids follow nothing.
async fn what_a_phone_with_a_wrong_clock_reports_stays_in_its_order(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let task = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    let mut phone = account.spare_phone(ana);
    let kinds = ["task.start", "task.suspend"].repeat(8);
    let lines: Vec<Vec<u8>> = kinds
        .iter()
        .map(|kind| {
            let line = String::from_utf8(phone.line(kind, &format!(r#","task":"{task}""#))).unwrap();
            let (before, clock) = line.split_once(r#""wall_us":"#).unwrap();
            let (_, after) = clock.split_once('}').unwrap();
            format!(r#"{before}"wall_us":1}}{after}"#).into_bytes()
        })
        .collect();
    for receipt in phone.send(&lines).await.unwrap().receipts {
        assert_eq!(receipt.reason, None);
    }
    let logs = check::log_is_whole(&world.app, account.id).await.unwrap();
    let shown: Value = serde_json::from_slice(&logs.events.last().unwrap().body).unwrap();
    assert_eq!(shown["task"]["progress"]["status"], "suspended");
}
