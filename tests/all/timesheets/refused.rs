//! Whatever is wrong with a request is named, and nobody sees another company's time.

use axum::http::Method;
use campo_server::access::PermissionName;
use campo_tests::{api::Client, on_both, world::World};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ana, line, punch};
use crate::tasks::{Office, faults};

on_both! {
    whatever_is_wrong_with_a_request_is_named,
    nobody_sees_or_changes_the_time_of_another_company,
}

/// A path, a body, and the faults that are named: field and code.
type Case<'a> = (&'a String, Value, Vec<(&'a str, &'a str)>);

#[expect(clippy::too_many_lines, reason = "one table of what is wrong and what is said of it")]
async fn whatever_is_wrong_with_a_request_is_named(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    let ids = punch(&mut phone, &[("shift.start", "2025-06-02T08:00")]).await;
    let form = line(&mut phone, "photo", "2025-06-02T08:00", &json!({}));
    let photo = phone.send(&[form]).await.unwrap().receipts[0].id;
    for (query, expected) in [
        ("from=2025-06-01", vec![("/to", "too_many")]),
        ("from=2025-06-01&to=01/06/2025", vec![("/to", "invalid_value")]),
        ("from=2025-06-01&to=2025-02-30", vec![("/to", "invalid_value")]),
        ("from=2025-06-02&to=2025-06-01", vec![("/to", "end_before_start")]),
        ("from=0001-06-02&to=9999-06-01", vec![("/from", "out_of_range"), ("/to", "out_of_range")]),
        ("from=2025-06-01&to=2025-09-02", vec![("/to", "too_many")]),
    ] {
        let path = format!("/v1/employees/number:ZZ1/timesheet?{query}");
        let answer = office.call(Method::GET, &path, &[], None).await;
        assert_eq!((answer.status.as_u16(), faults(&answer.json())), (422, expected), "{query}");
    }
    for (query, field, code) in [
        ("", "/date", "required"),
        ("date=2025-06-01&from=2025-06-01", "/date", "required"),
        ("from=2025-06-01", "/date", "required"),
        ("from=2025-06-01&to=2025-07-02", "/to", "too_many"),
        ("date=2025-06-01&limit=0", "/limit", "out_of_range"),
        ("date=2025-06-01&after=x", "/after", "out_of_range"),
        ("date=2025-06-01&group=code:NONE", "/group", "unknown_reference"),
        ("date=2025-06-01&group=x", "/group", "invalid_value"),
    ] {
        let answer = office.call(Method::GET, &format!("/v1/timesheets?{query}"), &[], None).await;
        assert_eq!((answer.status.as_u16(), faults(&answer.json())), (422, vec![(field, code)]), "{query}");
    }
    let correct = format!("/v1/entries/{}/corrections", ids[0]);
    let of_photo = format!("/v1/entries/{photo}/corrections");
    let punches = "/v1/employees/number:ZZ1/punches".to_owned();
    let agreement = format!("/v1/entries/{}/agreement", ids[0]);
    let (close, reopen) = ("/v1/periods/close".to_owned(), "/v1/periods/reopen".to_owned());
    let period = |more: Value| {
        let mut body = json!({ "from": "2025-06-01", "to": "2025-06-30" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let table: Vec<Case> = vec![
        (&correct, json!({ "change": "instant", "reason": "a" }), vec![("/at", "required")]),
        (
            &correct,
            json!({ "change": "instant", "at": "2025-06-02T08:00:00Z" }),
            vec![("/reason", "required")],
        ),
        (
            &correct,
            json!({ "change": "instant", "at": "2025-06-02T08:00:00", "reason": "a" }),
            vec![("/at", "invalid_value")],
        ),
        (
            &correct,
            json!({ "change": "instant", "at": "2100-06-02T08:00:00Z", "reason": "a" }),
            vec![("/at", "out_of_range")],
        ),
        (
            &correct,
            json!({ "change": "instant", "at": "1970-06-02T08:00:00Z", "reason": "a" }),
            vec![("/at", "out_of_range")],
        ),
        (
            &correct,
            json!({ "change": "remove", "at": "2025-06-02T08:00:00Z", "zone": "Lima", "reason": "a\0" }),
            vec![("/reason", "text_not_storable")],
        ),
        (
            &correct,
            json!({ "change": "remove", "at": "2025-06-02T08:00:00Z", "zone": "Lima", "reason": " " }),
            vec![
                ("/zone", "unknown_zone"),
                ("/reason", "required"),
                ("/at", "not_applicable"),
                ("/zone", "not_applicable"),
            ],
        ),
        (&correct, json!({ "change": "kind", "reason": "a" }), vec![("/kind", "required")]),
        (
            &correct,
            json!({ "change": "kind", "kind": "task.start", "reason": "a" }),
            vec![("/kind", "unknown_value")],
        ),
        (&correct, json!({ "change": "undo", "reason": "a" }), vec![("/change", "unknown_value")]),
        (&correct, json!({ "change": "remove", "reason": "a", "who": 1 }), vec![("/who", "unknown_field")]),
        (&of_photo, json!({ "change": "remove", "reason": "a" }), vec![("/change", "not_applicable")]),
        (
            &punches,
            json!({ "kind": "shift.end", "at": "2100-01-01T00:00:00Z", "reason": "a" }),
            vec![("/at", "out_of_range")],
        ),
        (
            &punches,
            json!({ "kind": "shift.end", "at": "2025-06-02T08:00:00Z", "reason": "" }),
            vec![("/reason", "required")],
        ),
        (&punches, json!({ "at": "2025-06-02T08:00:00Z", "reason": "a" }), vec![("/kind", "required")]),
        (&agreement, json!({ "agreed": true }), vec![("", "not_applicable")]),
        (&agreement, json!({}), vec![("/agreed", "required")]),
        (&close, period(json!({})), vec![("/employee", "required")]),
        (
            &close,
            period(json!({ "whole_company": true, "group": "code:FIELD" })),
            vec![("/employee", "not_applicable")],
        ),
        (&close, period(json!({ "whole_company": true, "to": "2100-01-01" })), vec![("/to", "too_many")]),
        (
            &close,
            period(json!({ "whole_company": true, "to": "2025-05-31" })),
            vec![("/to", "end_before_start")],
        ),
        (&close, period(json!({ "group": "code:NONE" })), vec![("/group", "unknown_reference")]),
        (
            &close,
            json!({ "from": "2100-01-01", "to": "2100-01-31", "whole_company": true }),
            vec![("/to", "out_of_range")],
        ),
        (&reopen, period(json!({ "whole_company": true })), vec![("/reason", "required")]),
    ];
    for (path, body, expected) in table {
        let answer = office.call(Method::POST, path, &[], Some(body.clone())).await;
        assert_eq!((answer.status.as_u16(), faults(&answer.json())), (422, expected), "{path} {body}");
    }
    let nobody = period(json!({ "employee": "number:NONE" }));
    assert_eq!(office.call(Method::POST, "/v1/periods/close", &[], Some(nobody)).await.status, 404);
    let nothing = format!("/v1/entries/{}/corrections", Uuid::nil());
    let body = json!({ "change": "remove", "reason": "a" });
    assert_eq!(office.call(Method::POST, &nothing, &[], Some(body)).await.status, 404);
    // nothing of all this left an entry
    let all = office.get("/v1/entries").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
}

async fn nobody_sees_or_changes_the_time_of_another_company(world: World) {
    let account = world.account("acme").await.unwrap();
    let (office, mut phone) = ana(&account).await;
    let ids = punch(&mut phone, &[("shift.start", "2025-06-02T08:00")]).await;
    let other = Office::of(&world.account("other").await.unwrap()).await;
    let (employee, entry) = (phone.employee, ids[0]);
    for path in [
        format!("/v1/employees/{employee}/timesheet?from=2025-06-01&to=2025-06-02"),
        format!("/v1/employees/{employee}/timesheet.csv?from=2025-06-01&to=2025-06-02"),
        "/v1/employees/number:ZZ1/timesheet?from=2025-06-01&to=2025-06-02".to_owned(),
        format!("/v1/entries/{entry}/receipt"),
    ] {
        assert_eq!(other.call(Method::GET, &path, &[], None).await.status, 404, "{path}");
        assert_eq!(office.call(Method::GET, &path, &[], None).await.status, 200, "{path}");
    }
    let punch = json!({ "kind": "shift.end", "at": "2025-06-02T08:00:00Z", "reason": "a" });
    for (path, body) in [
        (format!("/v1/employees/{employee}/punches"), punch),
        (format!("/v1/entries/{entry}/corrections"), json!({ "change": "remove", "reason": "a" })),
        (format!("/v1/entries/{entry}/agreement"), json!({ "agreed": true })),
        (
            "/v1/periods/close".to_owned(),
            json!({ "from": "2025-06-01", "to": "2025-06-30", "employee": employee }),
        ),
    ] {
        assert_eq!(other.call(Method::POST, &path, &[], Some(body)).await.status, 404, "{path}");
    }
    let everybody = other.get("/v1/timesheets?date=2025-06-02").await;
    assert_eq!(everybody["items"], json!([]));
    // each may do what it was given
    let viewer = account.key(&[PermissionName::ViewTimesheets]).await.unwrap();
    let viewer = Client::new(&account.app, Some(&viewer));
    assert_eq!(viewer.get("/v1/timesheets?date=2025-06-02").await.unwrap().status, 200);
    let body = json!({ "change": "remove", "reason": "a" });
    let answer = viewer.post(&format!("/v1/entries/{entry}/corrections"), &body).await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["parameters"]["permission"]),
        (403, &json!("correct_time"))
    );
}
