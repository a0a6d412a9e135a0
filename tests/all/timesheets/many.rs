//! Timesheets of many: a page at a time, with the same few statements.

use campo_tests::{on_both, world::World};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{line, worked};
use crate::tasks::Office;

on_both! {
    three_hundred_people_of_a_month_are_read_a_page_at_a_time,
    who_is_no_longer_there_is_shown_in_the_months_of_work,
}

async fn three_hundred_people_of_a_month_are_read_a_page_at_a_time(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    for (code, parent) in [("NORTH", None), ("EAST", Some("code:NORTH"))] {
        office.post("/v1/groups", json!({ "code": code, "name": code, "parent": parent })).await;
    }
    let items: Vec<Value> = (0..300)
        .map(|n| {
            let group = if n % 3 == 0 { "code:EAST" } else { "code:NORTH" };
            json!({ "number": format!("N{n:03}"), "first_name": format!("E{n:03}"), "group": group })
        })
        .collect();
    let saved = office.post("/v1/employees/batch", json!({ "items": items })).await;
    let ids: Vec<Uuid> = saved["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().parse().unwrap())
        .collect();
    // everybody works from eight to four on 31 days
    for employee in &ids {
        let mut phone = account.spare_phone(*employee);
        let lines: Vec<_> = (1..=31)
            .flat_map(|day| {
                [("shift.start", "08:00"), ("shift.end", "16:00")].map(|(kind, time)| {
                    line(&mut phone, kind, &format!("2025-07-{day:02}T{time}"), &json!({}))
                })
            })
            .collect();
        phone.send(&lines).await.unwrap();
    }
    let (mut after, mut seen) = (String::new(), Vec::new());
    loop {
        let page =
            office.get(&format!("/v1/timesheets?from=2025-07-01&to=2025-07-31&limit=150{after}")).await;
        for sheet in page["items"].as_array().unwrap() {
            assert_eq!(worked(&sheet["totals"]), 31.0 * 8.0, "{}", sheet["number"]);
            assert_eq!(sheet["days"].as_array().unwrap().len(), 31);
            seen.push(sheet["number"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    let expected: Vec<_> = (0..300).map(|n| format!("N{n:03}")).collect();
    assert_eq!(seen, expected);
    let east = office.get("/v1/timesheets?date=2025-07-31&group=code:EAST&limit=60").await;
    assert_eq!(east["items"].as_array().unwrap().len(), 60);
    let rest = format!(
        "/v1/timesheets?date=2025-07-31&group=code:EAST&limit=60&after={}",
        east["next"].as_str().unwrap()
    );
    assert_eq!(office.get(&rest).await["items"].as_array().unwrap().len(), 40);
    let north = office.get("/v1/timesheets?date=2025-07-31&group=code:NORTH&limit=500").await;
    assert_eq!(north["items"].as_array().unwrap().len(), 300);
    assert_eq!(worked(&north["items"][0]["totals"]), 8.0);
}

async fn who_is_no_longer_there_is_shown_in_the_months_of_work(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = super::ana(&account).await;
    super::punch(&mut phone, &[("shift.start", "2025-06-02T08:00"), ("shift.end", "2025-06-02T16:00")]).await;
    let path = format!("/v1/employees/{}", phone.employee);
    let answer = office.call(axum::http::Method::DELETE, &path, &[("If-Match", "\"1\"")], None).await;
    assert_eq!(answer.status, 204);
    let all = office.get("/v1/timesheets?date=2025-06-02").await;
    assert_eq!(worked(&all["items"][0]["totals"]), 8.0);
    let own = office.get(&format!("{path}/timesheet?from=2025-06-02&to=2025-06-02")).await;
    assert_eq!(worked(&own["totals"]), 8.0);
    assert_eq!(office.get("/v1/timesheets?date=2199-06-02").await["items"], json!([]));
}
