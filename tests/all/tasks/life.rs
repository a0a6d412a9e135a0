//! What becomes of a task by the entries of workers and of the office, as the API shows it.

use axum::http::Method;
use campo_protocol::sync::{Outcome, Receipt};
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Office, assert_has, line_at};

on_both! {
    whatever_workers_capture_is_kept_and_judged,
    a_task_goes_its_way_and_its_history_tells_it,
    attention_is_shown_until_it_is_dismissed,
    events_tell_outside_systems_of_every_step,
}

/// What the office does between the assignment to Ana and the arrival of an entry.
#[derive(Debug, Clone, Copy)]
enum Decision {
    Nothing,
    Sets(&'static str),
    Reassigns,
    Imports(&'static str),
    Deletes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Before,
    After,
}

/// Who captured it: Ana has the task, Beto gets it by reassignment.
#[derive(Debug, Clone, Copy)]
enum Who {
    Ana,
    Beto,
}

async fn whatever_workers_capture_is_kept_and_judged(world: World) {
    use Decision::{Deletes, Imports, Nothing, Reassigns, Sets};
    use When::{After, Before};
    use Who::{Ana, Beto};
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let beto = account.employee("ZZ2").await.unwrap();
    let (mut anas, mut betos) = (account.phone(ana).await.unwrap(), account.phone(beto).await.unwrap());
    let noted = Outcome::Noted;
    for (number, (does, when, who, kind, outcome, reason, status, attention)) in [
        (Nothing, After, Ana, "task.start", Outcome::Applied, None, "in_progress", false),
        (Nothing, After, Ana, "form", Outcome::Applied, None, "new", false),
        (Nothing, After, Beto, "task.start", noted, Some("not_assigned"), "new", true),
        (Sets("in_progress"), After, Ana, "task.start", noted, Some("already_so"), "in_progress", false),
        (
            Sets("suspended"),
            Before,
            Ana,
            "task.start",
            noted,
            Some("captured_before_office_decision"),
            "suspended",
            true,
        ),
        (Sets("closed"), After, Ana, "task.start", noted, Some("after_office_close"), "closed", true),
        (Sets("closed"), Before, Ana, "task.close", noted, Some("already_so"), "closed", false),
        (Sets("canceled"), Before, Ana, "task.close", noted, Some("before_withdrawal"), "canceled", true),
        (Sets("canceled"), After, Ana, "task.close", noted, Some("after_withdrawal"), "canceled", true),
        (Sets("draft"), After, Ana, "form", noted, Some("after_withdrawal"), "draft", true),
        (Reassigns, Before, Ana, "task.start", noted, Some("before_reassignment"), "new", true),
        (Reassigns, After, Ana, "task.start", noted, Some("former_employee"), "new", true),
        (Reassigns, After, Beto, "task.start", Outcome::Applied, None, "in_progress", false),
        (Imports("closed"), After, Ana, "task.not_done", noted, Some("after_office_close"), "closed", true),
        (Deletes, Before, Ana, "task.close", noted, Some("before_withdrawal"), "canceled", true),
        (Deletes, After, Ana, "task.close", noted, Some("after_withdrawal"), "canceled", true),
    ]
    .into_iter()
    .enumerate()
    {
        let number = number + 1;
        let case = format!("{does:?} {when:?} {who:?} {kind}");
        let task = office
            .task(json!({ "task_number": number, "assignments": [{ "employee": "number:ZZ1" }] }))
            .await;
        let before_us = account.app.environment.now_us();
        decide(&office, task, number, does, beto).await;
        let at_us = if when == Before { before_us } else { account.app.environment.now_us() };
        let phone = match who {
            Ana => &mut anas,
            Beto => &mut betos,
        };
        let line = line_at(phone, kind, task, at_us);
        let receipts = phone.send(&[line.clone(), line.clone()]).await.unwrap().receipts;
        let again = phone.send(&[line]).await.unwrap().receipts.remove(0);
        assert!(receipts.iter().all(|receipt| *receipt == again), "{case}");
        assert_eq!((again.outcome, again.reason.as_deref()), (outcome, reason), "{case}");

        assert_shown(&office, task, &again, &format!("{case}: {kind}"), status, attention).await;
    }
}

async fn decide(office: &Office, task: Uuid, number: usize, does: Decision, beto: Uuid) {
    let path = format!("/v1/tasks/{task}");
    match does {
        Decision::Nothing => {}
        Decision::Sets(status) => {
            office.post(&format!("{path}/status"), json!({ "status": status })).await;
        }
        Decision::Reassigns => {
            let body = json!({ "assignments": [{ "employee": beto }] });
            office.ok(Method::PUT, &format!("{path}/assignments"), Some(body)).await;
        }
        Decision::Imports(status) => {
            let body = json!({ "tasks": [{ "task_number": number, "status": status }] });
            office.post("/v1/tasks/batch", body).await;
        }
        Decision::Deletes => assert_eq!(office.edit(Method::DELETE, task, None).await.status, 204),
    }
}

/// The task stands at `status`, the entry of `receipt` ends its history, and is shown to the dispatcher if it needs
/// attention.
async fn assert_shown(
    office: &Office,
    task: Uuid,
    receipt: &Receipt,
    case: &str,
    status: &str,
    attention: bool,
) {
    let shown = office.get(&format!("/v1/tasks/{task}")).await;
    assert_eq!(shown["progress"]["status"], status, "{case}");
    assert_eq!(shown["progress"]["worker_entries"], 1, "{case}");
    let why: Vec<_> =
        shown["attention"].as_array().into_iter().flatten().map(|a| a["reason"].clone()).collect();
    let expected = receipt.reason.clone().filter(|_| attention);
    assert_eq!(why, expected.map(Value::from).into_iter().collect::<Vec<_>>(), "{case}");
    let history = office.get(&format!("/v1/tasks/{task}/history")).await;
    let last = history["items"].as_array().unwrap().last().unwrap();
    assert_has(last, &json!({ "id": receipt.id, "outcome": receipt.outcome.name() }));
    assert_eq!(last["outcome_reason"].as_str(), receipt.reason.as_deref(), "{case}");
}

async fn a_task_goes_its_way_and_its_history_tells_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let task = office.task(json!({ "task_number": 7, "assignments": [{ "employee": ana }] })).await;
    let us = account.app.environment.now_us();
    let steps = ["task.acknowledge", "task.en_route", "task.arrive", "task.start", "task.end", "task.close"];
    let mut lines: Vec<_> = steps.iter().map(|kind| line_at(&mut phone, kind, task, us)).collect();
    // the arrival is handed in last
    let arrival = lines.remove(2);
    lines.push(arrival);
    let receipts = phone.send(&lines).await.unwrap().receipts;
    assert_eq!(receipts[5].reason.as_deref(), Some("late"));
    office
        .post("/v1/tasks/number:7/status", json!({ "status": "ready_for_review", "reason": "a look at it" }))
        .await;

    let shown = office.get("/v1/tasks/external:007").await;
    assert_eq!(shown["progress"]["status"], "ready_for_review");
    assert!(shown["progress"]["started_at"].is_string() && shown["progress"]["ended_at"].is_string());
    assert_has(
        &shown["progress"]["assignments"][0],
        &json!({ "employee": ana, "number": "ZZ1", "role": "lead" }),
    );
    let history = office.get("/v1/tasks/number:7/history?limit=500").await;
    let kinds: Vec<_> = history["items"].as_array().unwrap().iter().map(|e| e["kind"].clone()).collect();
    assert_eq!(
        kinds,
        [
            "task.created",
            "task.acknowledge",
            "task.en_route",
            "task.start",
            "task.end",
            "task.close",
            "task.arrive",
            "task.status_set"
        ]
    );
    let last = &history["items"][7];
    assert_has(
        last,
        &json!({ "reason": "a look at it", "decision": { "status": "ready_for_review" }, "outcome": "applied" }),
    );
    assert_eq!(last["author"]["kind"], "key");
    assert_eq!(history["items"][3]["employee"], json!(ana));
    let page = office.get("/v1/tasks/number:7/history?limit=3").await;
    let next = page["next"].as_str().unwrap();
    let rest = office.get(&format!("/v1/tasks/number:7/history?after={next}")).await;
    assert_eq!(rest["items"].as_array().unwrap()[..], history["items"].as_array().unwrap()[3..]);
}

async fn attention_is_shown_until_it_is_dismissed(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let beto = account.employee("ZZ2").await.unwrap();
    let mut phone = account.phone(beto).await.unwrap();
    let task = office.task(json!({})).await;
    let us = account.app.environment.now_us();
    let lines = [line_at(&mut phone, "task.start", task, us), line_at(&mut phone, "form", task, us)];
    phone.send(&lines).await.unwrap();
    let shown = office.get("/v1/tasks?attention=true").await;
    let attention = shown["items"][0]["attention"].as_array().unwrap();
    assert_eq!(attention.len(), 2);

    let note = json!({ "note": "he helped out", "dismiss": [attention[0]["entry"]] });
    let made = office.post(&format!("/v1/tasks/{task}/notes"), note).await;
    let left = office.get(&format!("/v1/tasks/{task}")).await["attention"].clone();
    assert_eq!(left.as_array().unwrap()[..], attention[1..]);
    let history = office.get(&format!("/v1/tasks/{task}/history")).await;
    assert_has(&history["items"][3], &json!({ "id": made["entry"], "note": "he helped out" }));
    // a note can be made, and the rest dismissed, when the task is gone
    assert_eq!(office.edit(Method::DELETE, task, None).await.status, 204);
    assert_eq!(office.get("/v1/tasks?attention=true").await["items"][0]["state"], "deleted");
    let rest = json!({ "dismiss": [attention[1]["entry"]] });
    office.post(&format!("/v1/tasks/{task}/notes"), rest).await;
    assert_eq!(office.get("/v1/tasks?attention=true").await["items"], json!([]));
}

async fn events_tell_outside_systems_of_every_step(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let task = office.task(json!({ "task_number": 7, "notes": "a" })).await;
    assert_eq!(office.edit(Method::PATCH, task, Some(json!({ "notes": "b" }))).await.status, 200);
    office.post(&format!("/v1/tasks/{task}/status"), json!({ "status": "in_progress" })).await;
    assert_eq!(office.edit(Method::DELETE, task, None).await.status, 204);
    let events: Vec<(String, Vec<u8>)> = account
        .app
        .db
        .fetch_all(
            "select e.kind, s.body from event e join event_snapshot s on s.account = e.account \
             and s.snapshot = e.snapshot where e.account = $1 and e.kind <> 'entry.complete' \
             and e.kind <> 'key.created' order by e.position",
            (account.id,),
        )
        .await
        .unwrap();
    let seen: Vec<_> = events
        .iter()
        .map(|(kind, body)| {
            let snapshot: Value = serde_json::from_slice(body).unwrap();
            let task = &snapshot["task"];
            (kind.as_str(), json!([task["version"], task["notes"], task["progress"]["status"]]))
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("entry.added", json!([1, "a", "new"])),
            ("task.created", json!([1, "a", "new"])),
            ("task.changed", json!([2, "b", "new"])),
            ("entry.added", json!([2, "b", "in_progress"])),
            ("entry.added", json!([3, "b", "canceled"])),
            ("task.deleted", json!([3, "b", "canceled"])),
        ]
    );
}
