//! When entries happened, by phones whose exchanges take their time.

use campo_protocol::clock::Clock;
use campo_tests::{on_both, world::World};

on_both!(a_slow_exchange_moves_no_entry_behind_one_that_was_captured_later);

const SECOND_US: i64 = 1_000_000;

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
        let clock = Clock {
            wall_us: 1,
            monotonic_us: Some(sent_s * SECOND_US),
            boot: Some("b".to_owned()),
            zone: None,
            offset_s: None,
            automatic: None,
        };
        let request = campo_protocol::sync::Request { clock, ..phone.request() };
        phone.exchange_at(&app, &request, &[line.into_bytes()]).await.unwrap();
    }
    let fixed: Vec<(i64, String)> = world
        .app
        .db
        .fetch_all(
            "select occurred_us, occurred_kind from entry where account = $1 and installation = $2 order by sequence",
            (account.id, phone.installation),
        )
        .await
        .unwrap();
    let seconds: Vec<i64> = fixed.iter().map(|row| (row.0 - begun_us) / SECOND_US).collect();
    // The first is as late as its exchange, and the second no earlier; then the quick exchange counts for all
    assert_eq!(seconds, [30, 30, 40, 101]);
    assert!(fixed.iter().all(|row| row.1 == "anchored"), "{fixed:?}");
}
