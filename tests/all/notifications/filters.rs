//! Filters at the source: what does not pass never reaches a channel, and leaves no row.

use axum::http::Method;
use campo_tests::{
    on_both,
    receiver::{Behaviour, Receiver},
    world::World,
};
use serde_json::{Value, json};

use super::{Sending, Stage, done};

on_both! {
    what_does_not_pass_is_neither_sent_nor_listed,
    a_group_stands_for_those_below_it_and_a_task_for_those_who_have_it,
    a_filter_makes_a_channel_that_older_releases_leave_alone,
    a_preview_says_of_each_of_the_last_events_whether_it_passes,
    events_of_the_server_are_sent_to_whoever_names_them,
    a_channel_that_is_given_up_tells_its_owner,
    format_3_has_positions_and_numbers,
}

/// Kinds of entries and events that the receiver took.
fn taken(stage: &Stage) -> Vec<String> {
    let of = |request: campo_tests::receiver::Request| {
        let body = request.json().unwrap();
        let kind = body["data"]["entry"]["content"]["kind"].as_str().unwrap_or_default().to_owned();
        format!("{} {kind}", body["type"].as_str().unwrap()).trim().to_owned()
    };
    stage.receiver.taken().unwrap().into_iter().map(of).collect()
}

/// Waits until the channel has come to the end of the log.
async fn caught_up(stage: &Stage, sending: &Sending) {
    sending
        .until("the end of the log", async || {
            let channel = stage.channel().await;
            Ok((channel["progress"]["position"] == channel["progress"]["last_position"]).then_some(()))
        })
        .await;
}

async fn what_does_not_pass_is_neither_sent_nor_listed(world: World) {
    let filter = json!({ "events": ["entry.added"], "filter": { "entry_kinds": ["shift.start"] } });
    let mut stage = Stage::with(world, Receiver::start().unwrap(), filter).await;
    stage.receiver.behave(&Behaviour::status(422)).unwrap();
    let sending = Sending::start(&stage.world, 31).await;
    let lines = [("shift.start", ""), ("break.start", ""), ("break.end", "")]
        .map(|(kind, more)| stage.phone.line(kind, more));
    stage.phone.send(&lines).await.unwrap();
    caught_up(&stage, &sending).await;
    let listed = stage.deliveries().await;
    assert_eq!(listed.len(), 1, "only the one that passes waits: {listed:?}");
    stage.receiver.behave(&Behaviour::take()).unwrap();
    done(&stage.post("deliveries/retry", &json!({})).await, 200);
    sending
        .until("the list to be empty", async || Ok(stage.deliveries().await.is_empty().then_some(())))
        .await;
    assert_eq!(taken(&stage), ["entry.added shift.start"]);
}

async fn a_group_stands_for_those_below_it_and_a_task_for_those_who_have_it(world: World) {
    let stage = Stage::new(world).await;
    let office = &stage.office;
    for (code, parent) in [("NORTH", None), ("LIMA", Some("code:NORTH")), ("SOUTH", None)] {
        let group = json!({ "code": code, "name": code, "parent": parent });
        done(&office.post("/v1/groups", &group).await.unwrap(), 201);
    }
    for (number, group) in [("N1", "code:LIMA"), ("S1", "code:SOUTH")] {
        let employee = json!({ "number": number, "first_name": "x", "last_name": "y", "group": group });
        done(&office.post("/v1/employees", &employee).await.unwrap(), 201);
    }
    for (number, employee) in [(1, "number:N1"), (2, "number:S1")] {
        let task = json!({ "task_number": number, "assignments": [{ "employee": employee }] });
        done(&office.post("/v1/tasks", &task).await.unwrap(), 201);
    }
    for (group, expected) in [("code:NORTH", 1), ("code:LIMA", 1), ("code:SOUTH", 2)] {
        let asked = json!({ "events": ["task.created"], "filter": { "groups": [group] } });
        let preview = done(&office.post("/v1/channels/preview", &asked).await.unwrap(), 200);
        let passing: Vec<&Value> =
            preview["items"].as_array().unwrap().iter().filter(|item| item["passes"] == true).collect();
        assert_eq!(passing.len(), 1, "{group}: {preview}");
        let event = passing[0]["id"].as_str().unwrap();
        let event = done(&office.get(&format!("/v1/events/{event}")).await.unwrap(), 200);
        assert_eq!(event["snapshot"]["task"]["task_number"], expected, "{group}");
    }
}

async fn a_filter_makes_a_channel_that_older_releases_leave_alone(world: World) {
    let stage = Stage::new(world).await;
    let path = "/v1/channels/code:erp";
    let patch = async |version: &str, body: Value| {
        stage.office.call(Method::PATCH, path, &[("if-match", version)], Some(&body)).await.unwrap()
    };
    let filter = json!({ "employees": ["number:ZZ1"] });
    let changed = done(&patch("1", json!({ "filter": filter })).await, 200);
    assert_eq!(
        (&changed["format"], &changed["filter"]["employees"]),
        (&json!(2), &json!([stage.phone.employee]))
    );
    for (filter, field) in [
        (json!({ "employees": ["number:NOBODY"] }), "/filter/employees/0"),
        (json!({ "entry_kinds": ["lunch"] }), "/filter/entry_kinds/0"),
        (json!({ "groups": vec!["code:x"; 201] }), "/filter/groups"),
        (json!({ "colour": ["red"] }), "/filter/colour"),
    ] {
        let answer = patch("2", json!({ "filter": filter })).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["faults"][0]["field"]), (422, &json!(field)));
    }
    // What was deleted since may stay named
    let employee = format!("/v1/employees/{}", stage.phone.employee);
    let version = stage.office.get(&employee).await.unwrap().header("etag").to_owned();
    let deleted =
        stage.office.call(Method::DELETE, &employee, &[("if-match", &version)], None).await.unwrap();
    assert!(deleted.status.is_success(), "{}", deleted.json());
    done(&patch("2", json!({ "name": "SAP" })).await, 200);
}

async fn a_preview_says_of_each_of_the_last_events_whether_it_passes(world: World) {
    let mut stage = Stage::new(world).await;
    let task = stage.task().await;
    stage.work(task, "task.start").await;
    let line = stage.phone.line("shift.start", "");
    stage.phone.send(&[line]).await.unwrap();
    let preview = async |more: Value| {
        let mut asked = json!({ "last": 4 });
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = done(&stage.office.post("/v1/channels/preview", &asked).await.unwrap(), 200);
        let shown = |item: &Value| {
            assert_eq!(item["passes"] == true, item["refused_by"].is_null(), "{item}");
            let by = item["refused_by"].as_str().unwrap_or("-");
            format!("{} {by}", item["kind"].as_str().unwrap())
        };
        answer["items"].as_array().unwrap().iter().map(shown).collect::<Vec<_>>()
    };
    let all = ["entry.complete", "entry.added", "entry.complete", "entry.added"];
    assert_eq!(preview(json!({})).await, all.map(|kind| format!("{kind} -")));
    assert_eq!(
        preview(json!({ "events": ["entry.added"], "filter": { "entry_kinds": ["task.start"] } })).await,
        ["entry.complete events", "entry.added entry_kinds", "entry.complete events", "entry.added -"]
    );
    assert_eq!(
        preview(json!({ "document": { "kind": "office_track", "entry_types": { "shift.start": 21 } } }))
            .await,
        ["entry.complete -", "entry.added document", "entry.complete document", "entry.added document"]
    );
    for (asked, field) in [(json!({ "last": 0 }), "/last"), (json!({ "events": ["x"] }), "/events/0")] {
        let answer = stage.office.post("/v1/channels/preview", &asked).await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.json()["faults"][0]["field"]), (422, &json!(field)));
    }
}

async fn events_of_the_server_are_sent_to_whoever_names_them(world: World) {
    let named =
        json!({ "events": ["key.created", "entry.added"], "filter": { "entry_kinds": ["shift.end"] } });
    let mut stage = Stage::with(world, Receiver::start().unwrap(), named).await;
    let other = Receiver::start().unwrap();
    let usual = json!({ "code": "usual", "name": "x", "url": other.url() });
    done(&stage.office.post("/v1/channels", &usual).await.unwrap(), 201);
    let line = stage.phone.line("shift.start", "");
    stage.phone.send(&[line]).await.unwrap();
    done(&stage.office.post("/v1/keys", &json!({ "code": "sap", "name": "SAP" })).await.unwrap(), 201);
    let sending = Sending::start(&stage.world, 32).await;
    sending
        .until("the event of the key", async || Ok((!stage.receiver.taken()?.is_empty()).then_some(())))
        .await;
    caught_up(&stage, &sending).await;
    let taken = stage.receiver.taken().unwrap();
    let body = taken[0].json().unwrap();
    assert_eq!(
        (taken.len(), &body["type"], &body["data"]["key"]["code"]),
        (1, &json!("key.created"), &json!("sap"))
    );
    sending
        .until("the other channel", async || {
            let channel = done(&stage.office.get("/v1/channels/code:usual").await?, 200);
            Ok((channel["progress"]["position"] == channel["progress"]["last_position"]).then_some(()))
        })
        .await;
    let kinds: Vec<Value> =
        other.taken().unwrap().iter().map(|request| request.json().unwrap()["type"].clone()).collect();
    assert_eq!(kinds, ["entry.added", "entry.complete"], "whoever names none gets none of the server");
}

async fn a_channel_that_is_given_up_tells_its_owner(world: World) {
    let stage = Stage::new(world).await;
    stage.receiver.behave(&Behaviour::status(410)).unwrap();
    let sending = Sending::start(&stage.world, 33).await;
    stage.task().await;
    let disabled = async || Ok((stage.channel().await["state"] == "disabled").then_some(()));
    sending.until("the channel to be disabled", disabled).await;
    let notices = done(&stage.office.get("/v1/notices").await.unwrap(), 200);
    let channel = stage.channel().await;
    let notice = &notices["items"][0];
    assert_eq!((&notice["kind"], &notice["subject"]), (&json!("channel_gone"), &channel["id"]), "{notices}");
    assert!(notice["text"].as_str().unwrap().contains("ERP"), "{notice}");
    let events = done(&stage.office.get("/v1/events?kind=channel.disabled").await.unwrap(), 200);
    let told = &events["items"][0]["snapshot"]["channel"];
    assert_eq!((&told["code"], &told["reason"]), (&json!("erp"), &json!("gone")));
}

async fn format_3_has_positions_and_numbers(world: World) {
    let stage = Stage::with(world, Receiver::start().unwrap(), json!({ "format": 3 })).await;
    let sending = Sending::start(&stage.world, 34).await;
    stage.task().await;
    caught_up(&stage, &sending).await;
    let taken = stage.receiver.taken().unwrap();
    let bodies: Vec<Value> = taken.iter().map(|request| request.json().unwrap()).collect();
    let created = bodies.iter().find(|body| body["type"] == "task.created").unwrap();
    assert_eq!(created["format"], 3);
    assert!(created["position"].as_i64().unwrap() > stage.before, "{created}");
    let assignee = &created["data"]["assignees"][0];
    assert_eq!((&assignee["number"], &assignee["id"]), (&json!("ZZ1"), &json!(stage.phone.employee)));
}

/// Whoever writes a receiver finds every word that can come in the document.
#[test]
fn the_document_names_every_kind_of_entry_and_event_and_every_problem() {
    let document = include_str!("../../../docs/notifications.md");
    let kinds = campo_protocol::entry::Kind::ALL.iter().map(|kind| kind.name());
    let (before, list) = document.split_once("<!-- kinds -->").unwrap();
    let lacking: Vec<&str> = kinds.filter(|kind| !list.contains(&format!("`{kind}`"))).collect();
    assert!(lacking.is_empty(), "kinds of entries: {lacking:?}");
    let events = campo_server::events::kinds::all().map(|kind| kind.name);
    let problems = campo_server::outbound::SendError::ALL.iter().map(|error| error.name());
    let lacking: Vec<&str> =
        events.chain(problems).filter(|word| !before.contains(&format!("`{word}`"))).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}
