//! Receivers that were written for OfficeTrack: the document in a field of a form, by position, acknowledged by a text.

use axum::http::Method;
use campo_soap::xml::{Strictness, read};
use campo_tests::{on_both, receiver::Behaviour, world::World};
use serde_json::json;

use super::{Sending, Stage, done};

on_both! {
    entries_that_the_table_names_reach_the_receiver_and_no_others,
    a_receiver_of_old_kind_gets_its_document_in_a_form_and_acknowledges_by_a_text,
    a_test_sends_one_document_of_each_kind_and_shows_what_came_back,
}

fn channel(url: &str) -> serde_json::Value {
    json!({
        "code": "old", "name": "Old", "url": url, "form_field": "RequestString",
        "document": { "kind": "office_track" }, "acknowledgement": { "kind": "text", "text": "_OK_" }
    })
}

fn bodies(stage: &Stage) -> Vec<String> {
    stage.receiver.journal().unwrap().into_iter().map(|request| request.body).collect()
}

/// The documents in the bodies of requests.
fn documents(bodies: &[String]) -> Vec<campo_soap::xml::Element> {
    let of_one = |body: &String| {
        let form: Vec<(String, String)> = serde_html_form::from_str(body).unwrap();
        assert_eq!(form[0].0, "RequestString");
        read(&form[0].1, Strictness::Strict).unwrap()
    };
    bodies.iter().map(of_one).collect()
}

async fn a_receiver_of_old_kind_gets_its_document_in_a_form_and_acknowledges_by_a_text(world: World) {
    let stage = Stage::new(world).await;
    stage
        .receiver
        .behave(&Behaviour { answer: Some("<html>Error</html>".to_owned()), ..Behaviour::status(200) })
        .unwrap();
    let made = stage.office.post("/v1/channels", &channel(&stage.receiver.url())).await.unwrap();
    done(&made, 201);
    assert_eq!(made.json()["document"]["zone"], "America/Lima");
    assert_eq!(made.json()["format"], 2);
    let tested =
        stage.office.call(Method::POST, "/v1/channels/code:old/test", &[], None).await.unwrap().json();
    assert_eq!(
        (&tested["delivered"], &tested["problem"]),
        (&json!(false), &json!("not_acknowledged")),
        "{tested}"
    );
    stage
        .receiver
        .behave(&Behaviour { answer: Some("\u{FEFF}_OK_\r\n".to_owned()), ..Behaviour::status(500) })
        .unwrap();
    let tested =
        stage.office.call(Method::POST, "/v1/channels/code:old/test", &[], None).await.unwrap().json();
    assert_eq!(tested["delivered"], json!(true), "{tested}");
}

async fn entries_that_the_table_names_reach_the_receiver_and_no_others(world: World) {
    let mut stage = Stage::new(world).await;
    stage.receiver.behave(&Behaviour { answer: Some("_OK_".to_owned()), ..Behaviour::status(200) }).unwrap();
    done(&stage.office.post("/v1/channels", &channel(&stage.receiver.url())).await.unwrap(), 201);
    let task = stage.task().await;
    stage.work(task, "task.arrive").await;
    stage.work(task, "task.en_route").await;
    let line = stage.phone.line("shift.start", r#","place":{"latitude":-12.05,"longitude":-77.05}"#);
    stage.phone.send(&[line]).await.unwrap();
    let sending = Sending::start(&stage.world, 7).await;
    let old = |stage: &Stage| -> Vec<String> {
        bodies(stage).into_iter().filter(|body| body.starts_with("RequestString=")).collect()
    };
    sending.until("both documents", async || Ok((old(&stage).len() >= 2).then_some(()))).await;
    sending
        .until("the end of the log", async || {
            let channel = done(&stage.office.get("/v1/channels/code:old").await?, 200);
            Ok((channel["progress"]["position"] == channel["progress"]["last_position"]).then_some(()))
        })
        .await;
    let mut types: Vec<_> =
        documents(&old(&stage)).iter().map(|root| root.child_text("EntryType").unwrap().to_owned()).collect();
    types.sort();
    assert_eq!(types, ["21", "34"]);
}

async fn a_test_sends_one_document_of_each_kind_and_shows_what_came_back(world: World) {
    let stage = Stage::new(world).await;
    stage.receiver.behave(&Behaviour { answer: Some("_OK_".to_owned()), ..Behaviour::status(200) }).unwrap();
    done(&stage.office.post("/v1/channels", &channel(&stage.receiver.url())).await.unwrap(), 201);
    let tested =
        stage.office.call(Method::POST, "/v1/channels/code:old/test", &[], None).await.unwrap().json();
    let mut types: Vec<_> = tested["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["entry_type"].as_i64().unwrap())
        .collect();
    types.sort_unstable();
    assert_eq!(types, [21, 22, 23, 24, 25, 26, 29, 33, 34, 60]);
    let seen = bodies(&stage);
    for root in documents(&seen) {
        let names: Vec<_> = root.children.iter().map(|child| child.name.as_str()).collect();
        assert_eq!(
            names[..6],
            ["EventType", "EventDate", "EventDateAge", "EventDateFromEpoch", "EntryType", "EntryGuid"]
        );
        let has = |name: &str| root.child(name).is_some();
        let entry_type: i64 = root.child_text("EntryType").unwrap().parse().unwrap();
        assert_eq!(has("Form"), [33, 60].contains(&entry_type), "{entry_type}");
        assert_eq!(has("Task"), ![21, 22, 60].contains(&entry_type), "{entry_type}");
    }
    assert_eq!(seen.len(), 10);
}
