//! What goes well.

use campo_tests::{on_both, receiver::Receiver, world::World};
use serde_json::{Value, json};

use super::{Sending, Stage, done, ids};
use crate::live::heard;

on_both! {
    every_event_arrives_once_signed_and_in_order_and_leaves_no_row,
    a_receiver_that_was_down_gets_everything_in_order_per_task,
    a_channel_gets_only_the_kinds_of_events_that_it_wants,
    a_replay_sends_the_same_ids_and_bytes_again,
    a_replay_ahead_says_how_many_events_it_leaves_out,
    while_a_secret_is_rotated_notifications_carry_both_signatures,
    headers_of_the_channel_go_with_every_notification,
    a_paused_channel_keeps_its_place,
    a_strict_channel_delivers_everything_in_the_order_of_the_log,
    consoles_hear_what_became_of_deliveries,
}

/// Work on three tasks, in turns.
async fn a_day(stage: &mut Stage) {
    let tasks = [stage.task().await, stage.task().await, stage.task().await];
    for kind in ["task.acknowledge", "task.start", "task.suspend", "task.start", "task.end"] {
        for task in tasks {
            stage.work(task, kind).await;
        }
    }
    let line = stage.phone.line("shift.start", "");
    stage.phone.send(&[line]).await.unwrap();
}

async fn every_event_arrives_once_signed_and_in_order_and_leaves_no_row(world: World) {
    let mut stage = Stage::new(world).await;
    let sending = Sending::start(&stage.world, 1).await;
    a_day(&mut stage).await;
    stage.all_arrive(&sending).await;
    let events = stage.events().await;
    assert_eq!(stage.receiver.journal().unwrap().len(), events.len(), "each once, since nothing went wrong");
    let last = events.last().unwrap().position;
    let done = async || {
        let progress = stage.channel().await["progress"].clone();
        Ok((progress["position"] == last).then_some(progress))
    };
    let progress = sending.until("the cursor to move", done).await;
    assert_eq!((&progress["waiting"], &progress["not_delivered"]), (&json!(0), &json!(0)));
    assert_eq!(progress["failures"], 0);
    assert!(progress["delivered_at"].is_string());
    // Events of other tasks go their own way, so that another one may have come first
    let (journal, first) = (stage.receiver.journal().unwrap(), events[0].id.to_string());
    let first = journal.iter().find(|request| request.id() == first).unwrap();
    assert_eq!((first.method.as_str(), first.path.as_str()), ("POST", "/campo"));
    assert_eq!(first.header("content-type"), "application/json");
    let body = first.json().unwrap();
    assert_eq!((&body["type"], &body["format"]), (&json!("entry.added"), &json!(1)));
    assert_eq!(body["data"]["entry"]["content"]["kind"], "task.created");
}

async fn a_receiver_that_was_down_gets_everything_in_order_per_task(world: World) {
    let mut stage = Stage::with(world, Receiver::down().unwrap(), json!({})).await;
    let sending = Sending::start(&stage.world, 2).await;
    a_day(&mut stage).await;
    let failing = async || {
        let progress = stage.channel().await["progress"].clone();
        Ok((progress["failures"].as_i64() > Some(1)).then_some(progress))
    };
    let progress = sending.until("the channel to fail", failing).await;
    assert_eq!(progress["problem"], "no_connection");
    a_day(&mut stage).await;
    stage.receiver.up().unwrap();
    stage.all_arrive(&sending).await;
    let emptied = async || Ok(stage.deliveries().await.is_empty().then_some(()));
    sending.until("the list to be empty", emptied).await;
    // Down again, in the middle of things
    stage.receiver.kill().unwrap();
    a_day(&mut stage).await;
    sending.pass(30).await;
    stage.receiver.up().unwrap();
    stage.all_arrive(&sending).await;
}

async fn a_channel_gets_only_the_kinds_of_events_that_it_wants(world: World) {
    let wanted = json!({"events": ["task.created", "entry.complete"]});
    let mut stage = Stage::with(world, Receiver::start().unwrap(), wanted).await;
    let sending = Sending::start(&stage.world, 3).await;
    a_day(&mut stage).await;
    let last = stage.events().await.last().unwrap().position;
    // What the cursor has passed may still be on its way
    let sent = async || {
        let read = stage.channel().await["progress"]["position"] == last;
        Ok((read && stage.deliveries().await.is_empty()).then_some(()))
    };
    sending.until("everything to be read and sent", sent).await;
    let taken = stage.receiver.taken().unwrap();
    let kinds: Vec<Value> = taken.iter().map(|request| request.json().unwrap()["type"].clone()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "task.created").count(), 3);
    assert_eq!(kinds.iter().filter(|kind| **kind == "entry.complete").count(), kinds.len() - 3);
    assert!(kinds.len() > 10);
}

async fn a_replay_sends_the_same_ids_and_bytes_again(world: World) {
    let mut stage = Stage::new(world).await;
    let sending = Sending::start(&stage.world, 4).await;
    a_day(&mut stage).await;
    stage.all_arrive(&sending).await;
    let first = stage.receiver.taken().unwrap();
    let events = stage.events().await;
    let position = events[5].position;
    let begun = done(&stage.post("replay", &json!({ "position": position })).await, 200);
    let again = events.len() - 5;
    assert_eq!(begun, json!({ "position": position, "events": again, "skipped": 0 }));
    let total = first.len() + again;
    let arrived = async || Ok((stage.receiver.taken()?.len() >= total).then_some(()));
    sending.until("the events to arrive again", arrived).await;
    // Each id with the same bytes, again in order
    stage.all_arrive(&sending).await;
    let mut second = ids(&stage.receiver.taken().unwrap()[first.len()..]);
    let mut expected: Vec<String> = events[5..].iter().map(|event| event.id.to_string()).collect();
    second.sort_unstable();
    expected.sort_unstable();
    assert_eq!(second, expected);
    let begun = done(&stage.post("replay", &json!({ "time": "2999-01-01T00:00:00Z" })).await, 200);
    assert_eq!(begun["events"], 0);
    for wrong in [json!({}), json!({"position": 0}), json!({"position": 1, "time": "2030-01-01T00:00:00Z"})] {
        assert_eq!(stage.post("replay", &wrong).await.status, 422, "{wrong}");
    }
}

async fn a_replay_ahead_says_how_many_events_it_leaves_out(world: World) {
    let mut stage = Stage::new(world).await;
    let path = "/v1/channels/code:erp";
    let paused = json!({"state": "paused"});
    let answer =
        stage.office.call(axum::http::Method::PATCH, path, &[("if-match", "1")], Some(&paused)).await;
    done(&answer.unwrap(), 200);
    a_day(&mut stage).await;
    let events = stage.events().await;
    let last =
        done(&stage.office.get(path).await.unwrap(), 200)["progress"]["last_position"].as_i64().unwrap();
    assert!(events.len() > 5, "there is something to leave out");
    let ahead = |position: i64| json!({ "position": position });
    let begun = done(&stage.post("replay", &ahead(last)).await, 200);
    assert_eq!(begun, json!({ "position": last, "events": 1, "skipped": last - 1 - stage.before }));
    let begun = done(&stage.post("replay", &ahead(last + 1)).await, 200);
    assert_eq!(begun, json!({ "position": last + 1, "events": 0, "skipped": 1 }));
    let begun = done(&stage.post("replay", &ahead(stage.before + 1)).await, 200);
    assert_eq!(begun, json!({ "position": stage.before + 1, "events": last - stage.before, "skipped": 0 }));
    let begun = done(&stage.post("replay", &json!({ "time": "2999-01-01T00:00:00Z" })).await, 200);
    assert_eq!(begun["skipped"], last - stage.before);
}

async fn while_a_secret_is_rotated_notifications_carry_both_signatures(world: World) {
    let stage = Stage::new(world).await;
    let test = async || {
        done(&stage.post("test", &json!({})).await, 200);
        stage.receiver.journal().unwrap().pop().unwrap()
    };
    let rotated = done(&stage.post("rotate", &json!({})).await, 200);
    let second = rotated["secret"].as_str().unwrap().to_owned();
    let request = test().await;
    assert_eq!(request.json().unwrap()["type"], "channel.test");
    assert!(request.is_signed_with(&stage.secret).unwrap() && request.is_signed_with(&second).unwrap());
    assert_eq!(request.header("webhook-signature").split(' ').count(), 2);
    let rotated = done(&stage.post("rotate", &json!({"overlap_hours": 0})).await, 200);
    let third = rotated["secret"].as_str().unwrap().to_owned();
    let request = test().await;
    assert!(request.is_signed_with(&third).unwrap());
    assert!(!request.is_signed_with(&second).unwrap() && !request.is_signed_with(&stage.secret).unwrap());
    assert_eq!(stage.post("rotate", &json!({"overlap_hours": 721})).await.status, 422);
}

async fn headers_of_the_channel_go_with_every_notification(world: World) {
    let stage = Stage::new(world).await;
    let set = async |headers: Value| {
        let body = json!({ "headers": headers });
        let path = "/v1/channels/code:erp/headers";
        stage.office.call(axum::http::Method::PUT, path, &[], Some(&body)).await.unwrap()
    };
    let answer = done(&set(json!({"X-Api-Key": "the key"})).await, 200);
    assert_eq!(answer, json!({"headers": ["x-api-key"]}));
    done(&stage.post("test", &json!({})).await, 200);
    assert_eq!(stage.receiver.journal().unwrap()[0].header("x-api-key"), "the key");
    assert_eq!(stage.channel().await["headers"], json!(["x-api-key"]));
    for wrong in [
        json!({"webhook-id": "x"}),
        json!({"Host": "x"}),
        json!({"content-length": "1"}),
        json!({"a b": "x"}),
        json!({"x": "a\nb"}),
        json!({"x": ""}),
    ] {
        assert_eq!(set(wrong.clone()).await.status, 422, "{wrong}");
    }
    done(&set(json!({})).await, 200);
    done(&stage.post("test", &json!({})).await, 200);
    assert_eq!(stage.receiver.journal().unwrap()[1].header("x-api-key"), "");
}

async fn a_paused_channel_keeps_its_place(world: World) {
    let mut stage = Stage::with(world, Receiver::start().unwrap(), json!({"state": "paused"})).await;
    let sending = Sending::start(&stage.world, 5).await;
    a_day(&mut stage).await;
    sending.pass(20).await;
    assert_eq!(stage.receiver.journal().unwrap(), []);
    let path = "/v1/channels/code:erp";
    let enabled = json!({"state": "enabled"});
    let answer = stage
        .office
        .call(axum::http::Method::PATCH, path, &[("if-match", "1")], Some(&enabled))
        .await
        .unwrap();
    done(&answer, 200);
    stage.all_arrive(&sending).await;
}

async fn a_strict_channel_delivers_everything_in_the_order_of_the_log(world: World) {
    let mut stage = Stage::with(world, Receiver::down().unwrap(), json!({"order": "strict"})).await;
    let sending = Sending::start(&stage.world, 6).await;
    a_day(&mut stage).await;
    sending.pass(10).await;
    stage.receiver.up().unwrap();
    stage.all_arrive(&sending).await;
    let expected: Vec<String> = stage.events().await.iter().map(|event| event.id.to_string()).collect();
    let mut taken = ids(&stage.receiver.taken().unwrap());
    taken.dedup();
    assert_eq!(taken, expected);
}

async fn consoles_hear_what_became_of_deliveries(world: World) {
    let mut stage = Stage::with(world, Receiver::down().unwrap(), json!({})).await;
    let heard = async || heard(&stage.account, campo_server::channels::TOPIC).await;
    let made = heard().await;
    assert!(made > 0, "that a channel was made");
    let sending = Sending::start(&stage.world, 1).await;
    stage.task().await;
    let raised = async |than: i64| Ok(Some(heard().await).filter(|counter| *counter > than));
    let failed = sending.until("a failure to be heard of", async || raised(made).await).await;
    stage.receiver.up().unwrap();
    sending.until("what arrived to be heard of", async || raised(failed).await).await;
    let before = heard().await;
    stage.post("replay", &json!({"position": stage.before})).await;
    assert!(heard().await > before, "that it begins anew");
}
