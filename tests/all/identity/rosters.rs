use axum::http::Method;
use campo_server::{
    access::permissions::ManageEmployees, installations::rosters, scheduler::Class, secrets::verify_password,
};
use campo_tests::{
    api::Client,
    on_both,
    world::{Account, World},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{all_mighty, done, put, refused};

on_both! {
    a_roster_lists_the_employees_of_its_groups_and_those_below,
    an_employee_who_leaves_a_group_leaves_the_phones_that_list_it,
    a_group_that_moves_takes_its_employees_along,
    a_pin_is_known_by_its_verifier_alone,
    a_revoked_installation_has_no_roster,
}

/// Puts an object straight into the table: what is tested is the roster.
async fn object(account: &Account, kind: &'static str, code: &str, parent: Option<Uuid>) -> Uuid {
    let allowed = account.operator().allow::<ManageEmployees>().unwrap();
    let mut write = account.app.log.begin(&allowed, Class::Office).await.unwrap();
    let id = write.new_id();
    write
        .tx()
        .execute(
            "insert into object (account, kind, id, code, name, sort_key, parent, state, version, body, created_us, \
             updated_us) values ($1, $2, $3, $4, $4, $4, $5, 'enabled', 1, '{}', 1, 1)",
            (account.id, kind, id, code, parent),
        )
        .await
        .unwrap();
    if kind == "employee" {
        rosters::employees_changed(&mut write, &[id]).await.unwrap();
    } else {
        rosters::groups_changed(&mut write, &[id]).await.unwrap();
    }
    write.commit().await.unwrap();
    id
}

/// Moves an object under another, or removes it.
async fn change(account: &Account, kind: &'static str, id: Uuid, parent: Option<Uuid>, state: &str) {
    let allowed = account.operator().allow::<ManageEmployees>().unwrap();
    let mut write = account.app.log.begin(&allowed, Class::Office).await.unwrap();
    write
        .tx()
        .execute(
            "update object set parent = $4, state = $5 where account = $1 and kind = $2 and id = $3",
            (account.id, kind, id, parent, state),
        )
        .await
        .unwrap();
    if kind == "employee" {
        rosters::employees_changed(&mut write, &[id]).await.unwrap();
    } else {
        rosters::groups_changed(&mut write, &[id]).await.unwrap();
    }
    write.commit().await.unwrap();
}

/// An installation with a roster of these groups.
async fn installation(account: &Account, office: &Client, groups: &[&str]) -> String {
    let draft = json!({"roster": {"groups": groups}});
    let code = done(&office.post("/v1/enrolments", &draft).await.unwrap(), 201)["code"].clone();
    let stranger = Client::new(&account.app, None);
    let enrolled = stranger.post("/v1/enrolments/redeem", &json!({"code": code})).await.unwrap();
    done(&enrolled, 201)["installation"]["id"].as_str().unwrap().to_owned()
}

/// What the phone knows of its roster; `null` when it was taken away.
async fn view(account: &Account, installation: &str) -> Value {
    let row: Option<(Vec<u8>, bool)> = account
        .app
        .db
        .fetch_optional(
            "select b.body, c.removed from change c \
             join change_body b on b.account = c.account and b.kind = c.kind and b.id = c.id \
             where c.account = $1 and c.kind = 'roster' and c.scope = $2",
            (account.id, format!("installation/{installation}")),
        )
        .await
        .unwrap();
    row.filter(|row| !row.1).map_or(Value::Null, |row| serde_json::from_slice(&row.0).unwrap())
}

async fn numbers(account: &Account, installation: &str) -> Vec<String> {
    let view = view(account, installation).await;
    view["employees"]
        .as_array()
        .unwrap()
        .iter()
        .map(|employee| employee["number"].as_str().unwrap().to_owned())
        .collect()
}

async fn a_roster_lists_the_employees_of_its_groups_and_those_below(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let north = object(&account, "group", "NORTH", None).await;
    let coast = object(&account, "group", "COAST", Some(north)).await;
    let south = object(&account, "group", "SOUTH", None).await;
    for (number, group) in [("Z3", coast), ("Z1", north), ("Z2", south)] {
        object(&account, "employee", number, Some(group)).await;
    }
    let id = installation(&account, &office, &["code:NORTH"]).await;
    assert_eq!(numbers(&account, &id).await, ["Z1", "Z3"]);
    let path = format!("/v1/installations/{id}/roster");
    let shown = done(&office.get(&path).await.unwrap(), 200);
    assert_eq!(shown["groups"], json!([north]));
    assert_eq!(shown["listed"][1]["number"], "Z3");

    let members = json!({"employees": ["number:Z2", "number:Z1"], "groups": ["code:COAST"]});
    let without = put(&office, &path, &members).await;
    refused(&without, 428, "precondition_required");
    let replaced = office.call(Method::PUT, &path, &[("if-match", "1")], Some(&members)).await.unwrap();
    assert_eq!(replaced.header("etag"), "\"2\"");
    assert_eq!(done(&replaced, 200)["listed"].as_array().unwrap().len(), 3);
    assert_eq!(numbers(&account, &id).await, ["Z1", "Z2", "Z3"]);
    let nobody = json!({"employees": ["number:Z9"]});
    let answer = office.call(Method::PUT, &path, &[("if-match", "2")], Some(&nobody)).await.unwrap();
    refused(&answer, 422, "validation_failed");
    let empty = office.call(Method::PUT, &path, &[("if-match", "2")], Some(&json!({}))).await.unwrap();
    done(&empty, 200);
    assert!(numbers(&account, &id).await.is_empty());
}

async fn an_employee_who_leaves_a_group_leaves_the_phones_that_list_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let north = object(&account, "group", "NORTH", None).await;
    let south = object(&account, "group", "SOUTH", None).await;
    let ana = object(&account, "employee", "Z1", Some(north)).await;
    let in_north = installation(&account, &office, &["code:NORTH"]).await;
    let in_south = installation(&account, &office, &["code:SOUTH"]).await;
    let own = account.phone(ana).await.unwrap().installation.to_string();
    let position = async || {
        let row: (i64,) = account
            .app
            .db
            .fetch_one("select change from account_head where account = $1", (account.id,))
            .await
            .unwrap();
        row.0
    };
    for (group, state, north_lists, south_lists, own_lists) in [
        (north, "enabled", true, false, true),
        (south, "enabled", false, true, true),
        (south, "deleted", false, false, false),
        (north, "enabled", true, false, true),
    ] {
        change(&account, "employee", ana, Some(group), state).await;
        for (installation, lists) in [(&in_north, north_lists), (&in_south, south_lists), (&own, own_lists)] {
            assert_eq!(numbers(&account, installation).await.len(), usize::from(lists), "{state}");
        }
    }
    let before = position().await;
    change(&account, "employee", ana, Some(north), "enabled").await;
    assert_eq!(position().await, before, "what is as it was makes no change");
}

async fn a_group_that_moves_takes_its_employees_along(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let north = object(&account, "group", "NORTH", None).await;
    let south = object(&account, "group", "SOUTH", None).await;
    let coast = object(&account, "group", "COAST", Some(north)).await;
    let port = object(&account, "group", "PORT", Some(coast)).await;
    object(&account, "employee", "Z1", Some(port)).await;
    let in_north = installation(&account, &office, &["code:NORTH"]).await;
    let in_south = installation(&account, &office, &["code:SOUTH"]).await;
    let lists = async || (numbers(&account, &in_north).await.len(), numbers(&account, &in_south).await.len());
    assert_eq!(lists().await, (1, 0));
    change(&account, "group", coast, Some(south), "enabled").await;
    assert_eq!(lists().await, (0, 1));
    change(&account, "group", coast, Some(south), "deleted").await;
    assert_eq!(lists().await, (0, 0));
}

async fn a_pin_is_known_by_its_verifier_alone(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let ana = account.employee("Z1").await.unwrap();
    let installation = account.phone(ana).await.unwrap().installation.to_string();
    assert_eq!(view(&account, &installation).await["employees"][0].get("pin"), None);
    for pin in ["48295", "123", "12a45", ""] {
        let answer = put(&office, "/v1/employees/number:Z1/pin", &json!({"pin": pin})).await;
        if pin == "48295" {
            done(&answer, 204);
        } else {
            refused(&answer, 422, "validation_failed");
        }
    }
    let verifier = view(&account, &installation).await["employees"][0]["pin"].as_str().unwrap().to_owned();
    assert!(verifier.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{verifier}");
    assert!(verify_password("48295", &verifier) && !verify_password("48296", &verifier));
    let roster = done(&office.get(&format!("/v1/installations/{installation}/roster")).await.unwrap(), 200);
    assert_eq!(roster["listed"][0]["has_pin"], true);
    assert!(!roster.to_string().contains("argon2"), "the office does not see it");

    done(&put(&office, "/v1/employees/number:Z1/pin", &json!({"pin": "48295"})).await, 204);
    let other = view(&account, &installation).await["employees"][0]["pin"].as_str().unwrap().to_owned();
    assert_ne!(other, verifier, "each has a salt of its own");
    let path = format!("/v1/employees/{ana}/pin");
    done(&office.call(Method::DELETE, &path, &[], None).await.unwrap(), 204);
    assert_eq!(view(&account, &installation).await["employees"][0].get("pin"), None);
    refused(&put(&office, "/v1/employees/number:Z9/pin", &json!({"pin": "48295"})).await, 404, "not_found");
}

async fn a_revoked_installation_has_no_roster(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let north = object(&account, "group", "NORTH", None).await;
    let ana = object(&account, "employee", "Z1", Some(north)).await;
    for what in ["revoke", "stolen"] {
        let id = installation(&account, &office, &["code:NORTH"]).await;
        assert_eq!(numbers(&account, &id).await, ["Z1"]);
        done(&office.post(&format!("/v1/installations/{id}/{what}"), &Value::Null).await.unwrap(), 200);
        assert_eq!(view(&account, &id).await, Value::Null);
        change(&account, "employee", ana, Some(north), "enabled").await;
        assert_eq!(view(&account, &id).await, Value::Null, "a change of the group brings nothing back");
    }
}
