//! Corrections and agreements, by the office and by the worker.

use axum::http::Method;
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ana, lima_us, line, punch, set, sheet, worked};
use crate::tasks::{Office, assert_has};

on_both! {
    a_correction_stands_beside_what_was_captured,
    a_missing_punch_is_added_and_taken_away_again,
    where_agreement_is_asked_for_a_correction_waits_for_the_worker,
    a_worker_asks_and_the_office_answers,
    nobody_corrects_the_punches_of_another,
}

async fn day(office: &Office) -> Value {
    sheet(office, "2025-06-02", "2025-06-02").await["days"][0].clone()
}

fn at(time: &str) -> String {
    format!("2025-06-02T{time}:00-05:00")
}

async fn a_correction_stands_beside_what_was_captured(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    let ids =
        punch(&mut phone, &[("shift.start", "2025-06-02T08:00"), ("shift.end", "2025-06-02T16:00")]).await;
    let path = format!("/v1/entries/{}/corrections", ids[0]);
    let body = json!({ "change": "instant", "at": at("07:00"), "reason": "Llegó antes" });
    let key = [("Idempotency-Key", "c1")];
    let made = office.call(Method::POST, &path, &key, Some(body.clone())).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(office.call(Method::POST, &path, &key, Some(body)).await.json(), made.json());
    let shown = day(&office).await;
    assert_eq!(worked(&shown["totals"]), 9.0);
    let start = &shown["shifts"][0]["start"];
    assert_has(
        start,
        &json!({
            "id": ids[0], "at": "2025-06-02T12:00:00Z",
            "original": { "kind": "shift.start", "at": "2025-06-02T13:00:00Z" },
        }),
    );
    assert_eq!(start["clock"]["wall_us"], lima_us("2025-06-02T08:00"));
    let [correction] = &shown["corrections"].as_array().unwrap()[..] else { panic!("one: {shown}") };
    assert_has(
        correction,
        &json!({
            "id": made.json()["id"], "punch": ids[0], "change": "instant", "side": "office",
            "standing": "in_force", "reason": "Llegó antes",
            "before": { "kind": "shift.start", "at": "2025-06-02T13:00:00Z" },
            "after": { "kind": "shift.start", "at": "2025-06-02T12:00:00Z" },
        }),
    );
    assert_eq!(correction["author"]["kind"], "key");
    // it stands in the establishment's chain, behind the punches
    assert_has(&correction["chain"], &json!({ "chain": "establishment/LIMA-1", "number": 3 }));
    // a clock-out that was the beginning of a break
    let path = format!("/v1/entries/{}/corrections", ids[1]);
    let body =
        json!({ "change": "kind", "kind": "break.start", "break_kind": "LUNCH", "reason": "Se equivocó" });
    office.post(&path, body).await;
    let shown = day(&office).await;
    assert_eq!(shown["shifts"][0].get("end"), None);
    assert_eq!(shown["shifts"][0]["breaks"][0]["kind"], "LUNCH");
    // moved to another day it is shown on both
    let path = format!("/v1/entries/{}/corrections", ids[0]);
    let body = json!({ "change": "instant", "at": "2025-06-05T08:00:00-05:00", "reason": "Otro día" });
    office.post(&path, body).await;
    for date in ["2025-06-02", "2025-06-05"] {
        let shown = sheet(&office, date, date).await["days"][0].clone();
        assert!(
            shown["corrections"].as_array().unwrap().iter().any(|one| one["reason"] == "Otro día"),
            "{shown}"
        );
    }
    let moved = sheet(&office, "2025-06-05", "2025-06-05").await;
    assert_eq!(moved["days"][0]["shifts"][0]["start"]["id"], json!(ids[0]));
}

async fn a_missing_punch_is_added_and_taken_away_again(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    punch(&mut phone, &[("shift.start", "2025-06-02T08:00")]).await;
    assert_eq!(day(&office).await["shifts"][0]["remarks"][0]["code"], "end_missing");
    let body = json!({ "kind": "shift.end", "at": at("17:00"), "reason": "Olvidó marcar" });
    let added = office.post("/v1/employees/number:ZZ1/punches", body).await;
    let shown = day(&office).await;
    assert_eq!(worked(&shown["totals"]), 9.0);
    assert_has(&shown["shifts"][0]["end"], &json!({ "id": added["id"], "added": true, "kind": "shift.end" }));
    // the punch that was added is corrected, then removed
    let path = format!("/v1/entries/{}/corrections", added["id"].as_str().unwrap());
    office.post(&path, json!({ "change": "instant", "at": at("18:00"), "reason": "a" })).await;
    assert_eq!(worked(&day(&office).await["totals"]), 10.0);
    let removal = office.post(&path, json!({ "change": "remove", "reason": "b" })).await;
    let shown = day(&office).await;
    assert_eq!((worked(&shown["totals"]), shown["removed"][0]["id"].clone()), (0.0, added["id"].clone()));
    // and the removal is taken back
    let path = format!("/v1/entries/{}/corrections", removal["id"].as_str().unwrap());
    office.post(&path, json!({ "change": "remove", "reason": "c" })).await;
    let shown = day(&office).await;
    assert_eq!(worked(&shown["totals"]), 10.0);
    let standing: Vec<_> = shown["corrections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["standing"].as_str().unwrap())
        .collect();
    assert_eq!(standing, ["in_force", "in_force", "withdrawn", "in_force"]);
}

async fn where_agreement_is_asked_for_a_correction_waits_for_the_worker(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    set(&office, json!({ "correction_agreement": true })).await;
    let ids =
        punch(&mut phone, &[("shift.start", "2025-06-02T08:00"), ("shift.end", "2025-06-02T16:00")]).await;
    let path = format!("/v1/entries/{}/corrections", ids[1]);
    let made = office.post(&path, json!({ "change": "instant", "at": at("15:00"), "reason": "a" })).await;
    assert_eq!(made["needs_agreement"], true);
    let id: Uuid = made["id"].as_str().unwrap().parse().unwrap();
    // her phone is asked
    assert_eq!(office.held("punch_correction", phone.employee).await, [id]);
    // another setting later does not decide what is open
    set(&office, json!({ "correction_agreement": false })).await;
    let shown = day(&office).await;
    assert_eq!((worked(&shown["totals"]), &shown["corrections"][0]["standing"]), (8.0, &json!("proposed")));
    // nobody else can agree: not the office, not a colleague
    let refused = office
        .call(Method::POST, &format!("/v1/entries/{id}/agreement"), &[], Some(json!({ "agreed": true })))
        .await;
    assert_eq!(refused.status, 422);
    let answer = json!({ "body": { "correction": id, "agreed": true } });
    let other = account.employee("ZZ2").await.unwrap();
    let mut stranger = account.phone(other).await.unwrap();
    let lines = [line(&mut stranger, "punch.agreement", "2025-06-03T08:00", &answer)];
    stranger.send(&lines).await.unwrap();
    assert_eq!(worked(&day(&office).await["totals"]), 8.0);
    for (agreed, hours, standing) in [(false, 8.0, "rejected"), (true, 7.0, "agreed")] {
        let bytes = agreement(&mut phone, id, agreed);
        phone.send(&[bytes]).await.unwrap();
        let shown = day(&office).await;
        let correction = &shown["corrections"][0];
        assert_eq!((worked(&shown["totals"]), &correction["standing"]), (hours, &json!(standing)));
        assert_eq!(correction["answer"]["author"]["id"], json!(phone.installation));
    }
}

/// What a worker answers now.
fn agreement(phone: &mut campo_tests::world::Phone, correction: Uuid, agreed: bool) -> Vec<u8> {
    phone.line("punch.agreement", &format!(r#","body":{{"correction":"{correction}","agreed":{agreed}}}"#))
}

async fn a_worker_asks_and_the_office_answers(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    punch(&mut phone, &[("shift.start", "2025-06-02T08:00")]).await;
    let body = json!({
        "reason": "Me olvidé",
        "body": { "change": "add", "kind": "shift.end", "at_us": lima_us("2025-06-02T17:00") },
    });
    let lines = [line(&mut phone, "punch.correction", "2025-06-03T08:00", &body)];
    let id = phone.send(&lines).await.unwrap().receipts[0].id;
    let shown = day(&office).await;
    assert_eq!(worked(&shown["totals"]), 0.0);
    assert_has(
        &shown["corrections"][0],
        &json!({ "id": id, "side": "worker", "standing": "proposed", "reason": "Me olvidé" }),
    );
    let path = format!("/v1/entries/{id}/agreement");
    let key = [("Idempotency-Key", "a1")];
    let answer =
        office.call(Method::POST, &path, &key, Some(json!({ "agreed": true, "reason": "Visto" }))).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let again =
        office.call(Method::POST, &path, &key, Some(json!({ "agreed": true, "reason": "Visto" }))).await;
    assert_eq!(again.json(), answer.json());
    let shown = day(&office).await;
    assert_eq!(worked(&shown["totals"]), 9.0);
    assert_has(&shown["corrections"][0]["answer"], &json!({ "id": answer.json()["id"], "reason": "Visto" }));
    office.post(&path, json!({ "agreed": false })).await;
    assert_eq!(worked(&day(&office).await["totals"]), 0.0);
    // what nobody can read waits in the repair tray and changes nothing
    let lines =
        [line(&mut phone, "punch.correction", "2025-06-03T09:00", &json!({ "body": { "change": "undo" } }))];
    let receipt = phone.send(&lines).await.unwrap().receipts.remove(0);
    assert_eq!(receipt.reason.as_deref(), Some("body_unreadable"));
}

async fn nobody_corrects_the_punches_of_another(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    let ids =
        punch(&mut phone, &[("shift.start", "2025-06-02T08:00"), ("shift.end", "2025-06-02T16:00")]).await;
    let other = account.employee("ZZ2").await.unwrap();
    let mut stranger = account.phone(other).await.unwrap();
    let body = json!({ "corrects": ids[0], "body": { "change": "remove" } });
    let lines = [line(&mut stranger, "punch.correction", "2025-06-03T08:00", &body)];
    let id = stranger.send(&lines).await.unwrap().receipts[0].id;
    office.post(&format!("/v1/entries/{id}/agreement"), json!({ "agreed": true })).await;
    assert_eq!(worked(&day(&office).await["totals"]), 8.0);
}
