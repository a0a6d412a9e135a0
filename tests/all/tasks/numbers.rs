//! The two numbers of a task, and the counter that gives one where none is told.

use axum::http::Method;
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{Office, faults};

on_both! {
    a_task_has_one_number_in_whatever_form_it_is_told,
    the_counter_goes_through_the_gaps_that_customers_left,
    of_two_replicas_that_create_the_same_number_one_wins,
    a_number_is_free_again_when_its_task_is_deleted,
}

async fn a_task_has_one_number_in_whatever_form_it_is_told(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    for (document, expected) in [
        (json!({}), json!([1, null])),
        (json!({ "task_number": 0 }), json!([2, null])),
        (json!({ "external_number": "" }), json!([3, null])),
        (json!({ "external_number": "000" }), json!([4, null])),
        (json!({ "external_number": "00042" }), json!([42, "00042"])),
        (json!({ "task_number": 42 }), json!(["/task_number", "42"])),
        (json!({ "external_number": "42" }), json!(["/external_number", "42"])),
        (json!({ "task_number": 3 }), json!(["/task_number", "3"])),
        (json!({ "task_number": 6, "external_number": "A-6" }), json!([6, "A-6"])),
        (json!({ "external_number": "A-6" }), json!(["/external_number", "A-6"])),
        (json!({ "task_number": 7, "external_number": "A-6" }), json!(["/external_number", "A-6"])),
        (json!({ "external_number": "B" }), json!([5, "B"])),
        (json!({ "external_number": "b" }), json!([7, "b"])),
        (json!({ "external_number": "99999999999999999999" }), json!([8, "99999999999999999999"])),
        (json!({ "task_number": i64::MAX }), json!([i64::MAX, null])),
        (json!({}), json!([9, null])),
    ] {
        let answer = office.call(Method::POST, "/v1/tasks", &[], Some(document.clone())).await;
        let body = answer.json();
        let found = if answer.status == 201 {
            json!([body["task_number"], body["external_number"]])
        } else {
            assert_eq!(body["code"], "already_exists", "{document} {body}");
            json!([body["parameters"]["field"], body["parameters"]["value"]])
        };
        assert_eq!(found, expected, "{document}");
    }
    let id = office.get("/v1/tasks/number:42").await["id"].clone();
    for name in ["number:00042", "external:00042", "external:42", id.as_str().unwrap()] {
        assert_eq!(office.get(&format!("/v1/tasks/{name}")).await["id"], id, "{name}");
    }
    assert_eq!(office.get("/v1/tasks/external:A-6").await["task_number"], 6);
    for name in ["number:41", "external:a-6", "42", "number:", "number:%00"] {
        let answer = office.call(Method::GET, &format!("/v1/tasks/{name}"), &[], None).await;
        assert_eq!(answer.status, 404, "{name}");
    }
}

async fn the_counter_goes_through_the_gaps_that_customers_left(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    // 1 … 1000 but for 400 and 401, and every second number from 1002 to 1800
    let block: Vec<i64> = (1..=1000).filter(|number| ![400, 401].contains(number)).collect();
    let alternating: Vec<i64> = (1001..=1800).filter(|number| number % 2 == 0).collect();
    for numbers in block.chunks(500).chain([&alternating[..]]) {
        let tasks: Vec<_> = numbers.iter().map(|number| json!({ "task_number": number })).collect();
        let done = office.post("/v1/tasks/batch", json!({ "operation": "create", "tasks": tasks })).await;
        assert!(done["items"].as_array().unwrap().iter().all(|o| o["outcome"] == "created"), "{done}");
    }
    // a batch that claims the next gap itself, behind tasks that are given theirs
    let mut tasks = vec![json!({}); 499];
    tasks.push(json!({ "task_number": 401 }));
    let done = office.post("/v1/tasks/batch", json!({ "tasks": tasks })).await;
    let given: Vec<i64> =
        done["items"].as_array().unwrap().iter().map(|o| o["task_number"].as_i64().unwrap()).collect();
    let expected = std::iter::once(400)
        .chain((1001..=1800).filter(|number| number % 2 == 1))
        .chain(1801..)
        .take(499)
        .chain([401]);
    assert_eq!(given, expected.collect::<Vec<_>>());
    assert_eq!(office.post("/v1/tasks", json!({})).await["task_number"], 1899);
}

async fn of_two_replicas_that_create_the_same_number_one_wins(world: World) {
    let account = world.account("acme").await.unwrap();
    let here = Office::of(&account).await;
    let there = here.at(&world.replica().await.unwrap());
    for number in 1..=10 {
        let document = json!({ "task_number": number, "notes": "a" });
        let (one, two) = tokio::join!(
            here.call(Method::POST, "/v1/tasks", &[], Some(document.clone())),
            there.call(Method::POST, "/v1/tasks", &[], Some(document.clone())),
        );
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{number}");
        let refused = if one.status == 409 { one.json() } else { two.json() };
        assert_eq!(refused["parameters"], json!({ "field": "/task_number", "value": number.to_string() }));

        let batch = json!({ "tasks": [{ "task_number": number + 100, "notes": "a" }] });
        let (one, two) = tokio::join!(
            here.post("/v1/tasks/batch", batch.clone()),
            there.post("/v1/tasks/batch", batch.clone()),
        );
        let outcome = |done: &Value| done["items"][0]["outcome"].as_str().unwrap().to_owned();
        let mut outcomes = [outcome(&one), outcome(&two)];
        outcomes.sort_unstable();
        assert_eq!(outcomes, ["created", "unchanged"]);
    }
    // the counter never gives a number twice
    let (one, two) = tokio::join!(
        here.post("/v1/tasks/batch", json!({ "tasks": vec![json!({}); 50] })),
        there.post("/v1/tasks/batch", json!({ "tasks": vec![json!({}); 50] })),
    );
    let mut given: Vec<i64> = [one, two]
        .iter()
        .flat_map(|done| done["items"].as_array().unwrap())
        .map(|o| o["task_number"].as_i64().unwrap())
        .collect();
    given.sort_unstable();
    given.dedup();
    assert_eq!(given.len(), 100);
}

async fn a_number_is_free_again_when_its_task_is_deleted(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let first = office.task(json!({ "task_number": 7, "external_number": "A" })).await;
    assert_eq!(office.edit(Method::DELETE, first, None).await.status, 204);
    let second = office.task(json!({ "task_number": 7, "external_number": "A" })).await;
    assert_eq!(office.get("/v1/tasks/number:7").await["id"], json!(second));
    assert_eq!(office.get(&format!("/v1/tasks/{first}")).await["state"], "deleted");
    let gone = office.edit(Method::PATCH, first, Some(json!({ "notes": "x" }))).await;
    assert_eq!((gone.status.as_u16(), faults(&gone.json())), (410, vec![]));
}
