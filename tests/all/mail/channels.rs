//! Channels by mail: an address gets a link and nothing else until that was followed, then each event is one mail.

use axum::http::Method;
use campo_soap::xml::{Strictness, read};
use campo_tests::{
    api::{Answer, Client},
    on_both,
    world::World,
};
use serde_json::{Value, json};

use super::{HOUR_US, Security, Settings, Stage, sender, server::Mail, set};
use crate::{
    identity::{all_mighty, delete, done, patch, put, refused},
    notifications::Sending,
};

on_both! {
    each_event_is_one_mail_to_those_who_confirmed_and_to_nobody_else,
    while_the_mail_server_is_down_events_wait_and_come_once_when_it_is_back,
    what_the_mail_server_refuses_is_tried_and_told_as_by_every_other_way,
    a_test_sends_one_mail,
    mails_of_channels_count_against_the_bound_of_the_account,
    what_is_wrong_with_a_channel_by_mail_is_named,
}

const PATH: &str = "/v1/channels/code:correo";

fn draft(recipients: &[&str], more: &Value) -> Value {
    let mail = json!({ "recipients": recipients, "file_name": "{EntryGuid}.json" });
    let mut draft = json!({ "code": "correo", "name": "Correo", "kind": "mail", "mail": mail });
    draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    draft
}

async fn confirm(stage: &Stage, mail: &Mail) -> Answer {
    let token = mail.token("destinatario");
    put(&stage.nobody(), "/v1/recipient-confirmation", &json!({ "token": token })).await
}

/// Confirms all recipients, as if they had followed their links.
async fn confirm_all(stage: &Stage) {
    let mut tx = stage.app().db.begin().await.unwrap();
    let all = "update channel_recipient set confirmed_us = 1 where account = $1";
    tx.execute(all, (stage.account.id,)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn shown(office: &Client) -> Value {
    done(&office.get(PATH).await.unwrap(), 200)
}

/// Punches, each of which makes `entry.added` and `entry.complete`; their ids.
async fn punches(stage: &Stage, number: &str, kinds: &[&str]) -> Vec<String> {
    let employee = stage.account.employee(number).await.unwrap();
    let mut phone = stage.account.phone(employee).await.unwrap();
    let mut ids = Vec::new();
    for kind in kinds {
        let line = phone.line(kind, "");
        ids.push(phone.send(&[line]).await.unwrap().receipts[0].id.to_string());
    }
    ids
}

/// How far the clock is moved at a time: the mail server has its own.
const STEP_US: i64 = 20_000;

async fn until_the_end(office: &Client, sending: &Sending) {
    sending
        .until_by(STEP_US, "the end of the log", async || {
            let progress = shown(office).await["progress"].clone();
            let over = progress["position"] == progress["last_position"] && progress["waiting"] == 0;
            Ok(over.then_some(()))
        })
        .await;
}

async fn until_problem(office: &Client, sending: &Sending, problem: &str) {
    sending
        .until_by(STEP_US, problem, async || {
            let shown = shown(office).await;
            Ok((shown["progress"]["problem"] == problem).then_some(()))
        })
        .await;
}

async fn each_event_is_one_mail_to_those_who_confirmed_and_to_nobody_else(world: World) {
    let mut stage = Stage::new(world).await;
    let office = all_mighty(&stage.account).await;
    let given = draft(
        &["eva@example.com", "ana@example.com"],
        &json!({ "document": { "kind": "office_track" }, "events": ["entry.complete"] }),
    );
    let made = done(&office.post("/v1/channels", &given).await.unwrap(), 201);
    let waits = json!([{ "email": "ana@example.com" }, { "email": "eva@example.com" }]);
    assert_eq!((&made["kind"], &made["format"], &made["recipients"]), (&json!("mail"), &json!(4), &waits));
    let links = stage.arrived().await;
    let to: Vec<_> = links.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to.len(), 2, "{to:?}");
    assert!(links.iter().all(|mail| mail.text.contains("Company acme") && mail.text.contains("Correo")));
    let link = |email: &str| links.iter().find(|mail| mail.to == email).unwrap();

    let sending = Sending::of(stage.app().clone());
    let first = punches(&stage, "ZZ1", &["shift.start"]).await;
    until_problem(&office, &sending, "no_recipient").await;
    assert!(stage.server.take().is_empty(), "nobody has confirmed");

    // The link of a user's address confirms no recipient, and none confirms twice
    let token = json!({ "token": link("ana@example.com").token("destinatario") });
    refused(&put(&stage.nobody(), "/v1/email-confirmation", &token).await, 403, "link_invalid");
    assert_eq!(confirm(&stage, link("ana@example.com")).await.status, 204);
    refused(&confirm(&stage, link("ana@example.com")).await, 403, "link_invalid");
    until_the_end(&office, &sending).await;
    let mails = stage.server.take();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!((mails[0].from.as_str(), mails[0].to.as_str()), ("campo@example.com", "ana@example.com"));
    assert_eq!(mails[0].header("Auto-Submitted"), "auto-generated");
    assert!(mails[0].header("Subject").contains(&first[0]), "{:?}", mails[0].headers);
    let (name, bytes) = mails[0].attached();
    assert_eq!(name, format!("{}.json", first[0]));
    let entry = read(&String::from_utf8(bytes).unwrap(), Strictness::Strict).unwrap();
    assert_eq!(
        (entry.child_text("EntryType"), entry.child_text("EntryGuid")),
        (Some("21"), Some(&*first[0]))
    );

    // One mail to both, from then on
    assert_eq!(confirm(&stage, link("eva@example.com")).await.status, 204);
    punches(&stage, "ZZ2", &["shift.start", "shift.end"]).await;
    until_the_end(&office, &sending).await;
    let later = stage.server.take();
    assert_eq!(later.len(), 2, "{later:?}");
    assert!(later.iter().all(|mail| mail.to == "ana@example.com,eva@example.com"), "{later:?}");

    // Sent again from the start, each event has the name that it had
    let from = json!({ "position": made["progress"]["position"] });
    let replay = office.post(&format!("{PATH}/replay"), &from).await.unwrap();
    assert!(replay.status.is_success(), "{}", replay.json());
    until_the_end(&office, &sending).await;
    let again = stage.server.take();
    let ids = |mails: &[&Mail]| {
        let mut ids: Vec<_> = mails.iter().map(|mail| mail.header("Message-ID").to_owned()).collect();
        ids.sort();
        ids
    };
    let before: Vec<&Mail> = mails.iter().chain(&later).collect();
    assert_eq!(ids(&again.iter().collect::<Vec<_>>()), ids(&before));
    let same = again.iter().filter(|mail| before.iter().any(|old| old.attached() == mail.attached()));
    assert_eq!(same.count(), 3);

    // Who is taken out gets nothing more, and who comes again must confirm again
    let shown_now = shown(&office).await;
    let without = json!({ "mail": { "recipients": ["eva@example.com"] } });
    let changed = done(&patch(&office, PATH, shown_now["version"].as_i64().unwrap(), &without).await, 200);
    assert_eq!(changed["recipients"].as_array().unwrap().len(), 1, "{changed}");
    punches(&stage, "ZZ3", &["shift.start"]).await;
    until_the_end(&office, &sending).await;
    assert_eq!(
        stage.server.take().iter().map(|mail| mail.to.clone()).collect::<Vec<_>>(),
        ["eva@example.com"]
    );
    let both = json!({ "mail": { "recipients": ["ana@example.com", "eva@example.com"] } });
    let changed = done(&patch(&office, PATH, changed["version"].as_i64().unwrap(), &both).await, 200);
    assert!(changed["recipients"][0]["confirmed_at"].is_null(), "{changed}");
    assert!(changed["recipients"][1]["confirmed_at"].is_string(), "{changed}");
    assert_eq!(stage.arrived().await.len(), 1, "another link");

    done(&delete(&office, PATH, changed["version"].as_i64().unwrap()).await, 204);
    let left: (i64,) = stage.app().db.fetch_one("select count(*) from channel_recipient", ()).await.unwrap();
    assert_eq!(left.0, 0);
}

async fn while_the_mail_server_is_down_events_wait_and_come_once_when_it_is_back(world: World) {
    let mut stage = Stage::new(world).await;
    let office = all_mighty(&stage.account).await;
    let given = draft(&["ana@example.com"], &json!({ "events": ["entry.added"] }));
    done(&office.post("/v1/channels", &given).await.unwrap(), 201);
    assert_eq!(stage.arrived().await.len(), 1);
    confirm_all(&stage).await;
    stage.server.down();
    let sending = Sending::of(stage.app().clone());
    punches(&stage, "ZZ1", &["shift.start", "break.start", "break.end", "shift.end"]).await;
    until_problem(&office, &sending, "mail_server").await;
    // Three days later it is still down, and nothing was given up
    let failures = shown(&office).await["progress"]["failures"].as_i64();
    stage.app().environment.advance(80 * HOUR_US);
    let failed_again = async || {
        let now = shown(&office).await["progress"]["failures"].as_i64();
        Ok((now > failures).then_some(()))
    };
    sending.until_by(STEP_US, "another try", failed_again).await;
    // Nothing is under way now: the next try comes an hour later at the latest
    stage.server.up().await;
    stage.app().environment.advance(HOUR_US);
    until_the_end(&office, &sending).await;
    let mails = stage.server.take();
    assert_eq!(mails.len(), 4, "{mails:?}");
    let bodies: Vec<Value> =
        mails.iter().map(|mail| serde_json::from_slice(&mail.attached().1).unwrap()).collect();
    let positions: Vec<_> = bodies.iter().map(|body| body["position"].as_i64().unwrap()).collect();
    assert!(
        positions.is_sorted() && bodies.iter().all(|body| body["type"] == "entry.added"),
        "{positions:?}"
    );
    assert_eq!(shown(&office).await["progress"]["not_delivered"], 0);
}

async fn what_the_mail_server_refuses_is_tried_and_told_as_by_every_other_way(world: World) {
    let mut stage = Stage::new(world).await;
    let office = all_mighty(&stage.account).await;
    let given = draft(&["refused@example.com", "eva@example.com"], &json!({ "events": ["entry.added"] }));
    done(&office.post("/v1/channels", &given).await.unwrap(), 201);
    confirm_all(&stage).await;
    stage.arrived().await;
    let sending = Sending::of(stage.app().clone());
    punches(&stage, "ZZ1", &["shift.start"]).await;
    until_problem(&office, &sending, "status_550").await;
    let deliveries = done(&office.get(&format!("{PATH}/deliveries")).await.unwrap(), 200);
    let one = &deliveries["items"][0];
    assert_eq!((&one["problem"], &one["status"]), (&json!("status_550"), &json!(550)), "{deliveries}");
    assert!(one["answer"].as_str().unwrap().contains("does not live here"), "{deliveries}");
    assert!(stage.server.take().is_empty(), "nobody gets what would come again");

    // For now only
    let version = shown(&office).await["version"].as_i64().unwrap();
    let later = json!({ "mail": { "recipients": ["later@example.com"] } });
    done(&patch(&office, PATH, version, &later).await, 200);
    confirm_all(&stage).await;
    until_problem(&office, &sending, "status_451").await;
    let version = shown(&office).await["version"].as_i64().unwrap();
    let good = json!({ "mail": { "recipients": ["eva@example.com"] } });
    done(&patch(&office, PATH, version, &good).await, 200);
    confirm_all(&stage).await;
    until_the_end(&office, &sending).await;
    assert_eq!(
        stage.server.take().iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(),
        ["eva@example.com"]
    );
}

async fn a_test_sends_one_mail(world: World) {
    let mut stage = Stage::new(world).await;
    let office = all_mighty(&stage.account).await;
    let test = async || {
        let answer = office.call(Method::POST, &format!("{PATH}/test"), &[], None).await.unwrap();
        done(&answer, 200)
    };
    done(&office.post("/v1/channels", &draft(&["ana@example.com"], &json!({}))).await.unwrap(), 201);
    let links = stage.arrived().await;
    let tested = test().await;
    assert_eq!((&tested["delivered"], &tested["problem"]), (&json!(false), &json!("no_recipient")));
    assert_eq!(confirm(&stage, &links[0]).await.status, 204);
    let tested = test().await;
    assert_eq!(tested["delivered"], true, "{tested}");
    let mails = stage.server.take();
    assert_eq!(mails.len(), 1);
    let (name, bytes) = mails[0].attached();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    let event = tested["event"].as_str().unwrap();
    assert_eq!((name, body["type"].as_str()), (format!("{event}.json"), Some("channel.test")));
    assert!(mails[0].header("Message-ID").contains(event));
    // Of OfficeTrack's documents one, too
    let version = shown(&office).await["version"].as_i64().unwrap();
    done(&patch(&office, PATH, version, &json!({ "document": { "kind": "office_track" } })).await, 200);
    let tested = test().await;
    assert_eq!((&tested["delivered"], tested["documents"].as_array().unwrap().len()), (&json!(true), 1));
    assert_eq!(stage.server.take().len(), 1);
    stage.server.down();
    assert_eq!(test().await["problem"], "mail_server");
}

async fn mails_of_channels_count_against_the_bound_of_the_account(world: World) {
    let mut stage = Stage::new(world).await;
    let mut settings = Settings::new("127.0.0.1", stage.server.port(), Security::None, sender());
    settings.account_mails = 5;
    set(&mut stage.account.app, settings);
    let recipients = ["ana@example.com", "eva@example.com"];
    let office = all_mighty(&stage.account).await;
    let given = draft(&recipients, &json!({ "events": ["entry.added"], "order": "strict" }));
    done(&office.post("/v1/channels", &given).await.unwrap(), 201);
    assert_eq!(stage.arrived().await.len(), 2);
    confirm_all(&stage).await;
    let sending = Sending::of(stage.app().clone());
    punches(&stage, "ZZ1", &["shift.start", "shift.end"]).await;
    // What went well meanwhile says that the channel is well: the event that waits has the reason
    sending
        .until_by(STEP_US, "the second one to wait", async || {
            let deliveries = office.get(&format!("{PATH}/deliveries")).await?.json();
            Ok((deliveries["items"][0]["problem"] == "too_many_mails").then_some(()))
        })
        .await;
    assert_eq!(stage.server.take().len(), 1);
    stage.app().environment.advance(24 * HOUR_US);
    until_the_end(&office, &sending).await;
    assert_eq!(stage.server.take().len(), 1);
}

async fn what_is_wrong_with_a_channel_by_mail_is_named(world: World) {
    let mut stage = Stage::new(world).await;
    let office = all_mighty(&stage.account).await;
    let many: Vec<String> = (0..21).map(|number| format!("a{number}@example.com")).collect();
    let mail = |recipients: Value, file_name: &str| json!({ "mail": { "recipients": recipients, "file_name": file_name } });
    let good = "{EntryGuid}.xml";
    for (more, named) in [
        (json!({ "mail": null }), "/mail"),
        (mail(json!([]), good), "/mail/recipients"),
        (mail(json!(many), good), "/mail/recipients"),
        (mail(json!(["ana"]), good), "/mail/recipients/0"),
        (mail(json!(["ana@example.com\r\nBcc: eva@example.com"]), good), "/mail/recipients/0"),
        (mail(json!(["ana@example.com", "ANA@example.com"]), good), "/mail/recipients/1"),
        (mail(json!(["ana@example.com"]), "x.xml"), "/mail/file_name"),
        (json!({ "url": "https://erp.example.com" }), "/url"),
        (json!({ "folder": { "key": "code:x", "file_name": "{n}" } }), "/folder"),
        (json!({ "kind": "http", "url": "https://erp.example.com" }), "/mail"),
    ] {
        let answer = office.post("/v1/channels", &draft(&["ana@example.com"], &more)).await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.json()["faults"][0]["field"]), (422, &json!(named)));
    }
    assert!(stage.arrived().await.is_empty());
    let mut without = stage.account.clone();
    without.app.mail = None;
    let elsewhere = all_mighty(&without).await;
    let answer = elsewhere.post("/v1/channels", &draft(&["ana@example.com"], &json!({}))).await.unwrap();
    refused(&answer, 409, "mail_not_set");

    done(&office.post("/v1/channels", &draft(&["ana@example.com"], &json!({}))).await.unwrap(), 201);
    let ask = async |email: &str| {
        office.post(&format!("{PATH}/recipients/link"), &json!({ "email": email })).await.unwrap()
    };
    refused(&ask("eva@example.com").await, 422, "validation_failed");
    for _ in 0..4 {
        assert_eq!(ask("ana@example.com").await.status, 202);
    }
    refused(&ask("ana@example.com").await, 429, "too_many_requests");
    // To take the address out and in again is no way around the bound
    let other = json!({ "mail": { "recipients": ["eva@example.com"] } });
    done(&patch(&office, PATH, 1, &other).await, 200);
    let back = json!({ "mail": { "recipients": ["ana@example.com"] } });
    refused(&patch(&office, PATH, 2, &back).await, 429, "too_many_requests");
    let links = stage.arrived().await;
    let gone: Vec<_> = links.iter().filter(|mail| mail.to == "ana@example.com").collect();
    assert!(gone.is_empty(), "they need not be sent any more");
    stage.app().environment.advance(24 * HOUR_US);
    refused(&confirm(&stage, &links[0]).await, 403, "link_invalid");
}
