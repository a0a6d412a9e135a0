//! Lists of tasks.

use axum::http::Method;
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{Office, REFUSED, faults, line_at};

on_both! {
    each_filter_narrows_the_list,
    a_list_is_read_in_pages,
    screens_ask_for_what_they_show,
    a_list_is_sorted_and_its_pages_join,
    a_task_is_on_the_phone_once_the_phone_said_so,
    many_tasks_are_deleted_at_once_each_with_an_outcome,
    what_an_older_replica_edited_is_listed_anew,
}

fn numbers(page: &Value) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|task| task["task_number"].as_i64().unwrap()).collect()
}

async fn each_filter_narrows_the_list(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let north = office.object("group", "NORTH", None).await;
    let branch = office.object("group", "BRANCH", Some(north)).await;
    office.object("group", "SOUTH", None).await;
    let ana = office.object("employee", "ZZ1", Some(branch)).await;
    let beto = office.object("employee", "ZZ2", None).await;
    for (kind, code) in [("poi", "C-1"), ("task_type", "SUP99"), ("work_order", "50017")] {
        office.object(kind, code, None).await;
    }
    let due = |local: &str| json!({ "local": local, "zone": "America/Lima" });
    for task in [
        json!({ "task_number": 1, "assignments": [{ "employee": ana }], "description": "Reparación 100%" }),
        json!({ "task_number": 2, "assignments": [{ "employee": beto }], "status": "closed", "poi": "code:C-1" }),
        json!({ "task_number": 3, "type": "code:SUP99", "due": due("2030-01-15T18:00:00"), "customer_name": "ÑANDÚ" }),
        json!({ "task_number": 4, "work_order": "code:50017", "due": due("2030-01-16T18:00:00"), "status": "draft" }),
        json!({ "task_number": 5, "external_number": "A_5", "assignments": [{ "employee": ana }, { "employee": beto }] }),
        json!({ "task_number": 6, "assignments": [{ "employee": ana }] }),
        json!({ "task_number": 7 }),
    ] {
        office.task(task).await;
    }
    // Ana has lost 6, and 7 is deleted
    office.ok(Method::PUT, "/v1/tasks/number:6/assignments", Some(json!({ "assignments": [] }))).await;
    let gone = office.get("/v1/tasks/number:7").await["id"].as_str().unwrap().parse().unwrap();
    office.edit(Method::DELETE, gone, None).await;
    let between = account.app.environment.now_us();
    let between = office.account.app.environment.now_us().max(between);
    let mut phone = account.phone(beto).await.unwrap();
    let task = office.get("/v1/tasks/number:3").await["id"].as_str().unwrap().parse().unwrap();
    let line = line_at(&mut phone, "task.start", task, account.app.environment.now_us());
    phone.send(&[line]).await.unwrap();
    let since = serde_json::to_value(campo_server::api::time::Instant(between)).unwrap();
    let changed_after = format!("changed_after={}", since.as_str().unwrap());

    for (query, expected) in [
        ("", &[1, 2, 3, 4, 5, 6][..]),
        ("status=closed", &[2]),
        ("status=closed&status=draft", &[2, 4]),
        ("status=in_progress", &[]),
        ("employee=number:ZZ1", &[1, 5]),
        ("employee=code:ZZ2&status=closed", &[2]),
        ("group=code:NORTH", &[1, 5]),
        ("group=code:BRANCH&q=a_5", &[5]),
        ("group=code:SOUTH", &[]),
        ("type=code:SUP99", &[3]),
        ("poi=number:C-1", &[2]),
        ("work_order=code:50017", &[4]),
        ("due_from=2030-01-15T18:00:00-05:00", &[3, 4]),
        ("due_until=2030-01-16T23:00:00Z", &[3]),
        ("attention=true", &[3]),
        ("attention=true&employee=code:ZZ2", &[]),
        (&changed_after, &[3]),
        ("q=reparacion", &[1]),
        ("q=100%25", &[1]),
        ("q=%25", &[1]),
        ("q=nandu", &[]),
        ("q=%C3%B1andu", &[3]),
        ("q=A_5", &[5]),
        ("q=5", &[5]),
        ("q=%20", &[1, 2, 3, 4, 5, 6]),
    ] {
        let page = office.get(&format!("/v1/tasks?{query}")).await;
        assert_eq!(numbers(&page), expected, "{query}");
    }
    for (query, expected) in [
        ("employee=number:ZZ9", ("/employee", "unknown_reference")),
        ("employee=ZZ1", ("/employee", "invalid_value")),
        ("status=done", ("/status/0", "unknown_value")),
        ("due_from=yesterday", ("/due_from", "invalid_value")),
        ("limit=0", ("/limit", "out_of_range")),
        ("after=x", ("/after", "out_of_range")),
    ] {
        let answer = office.call(Method::GET, &format!("/v1/tasks?{query}"), &[], None).await;
        assert_eq!((answer.status, faults(&answer.json())), (REFUSED, vec![expected]), "{query}");
    }
}

async fn a_list_is_read_in_pages(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    office.post("/v1/tasks/batch", json!({ "tasks": vec![json!({}); 25] })).await;
    let (mut seen, mut path) = (Vec::new(), "/v1/tasks?limit=10".to_owned());
    loop {
        let page = office.get(&path).await;
        seen.push(numbers(&page));
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/tasks?limit=10&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [(1..=10).collect::<Vec<_>>(), (11..=20).collect(), (21..=25).collect()]);
}

/// A company with tasks in the past and the future, near and far.
async fn company(world: &World) -> Office {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = office.object("employee", "ZZ1", None).await;
    let place =
        json!({ "number": "C-1", "name": "Lima", "place": { "latitude": -12.05, "longitude": -77.05 } });
    office.post("/v1/pois", place).await;
    office.object("poi", "C-2", None).await;
    let at = |local: &str| json!({ "local": local, "zone": "UTC" });
    let fiji = json!({ "latitude": -17.0, "longitude": 179.5 });
    for task in [
        json!({ "task_number": 1, "start": at("2030-01-15T08:00"), "due": at("2030-01-15T10:00"), "priority": "low" }),
        json!({ "task_number": 2, "due": at("2030-01-15T12:00"), "poi": "code:C-1", "priority": "urgent" }),
        json!({ "task_number": 3, "start": at("2030-01-14T08:00"), "due": at("2030-01-16T10:00"), "assignments": [{ "employee": ana }] }),
        json!({ "task_number": 4, "due": at("2020-01-15T10:00"), "location": fiji, "poi": "code:C-1" }),
        json!({ "task_number": 5, "due": at("2020-01-15T10:00"), "status": "closed", "poi": "code:C-2" }),
        json!({ "task_number": 6, "start": at("2030-01-17T08:00"), "status": "draft", "priority": "urgent" }),
        json!({ "task_number": 7 }),
    ] {
        office.task(task).await;
    }
    office
}

async fn screens_ask_for_what_they_show(world: World) {
    let office = company(&world).await;
    for (query, expected) in [
        ("open=true", &[1, 2, 3, 4, 6, 7][..]),
        ("open=false", &[5]),
        ("open=true&status=closed", &[]),
        ("unassigned=true", &[1, 2, 4, 6, 7]),
        ("unassigned=true&open=false", &[]),
        ("unassigned=true&status=new&priority=low&priority=urgent", &[1, 2]),
        ("late=true", &[4]),
        ("employee=code:ZZ1&open=true", &[3]),
        ("group=code:FIELD&open=true", &[3]),
        ("group=code:FIELD", &[3]),
        ("priority=urgent", &[2, 6]),
        ("start_from=2030-01-15T00:00:00Z", &[1, 6]),
        ("start_from=2030-01-15T00:00:00Z&start_until=2030-01-16T00:00:00Z", &[1]),
        ("start_until=2030-01-16T00:00:00Z", &[1, 3]),
        ("planned_from=2030-01-15T00:00:00Z&planned_until=2030-01-16T00:00:00Z", &[1, 2, 3]),
        ("planned_from=2030-01-15T00:00:00Z&planned_until=2030-01-16T00:00:00Z&open=true", &[1, 2, 3]),
        ("planned_until=2030-01-15T00:00:00Z", &[3, 4, 5]),
        ("south=-13&north=-12&west=-78&east=-77", &[2]),
        ("south=-13&north=-12&west=-78&east=-77&open=true", &[2]),
        ("south=-20&north=-10&west=179&east=-179", &[4]),
        ("south=-20&north=-10&west=-179&east=179", &[2]),
    ] {
        let page = office.get(&format!("/v1/tasks?{query}")).await;
        assert_eq!(numbers(&page), expected, "{query}");
        let totals = office.get(&format!("/v1/tasks/totals?{query}")).await;
        assert_eq!(totals["tasks"], expected.len(), "{query}: {totals}");
    }
    let totals = office.get("/v1/tasks/totals").await;
    let statuses = json!([
        { "status": "closed", "tasks": 1 }, { "status": "draft", "tasks": 1 }, { "status": "new", "tasks": 5 }
    ]);
    let expected = json!({
        "tasks": 7, "open": 6, "unassigned": 5, "late": 1, "attention": 0, "statuses": statuses
    });
    assert_eq!(totals, expected);
    let shown = office.get("/v1/tasks/number:2").await;
    assert_eq!(shown["point"], json!({ "latitude": -12.05, "longitude": -77.05 }));
    assert_eq!(office.get("/v1/tasks/number:4").await["point"]["latitude"], -17.0);
    for (query, expected) in [
        ("south=1", vec![("/west", "required"), ("/north", "required"), ("/east", "required")]),
        ("south=1&north=0&west=1&east=1", vec![("/north", "out_of_range")]),
        ("south=1&north=91&west=1&east=NaN", vec![("/north", "out_of_range"), ("/east", "out_of_range")]),
        ("priority=high,low", vec![("/priority/0", "unknown_value")]),
        ("sort=name", vec![("/sort", "unknown_value")]),
        ("open=yes", vec![("/open", "invalid_value")]),
    ] {
        let answer = office.call(Method::GET, &format!("/v1/tasks?{query}"), &[], None).await;
        assert_eq!((answer.status, faults(&answer.json())), (REFUSED, expected), "{query}");
    }
}

async fn a_list_is_sorted_and_its_pages_join(world: World) {
    let office = company(&world).await;
    for (query, expected) in [
        ("sort=number", [1, 2, 3, 4, 5, 6, 7]),
        ("sort=-number", [7, 6, 5, 4, 3, 2, 1]),
        ("sort=start", [4, 5, 3, 1, 2, 6, 7]),
        ("sort=-start", [7, 6, 2, 1, 3, 5, 4]),
        ("sort=due", [4, 5, 1, 2, 3, 6, 7]),
        ("sort=-due", [7, 6, 3, 2, 1, 5, 4]),
        ("sort=priority", [3, 4, 5, 7, 1, 2, 6]),
        ("sort=-priority", [6, 2, 1, 7, 5, 4, 3]),
    ] {
        for (filter, dropped) in [("", 0), ("&open=true", 5), ("&q=5", 0)] {
            let mut seen = Vec::new();
            let mut path = format!("/v1/tasks?limit=2&{query}{filter}");
            loop {
                let page = office.get(&path).await;
                seen.append(&mut numbers(&page));
                match page["next"].as_str() {
                    Some(next) => path = format!("/v1/tasks?limit=2&{query}{filter}&after={next}"),
                    None => break,
                }
            }
            let expected: Vec<i64> = if filter == "&q=5" {
                vec![5]
            } else {
                expected.into_iter().filter(|number| *number != dropped).collect()
            };
            assert_eq!(seen, expected, "{query}{filter}");
        }
    }
}

async fn a_task_is_on_the_phone_once_the_phone_said_so(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let beto = account.employee("ZZ2").await.unwrap();
    office.task(json!({ "task_number": 1, "assignments": [{ "employee": ana }] })).await;
    office
        .task(json!({ "task_number": 2, "assignments": [{ "employee": ana }, { "employee": beto }] }))
        .await;
    office.task(json!({ "task_number": 3 })).await;
    office.task(json!({ "task_number": 4, "status": "draft", "assignments": [{ "employee": ana }] })).await;
    let lists = async || {
        let not = office.get("/v1/tasks?on_phone=false").await;
        let on = office.get("/v1/tasks?on_phone=true").await;
        (numbers(&not), numbers(&on))
    };
    assert_eq!(lists().await, (vec![1, 2], vec![]));
    let mut phone = account.phone(ana).await.unwrap();
    phone.open_session().await.unwrap();
    // the second exchange says what the first one brought
    phone.catch_up().await.unwrap();
    phone.catch_up().await.unwrap();
    account.app.contacts.write(&account.app).await.unwrap();
    assert_eq!(lists().await, (vec![2], vec![1]));
    let page = office.get("/v1/tasks").await;
    assert_eq!(page["items"][0]["phones"]["holding"], 1);
    assert!(page["items"][0]["phones"]["since"].is_string());
    assert_eq!(page["items"][1]["phones"], json!({ "employees": 2, "holding": 1 }));
    assert!(page["items"][2]["phones"].is_null() && page["items"][3]["phones"].is_null());
    // what it holds is no longer as it is
    let id = page["items"][0]["id"].as_str().unwrap().parse().unwrap();
    office.edit(Method::PATCH, id, Some(json!({ "notes": "new" }))).await;
    assert_eq!(lists().await, (vec![1, 2], vec![]));
}

async fn many_tasks_are_deleted_at_once_each_with_an_outcome(world: World) {
    let office = company(&world).await;
    let id = office.task(json!({ "task_number": 8, "external_number": "A-8" })).await;
    let removal = json!({ "items": ["number:1", "external:A-8", "number:99", "number:5", "number:1", id], "reason": "x" });
    let done = office.post("/v1/tasks/delete", removal).await;
    let outcomes: Vec<_> = done["items"].as_array().unwrap().iter().map(|item| &item["outcome"]).collect();
    assert_eq!(outcomes, ["deleted", "deleted", "refused", "deleted", "refused", "refused"], "{done}");
    assert_eq!(done["items"][2]["problem"]["code"], "not_found");
    assert_eq!(numbers(&office.get("/v1/tasks").await), [2, 3, 4, 6, 7]);
    let gone = office.get(&format!("/v1/tasks/{id}")).await;
    assert_eq!((&gone["state"], &gone["progress"]["status"]), (&json!("deleted"), &json!("canceled")));
    let again = office.post("/v1/tasks/delete", json!({ "items": [id] })).await;
    assert_eq!(again["items"][0]["problem"]["code"], "gone");
    let refused = office.call(Method::POST, "/v1/tasks/delete", &[], Some(json!({ "items": ["8"] }))).await;
    assert_eq!(faults(&refused.json()), [("/items/0", "invalid_value")]);
}

async fn what_an_older_replica_edited_is_listed_anew(world: World) {
    let office = company(&world).await;
    // a replica that knows nothing of lists writes the office part alone
    let edit = "update task set version = version + 1, fields = '{\"task_number\":7,\"priority\":\"high\",\
         \"location\":{\"latitude\":1.5,\"longitude\":2.5}}' where task_number = 7; \
         update object set version = version + 1, \
         body = replace(body, '-77.05', '-70.05') where kind = 'poi' and code = 'C-1'";
    world.meddle(edit, edit).await.unwrap();
    let found = async |query: &str| numbers(&office.get(&format!("/v1/tasks?{query}")).await);
    assert_eq!(found("priority=high").await, Vec::<i64>::new());
    while campo_server::sweep::duty(&world.app).await.unwrap() == campo_server::duties::Left::More {}
    assert_eq!(found("priority=high").await, [7]);
    assert_eq!(found("south=1&north=2&west=2&east=3").await, [7]);
    assert_eq!(found("south=-13&north=-12&west=-71&east=-70").await, [2]);
}
