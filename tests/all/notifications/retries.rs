//! How often, and for how long.

use std::sync::Arc;

use campo_server::app::Limits;
use campo_tests::{
    api::Client,
    on_both,
    receiver::{Behaviour, Mode, Receiver},
    world::World,
};
use serde_json::json;

use super::{Sending, Stage, arrived, check_arrivals, done};
use crate::identity::everything;

on_both! {
    every_way_to_fail_has_its_name,
    an_event_that_is_refused_for_three_days_is_given_up_and_can_be_tried_again,
    a_receiver_that_was_away_for_a_week_misses_nothing,
    a_receiver_is_left_alone_for_as_long_as_it_asks,
    an_answer_that_repeats_a_secret_is_kept_without_it,
    a_replica_that_lost_its_lease_writes_nothing,
}

async fn every_way_to_fail_has_its_name(world: World) {
    let mut stage = Stage::new(world).await;
    // A short lease makes a short time-out.
    let mut hasty = stage.world.app.clone();
    hasty.limits = Arc::new(Limits { lease_us: 2_000_000, ..(*hasty.limits).clone() });
    let key = stage.account.key(&everything()).await.unwrap();
    let office = Client::new(&hasty, Some(&key));
    let other = Receiver::start().unwrap();
    let redirect = Behaviour { mode: Mode::Redirect, location: Some(other.url()), ..Behaviour::default() };
    let mode = |mode| Behaviour { mode, ..Behaviour::default() };
    for (behaviour, problem) in [
        (Behaviour::take(), None),
        (mode(Mode::HugeAnswer), None),
        (Behaviour::status(201), None),
        (mode(Mode::Slow), Some("timed_out")),
        (mode(Mode::Close), Some("broken_off")),
        (mode(Mode::CloseWithin), Some("broken_off")),
        (redirect, Some("status_307")),
        (Behaviour::status(400), Some("status_400")),
        (Behaviour::status(500), Some("status_500")),
    ] {
        stage.receiver.behave(&behaviour).unwrap();
        let tested = done(&office.post("/v1/channels/code:erp/test", &json!({})).await.unwrap(), 200);
        assert_eq!(tested["problem"].as_str(), problem, "{behaviour:?}: {tested}");
        assert_eq!(tested["delivered"], problem.is_none(), "{tested}");
    }
    assert_eq!(other.journal().unwrap(), [], "no redirect is followed");
    stage.receiver.kill().unwrap();
    let tested = done(&office.post("/v1/channels/code:erp/test", &json!({})).await.unwrap(), 200);
    assert_eq!(tested["problem"], "no_connection");
}

async fn an_event_that_is_refused_for_three_days_is_given_up_and_can_be_tried_again(world: World) {
    let mut stage = Stage::new(world).await;
    let (bad, good) = (stage.task().await, stage.task().await);
    stage
        .receiver
        .behave(
            &Behaviour { answer: Some("no such task".to_owned()), ..Behaviour::status(400) }
                .only(bad.to_string()),
        )
        .unwrap();
    let sending = Sending::start(&stage.world, 21).await;
    stage.work(good, "task.start").await;
    let of_bad = stage.events().await.iter().filter(|event| event.key() == bad).count();
    let given_up = async || {
        sending.app.environment.advance(3600 * 1_000_000);
        let listed = stage.deliveries().await;
        let all = listed.iter().filter(|delivery| delivery["state"] == "not_delivered").count() == of_bad;
        Ok(all.then_some(listed))
    };
    let listed = sending.until("the events to be given up", given_up).await;
    assert_eq!(listed[0]["answer"], "no such task");
    assert!(of_bad > 1);
    // What waited behind the first has days of its own
    for one in &listed {
        assert!(one["attempts"].as_i64() > Some(1), "{one}");
        let at = |at: &str| one[at].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert!(at("tried_at").duration_since(at("since")).as_hours() >= 72, "{one}");
    }
    stage.receiver.behave(&Behaviour::take()).unwrap();
    let path = format!("deliveries/{}/retry", listed[0]["event"].as_str().unwrap());
    assert_eq!(done(&stage.post(&path, &json!({})).await, 200), json!({"deliveries": 1}));
    assert_eq!(done(&stage.post("deliveries/retry", &json!({})).await, 200), json!({"deliveries": of_bad}));
    stage.all_arrive(&sending).await;
    let unknown = format!("deliveries/{}/retry", uuid::Uuid::nil());
    assert_eq!(stage.post(&unknown, &json!({})).await.status, 404);
}

async fn a_receiver_that_was_away_for_a_week_misses_nothing(world: World) {
    let mut stage = Stage::with(world, Receiver::down().unwrap(), json!({})).await;
    let sending = Sending::start(&stage.world, 22).await;
    let task = stage.task().await;
    for hour in 0..24 * 7 {
        if hour % 12 == 0 {
            stage.work(task, "task.start").await;
            stage.work(task, "task.suspend").await;
        }
        sending.app.environment.advance(3600 * 1_000_000);
        sending.pass(1).await;
    }
    assert!(stage.channel().await["progress"]["failures"].as_i64() > Some(20));
    let listed = stage.deliveries().await;
    assert!(listed.iter().all(|delivery| delivery["state"] == "waiting"), "{listed:?}");
    stage.receiver.up().unwrap();
    let events = stage.events().await;
    let arriving = async || {
        sending.app.environment.advance(2_000_000);
        arrived(&stage.receiver, &events)
    };
    sending.until("every event to arrive", arriving).await;
    check_arrivals(&stage.receiver, &events, &stage.secret);
}

async fn a_receiver_is_left_alone_for_as_long_as_it_asks(world: World) {
    let stage = Stage::new(world).await;
    let busy = Behaviour { retry_after: Some("600".to_owned()), ..Behaviour::status(429) };
    stage.receiver.behave(&busy).unwrap();
    let sending = Sending::start(&stage.world, 23).await;
    stage.task().await;
    stage.task().await;
    let asked = async || Ok((!stage.receiver.journal()?.is_empty()).then_some(()));
    sending.until("a try", asked).await;
    sending.pass(60).await;
    let tries = stage.receiver.journal().unwrap().len();
    stage.receiver.behave(&Behaviour::take()).unwrap();
    sending.pass(400).await;
    assert_eq!(stage.receiver.journal().unwrap().len(), tries);
    sending.app.environment.advance(200 * 1_000_000);
    let events = stage.events().await;
    sending.until("every event to arrive", async || arrived(&stage.receiver, &events)).await;
}

async fn an_answer_that_repeats_a_secret_is_kept_without_it(world: World) {
    let stage = Stage::new(world).await;
    let body = json!({"headers": {"x-api-key": "hunter2hunter2"}});
    let path = "/v1/channels/code:erp/headers";
    done(&stage.office.call(axum::http::Method::PUT, path, &[], Some(&body)).await.unwrap(), 200);
    let answer = format!("x-api-key: hunter2hunter2 {}\u{1b}[31m", stage.secret);
    stage.receiver.behave(&Behaviour { answer: Some(answer), ..Behaviour::status(400) }).unwrap();
    let tested = done(&stage.post("test", &json!({})).await, 200);
    assert_eq!(tested["answer"], "x-api-key: *** whsec_*** [31m");
}

async fn a_replica_that_lost_its_lease_writes_nothing(world: World) {
    let mut stage = Stage::new(world).await;
    let slow = Behaviour { mode: Mode::Slow, ..Behaviour::default() };
    stage.receiver.behave(&slow).unwrap();
    // A short lease makes a short time-out.
    let mut first = stage.world.virtual_replica(24).await.unwrap();
    first.limits = Arc::new(Limits { lease_us: 2_000_000, ..(*first.limits).clone() });
    let first = Sending::of(first);
    let task = stage.task().await;
    let begun = async || Ok((!stage.receiver.journal()?.is_empty()).then_some(()));
    first.until("a request to begin", begun).await;
    // From here on the clock of the first stands still, as that of a process that hangs does.
    stage.receiver.behave(&Behaviour::take()).unwrap();
    let second = Sending::start(&stage.world, 25).await;
    stage.work(task, "task.start").await;
    stage.all_arrive(&second).await;
    let last = stage.events().await.last().unwrap().position;
    let recorded = async || Ok((stage.channel().await["progress"]["position"] == last).then_some(()));
    second.until("the cursor to move", recorded).await;
    let before = stage.channel().await;
    first.pass(5).await;
    let after = stage.channel().await;
    assert_eq!(before["progress"], after["progress"]);
    assert_eq!((&after["progress"]["failures"], &after["progress"]["waiting"]), (&json!(0), &json!(0)));
    stage.work(task, "task.end").await;
    stage.all_arrive(&second).await;
}
