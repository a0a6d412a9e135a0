//! Lists: what they show, in which order, and in pages.

use axum::http::Method;
use campo_tests::{api::Client, on_both, world::World};
use serde_json::{Value, json};

use super::crud::{client, edit};

on_both! {
    items_of_the_catalogue_are_listed_by_their_table,
    what_was_created_by_several_says_by_whom,
    a_list_is_sorted_by_name_in_pages,
    a_list_shows_what_is_asked_for,
    a_list_shows_what_stands_below_at_any_depth,
    a_wrong_filter_is_refused_by_name,
    a_code_may_hold_any_character,
}

async fn codes(client: &Client, path: &str) -> Vec<String> {
    let answer = client.get(path).await.unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.json());
    let answer = answer.json();
    let items = answer["items"].as_array().unwrap().iter();
    items.map(|item| item["number"].as_str().unwrap().to_owned()).collect()
}

async fn save(client: &Client, items: &[Value]) {
    let saved = client.post("/v1/pois/batch", &json!({ "items": items })).await.unwrap().json();
    assert!(saved["items"].as_array().unwrap().iter().all(|item| item["problem"].is_null()), "{saved}");
}

async fn a_list_is_sorted_by_name_in_pages(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let names = ["Ñandú", "nube", "Zoë", "Ángel", "Ángel", "angela", "Ángel 2", "oso"];
    let items: Vec<_> =
        names.iter().zip(0..).map(|(name, n)| json!({ "number": n.to_string(), "name": name })).collect();
    save(&client, &items).await;
    let sorted = ["3", "4", "6", "5", "1", "0", "7", "2"];
    assert_eq!(codes(&client, "/v1/pois").await, sorted);
    for limit in 1..=8 {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = client.get(&format!("/v1/pois?limit={limit}{after}")).await.unwrap().json();
            found.extend(page["items"].as_array().unwrap().iter().map(|item| item["number"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(found, sorted, "{limit} a page");
    }
}

async fn a_list_shows_what_stands_below_at_any_depth(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    for group in [
        json!({ "code": "NORTH", "name": "North" }),
        json!({ "code": "LIMA", "name": "Lima", "parent": "code:NORTH" }),
        json!({ "code": "SOUTH", "name": "South" }),
    ] {
        client.post("/v1/groups", &group).await.unwrap();
    }
    for (number, group) in [("1", "NORTH"), ("2", "LIMA"), ("3", "LIMA"), ("4", "SOUTH")] {
        let employee = json!({ "number": number, "last_name": number, "group": format!("code:{group}") });
        assert_eq!(client.post("/v1/employees", &employee).await.unwrap().status, 201);
    }
    for (query, expected) in [
        ("within=code:NORTH", &["1", "2", "3"][..]),
        ("within=code:NORTH&parent=code:LIMA", &["2", "3"]),
        ("within=code:NORTH&code=3", &["3"]),
        ("within=code:NORTH&q=2", &["2"]),
        ("within=code:SOUTH", &["4"]),
        ("within=code:NOWHERE", &[]),
        ("parent=code:NORTH", &["1"]),
    ] {
        assert_eq!(codes(&client, &format!("/v1/employees?{query}")).await, expected, "{query}");
    }
    let page = client.get("/v1/employees?within=code:NORTH&limit=2").await.unwrap().json();
    let next = format!("/v1/employees?within=code:NORTH&limit=2&after={}", page["next"].as_str().unwrap());
    assert_eq!(codes(&client, &next).await, ["3"]);
    let refused = client.get("/v1/task-types?within=code:NORTH").await.unwrap();
    assert_eq!(refused.json()["faults"][0]["field"], "/within");
}

async fn a_list_shows_what_is_asked_for(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let items = [
        json!({ "number": "A-1", "name": "Bodega San José" }),
        json!({ "number": "A_2", "name": "Plaza 50%", "parent": "code:A-1" }),
        json!({ "number": "B-3", "name": "PLAZA NORTE", "parent": "code:A-1" }),
        json!({ "number": "C-4", "name": "Ñandú", "parent": "code:B-3" }),
    ];
    save(&client, &items).await;
    let since =
        client.get("/v1/pois/code:C-4").await.unwrap().json()["updated_at"].as_str().unwrap().to_owned();
    edit(&client, Method::PATCH, "/v1/pois/code:C-4", "\"1\"", Some(&json!({ "notes": "x" }))).await;
    let parent = client.get("/v1/pois/code:A-1").await.unwrap().json()["id"].as_str().unwrap().to_owned();
    for (query, expected) in [
        ("q=jose", &["A-1"][..]),
        ("q=san%20JOS%C3%89", &["A-1"]),
        ("q=plaza", &["A_2", "B-3"]),
        ("q=50%25", &["A_2"]),
        ("q=a_", &["A_2"]),
        ("q=%25", &["A_2"]),
        ("q=%21", &[]),
        ("q=nandu", &[]),
        ("q=%C3%B1andu", &["C-4"]),
        ("q=b-3", &["B-3"]),
        ("q=", &["A-1", "C-4", "A_2", "B-3"]),
        ("parent=code:A-1", &["A_2", "B-3"]),
        (&format!("parent={parent}"), &["A_2", "B-3"]),
        ("parent=code:A-1&q=norte", &["B-3"]),
        ("parent=code:none", &[]),
        ("code=A_2", &["A_2"]),
        ("code=A_2&parent=code:A-1", &["A_2"]),
        ("code=A_2&parent=code:B-3", &[]),
        ("code=a_2", &[]),
        (&format!("changed_after={since}"), &["C-4"]),
        ("state=deleted", &[]),
    ] {
        assert_eq!(codes(&client, &format!("/v1/pois?{query}")).await, expected, "{query}");
    }
}

async fn a_wrong_filter_is_refused_by_name(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    for (path, field) in [
        ("/v1/pois?limit=0", "/limit"),
        ("/v1/pois?after=x", "/after"),
        // A cursor that somebody made up: ["\u0000", …]
        ("/v1/pois?after=WyJcdTAwMDAiLCIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAiXQ", "/after"),
        ("/v1/pois?state=new", "/state"),
        ("/v1/pois?parent=7", "/parent"),
        ("/v1/pois?changed_after=yesterday", "/changed_after"),
        ("/v1/pois?name=x", "/name"),
        ("/v1/pois?q=%00", "/q"),
        ("/v1/task-types?parent=code:7", "/parent"),
    ] {
        let refused = client.get(path).await.unwrap();
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["faults"][0]["field"]),
            (422, &json!(field)),
            "{path}"
        );
    }
    for path in ["/v1/pois/7", "/v1/pois/code:", "/v1/pois/code:%00", "/v1/pois/7/versions"] {
        assert_eq!(client.get(path).await.unwrap().status, 404, "{path}");
    }
}

async fn a_code_may_hold_any_character(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    for (code, path) in [
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("code:7", "code:7"),
        ("50%", "50%25"),
        ("ñ", "%C3%B1"),
        ("'; drop table object; --", "'%3B%20drop%20table%20object%3B%20--"),
    ] {
        save(&client, &[json!({ "number": code, "name": "x" })]).await;
        let read = client.get(&format!("/v1/pois/number:{path}")).await.unwrap();
        assert_eq!(read.json()["number"], code, "{path}");
    }
}

async fn items_of_the_catalogue_are_listed_by_their_table(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = client(&account).await;
    let item = |code: &str, table: &str| json!({ "code": code, "name": code, "table": table });
    let items = json!([
        item("CABLE", "catalogue"),
        item("cities:2", "cities"),
        item("cities:1", "cities"),
        item("streets:1", "streets"),
    ]);
    let saved = client.post("/v1/catalogue-items/batch", &json!({ "items": items })).await.unwrap();
    assert_eq!(saved.status, 200, "{}", saved.json());
    let codes = async |query: &str| -> Vec<String> {
        let list = client.get(&format!("/v1/catalogue-items?{query}")).await.unwrap().json();
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["code"].as_str().unwrap().to_owned()).collect()
    };
    for (query, expected) in [
        ("table=cities", &["cities:1", "cities:2"][..]),
        ("table=cities&code=cities:2", &["cities:2"]),
        ("table=cities&code=streets:1", &[]),
        ("table=cities&q=S:1", &["cities:1"]),
        ("table=cities&limit=1", &["cities:1"]),
        ("table=catalogue", &["CABLE"]),
        ("table=nowhere", &[]),
    ] {
        assert_eq!(codes(query).await, expected, "{query}");
    }
    let refused = client.get("/v1/pois?table=cities").await.unwrap();
    assert_eq!(super::refused::faults(&refused.json()), [("/table", "not_applicable")]);
}

async fn what_was_created_by_several_says_by_whom(world: World) {
    let account = world.account("acme").await.unwrap();
    let (maker, editor) = (client(&account).await, client(&account).await);
    let made = maker.post("/v1/task-types", &json!({ "code": "FIX", "name": "a" })).await.unwrap();
    let based_on = [("if-match", "\"1\"")];
    let patch = json!({ "name": "b" });
    editor.call(Method::PATCH, made.header("location"), &based_on, Some(&patch)).await.unwrap();
    let versions = maker.get("/v1/task-types/code:FIX/versions").await.unwrap().json();
    let items = versions["items"].as_array().unwrap();
    assert_eq!(
        (items.len(), &items[0]["object"]["name"], &items[1]["object"]["name"]),
        (2, &json!("b"), &json!("a"))
    );
    assert_eq!(items[0]["written_by"], items[1]["replaced_by"]);
    assert!(items[1]["written_by"]["id"].is_string() && items[1]["written_by"] != items[0]["written_by"]);
}
