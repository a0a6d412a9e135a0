//! What one event or one receiver does wrong, and that it costs nobody else.

use axum::http::Method;
use campo_server::health::{Fault, Status};
use campo_tests::{
    on_both,
    receiver::{Behaviour, Receiver, Request},
    world::World,
};
use serde_json::json;

use super::{Sending, Stage, arrived, check_arrivals, done, events};

on_both! {
    an_event_that_is_refused_holds_back_its_task_and_nothing_else,
    an_order_is_changed_only_while_nothing_waits_and_a_refusal_says_what_to_do,
    an_event_of_which_no_notification_can_be_made_is_set_aside_alone,
    a_dead_receiver_costs_a_try_now_and_then_and_delays_nobody,
    a_receiver_that_is_gone_disables_its_channel,
    health_says_whose_fault_it_is,
}

async fn an_event_that_is_refused_holds_back_its_task_and_nothing_else(world: World) {
    let mut stage = Stage::new(world).await;
    let (good, bad) = (stage.task().await, stage.task().await);
    stage.receiver.behave(&Behaviour::status(422).only(bad.to_string())).unwrap();
    let sending = Sending::start(&stage.world, 11).await;
    for kind in ["task.acknowledge", "task.start", "task.end"] {
        stage.work(bad, kind).await;
        stage.work(good, kind).await;
    }
    let events = stage.events().await;
    let (of_bad, others): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event.key() == bad);
    sending.until("the others to arrive", async || arrived(&stage.receiver, &others)).await;
    let listed = async || {
        let listed = stage.deliveries().await;
        Ok((listed.len() == of_bad.len() && listed[0]["attempts"].as_i64() > Some(1)).then_some(listed))
    };
    let listed = sending.until("what is behind it to be listed", listed).await;
    assert_eq!((&listed[0]["problem"], &listed[0]["status"]), (&json!("status_422"), &json!(422)));
    assert_eq!(listed[0]["state"], "waiting");
    assert!(listed[1..].iter().all(|delivery| delivery["attempts"] == 0), "{listed:?}");
    let refused = stage.receiver.journal().unwrap();
    let tried: std::collections::BTreeSet<&str> =
        refused.iter().filter(|request| !request.taken).map(Request::id).collect();
    assert_eq!(tried.len(), 1, "only the first of the task was tried");
    assert_eq!(stage.channel().await["progress"]["failures"], 0, "the receiver itself is alive");
    stage.receiver.behave(&Behaviour::take()).unwrap();
    done(&stage.post("deliveries/retry", &json!({})).await, 200);
    stage.all_arrive(&sending).await;
    sending
        .until("the list to be empty", async || Ok(stage.deliveries().await.is_empty().then_some(())))
        .await;
}

async fn an_order_is_changed_only_while_nothing_waits_and_a_refusal_says_what_to_do(world: World) {
    let stage = Stage::new(world).await;
    let task = stage.task().await;
    stage.receiver.behave(&Behaviour::status(422).only(task.to_string())).unwrap();
    let sending = Sending::start(&stage.world, 12).await;
    let waiting =
        async || Ok((stage.channel().await["progress"]["waiting"].as_i64() > Some(0)).then_some(()));
    sending.until("an event to wait", waiting).await;
    let change = async |language: &str| {
        let headers = [("if-match", "1"), ("accept-language", language)];
        let order = json!({ "order": "none" });
        stage.office.call(Method::PATCH, "/v1/channels/code:erp", &headers, Some(&order)).await.unwrap()
    };
    for (language, what_to_do) in [("es", "reintente o descarte"), ("en", "retry or discard")] {
        let refused = change(language).await;
        let problem = refused.json();
        assert_eq!((refused.status.as_u16(), &problem["code"]), (409, &json!("conflict")));
        assert_eq!(
            (&problem["faults"][0]["field"], &problem["faults"][0]["found"]),
            (&json!("/order"), &json!("none"))
        );
        assert!(problem["faults"][0].to_string().contains(what_to_do), "{problem}");
    }
    stage.receiver.behave(&Behaviour::take()).unwrap();
    done(&stage.post("deliveries/retry", &json!({})).await, 200);
    let changed = async || Ok((change("es").await.status == 200).then_some(()));
    sending.until("the order to be changed", changed).await;
}

async fn an_event_of_which_no_notification_can_be_made_is_set_aside_alone(world: World) {
    let mut stage = Stage::new(world).await;
    let task = stage.task().await;
    for kind in ["task.acknowledge", "task.start", "task.end"] {
        stage.work(task, kind).await;
    }
    let mut events = stage.events().await;
    let poisoned = events.remove(4);
    let spoil = |hexadecimal: &str| {
        format!(
            "update event_snapshot set body = {hexadecimal} where snapshot = (select snapshot from event \
             where account = {account} and position = {position}) and account = {account}",
            account = stage.account.id,
            position = poisoned.position
        )
    };
    stage.world.meddle(&spoil("x'7b22'"), &spoil(r"'\x7b22'")).await.unwrap();
    // Two events can share a snapshot.
    let (spoiled,): (i64,) = stage
        .world
        .app
        .db
        .fetch_one(
            "select count(*) from event e join event f on f.account = e.account and f.snapshot = e.snapshot \
             where e.account = $1 and e.position = $2",
            (stage.account.id, poisoned.position),
        )
        .await
        .unwrap();
    if spoiled > 1 {
        events.retain(|event| event.subject != poisoned.subject);
    }
    let sending = Sending::start(&stage.world, 12).await;
    sending.until("the others to arrive", async || arrived(&stage.receiver, &events)).await;
    check_arrivals(&stage.receiver, &events, &stage.secret);
    let listed = async || {
        let listed = stage.deliveries().await;
        Ok((!listed.is_empty()).then_some(listed))
    };
    let listed = sending.until("what is set aside to be listed", listed).await;
    assert_eq!(listed.len() as i64, spoiled);
    for delivery in &listed {
        assert_eq!(delivery["state"], "not_delivered");
        assert_eq!((&delivery["problem"], &delivery["attempts"]), (&json!("cannot_be_rendered"), &json!(0)));
    }
    let path = format!("/v1/channels/code:erp/deliveries/{}", listed[0]["event"].as_str().unwrap());
    let delete = axum::http::Method::DELETE;
    assert_eq!(stage.office.call(delete.clone(), &path, &[], None).await.unwrap().status, 204);
    assert_eq!(stage.office.call(delete, &path, &[], None).await.unwrap().status, 404);
    assert_eq!(stage.deliveries().await.len() as i64, spoiled - 1);
}

async fn a_dead_receiver_costs_a_try_now_and_then_and_delays_nobody(world: World) {
    let mut stage = Stage::new(world).await;
    stage.receiver.behave(&Behaviour::status(503)).unwrap();
    let calm = Receiver::start().unwrap();
    let draft = json!({"code": "calm", "name": "Calm", "url": calm.url()});
    let made = done(&stage.office.post("/v1/channels", &draft).await.unwrap(), 201);
    let sending = Sending::start(&stage.world, 13).await;
    let tasks = [stage.task().await, stage.task().await, stage.task().await, stage.task().await];
    for _ in 0..5 {
        for task in tasks {
            stage.work(task, "task.start").await;
            stage.work(task, "task.suspend").await;
        }
    }
    let all = stage.events().await;
    sending.until("the other channel's to arrive", async || arrived(&calm, &all)).await;
    check_arrivals(&calm, &all, made["secret"].as_str().unwrap());
    sending.pass(300).await;
    let tries = stage.receiver.journal().unwrap().len();
    assert!(all.len() > 80 && (5..50).contains(&tries), "{tries} tries of {} events", all.len());
    let listed = stage.deliveries().await.len();
    assert!(listed < all.len(), "{listed} rows");
    stage.receiver.behave(&Behaviour::take()).unwrap();
    stage.all_arrive(&sending).await;
}

async fn a_receiver_that_is_gone_disables_its_channel(world: World) {
    let mut stage = Stage::new(world).await;
    stage.receiver.behave(&Behaviour::status(410)).unwrap();
    let sending = Sending::start(&stage.world, 14).await;
    let task = stage.task().await;
    let disabled = async || {
        let channel = stage.channel().await;
        Ok((channel["state"] == "disabled").then_some(channel))
    };
    let channel = sending.until("the channel to be disabled", disabled).await;
    assert_eq!((&channel["reason"], &channel["version"]), (&json!("gone"), &json!(2)));
    stage.receiver.behave(&Behaviour::take()).unwrap();
    stage.work(task, "task.start").await;
    let tries = stage.receiver.journal().unwrap().len();
    sending.pass(30).await;
    assert_eq!(stage.receiver.journal().unwrap().len(), tries);
    // Nothing is lost: it goes on where it was.
    let body = json!({"state": "enabled"});
    let path = "/v1/channels/code:erp";
    let headers = [("if-match", "2")];
    let answer = stage.office.call(axum::http::Method::PATCH, path, &headers, Some(&body)).await.unwrap();
    assert_eq!(done(&answer, 200).get("reason"), None);
    stage.all_arrive(&sending).await;
}

async fn health_says_whose_fault_it_is(world: World) {
    let mut stage = Stage::with(world, Receiver::down().unwrap(), json!({})).await;
    let finding = async |app: &campo_server::app::App| {
        let report = app.health.report(app).await;
        report.subsystems.into_iter().find(|finding| finding.name == "notifications").unwrap()
    };
    let idle = stage.world.virtual_replica(15).await.unwrap();
    assert_eq!(finding(&idle).await.status, Status::Ok);
    stage.task().await;
    // Nobody sends: that is ours.
    idle.environment.advance(1000 * 1_000_000);
    let ours = finding(&idle).await;
    assert_eq!((ours.status, ours.fault), (Status::Failed, Some(Fault::Ours)));
    assert!(ours.oldest_undone_s.unwrap() >= 999, "{ours:?}");
    // The receiver does not answer: that is the customer's.
    let sending = Sending::of(idle);
    let failing =
        async || Ok((stage.channel().await["progress"]["failures"].as_i64() > Some(0)).then_some(()));
    sending.until("the channel to fail", failing).await;
    sending.pass(100).await;
    let theirs = finding(&sending.app).await;
    assert_eq!((theirs.status, theirs.fault), (Status::Degraded, Some(Fault::Customer)), "{theirs:?}");
    stage.receiver.up().unwrap();
    let events = events(&stage.world.app, stage.account.id, stage.before).await;
    sending.until("every event to arrive", async || arrived(&stage.receiver, &events)).await;
    let well = async || Ok((finding(&sending.app).await.status == Status::Ok).then_some(()));
    sending.until("all to be well", well).await;
}
