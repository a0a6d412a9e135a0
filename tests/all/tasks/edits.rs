//! The office part of tasks: created, replaced, patched, refused by name.

use axum::http::Method;
use campo_server::access::PermissionName;
use campo_tests::{api::Client, on_both, world::World};
use serde_json::{Value, json};

use super::{Office, REFUSED, assert_has, faults};

on_both! {
    an_edit_changes_what_it_names_and_keeps_what_was_before,
    what_office_track_sends_besides_comes_back_as_it_came,
    whatever_is_wrong_with_a_task_is_named_by_its_field,
    another_accounts_task_is_not_there,
    a_repeated_creation_has_one_effect,
    every_task_of_a_batch_has_an_outcome_of_its_own,
    five_hundred_tasks_are_saved_at_once,
    viewing_is_not_managing,
}

async fn an_edit_changes_what_it_names_and_keeps_what_was_before(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let place = office.object("poi", "C-0042", None).await;
    let kind = office.object("task_type", "SUP99", None).await;
    let id = office.task(json!({ "external_number": "00042", "poi": "number:C-0042", "notes": "a" })).await;
    for (method, edit, version, expected) in [
        (Method::PATCH, json!({}), 1, json!({ "notes": "a", "poi": place })),
        (Method::PATCH, json!({ "notes": "a" }), 1, json!({ "notes": "a" })),
        (
            Method::PATCH,
            json!({ "data": { "data2": "x" }, "type": "code:SUP99" }),
            2,
            json!({ "notes": "a", "data": { "data2": "x" }, "type": kind }),
        ),
        (
            Method::PATCH,
            json!({ "data": { "data3": "y" }, "poi": null }),
            3,
            json!({ "data": { "data2": "x", "data3": "y" }, "poi": null, "type": kind }),
        ),
        (
            Method::PATCH,
            json!({ "location": { "latitude": -12.05, "longitude": -77.05, "address": "Calle 1" } }),
            4,
            json!({ "location": { "latitude": -12.05, "longitude": -77.05, "address": "Calle 1" } }),
        ),
        (
            Method::PUT,
            json!({ "notes": "b" }),
            5,
            json!({ "notes": "b", "data": null, "type": null, "location": null, "task_number": 42, "external_number": null }),
        ),
        (Method::PATCH, json!({ "task_number": 43 }), 6, json!({ "task_number": 43 })),
    ] {
        let answer = office.edit(method.clone(), id, Some(edit.clone())).await;
        assert_eq!(answer.status, 200, "{edit} {}", answer.json());
        assert_eq!(answer.header("etag"), format!("\"{version}\""), "{edit}");
        assert_has(&answer.json(), &expected);
        assert_eq!(answer.json()["version"], version, "{edit}");
    }
    let path = format!("/v1/tasks/{id}");
    let patch = Some(json!({ "notes": "c" }));
    for (headers, status) in [(&[][..], 428), (&[("If-Match", "\"5\"")][..], 412)] {
        for method in [Method::PATCH, Method::PUT, Method::DELETE] {
            let answer = office.call(method, &path, headers, patch.clone()).await;
            assert_eq!(answer.status, status);
        }
    }
    let versions = office.get(&format!("{path}/versions")).await;
    let notes: Vec<_> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| (v["version"].clone(), v["fields"]["notes"].clone()))
        .collect();
    assert_eq!(notes, [1, 2, 3, 4, 5].map(|v| (json!(v), json!(if v == 5 { "b" } else { "a" }))));
    assert_eq!(versions["items"][0]["author"]["kind"], "key");
}

async fn what_office_track_sends_besides_comes_back_as_it_came(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let received = json!({
        "vin": "VIN-7",
        "capacity1": 1.5,
        "order_in_route": 3,
        "external_files": [{ "id": "7", "name": "plan.pdf", "url": null, "access_type": "DirectAccess" }],
        "geocode_address": { "city": "Lima", "use_if_partially_resolved": true },
    });
    let custom = json!({ "their own": "text" });
    let id = office.task(json!({ "task_number": 7, "received": received, "custom": custom })).await;
    office.edit(Method::PATCH, id, Some(json!({ "notes": "x" }))).await;
    office
        .post("/v1/tasks/batch", json!({ "tasks": [{ "task_number": 7, "data": { "data1": "y" } }] }))
        .await;
    let shown =
        office.edit(Method::PATCH, id, Some(json!({ "received": { "order_in_route": 4 } }))).await.json();
    let mut expected = received;
    expected["order_in_route"] = json!(4);
    // a merge patch removes what is null in it; what was stored so stays
    expected["external_files"][0]["url"] = Value::Null;
    assert_has(&shown, &json!({ "received": expected, "custom": custom, "version": 4 }));
}

async fn whatever_is_wrong_with_a_task_is_named_by_its_field(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    account.employee("ZZ1").await.unwrap();
    let task = office.task(json!({})).await;
    for (document, expected) in [
        (json!([]), &[("", "wrong_type")][..]),
        (json!({ "task_number": -7 }), &[("/task_number", "out_of_range")]),
        (json!({ "task_number": "7" }), &[("/task_number", "wrong_type")]),
        (json!({ "task_number": u64::MAX }), &[("/task_number", "invalid_value")]),
        (json!({ "task_number": 7, "external_number": "08" }), &[("/external_number", "numbers_disagree")]),
        (json!({ "colour": "red", "notes": 7 }), &[("/colour", "unknown_field"), ("/notes", "wrong_type")]),
        (json!({ "notes": "a\0" }), &[("/notes", "text_not_storable")]),
        (json!({ "poi": "code:nowhere" }), &[("/poi", "unknown_reference")]),
        (json!({ "type": task }), &[("/type", "unknown_reference")]),
        (json!({ "work_order": "12" }), &[("/work_order", "invalid_value")]),
        (json!({ "status": "finished" }), &[("/status", "unknown_value")]),
        (json!({ "assignments": [{}] }), &[("/assignments/0/employee", "required")]),
        (
            json!({ "assignments": [{ "employee": "number:ZZ9" }] }),
            &[("/assignments/0/employee", "unknown_reference")],
        ),
        (
            json!({ "assignments": [{ "employee": "number:ZZ1" }, { "employee": "code:ZZ1", "role": "helper" }] }),
            &[("/assignments/1/employee", "repeated")],
        ),
        (
            json!({ "assignments": [{ "employee": "number:ZZ1", "role": "boss" }] }),
            &[("/assignments/0/role", "unknown_value")],
        ),
        (
            json!({ "start": { "local": "2030-01-15T16:00", "zone": "Lima" }, "radius_m": 0, "data": { "data41": "" } }),
            &[
                ("/start/zone", "unknown_zone"),
                ("/data/data41", "unknown_field"),
                ("/radius_m", "out_of_range"),
            ],
        ),
        (json!({ "received": { "colour": "x" } }), &[("/received/colour", "unknown_field")]),
    ] {
        let answer = office.call(Method::POST, "/v1/tasks", &[], Some(document.clone())).await;
        assert_eq!(answer.status, REFUSED, "{document} {}", answer.json());
        assert_eq!(faults(&answer.json()), expected, "{document}");
        if expected == [("/notes", "text_not_storable")] {
            // no document with U+0000 in it is read at all
            continue;
        }
        let done = office.post("/v1/tasks/batch", json!({ "tasks": [document, {}] })).await;
        assert_eq!(faults(&done["items"][0]["problem"]), expected, "{document}");
        assert_eq!(done["items"][1]["outcome"], "created", "{document}");
    }
    for (path, body, expected) in [
        ("status", json!({ "status": "finished" }), ("/status", "unknown_value")),
        ("status", json!({}), ("/status", "required")),
        ("status", json!({ "status": "new", "why": "x" }), ("/why", "unknown_field")),
        ("notes", json!({ "note": " " }), ("/note", "required")),
        ("notes", json!({ "dismiss": ["x"] }), ("/dismiss/0", "invalid_value")),
    ] {
        let path = format!("/v1/tasks/{task}/{path}");
        let answer = office.call(Method::POST, &path, &[], Some(body.clone())).await;
        assert_eq!((answer.status, faults(&answer.json())), (REFUSED, vec![expected]), "{body}");
    }
    let body = json!({ "assignments": [{ "employee": "number:ZZ9" }] });
    let answer = office.call(Method::PUT, &format!("/v1/tasks/{task}/assignments"), &[], Some(body)).await;
    assert_eq!(faults(&answer.json()), [("/assignments/0/employee", "unknown_reference")]);
}

async fn another_accounts_task_is_not_there(world: World) {
    let office = Office::of(&world.account("acme").await.unwrap()).await;
    let account = world.account("other").await.unwrap();
    let other = Office::of(&account).await;
    let theirs = account.employee("ZZ1").await.unwrap();
    let task = office.task(json!({ "task_number": 7 })).await;
    for name in [format!("{task}"), "number:7".to_owned()] {
        let path = format!("/v1/tasks/{name}");
        for (method, path, body) in [
            (Method::GET, path.clone(), None),
            (Method::PUT, path.clone(), Some(json!({}))),
            (Method::PATCH, path.clone(), Some(json!({}))),
            (Method::DELETE, path.clone(), None),
            (Method::POST, format!("{path}/status"), Some(json!({ "status": "closed" }))),
            (Method::PUT, format!("{path}/assignments"), Some(json!({ "assignments": [] }))),
            (Method::POST, format!("{path}/notes"), Some(json!({ "note": "x" }))),
            (Method::GET, format!("{path}/history"), None),
            (Method::GET, format!("{path}/versions"), None),
        ] {
            let answer = other.call(method.clone(), &path, &[("If-Match", "\"1\"")], body).await;
            assert_eq!(answer.status, 404, "{method} {path}");
        }
    }
    assert_eq!(other.get("/v1/tasks").await["items"], json!([]));
    let body = json!({ "assignments": [{ "employee": theirs }] });
    let answer = office.call(Method::PUT, "/v1/tasks/number:7/assignments", &[], Some(body)).await;
    assert_eq!(faults(&answer.json()), [("/assignments/0/employee", "unknown_reference")]);
    // the same number is another task there
    assert_ne!(other.task(json!({ "task_number": 7 })).await, task);
    assert_eq!(office.get("/v1/tasks/number:7").await["id"], json!(task));
}

async fn a_repeated_creation_has_one_effect(world: World) {
    let office = Office::of(&world.account("acme").await.unwrap()).await;
    let key = [("Idempotency-Key", "k1")];
    let document = json!({ "notes": "a", "status": "draft" });
    let first = office.call(Method::POST, "/v1/tasks", &key, Some(document.clone())).await;
    let again = office.call(Method::POST, "/v1/tasks", &key, Some(document)).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!((first.json(), first.header("location")), (again.json(), again.header("location")));
    // what the answer said before the commit is what stands after it
    assert_eq!(office.get(first.header("location")).await, first.json());
    let other = office.call(Method::POST, "/v1/tasks", &key, Some(json!({}))).await;
    assert_eq!(other.json()["code"], "idempotency_conflict");

    let key = [("Idempotency-Key", "k2")];
    let batch = json!({ "tasks": [{}, { "notes": "x" }] });
    let first = office.call(Method::POST, "/v1/tasks/batch", &key, Some(batch.clone())).await;
    let again = office.call(Method::POST, "/v1/tasks/batch", &key, Some(batch)).await;
    assert_eq!((first.status.as_u16(), first.json()), (200, again.json()));
    assert_eq!(office.get("/v1/tasks").await["items"].as_array().unwrap().len(), 3);
}

async fn every_task_of_a_batch_has_an_outcome_of_its_own(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    account.employee("ZZ1").await.unwrap();
    office.task(json!({ "task_number": 1, "notes": "a", "external_number": "A" })).await;
    office.task(json!({ "task_number": 8, "external_number": "Z" })).await;
    for (operation, task, expected, problem) in [
        ("auto_select", json!({ "task_number": 1, "notes": "a" }), "unchanged", ""),
        ("auto_select", json!({ "external_number": "0001", "notes": "b" }), "updated", ""),
        ("auto_select", json!({ "task_number": 1, "status": "new" }), "unchanged", ""),
        ("auto_select", json!({ "task_number": 1, "status": "suspended" }), "updated", ""),
        (
            "auto_select",
            json!({ "task_number": 1, "assignments": [{ "employee": "code:ZZ1" }] }),
            "updated",
            "",
        ),
        (
            "auto_select",
            json!({ "task_number": 1, "assignments": [{ "employee": "code:ZZ1" }] }),
            "unchanged",
            "",
        ),
        ("update", json!({ "task_number": 2 }), "refused", "not_found"),
        ("update", json!({}), "refused", "not_found"),
        ("create", json!({ "task_number": 1 }), "refused", "already_exists"),
        ("create", json!({ "task_number": 2 }), "created", ""),
        ("update", json!({ "task_number": 2, "external_number": "Z" }), "refused", "already_exists"),
        ("update", json!({ "task_number": 2, "external_number": "B" }), "updated", ""),
        ("auto_select", json!({ "external_number": "B", "notes": "x" }), "updated", ""),
        ("auto_select", json!({ "task_number": 3, "poi": "code:x" }), "refused", "validation_failed"),
    ] {
        let body = json!({ "operation": operation, "tasks": [task] });
        let outcome = office.post("/v1/tasks/batch", body).await["items"][0].clone();
        assert_eq!(outcome["outcome"], expected, "{operation} {task} {outcome}");
        assert_eq!(outcome["problem"]["code"].as_str().unwrap_or_default(), problem, "{outcome}");
    }
    let shown = office.get("/v1/tasks/number:1").await;
    assert_has(&shown, &json!({ "external_number": "0001", "notes": "b", "version": 2 }));
    assert_eq!(shown["progress"]["status"], "suspended");
    let history = office.get("/v1/tasks/number:1/history").await;
    assert_eq!(
        history["items"].as_array().unwrap().len(),
        3,
        "what was so already makes no entry: {history}"
    );

    // later rows see what earlier rows did
    let rows = json!([
        { "task_number": 9, "notes": "a" },
        { "task_number": 9, "description": "b" },
        { "external_number": "009", "status": "closed" },
        { "task_number": 9, "poi": "code:x" },
        { "task_number": 9, "status": "closed", "notes": "a" },
    ]);
    let done = office.post("/v1/tasks/batch", json!({ "tasks": rows })).await;
    let outcomes: Vec<_> =
        done["items"].as_array().unwrap().iter().map(|o| o["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["created", "updated", "updated", "refused", "unchanged"]);
    let shown = office.get("/v1/tasks/number:9").await;
    assert_has(&shown, &json!({ "notes": "a", "description": "b", "external_number": "009", "version": 1 }));
    assert_eq!(shown["progress"]["status"], "closed");
}

async fn five_hundred_tasks_are_saved_at_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let rows = |notes: &str| -> Vec<Value> {
        let row =
            |n| json!({ "task_number": n, "notes": notes, "assignments": [{ "employee": "code:ZZ1" }] });
        (1..=500).map(row).collect()
    };
    for (notes, outcome) in [("a", "created"), ("b", "updated"), ("b", "unchanged")] {
        let done = office.post("/v1/tasks/batch", json!({ "tasks": rows(notes) })).await;
        let outcomes = done["items"].as_array().unwrap();
        assert_eq!(outcomes.len(), 500);
        assert!(outcomes.iter().all(|one| one["outcome"] == outcome), "{notes}");
    }
    assert_eq!(office.held("task", ana).await.len(), 500);
    assert_eq!(office.get("/v1/tasks/number:500").await["notes"], "b");
    let mut rows = rows("c");
    rows.push(json!({}));
    let answer = office.call(Method::POST, "/v1/tasks/batch", &[], Some(json!({ "tasks": rows }))).await;
    assert_eq!(faults(&answer.json()), [("/tasks", "too_many")]);
}

async fn viewing_is_not_managing(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let task = office.task(json!({})).await;
    let viewer = account.key(&[PermissionName::ViewTasks]).await.unwrap();
    let viewer = Client::new(&account.app, Some(&viewer));
    assert_eq!(viewer.get(&format!("/v1/tasks/{task}")).await.unwrap().status, 200);
    for (method, path) in [
        (Method::POST, "/v1/tasks".to_owned()),
        (Method::POST, "/v1/tasks/batch".to_owned()),
        (Method::PATCH, format!("/v1/tasks/{task}")),
        (Method::DELETE, format!("/v1/tasks/{task}")),
        (Method::POST, format!("/v1/tasks/{task}/notes")),
    ] {
        let answer = viewer.call(method, &path, &[("If-Match", "\"1\"")], Some(&json!({}))).await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["parameters"]["permission"]),
            (403, &json!("manage_tasks"))
        );
    }
}
