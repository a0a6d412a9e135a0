//! What phones hear of objects.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use campo_protocol::{
    model::{Ref, Reference as _, poi::Poi},
    scope::Scope,
};
use campo_tests::{
    feed::Feed,
    on_both,
    random::Random,
    world::{Account, World},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    crud::{client, edit},
    documents::kinds,
};

on_both! {
    every_kind_is_filed_where_phones_need_it,
    what_is_as_it_was_makes_no_change,
    links_of_a_place_reach_what_stands_below,
    places_are_filed_the_same_whatever_was_edited_before,
    an_edited_place_stays_where_the_tasks_at_it_are,
}

async fn every_kind_is_filed_where_phones_need_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let kinds = kinds(&account).await;
    let id = async |path: &str| -> Uuid {
        client.get(path).await.unwrap().json()["id"].as_str().unwrap().parse().unwrap()
    };
    let (field, boss) = (id("/v1/groups/code:FIELD").await, id("/v1/employees/code:BOSS").await);
    let technician = id("/v1/employee-profiles/code:TECHNICIAN").await;
    for kind in kinds {
        let before = Feed::read(&world.app, account.id).await.unwrap();
        let created = client.post(&format!("/v1/{}", kind.path), &kind.document).await.unwrap();
        let (address, object) = (created.header("location").to_owned(), created.json());
        let id: Uuid = object["id"].as_str().unwrap().parse().unwrap();
        let expected: BTreeSet<Scope> = match kind.path {
            "groups" => [Scope::Tree(id)].into(),
            "employee-profiles" => [Scope::Profile(id)].into(),
            "employees" => [Scope::Employee(id)].into(),
            "task-types" => [Scope::Account].into(),
            "pois" => [Scope::Employee(boss), Scope::Group(field)].into(),
            "work-orders" => [].into(),
            "forms" => [Scope::Tree(field), Scope::Profile(technician)].into(),
            "catalogue-items" => [Scope::Catalogue].into(),
            "non-working-days" => [Scope::Tree(field), Scope::Employee(boss)].into(),
            other => panic!("{other}"),
        };
        let feed = Feed::read(&world.app, account.id).await.unwrap();
        assert_eq!(feed.scopes_of(id), expected, "{}", kind.path);
        let newer = feed.positions.iter().filter(|(_, position)| **position > before.last);
        assert_eq!(newer.count(), expected.len(), "{}: what is new stands behind what was", kind.path);
        if !expected.is_empty() {
            let mut shown = object.clone();
            let members = shown.as_object_mut().unwrap();
            members.remove("created_at");
            members.remove("updated_at");
            assert_eq!(feed.body(id), shown, "{}", kind.path);
        }
        assert_eq!(edit(&client, Method::DELETE, &address, "\"1\"", None).await.status, 204);
        let feed = Feed::read(&world.app, account.id).await.unwrap();
        assert_eq!(
            (feed.scopes_of(id), feed.tombstones_of(id)),
            (BTreeSet::new(), expected.clone()),
            "{}",
            kind.path
        );
        let back =
            edit(&client, Method::PATCH, &address, "\"2\"", Some(&json!({ "state": "enabled" }))).await;
        assert_eq!(back.status, 200, "{}", back.json());
        let feed = Feed::read(&world.app, account.id).await.unwrap();
        assert_eq!(
            (feed.scopes_of(id), feed.tombstones_of(id)),
            (expected, BTreeSet::new()),
            "{}",
            kind.path
        );
    }
}

async fn what_is_as_it_was_makes_no_change(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    for kind in kinds(&account).await {
        client.post(&format!("/v1/{}", kind.path), &kind.document).await.unwrap();
        let before = Feed::read(&world.app, account.id).await.unwrap();
        let items = json!({ "items": [kind.document] });
        let answer = client.post(&format!("/v1/{}/batch", kind.path), &items).await.unwrap();
        assert_eq!(answer.json()["items"][0]["outcome"], "unchanged", "{}", kind.path);
        let after = Feed::read(&world.app, account.id).await.unwrap();
        assert_eq!((after.last, after.positions), (before.last, before.positions), "{}", kind.path);
    }
}

async fn links_of_a_place_reach_what_stands_below(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let (north, south) = (account.group("NORTH").await.unwrap(), account.group("SOUTH").await.unwrap());
    let ana = account.employee("ANA").await.unwrap();
    let items = json!([
        { "number": "TOP", "name": "x", "links": { "groups": [{ "group": north, "recursive": true }] } },
        { "number": "MID", "name": "x", "parent": "code:TOP" },
        { "number": "LOW", "name": "x", "parent": "code:MID", "links": { "employees": [{ "employee": ana }] } },
        { "number": "ELSE", "name": "x", "links": { "groups": [{ "group": south }] } },
    ]);
    let saved = client.post("/v1/pois/batch", &json!({ "items": items })).await.unwrap().json();
    let ids: Vec<Uuid> = saved["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().parse().unwrap())
        .collect();
    let tree = Scope::Tree(north);
    let own = Scope::Employee(ana);
    let steps: [(&str, Value, [&[Scope]; 4]); 6] = [
        ("MID", json!({}), [&[tree], &[tree], &[tree, own], &[Scope::Group(south)]]),
        // an employee's link that becomes recursive has the same scope as before, but hands it down
        (
            "TOP",
            json!({ "links": { "employees": [{ "employee": ana }] } }),
            [&[tree, own], &[tree], &[tree, own], &[Scope::Group(south)]],
        ),
        (
            "TOP",
            json!({ "links": { "employees": [{ "employee": ana, "recursive": true }], "groups": null } }),
            [&[own], &[own], &[own], &[Scope::Group(south)]],
        ),
        ("MID", json!({ "parent": "code:ELSE" }), [&[own], &[], &[own], &[Scope::Group(south)]]),
        (
            "ELSE",
            json!({ "links": { "groups": [{ "group": south, "recursive": true }] } }),
            [&[own], &[Scope::Tree(south)], &[Scope::Tree(south), own], &[Scope::Tree(south)]],
        ),
        ("MID", json!({ "parent": null }), [&[own], &[], &[own], &[Scope::Tree(south)]]),
    ];
    for (number, patch, expected) in steps {
        let items = json!({ "items": [merged(json!({ "number": number }), &patch)] });
        let answer = client.post("/v1/pois/batch", &items).await.unwrap().json();
        assert!(answer["items"][0]["problem"].is_null(), "{answer}");
        let feed = Feed::read(&world.app, account.id).await.unwrap();
        for (id, expected) in ids.iter().zip(expected) {
            assert_eq!(feed.scopes_of(*id), expected.iter().copied().collect(), "{number} {patch}");
        }
    }
}

fn merged(mut document: Value, patch: &Value) -> Value {
    for (name, member) in patch.as_object().unwrap() {
        document[name] = member.clone();
    }
    document
}

/// Where every place must be filed, from what is stored alone.
async fn expected(account: &Account) -> BTreeMap<Uuid, BTreeSet<Scope>> {
    let rows: Vec<(Uuid, String)> = account
        .app
        .db
        .fetch_all(
            "select id, body from object where account = $1 and kind = 'poi' and state = 'enabled'",
            (account.id,),
        )
        .await
        .unwrap();
    let places: BTreeMap<Uuid, Poi> =
        rows.iter().map(|(id, body)| (*id, serde_json::from_str(body).unwrap())).collect();
    let scopes = |id: &Uuid, poi: &Poi| {
        let mut scopes: BTreeSet<Scope> = poi.scopes(*id).into_iter().collect();
        let mut above = poi.parent.as_ref().and_then(Ref::id);
        while let Some(id) = above {
            let links = places[&id].link_scopes().into_iter();
            scopes.extend(links.filter(|link| link.recursive).map(|link| link.scope));
            above = places[&id].parent.as_ref().and_then(Ref::id);
        }
        scopes
    };
    places.iter().map(|(id, poi)| (*id, scopes(id, poi))).collect()
}

async fn places_are_filed_the_same_whatever_was_edited_before(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let seed = account.app.environment.random::<8>();
    let seed = u64::from_be_bytes(seed);
    let mut random = Random::new(seed);
    for code in ["G0", "G1", "G2"] {
        account.group(code).await.unwrap();
    }
    account.employee("E0").await.unwrap();
    for round in 0..40 {
        let mut edits = BTreeMap::new();
        for _ in 0..random.within(&(1..=4)) {
            let number = format!("P{}", random.within(&(0..=11)));
            edits.insert(number.clone(), place(&mut random, &number));
        }
        let items: Vec<Value> = edits.into_values().collect();
        let answer = client.post("/v1/pois/batch", &json!({ "items": items })).await.unwrap();
        assert_eq!(answer.status, 200, "seed {seed}: {}", answer.json());
        let feed = Feed::read(&world.app, account.id).await.unwrap();
        let expected = expected(&account).await;
        let ids: BTreeSet<Uuid> = feed
            .live
            .values()
            .flatten()
            .filter(|(kind, _)| kind == "poi")
            .map(|(_, id)| *id)
            .chain(expected.keys().copied())
            .collect();
        for id in ids {
            let wanted = expected.get(&id).cloned().unwrap_or_default();
            assert_eq!(feed.scopes_of(id), wanted, "seed {seed}, round {round}, {items:?}");
        }
    }
}

/// A place with chance links below a chance parent, sometimes removed. A refusal is as good as an edit here.
fn place(random: &mut Random, number: &str) -> Value {
    let parent = random.within(&(0..=14));
    let links: BTreeMap<u64, bool> =
        (0..random.within(&(0..=2))).map(|_| (random.within(&(0..=2)), random.chance(50))).collect();
    let groups: Vec<_> = links
        .into_iter()
        .map(|(group, recursive)| json!({ "group": format!("code:G{group}"), "recursive": recursive }))
        .collect();
    let employees = if random.chance(30) {
        json!([{ "employee": "code:E0", "recursive": random.chance(50) }])
    } else {
        json!([])
    };
    json!({
        "number": number,
        "name": number,
        "parent": if parent < 12 { json!(format!("code:P{parent}")) } else { Value::Null },
        "links": { "groups": groups, "employees": employees },
        "state": if random.chance(15) { "deleted" } else { "enabled" },
    })
}

async fn an_edited_place_stays_where_the_tasks_at_it_are(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let place = account.poi("C-1").await.unwrap();
    let ana = account.employee("ANA").await.unwrap();
    let task = json!({ "poi": "code:C-1", "assignments": [{ "employee": ana }] });
    let task = client.post("/v1/tasks", &task).await.unwrap().json();
    edit(&client, Method::PATCH, "/v1/pois/code:C-1", "\"1\"", Some(&json!({ "notes": "x" }))).await;
    let feed = Feed::read(&world.app, account.id).await.unwrap();
    assert_eq!(feed.scopes_of(place), [Scope::Employee(ana)].into());
    assert_eq!(feed.body(place)["notes"], "x");
    let path = format!("/v1/tasks/{}", task["id"].as_str().unwrap());
    edit(&client, Method::PATCH, &path, "\"1\"", Some(&json!({ "poi": null }))).await;
    edit(&client, Method::PATCH, "/v1/pois/code:C-1", "\"2\"", Some(&json!({ "notes": "y" }))).await;
    let feed = Feed::read(&world.app, account.id).await.unwrap();
    assert_eq!(feed.scopes_of(place), BTreeSet::new());
}
