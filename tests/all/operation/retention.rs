//! What was kept for its time is gone, and nothing else is.

use campo_server::{retention::SHOWN_US, sweep};
use campo_tests::{on_both, world::World};
use uuid::Uuid;

on_both! {
    what_was_done_with_goes_after_its_time_and_the_rest_stays,
}

async fn what_was_done_with_goes_after_its_time_and_the_rest_stays(world: World) {
    let account = world.account("acme").await.unwrap();
    let now_us = world.app.environment.now_us();
    let (old_us, new_us) = (now_us - SHOWN_US - 1_000_000, now_us - SHOWN_US + 3_600_000_000);
    let id = Uuid::from_u128;
    let mut tx = world.app.db.begin().await.unwrap();
    for (number, done_us) in [(1_u128, Some(old_us)), (2, Some(new_us)), (3, None)] {
        tx.execute(
            "insert into notice (account, id, kind, cause, detail, permission, times, first_us, last_us, done_us) \
             values ($1, $2, 'channel_gone', $3, '{}', 'manage_channels', 1, 1, 1, $4)",
            (account.id, id(number), number.to_string(), done_us),
        )
        .await
        .unwrap();
    }
    for (number, until_us) in [(1_u128, now_us - 1), (2, now_us + 3_600_000_000)] {
        tx.execute(
            "insert into act (account, id, kind, permission, author, detail, effects, position, created_us, undo_until_us) \
             values ($1, $2, 'tasks.batch', 'manage_tasks', 'user', '{}', 1, 1, 1, $3)",
            (account.id, id(number), until_us),
        )
        .await
        .unwrap();
        tx.execute(
            "insert into act_effect (account, act, number, subject_kind, subject, effect, version_after, before) \
             values ($1, $2, 1, 'task', $2, 'changed', 2, 'a name')",
            (account.id, id(number)),
        )
        .await
        .unwrap();
    }
    for (position, state, tried_us) in [
        (1_i64, "not_delivered", Some(old_us)),
        (2, "not_delivered", Some(new_us)),
        (3, "waiting", Some(old_us)),
    ] {
        tx.execute(
            "insert into delivery (account, channel, position, event, order_key, state, attempts, since_us, tried_us) \
             values ($1, $2, $3, $2, $2, $4, 1, 1, $5)",
            (account.id, id(9), position, state, tried_us),
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();

    sweep::duty(&world.app).await.unwrap();

    let db = &world.app.db;
    let notices: Vec<(String,)> = db
        .fetch_all("select cause from notice where account = $1 order by cause", (account.id,))
        .await
        .unwrap();
    assert_eq!(notices, [("2".to_owned(),), ("3".to_owned(),)]);
    let before: Vec<(Option<String>,)> = db
        .fetch_all("select before from act_effect where account = $1 order by act", (account.id,))
        .await
        .unwrap();
    assert_eq!(before, [(None,), (Some("a name".to_owned()),)]);
    let deliveries: Vec<(i64,)> = db
        .fetch_all("select position from delivery where account = $1 order by position", (account.id,))
        .await
        .unwrap();
    assert_eq!(deliveries, [(2,), (3,)]);
}
