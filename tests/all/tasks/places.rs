//! Where the places of tasks are: on the phones that hold a task at them, and on no others.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use campo_protocol::scope::Scope;
use campo_server::tasks::retire;
use campo_tests::{feed::Feed, on_both, random::Random, world::World};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Office, line_at};

on_both! {
    the_place_of_a_task_is_on_the_phones_that_hold_the_task,
    a_place_leaves_the_phones_with_its_last_task,
    places_are_where_their_tasks_are_whatever_happened_before,
    what_a_worker_captures_leaves_the_places_alone,
}

/// The employees whose phones hold each place because of its tasks.
async fn holders(office: &Office, places: &[Uuid]) -> Vec<BTreeSet<Scope>> {
    let feed = Feed::read(&office.account.app, office.account.id).await.unwrap();
    places.iter().map(|place| feed.scopes_of(*place)).collect()
}

fn assigned(employees: &[Uuid]) -> Value {
    let one = |employee: &Uuid| json!({ "employee": employee });
    json!({ "assignments": employees.iter().map(one).collect::<Vec<_>>() })
}

async fn the_place_of_a_task_is_on_the_phones_that_hold_the_task(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let (ana, beto) = (account.employee("ZZ1").await.unwrap(), account.employee("ZZ2").await.unwrap());
    let places = [account.poi("P").await.unwrap(), account.poi("Q").await.unwrap()];
    let first = office.task(json!({ "poi": "code:P", "assignments": [{ "employee": ana }] })).await;
    let second = office.task(json!({ "poi": "code:P" })).await;
    let plain = office.task(json!({ "assignments": [{ "employee": beto }] })).await;
    let (a, b) = (Scope::Employee(ana), Scope::Employee(beto));
    let (assignments, status) = ("/assignments", "/status");
    let steps: [(Uuid, &str, Value, [&[Scope]; 2]); 13] = [
        (plain, "", json!({ "notes": "x" }), [&[a], &[]]),
        (second, assignments, assigned(&[beto]), [&[a, b], &[]]),
        (second, assignments, assigned(&[ana, beto]), [&[a, b], &[]]),
        (first, assignments, assigned(&[]), [&[a, b], &[]]),
        (second, status, json!({ "status": "draft" }), [&[], &[]]),
        (second, status, json!({ "status": "new" }), [&[a, b], &[]]),
        (second, "", json!({ "poi": "code:Q" }), [&[], &[a, b]]),
        (first, assignments, assigned(&[beto]), [&[b], &[a, b]]),
        (first, "", json!({ "poi": "code:Q" }), [&[], &[a, b]]),
        (second, assignments, assigned(&[]), [&[], &[b]]),
        (first, "", json!({ "poi": null }), [&[], &[]]),
        (plain, "", json!({ "poi": "code:P" }), [&[b], &[]]),
        (plain, status, json!({ "status": "canceled" }), [&[b], &[]]),
    ];
    for (task, part, body, expected) in steps {
        let told = format!("{part} {body}");
        match part {
            "" => drop(office.edit(Method::PATCH, task, Some(body)).await),
            "/status" => drop(office.post(&format!("/v1/tasks/{task}{part}"), body).await),
            _ => drop(office.ok(Method::PUT, &format!("/v1/tasks/{task}{part}"), Some(body)).await),
        }
        let expected: Vec<BTreeSet<Scope>> = expected.map(|scopes| scopes.iter().copied().collect()).into();
        assert_eq!(holders(&office, &places).await, expected, "{told}");
    }
}

async fn a_place_leaves_the_phones_with_its_last_task(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let places = [account.poi("P").await.unwrap()];
    let with =
        |status: &str| json!({ "poi": "code:P", "status": status, "assignments": [{ "employee": ana }] });
    let (open, closed) = (office.task(with("new")).await, office.task(with("closed")).await);
    let on_phone = [BTreeSet::from([Scope::Employee(ana)])];
    let nowhere = [BTreeSet::new()];
    assert_eq!(holders(&office, &places).await, on_phone);
    office.edit(Method::DELETE, open, None).await;
    assert_eq!(holders(&office, &places).await, on_phone, "the closed one is still there");
    let later_us = account.app.environment.now_us() + 1;
    assert_eq!(retire::retire(&account.app, account.id, later_us).await.unwrap(), 1);
    assert_eq!(holders(&office, &places).await, nowhere);
    office.post(&format!("/v1/tasks/{closed}/status"), json!({ "status": "in_progress" })).await;
    assert_eq!(holders(&office, &places).await, on_phone, "opened again");
    office.edit(Method::DELETE, closed, None).await;
    assert_eq!(holders(&office, &places).await, nowhere);
    let feed = Feed::read(&account.app, account.id).await.unwrap();
    assert_eq!(feed.tombstones_of(places[0]), [Scope::Employee(ana)].into());
}

/// Where every place must be, from the tasks that are filed and what they name.
async fn expected(office: &Office) -> BTreeMap<Uuid, BTreeSet<Scope>> {
    let rows: Vec<(Uuid, String)> = office
        .account
        .app
        .db
        .fetch_all(
            "select t.poi, c.scope from change c join task t on t.account = c.account and t.id = c.id \
             where c.account = $1 and c.kind = 'task' and not c.removed and t.poi is not null",
            (office.account.id,),
        )
        .await
        .unwrap();
    let mut expected: BTreeMap<Uuid, BTreeSet<Scope>> = BTreeMap::new();
    for (place, scope) in rows {
        expected.entry(place).or_default().insert(scope.parse().unwrap());
    }
    expected
}

async fn places_are_where_their_tasks_are_whatever_happened_before(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let employees = [account.employee("ZZ1").await.unwrap(), account.employee("ZZ2").await.unwrap()];
    let mut places = Vec::new();
    for number in ["P0", "P1", "P2"] {
        places.push(account.poi(number).await.unwrap());
    }
    let seed = u64::from_be_bytes(account.app.environment.random::<8>());
    let mut random = Random::new(seed);
    let mut filed = 0;
    for round in 0..40 {
        let tasks: Vec<Value> =
            (1..=random.within(&(1..=4))).map(|_| task(&mut random, &employees)).collect();
        office.post("/v1/tasks/batch", json!({ "tasks": tasks })).await;
        if random.chance(20) {
            let path = format!("/v1/tasks/number:{}", random.within(&(1..=5)));
            let found = office.call(Method::GET, &path, &[], None).await;
            if found.status.is_success() {
                let id = found.json()["id"].as_str().unwrap().parse().unwrap();
                office.edit(Method::DELETE, id, None).await;
            }
        }
        if random.chance(20) {
            retire::retire(&account.app, account.id, account.app.environment.now_us()).await.unwrap();
        }
        let expected = expected(&office).await;
        filed += expected.len();
        let wanted: Vec<_> =
            places.iter().map(|place| expected.get(place).cloned().unwrap_or_default()).collect();
        assert_eq!(holders(&office, &places).await, wanted, "seed {seed}, round {round}, {tasks:?}");
    }
    assert!(filed > 10, "seed {seed}: hardly a task was at a place");
}

fn task(random: &mut Random, employees: &[Uuid]) -> Value {
    let mut task = json!({ "task_number": random.within(&(1..=5)) });
    if random.chance(60) {
        let place = random.within(&(0..=3));
        task["poi"] = if place < 3 { json!(format!("code:P{place}")) } else { Value::Null };
    }
    if random.chance(60) {
        let holders: Vec<Uuid> = employees.iter().copied().filter(|_| random.chance(50)).collect();
        task["assignments"] = assigned(&holders)["assignments"].take();
    }
    if random.chance(40) {
        let states = ["new", "draft", "in_progress", "closed", "canceled"];
        task["status"] = json!(states[random.within(&(0..=4)) as usize]);
    }
    task
}

async fn what_a_worker_captures_leaves_the_places_alone(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let place = account.poi("P").await.unwrap();
    let task = office.task(json!({ "poi": "code:P", "assignments": [{ "employee": ana }] })).await;
    let mut phone = account.phone(ana).await.unwrap();
    // the place's view would be made again now, and be another, if anything asked for it
    let (table, filed) =
        ("update change_body set digest = 7, body = 'x' where kind = 'poi'", "convert_to('x', 'UTF8')");
    world.meddle(&table.replace("'x'", "x'78'"), &table.replace("'x'", filed)).await.unwrap();
    for kind in ["task.start", "form", "task.end"] {
        let line = line_at(&mut phone, kind, task, account.app.environment.now_us());
        phone.send(&[line]).await.unwrap();
        let (body,): (Vec<u8>,) = account
            .app
            .db
            .fetch_one(
                "select body from change_body where account = $1 and kind = 'poi' and id = $2",
                (account.id, place),
            )
            .await
            .unwrap();
        assert_eq!(body, b"x", "{kind}");
    }
}
