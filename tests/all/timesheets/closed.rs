//! Closed periods: late entries of phones are adjustments.

use axum::http::Method;
use campo_tests::{on_both, world::World};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{ana, punch, sheet, worked};
use crate::tasks::assert_has;

on_both! {
    what_arrives_for_a_closed_period_is_an_adjustment,
    a_closed_period_keeps_the_rules_by_which_it_was_closed,
    a_period_is_closed_for_a_group_or_for_everybody_once,
    what_comes_years_after_a_closing_is_settled_all_the_same,
    nobody_is_closed_while_somebody_is_ahead,
    what_a_worker_asks_for_is_shown_whatever_the_phones_clock_says,
}

/// The day on which an instant of the server is in Lima.
fn today(world: &World) -> String {
    let now = jiff::Timestamp::from_microsecond(world.app.environment.now_us()).unwrap();
    let lima: TimeZone = campo_protocol::civil::zone("America/Lima").unwrap();
    lima.to_datetime(now).date().to_string()
}

fn june(mut whose: Value) -> Value {
    whose["from"] = json!("2025-06-01");
    whose["to"] = json!("2025-06-30");
    whose
}

async fn what_arrives_for_a_closed_period_is_an_adjustment(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    punch(&mut phone, &[("shift.start", "2025-06-02T08:00"), ("shift.end", "2025-06-02T16:00")]).await;
    let before = today(&world);
    let closed = office.post("/v1/periods/close", june(json!({ "employee": "number:ZZ1" }))).await;
    assert_eq!(closed, json!({ "done": 1, "unchanged": 0 }));
    let again = office.post("/v1/periods/close", june(json!({ "employee": "number:ZZ1" }))).await;
    assert_eq!(again, json!({ "done": 0, "unchanged": 1 }));
    // a phone that was offline brings the rest of the month
    let late =
        punch(&mut phone, &[("shift.start", "2025-06-30T08:00"), ("shift.end", "2025-06-30T12:00")]).await;
    // and an open day beside it counts as ever
    punch(&mut phone, &[("shift.start", "2025-07-01T08:00"), ("shift.end", "2025-07-01T11:00")]).await;
    let shown = sheet(&office, "2025-06-01", "2025-07-01").await;
    assert_eq!((worked(&shown["totals"]), worked(&shown["payable"])), (11.0, 11.0));
    let day = &shown["days"][29];
    assert_eq!((day["date"].as_str(), worked(&day["totals"])), (Some("2025-06-30"), 0.0));
    assert_eq!(worked(&day["now"]["totals"]), 4.0);
    let adjustment = &day["adjustments"][0];
    assert_has(adjustment, &json!({ "day": "2025-06-30", "closing": day["closed_by"], "entries": late }));
    assert_eq!(worked(&adjustment["totals"]), 4.0);
    // it is settled on the day on which it came, whatever month that is
    let after = today(&world);
    let settled = sheet(&office, &before, &after).await;
    assert_eq!(settled["settled"], json!([adjustment]));
    assert_eq!((worked(&settled["totals"]), worked(&settled["payable"])), (0.0, 4.0));
    // opened again it counts in place, and says what was settled elsewhere
    let open = june(json!({ "employee": "number:ZZ1", "reason": "Reclamo" }));
    assert_eq!(office.post("/v1/periods/reopen", open).await["done"], 1);
    let shown = sheet(&office, "2025-06-01", "2025-06-30").await;
    assert_eq!((worked(&shown["totals"]), worked(&shown["payable"])), (12.0, 8.0));
    let day = &shown["days"][29];
    assert_eq!((day.get("closed_by"), worked(&day["settled_elsewhere"])), (None, 4.0));
    let kinds = office.get("/v1/entries?kind=period.closed").await;
    assert_eq!(kinds["items"].as_array().unwrap().len(), 1);
    assert_eq!(kinds["items"][0]["content"]["body"]["zone"], "America/Lima");
}

async fn a_closed_period_keeps_the_rules_by_which_it_was_closed(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    let rules = json!({
        "code": "LAW", "name": "Ley", "whole_company": true, "from_date": "2020-01-01", "ordinary_minutes_per_day": 480
    });
    office.post("/v1/working-time-rules", rules).await;
    punch(&mut phone, &[("shift.start", "2025-06-02T08:00"), ("shift.end", "2025-06-02T18:00")]).await;
    office.post("/v1/periods/close", june(json!({ "whole_company": true }))).await;
    let patch = json!({ "ordinary_minutes_per_day": 60 });
    let answer = office
        .call(Method::PATCH, "/v1/working-time-rules/code:LAW", &[("If-Match", "\"1\"")], Some(patch))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    let day = sheet(&office, "2025-06-02", "2025-06-02").await["days"][0].clone();
    assert_eq!(day["totals"]["extra_day_us"], 2 * super::HOUR_US);
    assert_eq!(day["now"]["totals"]["extra_day_us"], 9 * super::HOUR_US);
    assert_eq!(day.get("adjustments"), None);
}

async fn a_period_is_closed_for_a_group_or_for_everybody_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, _) = ana(&account).await;
    account.employee("ZZ2").await.unwrap();
    let north = json!({ "code": "NORTH", "name": "Norte", "parent": "code:FIELD" });
    office.post("/v1/groups", north).await;
    let other = json!({ "code": "OTHER", "name": "Otro" });
    office.post("/v1/groups", other).await;
    for (number, group) in [("ZZ3", "code:NORTH"), ("ZZ4", "code:OTHER")] {
        office.post("/v1/employees", json!({ "number": number, "first_name": "B", "group": group })).await;
    }
    for (whose, done, unchanged) in [
        (json!({ "group": "code:NORTH" }), 1, 0),
        (json!({ "group": "code:FIELD" }), 2, 1),
        (json!({ "whole_company": true }), 1, 3),
        (json!({ "whole_company": true }), 0, 4),
    ] {
        let outcome = office.post("/v1/periods/close", june(whose.clone())).await;
        assert_eq!(outcome, json!({ "done": done, "unchanged": unchanged }), "{whose}");
    }
    let longer = json!({ "from": "2025-06-15", "to": "2025-07-15", "whole_company": true });
    assert_eq!(office.post("/v1/periods/close", longer).await["done"], 4);
}

async fn what_comes_years_after_a_closing_is_settled_all_the_same(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    let ids =
        punch(&mut phone, &[("shift.start", "2025-06-02T08:00"), ("shift.end", "2025-06-02T16:00")]).await;
    office.post("/v1/periods/close", june(json!({ "whole_company": true }))).await;
    let later = world.virtual_replica(7).await.unwrap();
    later.environment.advance(900 * 86_400_000_000);
    let office = office.at(&later);
    let correction = json!({ "change": "instant", "at": "2025-06-02T22:00:00Z", "reason": "Reclamo" });
    office.post(&format!("/v1/entries/{}/corrections", ids[1]), correction).await;
    let now = jiff::Timestamp::from_microsecond(later.environment.now_us()).unwrap();
    let date = |span: jiff::Span| TimeZone::UTC.to_datetime(now).saturating_add(span).date().to_string();
    let days = (date(jiff::Span::new().days(-1)), date(jiff::Span::new().days(1)));
    let settled = sheet(&office, &days.0, &days.1).await;
    assert_eq!((worked(&settled["totals"]), worked(&settled["payable"])), (0.0, 1.0), "{settled}");
    assert_eq!(settled["settled"][0]["day"], "2025-06-02");
    // and the closed day shows it too
    let shown = sheet(&office, "2025-06-02", "2025-06-02").await;
    assert_eq!(worked(&shown["days"][0]["totals"]), 8.0);
    assert_eq!(worked(&shown["days"][0]["adjustments"][0]["totals"]), 1.0);
}

async fn nobody_is_closed_while_somebody_is_ahead(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, _) = ana(&account).await;
    let employee = |number: &str, zone: &str| json!({ "number": number, "last_name": number, "group": "code:FIELD", "zone": zone });
    let mut items: Vec<Value> =
        (0..260).map(|number| employee(&format!("N{number:03}"), "Pacific/Kiritimati")).collect();
    items.push(employee("ZZ9", "Etc/GMT+12"));
    office.post("/v1/employees/batch", json!({ "items": items })).await;
    let now = jiff::Timestamp::from_microsecond(world.app.environment.now_us()).unwrap();
    let first =
        campo_protocol::civil::zone("Pacific/Kiritimati").unwrap().to_datetime(now).date().to_string();
    let draft = json!({ "from": first, "to": first, "group": "code:FIELD" });
    let answer = office.call(Method::POST, "/v1/periods/close", &[], Some(draft)).await;
    let fault = &answer.json()["faults"][0];
    assert_eq!((&fault["field"], &fault["code"]), (&json!("/to"), &json!("out_of_range")), "{fault}");
    let expected = fault["expected"].as_str().unwrap();
    assert!(expected.contains("ZZ9") && !expected.contains("N000"), "{expected}");
    assert_eq!(office.get("/v1/entries?kind=period.closed").await["items"], json!([]));
}

async fn what_a_worker_asks_for_is_shown_whatever_the_phones_clock_says(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    let ids =
        punch(&mut phone, &[("shift.start", "2025-06-02T08:00"), ("shift.end", "2025-06-02T16:00")]).await;
    let asked = json!({
        "corrects": ids[1], "reason": "Salí más tarde",
        "body": { "change": "instant", "at_us": super::lima_us("2025-06-02T17:00") },
    });
    let asked = super::line(&mut phone, "punch.correction", "2021-01-01T08:00", &asked);
    let receipt = phone.send(&[asked]).await.unwrap().receipts.remove(0);
    assert_eq!(receipt.reason, None);
    let shown = sheet(&office, "2025-06-02", "2025-06-02").await;
    assert_eq!(shown["days"][0]["corrections"][0]["standing"], "proposed", "{shown}");
    office.post(&format!("/v1/entries/{}/agreement", receipt.id), json!({ "agreed": true })).await;
    let shown = sheet(&office, "2025-06-02", "2025-06-02").await;
    assert_eq!(worked(&shown["totals"]), 9.0);
}
