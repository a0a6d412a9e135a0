use axum::http::{Method, Request};
use campo_server::environment::Environment;
use campo_tests::{
    api::{Answer, Client},
    on_both,
    world::{Phone, World},
};
use serde_json::{Value, json};

use super::{all_mighty, done, patch, refused};

const DAY_US: i64 = 24 * 3600 * 1_000_000;

on_both! {
    a_revoked_installation_hands_in_for_60_days_and_gets_nothing_else,
    a_stolen_installation_is_refused_everything,
    there_is_no_way_back_from_stolen,
    the_office_sees_when_a_phone_was_heard_and_what_was_marked,
    an_installation_is_named,
    sessions_of_employees_are_listed,
}

async fn hand_in(client: &Client, lines: &[Vec<u8>]) -> Answer {
    let mut body = json!({ "format": 1, "clock": { "wall_us": 1 } }).to_string().into_bytes();
    for line in lines {
        body.push(b'\n');
        body.extend(line);
    }
    client.send(Request::post("/v1/sync").body(body.into()).unwrap()).await.unwrap()
}

fn path(phone: &Phone, what: &str) -> String {
    format!("/v1/installations/{}{what}", phone.installation)
}

async fn a_revoked_installation_hands_in_for_60_days_and_gets_nothing_else(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let client = Client::new(&world.app, Some(&phone.bearer));
    done(&hand_in(&client, &[phone.line("shift.start", "")]).await, 200);

    let revoked = done(&office.post(&path(&phone, "/revoke"), &Value::Null).await.unwrap(), 200);
    assert_eq!(revoked["state"], "revoked");
    let again = done(&office.post(&path(&phone, "/revoke"), &Value::Null).await.unwrap(), 200);
    assert_eq!(again, revoked, "it is revoked once");
    refused(&client.get("/v1/session").await.unwrap(), 403, "revoked");
    refused(&client.get("/v1/users").await.unwrap(), 403, "revoked");

    let receipt = done(&hand_in(&client, &[phone.line("shift.end", "")]).await, 200);
    assert_eq!(receipt["receipts"][0]["outcome"], "applied");
    let marks: Vec<(i64, i64)> = world
        .app
        .db
        .fetch_all("select sequence, marks from entry where account = $1 order by position", (account.id,))
        .await
        .unwrap();
    let mark = campo_server::log::entry::marks::REVOKED;
    assert_eq!(marks, [(1, 0), (2, mark)]);

    let clock = Environment::seeded(1, world.app.environment.now_us());
    let replica = world.replica_with(clock.clone()).await.unwrap();
    let client = Client::new(&replica, Some(&phone.bearer));
    clock.advance(60 * DAY_US - 60_000_000);
    done(&hand_in(&client, &[phone.line("shift.start", "")]).await, 200);
    clock.advance(120_000_000);
    refused(&hand_in(&client, &[phone.line("shift.end", "")]).await, 403, "revoked");
}

async fn a_stolen_installation_is_refused_everything(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let client = Client::new(&world.app, Some(&phone.bearer));
    let stolen = done(&office.post(&path(&phone, "/stolen"), &Value::Null).await.unwrap(), 200);
    assert_eq!(stolen["state"], "stolen");
    refused(&hand_in(&client, &[phone.line("shift.start", "")]).await, 403, "stolen");
    refused(&client.get("/v1/session").await.unwrap(), 403, "stolen");
    let (entries,): (i64,) =
        world.app.db.fetch_one("select count(*) from entry where account = $1", (account.id,)).await.unwrap();
    assert_eq!(entries, 0);
}

async fn there_is_no_way_back_from_stolen(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let phone = account.phone(ana).await.unwrap();
    let revoked = done(&office.post(&path(&phone, "/revoke"), &Value::Null).await.unwrap(), 200);
    let stolen = done(&office.post(&path(&phone, "/stolen"), &Value::Null).await.unwrap(), 200);
    assert_eq!(stolen["revoked_at"], revoked["revoked_at"], "the 60 days do not begin anew");
    let after = done(&office.post(&path(&phone, "/revoke"), &Value::Null).await.unwrap(), 200);
    assert_eq!(after["state"], "stolen");
}

async fn the_office_sees_when_a_phone_was_heard_and_what_was_marked(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let (quiet, mut busy) = (account.phone(ana).await.unwrap(), account.phone(ana).await.unwrap());
    let first = busy.line("shift.start", "");
    busy.sequence += 1;
    let after_gap = busy.line("shift.end", "");
    busy.sequence -= 1;
    let clone = busy.line("shift.start", "");
    busy.send(&[first, after_gap]).await.unwrap();
    busy.send(&[clone]).await.unwrap();
    done(&office.post(&path(&quiet, "/revoke"), &Value::Null).await.unwrap(), 200);

    let listed = done(&office.get("/v1/installations?state=active").await.unwrap(), 200);
    let [shown] = &listed["items"].as_array().unwrap()[..] else { panic!("{listed}") };
    assert_eq!(shown["id"], busy.installation.to_string());
    assert_eq!(shown["last_sequence"], 3);
    assert_eq!(shown["marks"], json!(["sequence_gap", "clone"]));
    assert!(shown["heard_at"].is_string());
    let listed = done(&office.get("/v1/installations?state=revoked").await.unwrap(), 200);
    assert_eq!(listed["items"][0]["id"], quiet.installation.to_string());
    assert_eq!((&listed["items"][0]["last_sequence"], listed["items"][0].get("heard_at")), (&json!(0), None));
    assert_eq!(
        done(&office.get("/v1/installations").await.unwrap(), 200)["items"].as_array().unwrap().len(),
        2
    );
    refused(&office.get("/v1/installations?state=lost").await.unwrap(), 422, "validation_failed");
}

async fn an_installation_is_named(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let ana = account.employee("ZZ1").await.unwrap();
    let (one, two) = (account.phone(ana).await.unwrap(), account.phone(ana).await.unwrap());
    let change = json!({"code": "P-1", "name": "Van 7", "custom": {"plate": "ABC-123"}});
    let named = done(&patch(&office, &path(&one, ""), 1, &change).await, 200);
    assert_eq!(done(&office.get("/v1/installations/code:P-1").await.unwrap(), 200), named);
    refused(&patch(&office, &path(&two, ""), 1, &json!({"code": "P-1"})).await, 409, "already_exists");
    refused(&patch(&office, &path(&one, ""), 1, &change).await, 412, "version_mismatch");
    refused(&patch(&office, &path(&one, ""), 2, &json!({"state": "active"})).await, 422, "validation_failed");
}

async fn sessions_of_employees_are_listed(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let (ana, bert) = (account.employee("ZZ1").await.unwrap(), account.employee("ZZ2").await.unwrap());
    let mut phone = account.phone(ana).await.unwrap();
    let sessions = [account.app.environment.uuid(), account.app.environment.uuid()];
    let mut lines = Vec::new();
    for (kind, employee, session) in [
        ("session.open", ana, sessions[0]),
        ("session.close", ana, sessions[0]),
        ("session.open", bert, sessions[1]),
    ] {
        phone.employee = employee;
        lines.push(phone.line(kind, &format!(r#","session":"{session}""#)));
    }
    phone.send(&lines).await.unwrap();
    for (query, expected) in [
        (String::new(), &sessions[..]),
        ("?open=true".to_owned(), &sessions[1..]),
        ("?open=false".to_owned(), &sessions[..1]),
        (format!("?employee={ana}"), &sessions[..1]),
        (format!("?installation={}", phone.installation), &sessions[..]),
        (format!("?installation={ana}"), &[]),
    ] {
        let listed = done(&office.get(&format!("/v1/employee-sessions{query}")).await.unwrap(), 200);
        let mut found: Vec<_> =
            listed["items"].as_array().unwrap().iter().map(|session| session["id"].clone()).collect();
        let mut expected: Vec<_> = expected.iter().map(|id| json!(id)).collect();
        found.sort_by_key(Value::to_string);
        expected.sort_by_key(Value::to_string);
        assert_eq!(found, expected, "{query}");
    }
    let first = done(&office.get("/v1/employee-sessions?limit=1").await.unwrap(), 200);
    let next = format!("/v1/employee-sessions?limit=1&after={}", first["next"].as_str().unwrap());
    let second = done(&office.call(Method::GET, &next, &[], None).await.unwrap(), 200);
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    assert_eq!(second.get("next"), None);
}
