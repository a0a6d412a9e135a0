//! What is refused, and that the answer says where and why.

use axum::http::Method;
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{
    crud::{client, edit},
    documents::{Kind, kinds},
};

on_both! {
    wrong_documents_are_refused_by_the_name_of_the_field,
    what_names_nothing_is_refused,
    a_code_belongs_to_one_object_in_use,
    a_tree_has_no_circle,
    what_others_need_is_not_removed,
    what_an_open_task_names_is_not_removed,
    what_was_removed_is_not_named_anew,
}

/// The fields and codes of the faults of a problem.
pub(super) fn faults(problem: &Value) -> Vec<(&str, &str)> {
    let faults = problem["faults"].as_array().map(Vec::as_slice).unwrap_or_default();
    faults.iter().map(|fault| (fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect()
}

/// The kind, a merge patch of its document, and the faults that it causes.
type Case<'a> = (&'a str, Value, &'a [(&'a str, &'a str)]);

fn cases() -> Vec<Case<'static>> {
    vec![
        ("groups", json!({ "code": null }), &[("/code", "required")]),
        ("groups", json!({ "code": " " }), &[("/code", "required")]),
        ("groups", json!({ "code": 7 }), &[("/code", "wrong_type")]),
        ("groups", json!({ "name": "a\u{0}" }), &[("/name", "text_not_storable")]),
        ("groups", json!({ "nombre": "x" }), &[("/nombre", "unknown_field")]),
        ("groups", json!({ "state": "gone" }), &[("/state", "unknown_value")]),
        ("groups", json!({ "state": "deleted" }), &[("/state", "not_applicable")]),
        ("groups", json!({ "parent": "FIELD" }), &[("/parent", "invalid_value")]),
        ("groups", json!({ "id": "x" }), &[("/id", "not_applicable")]),
        ("groups", json!({ "custom": { "a": 5 } }), &[("/custom/a", "wrong_type")]),
        (
            "employee-profiles",
            json!({ "entry_kinds": ["shift.begin"] }),
            &[("/entry_kinds/0", "unknown_value")],
        ),
        ("employee-profiles", json!({ "location_mode": "always" }), &[("/location_mode", "unknown_value")]),
        ("employees", json!({ "number": "x".repeat(101) }), &[("/number", "too_long")]),
        ("employees", json!({ "group": null }), &[("/group", "required")]),
        ("employees", json!({ "email": "ana" }), &[("/email", "not_an_email")]),
        ("employees", json!({ "zone": "Lima" }), &[("/zone", "unknown_zone")]),
        ("task-types", json!({ "allowed_states": ["ended"] }), &[("/allowed_states/0", "unknown_value")]),
        ("task-types", json!({ "planned_minutes": -1 }), &[("/planned_minutes", "out_of_range")]),
        ("pois", json!({ "place": { "latitude": -91 } }), &[("/place/latitude", "out_of_range")]),
        ("pois", json!({ "place": { "longitude": 181 } }), &[("/place/longitude", "out_of_range")]),
        ("pois", json!({ "place": { "latitude": "-12,05" } }), &[("/place/latitude", "wrong_type")]),
        ("pois", json!({ "data": { "data41": "x" } }), &[("/data/data41", "unknown_field")]),
        ("work-orders", json!({ "status": "open" }), &[("/status", "unknown_value")]),
        (
            "work-orders",
            json!({ "start": { "local": "15/01/2030", "zone": "America/Lima" } }),
            &[("/start/local", "invalid_value")],
        ),
        ("forms", json!({ "fields": [{ "id": "a", "label": "A" }] }), &[("/fields/0/kind", "required")]),
        ("forms", json!({ "version": 0 }), &[("/version", "out_of_range")]),
        ("catalogue-items", json!({ "table": "cities" }), &[("/code", "code_without_table")]),
        ("non-working-days", json!({ "from_date": "2030-02-30" }), &[("/from_date", "invalid_value")]),
        ("non-working-days", json!({ "to_date": "2030-01-01" }), &[("/to_date", "end_before_start")]),
    ]
}

async fn what_an_open_task_names_is_not_removed(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    account.task_type("FIX").await.unwrap();
    account.poi("C-1").await.unwrap();
    client.post("/v1/work-orders", &json!({ "number": "W-1", "description": "x" })).await.unwrap();
    let named = json!({ "type": "code:FIX", "poi": "code:C-1", "work_order": "code:W-1" });
    for number in 1..=7 {
        let mut task = named.clone();
        task["task_number"] = json!(number);
        task["status"] = json!(if number == 2 { "closed" } else { "new" });
        let created = client.post("/v1/tasks", &task).await.unwrap();
        assert_eq!(created.status, 201, "{}", created.json());
    }
    let paths = ["/v1/task-types/code:FIX", "/v1/pois/code:C-1", "/v1/work-orders/code:W-1"];
    let by = "task number:1, task number:3, task number:4, task number:5, task number:6, …";
    for path in paths {
        let refused = edit(&client, Method::DELETE, path, "\"1\"", None).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (409, &json!("conflict")), "{path}");
        assert_eq!(refused.json()["parameters"]["with"], by, "{path}");
        let list = path.rsplit_once('/').unwrap().0;
        let code = if list == "/v1/task-types" { "code" } else { "number" };
        let item = json!({ code: path.rsplit_once(':').unwrap().1, "state": "deleted" });
        let batch = client.post(&format!("{list}/batch"), &json!({ "items": [item] })).await.unwrap().json();
        assert_eq!(batch["items"][0]["problem"]["parameters"]["with"], by, "{batch}");
    }
    for number in [1, 3, 4, 5, 6, 7] {
        let path = format!("/v1/tasks/number:{number}");
        let answer = if number == 1 {
            edit(&client, Method::DELETE, &path, "\"1\"", None).await
        } else {
            client.post(&format!("{path}/status"), &json!({ "status": "canceled" })).await.unwrap()
        };
        assert!(answer.status.is_success(), "{}", answer.json());
    }
    for path in paths {
        assert_eq!(edit(&client, Method::DELETE, path, "\"1\"", None).await.status, 204, "{path}");
    }
    let task = client.get("/v1/tasks/number:2").await.unwrap().json();
    assert!(task["poi"].is_string() && task["type"].is_string(), "it keeps what it named: {task}");
}

async fn wrong_documents_are_refused_by_the_name_of_the_field(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let kinds = kinds(&account).await;
    for (path, patch, expected) in cases() {
        let kind = kinds.iter().find(|kind| kind.path == path).unwrap();
        let mut document = kind.document.clone();
        campo_protocol::document::merge(&mut document, &patch);
        let refused = client.post(&format!("/v1/{path}"), &document).await.unwrap();
        assert_eq!(
            (refused.status.as_u16(), &faults(&refused.json())[..]),
            (422, expected),
            "{path} {patch}"
        );
        let batch = client.post(&format!("/v1/{path}/batch"), &json!({ "items": [document] })).await.unwrap();
        if batch.status == 200 {
            let item = &batch.json()["items"][0];
            assert_eq!(faults(&item["problem"]), expected, "{path} {patch}");
        } else {
            let at: Vec<_> = expected.iter().map(|fault| format!("/items/0{}", fault.0)).collect();
            assert_eq!(faults(&batch.json())[0].0, at[0], "{path} {patch}");
        }
    }
    for body in [json!([]), json!(7), json!("x"), json!(null)] {
        let refused = client.post("/v1/groups", &body).await.unwrap();
        assert_eq!(faults(&refused.json()), [("", "wrong_type")], "{body}");
    }
    let answer = client.post("/v1/groups", &json!({ "code": "a" })).await.unwrap().json();
    assert_eq!(faults(&answer), [("/name", "required")]);
}

async fn what_names_nothing_is_refused(world: World) {
    let account = world.account("acme").await.unwrap();
    let other = world.account("other").await.unwrap();
    let foreign = other.poi("C-9").await.unwrap();
    let client = client(&account).await;
    let kinds = kinds(&account).await;
    let employee = account.employee("A").await.unwrap();
    for (path, patch, field) in [
        ("groups", json!({ "parent": "code:NOBODY" }), "/parent"),
        ("employees", json!({ "group": "code:BOSS" }), "/group"),
        ("employees", json!({ "profile": employee }), "/profile"),
        ("employees", json!({ "manager": "code:NOBODY" }), "/manager"),
        ("task-types", json!({ "required_forms": ["code:CHECKLIST", "code:X"] }), "/required_forms/1"),
        ("pois", json!({ "parent": foreign }), "/parent"),
        ("pois", json!({ "links": { "groups": [{ "group": "code:N" }] } }), "/links/groups/0/group"),
        ("work-orders", json!({ "customer": "code:C-9" }), "/customer"),
        ("forms", json!({ "profiles": ["code:N"] }), "/profiles/0"),
        ("non-working-days", json!({ "employees": [foreign] }), "/employees/0"),
    ] {
        let kind = kinds.iter().find(|kind| kind.path == path).unwrap();
        let mut document = kind.document.clone();
        campo_protocol::document::merge(&mut document, &patch);
        let refused = client.post(&format!("/v1/{path}"), &document).await.unwrap().json();
        assert_eq!(faults(&refused), [(field, "unknown_reference")], "{path} {patch}");
        let fault = &refused["faults"][0];
        let found = fault["found"].as_str().unwrap();
        assert!(patch.to_string().contains(found), "{fault}");
        assert!(fault["expected"].as_str().unwrap().contains("of the kind `"), "{fault}");
    }
}

async fn a_code_belongs_to_one_object_in_use(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    for kind in kinds(&account).await {
        let Kind { path, code, .. } = kind;
        let list = format!("/v1/{path}");
        assert_eq!(client.post(&list, &kind.named("A")).await.unwrap().status, 201, "{path}");
        let taken = client.post(&list, &kind.named("A")).await.unwrap();
        assert_eq!((taken.status.as_u16(), &taken.json()["code"]), (409, &json!("already_exists")), "{path}");
        assert_eq!(taken.json()["parameters"], json!({ "field": format!("/{code}"), "value": "A" }));

        let second = client.post(&list, &kind.named("B")).await.unwrap();
        let address = second.header("location").to_owned();
        let renamed = edit(&client, Method::PATCH, &address, "\"1\"", Some(&json!({ code: "A" }))).await;
        assert_eq!(renamed.json()["code"], "already_exists", "{path}");

        edit(&client, Method::DELETE, &address, "\"1\"", None).await;
        assert_eq!(client.post(&list, &kind.named("B")).await.unwrap().status, 201, "{path}");
        let back = json!({ "state": "enabled" });
        let restored = edit(&client, Method::PATCH, &address, "\"2\"", Some(&back)).await;
        assert_eq!(restored.json()["code"], "already_exists", "{path}: {}", restored.json());
        let back = json!({ "state": "enabled", code: "C" });
        assert_eq!(edit(&client, Method::PATCH, &address, "\"2\"", Some(&back)).await.status, 200, "{path}");
    }
}

async fn a_tree_has_no_circle(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    account.group("G").await.unwrap();
    for (path, code, field, more) in [
        ("groups", "code", "parent", json!({})),
        ("pois", "number", "parent", json!({})),
        ("employees", "number", "manager", json!({ "first_name": "x", "group": "code:G" })),
    ] {
        let document = |own: &str, above: Value| {
            let mut document = json!({ code: own, field: above });
            if path != "employees" {
                document["name"] = own.into();
            }
            campo_protocol::document::merge(&mut document, &more);
            document
        };
        let items =
            [("A", json!(null)), ("B", json!("code:A")), ("C", json!("code:B")), ("D", json!("code:C"))];
        let items: Vec<_> = items.into_iter().map(|(own, above)| document(own, above)).collect();
        let saved =
            client.post(&format!("/v1/{path}/batch"), &json!({ "items": items })).await.unwrap().json();
        assert!(
            saved["items"].as_array().unwrap().iter().all(|item| item["outcome"] == "created"),
            "{saved}"
        );
        for (own, above) in [("A", "A"), ("A", "D"), ("B", "D"), ("B", "C")] {
            let patch = json!({ field: format!("code:{above}") });
            let refused =
                edit(&client, Method::PATCH, &format!("/v1/{path}/code:{own}"), "\"1\"", Some(&patch)).await;
            assert_eq!(
                faults(&refused.json()),
                [(&format!("/{field}")[..], "circle")],
                "{path}: {own} below {above}"
            );
        }
        // D above B only when C no longer stands between: both edits of one batch together
        let items = [json!({ code: "B", field: "code:D" }), json!({ code: "D", field: "code:A" })];
        let saved =
            client.post(&format!("/v1/{path}/batch"), &json!({ "items": items })).await.unwrap().json();
        assert!(
            saved["items"].as_array().unwrap().iter().all(|item| item["outcome"] == "updated"),
            "{saved}"
        );
        // and if the second is refused for another reason, so is the first, which would close a circle
        let items = [json!({ code: "A", field: "code:C" }), json!({ code: "B", field: null, "x": 1 })];
        let saved =
            client.post(&format!("/v1/{path}/batch"), &json!({ "items": items })).await.unwrap().json();
        assert_eq!(faults(&saved["items"][0]["problem"]), [(&format!("/{field}")[..], "circle")], "{saved}");
        assert_eq!(faults(&saved["items"][1]["problem"]), [("/x", "unknown_field")], "{saved}");
    }
}

async fn what_others_need_is_not_removed(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    for kind in kinds(&account).await {
        let created = client.post(&format!("/v1/{}", kind.path), &kind.document).await.unwrap();
        assert_eq!(created.status, 201, "{}", created.json());
    }
    // employees, groups, profiles, points of interest and forms that the documents name
    for (address, holders) in [
        ("/v1/groups/code:FIELD", "employee code:BOSS, employee code:X, group code:X"),
        ("/v1/employee-profiles/code:TECHNICIAN", "employee code:X"),
        ("/v1/pois/code:C-1", "poi code:X"),
        ("/v1/forms/code:CHECKLIST", "task_type code:X"),
    ] {
        let etag = client.get(address).await.unwrap().header("etag").to_owned();
        let deleted = json!({ "state": "deleted" });
        for (method, body) in [(Method::DELETE, None), (Method::PATCH, Some(&deleted))] {
            let refused = edit(&client, method, address, &etag, body).await.json();
            assert_eq!(
                (&refused["code"], &refused["parameters"]["with"]),
                (&json!("conflict"), &json!(holders))
            );
        }
    }
    // what history alone names can go, and then what it held
    for address in
        ["/v1/employees/code:X", "/v1/employees/code:BOSS", "/v1/groups/code:X", "/v1/groups/code:FIELD"]
    {
        let removed = edit(&client, Method::DELETE, address, "\"1\"", None).await;
        assert_eq!(removed.status, 204, "{address}: {}", removed.json());
    }
    let many: Vec<_> =
        (0..7).map(|n| json!({ "number": n.to_string(), "name": "x", "parent": "code:C-1" })).collect();
    client.post("/v1/pois/batch", &json!({ "items": many })).await.unwrap();
    let refused = edit(&client, Method::DELETE, "/v1/pois/code:C-1", "\"1\"", None).await.json();
    assert_eq!(
        refused["parameters"]["with"],
        "poi code:0, poi code:1, poi code:2, poi code:3, poi code:4, …"
    );
}

async fn what_was_removed_is_not_named_anew(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let customer = account.poi("C-1").await.unwrap();
    let order = json!({ "number": "1", "description": "a", "customer": customer });
    client.post("/v1/work-orders", &order).await.unwrap();
    edit(&client, Method::DELETE, "/v1/pois/code:C-1", "\"1\"", None).await;

    let address = "/v1/work-orders/code:1";
    let changed = edit(&client, Method::PATCH, address, "\"1\"", Some(&json!({ "description": "b" }))).await;
    assert_eq!(changed.status, 200, "what named it before can still be changed: {}", changed.json());
    let mut anew = order;
    anew["number"] = "2".into();
    let refused = client.post("/v1/work-orders", &anew).await.unwrap().json();
    assert_eq!(faults(&refused), [("/customer", "unknown_reference")]);

    let id = changed.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(edit(&client, Method::DELETE, address, "\"2\"", None).await.status, 204);
    let address = format!("/v1/work-orders/{id}");
    assert_eq!(
        edit(&client, Method::DELETE, &address, "\"3\"", None).await.status,
        204,
        "again changes nothing"
    );
    let restored =
        edit(&client, Method::PATCH, &address, "\"3\"", Some(&json!({ "state": "enabled" }))).await;
    assert_eq!(faults(&restored.json()), [("/customer", "unknown_reference")]);
    let mended = json!({ "state": "enabled", "customer": null });
    assert_eq!(edit(&client, Method::PATCH, &address, "\"3\"", Some(&mended)).await.status, 200);
}
