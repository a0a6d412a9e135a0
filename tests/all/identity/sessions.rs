use std::time::Duration;

use axum::{body::Body, extract::ConnectInfo, http::Request};
use campo_server::{
    access::PermissionName::{ManageUsers, ViewTasks},
    environment::Environment,
    exchange::hosted::{Door, by_password},
    problem::Code,
};
use campo_tests::{
    api::{Answer, Client},
    on_both, wait,
    world::{Account, PASSWORD, World},
};
use serde_json::{Value, json};

use super::{all_mighty, delete, done, patch, put, refused};

on_both! {
    everybody_can_ask_who_they_are,
    what_ends_a_session_holds_from_the_next_request_on,
    a_person_has_several_sessions_and_changes_the_password_of_all,
    an_idle_session_expires_and_a_busy_one_too_in_the_end,
    the_last_request_of_a_session_is_noted_once_a_minute_at_most,
    a_wrong_name_and_a_wrong_password_are_answered_alike,
    who_guesses_has_to_wait_by_name_and_by_address,
    who_guesses_at_one_replica_has_to_wait_at_the_others,
    permissions_are_those_of_now,
}

async fn log_in(client: &Client, login: &str, password: &str, address: &str) -> Answer {
    let body = json!({"login": login, "password": password}).to_string();
    let mut request = Request::post("/v1/session")
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap();
    let peer: std::net::SocketAddr = format!("{address}:4000").parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    client.send(request).await.unwrap()
}

async fn session_client(account: &Account, login: &str) -> Client {
    Client::new(&account.app, Some(&account.session(login).await.unwrap()))
}

async fn everybody_can_ask_who_they_are(world: World) {
    let account = world.account("acme").await.unwrap();
    let user = account.user("ana", &[ViewTasks]).await.unwrap();
    let who = done(&session_client(&account, "ana").await.get("/v1/session").await.unwrap(), 200);
    assert_eq!(who["id"], user.to_string());
    assert_eq!((&who["kind"], &who["name"]), (&json!("user"), &json!("Ana")));
    assert_eq!(who["permissions"], json!(["view_tasks"]));
    assert_eq!(who["account"]["zone"], "America/Lima");

    let key = Client::new(&world.app, Some(&account.key(&[ViewTasks]).await.unwrap()));
    assert_eq!(done(&key.get("/v1/session").await.unwrap(), 200)["kind"], "key");
    refused(&delete(&key, "/v1/session", 1).await, 403, "forbidden");
    let employee = account.employee("ZZ1").await.unwrap();
    let phone = account.phone(employee).await.unwrap();
    let phone = Client::new(&world.app, Some(&phone.bearer));
    let who = done(&phone.get("/v1/session").await.unwrap(), 200);
    assert_eq!((&who["kind"], &who["permissions"]), (&json!("installation"), &json!(["hand_in"])));
    refused(&Client::new(&world.app, None).get("/v1/session").await.unwrap(), 401, "unauthenticated");
}

async fn what_ends_a_session_holds_from_the_next_request_on(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    account.user("ana", &[ViewTasks]).await.unwrap();
    let user = "/v1/users/code:ana";
    let profile = "/v1/profiles/code:ana";
    let current = async |path: &str| done(&office.get(path).await.unwrap(), 200)["version"].as_i64().unwrap();

    let ana = session_client(&account, "ana").await;
    done(&ana.get("/v1/session").await.unwrap(), 200);
    done(&delete(&ana, "/v1/session", 1).await, 204);
    refused(&ana.get("/v1/session").await.unwrap(), 401, "unauthenticated");

    let ana = session_client(&account, "ana").await;
    done(&patch(&office, user, current(user).await, &json!({"state": "disabled"})).await, 200);
    refused(&ana.get("/v1/session").await.unwrap(), 401, "unauthenticated");
    let stranger = Client::new(&world.app, None);
    refused(&log_in(&stranger, "ana", PASSWORD, "192.0.2.1").await, 401, "credentials_wrong");
    done(&patch(&office, user, current(user).await, &json!({"state": "enabled"})).await, 200);
    refused(&ana.get("/v1/session").await.unwrap(), 401, "unauthenticated");

    let ana = session_client(&account, "ana").await;
    done(&put(&office, "/v1/users/code:ana/password", &json!({"password": PASSWORD})).await, 200);
    refused(&ana.get("/v1/session").await.unwrap(), 401, "unauthenticated");

    let ana = session_client(&account, "ana").await;
    done(&patch(&office, profile, current(profile).await, &json!({"state": "disabled"})).await, 200);
    refused(&ana.get("/v1/session").await.unwrap(), 401, "unauthenticated");
    done(&patch(&office, profile, current(profile).await, &json!({"state": "enabled"})).await, 200);
    done(&ana.get("/v1/session").await.unwrap(), 200);

    done(&delete(&office, user, current(user).await).await, 204);
    refused(&ana.get("/v1/session").await.unwrap(), 401, "unauthenticated");
    refused(&log_in(&stranger, "ana", PASSWORD, "192.0.2.1").await, 401, "credentials_wrong");
}

async fn a_person_has_several_sessions_and_changes_the_password_of_all(world: World) {
    let account = world.account("acme").await.unwrap();
    account.user("ana", &[ViewTasks]).await.unwrap();
    let (first, second) = (session_client(&account, "ana").await, session_client(&account, "ana").await);
    done(&delete(&first, "/v1/session", 1).await, 204);
    done(&second.get("/v1/session").await.unwrap(), 200);

    let third = session_client(&account, "ana").await;
    let wrong = json!({"current": "something else", "password": "my new password"});
    refused(&put(&second, "/v1/session/password", &wrong).await, 401, "credentials_wrong");
    let short = json!({"current": PASSWORD, "password": "short"});
    refused(&put(&second, "/v1/session/password", &short).await, 422, "validation_failed");
    let right = json!({"current": PASSWORD, "password": "my new password"});
    done(&put(&second, "/v1/session/password", &right).await, 204);
    for session in [&second, &third] {
        refused(&session.get("/v1/session").await.unwrap(), 401, "unauthenticated");
    }
    let stranger = Client::new(&world.app, None);
    refused(&log_in(&stranger, "ana", PASSWORD, "192.0.2.1").await, 401, "credentials_wrong");
    done(&log_in(&stranger, "ana", "my new password", "192.0.2.1").await, 201);
}

async fn an_idle_session_expires_and_a_busy_one_too_in_the_end(world: World) {
    let account = world.account("acme").await.unwrap();
    account.user("ana", &[ViewTasks]).await.unwrap();
    let clock = Environment::seeded(1, world.app.environment.now_us());
    let replica = world.replica_with(clock.clone()).await.unwrap();
    let account = Account { app: replica.clone(), ..account };
    let (idle, busy) = (session_client(&account, "ana").await, session_client(&account, "ana").await);
    // A request every quarter of the time that an idle session has, for the 7 days that a busy one has
    let (quarters, step_us) = (4 * 7 * 24 / 12, replica.limits.session_us / 4);
    for quarter in 1..=quarters {
        clock.advance(step_us);
        let answer = busy.get("/v1/session").await.unwrap();
        if quarter == quarters {
            refused(&answer, 401, "session_expired");
        } else {
            done(&answer, 200);
            noted(&world, clock.now_us()).await;
        }
        if quarter == 4 {
            refused(&idle.get("/v1/session").await.unwrap(), 401, "session_expired");
        }
    }
}

/// Waits until a session was seen at this instant: it is noted beside the request.
async fn noted(world: &World, at_us: i64) {
    wait::until("the session's last request to be noted", Duration::from_secs(20), async || {
        let row: Option<(i64,)> = world
            .app
            .db
            .fetch_optional("select seen_us from user_session where seen_us = $1 limit 1", (at_us,))
            .await?;
        Ok(row)
    })
    .await
    .unwrap();
}

async fn the_last_request_of_a_session_is_noted_once_a_minute_at_most(world: World) {
    let account = world.account("acme").await.unwrap();
    account.user("ana", &[ViewTasks]).await.unwrap();
    let start_us = world.app.environment.now_us();
    let clock = Environment::seeded(1, start_us);
    let replica = world.replica_with(clock.clone()).await.unwrap();
    let account = Account { app: replica.clone(), ..account };
    let ana = session_client(&account, "ana").await;
    clock.advance(59_999_999);
    for _ in 0..5 {
        done(&ana.get("/v1/session").await.unwrap(), 200);
    }
    clock.advance(1);
    done(&ana.get("/v1/session").await.unwrap(), 200);
    noted(&world, start_us + 60_000_000).await;
    clock.advance(30_000_000);
    done(&ana.get("/v1/session").await.unwrap(), 200);
    clock.advance(30_000_000);
    done(&ana.get("/v1/session").await.unwrap(), 200);
    // Had the request before it been noted, this one would not be.
    noted(&world, start_us + 120_000_000).await;
}

/// What an answer says, but for the request's own id.
fn said(answer: &Answer) -> Value {
    let mut said = answer.json();
    said.as_object_mut().unwrap().remove("request_id");
    said
}

async fn a_wrong_name_and_a_wrong_password_are_answered_alike(world: World) {
    let account = world.account("acme").await.unwrap();
    account.user("ana", &[ViewTasks]).await.unwrap();
    let client = all_mighty(&account).await;
    let key = json!({"code": "erp", "name": "x"});
    done(&client.post("/v1/keys", &key).await.unwrap(), 201);
    let login = json!({"login": "erp-ftp", "password": PASSWORD});
    done(&put(&client, "/v1/keys/code:erp/password", &login).await, 200);
    let stranger = Client::new(&world.app, None);
    let wrong = log_in(&stranger, "ana", "something else", "192.0.2.1").await;
    refused(&wrong, 401, "credentials_wrong");
    // The name of a key is nobody's at the console.
    for (login, password) in [("nobody", PASSWORD), ("erp-ftp", PASSWORD), ("", ""), ("ana", "")] {
        let answer = log_in(&stranger, login, password, "192.0.2.1").await;
        assert_eq!((answer.status, said(&answer)), (wrong.status, said(&wrong)), "{login}");
    }
}

async fn who_guesses_has_to_wait_by_name_and_by_address(world: World) {
    let account = world.account("acme").await.unwrap();
    for login in ["ana", "bert"] {
        account.user(login, &[ViewTasks]).await.unwrap();
    }
    let clock = Environment::seeded(1, world.app.environment.now_us());
    let replica = world.replica_with(clock.clone()).await.unwrap();
    let stranger = Client::new(&replica, None);
    for _ in 0..10 {
        refused(&log_in(&stranger, "ana", "guess", "192.0.2.1").await, 401, "credentials_wrong");
    }
    let refusal = log_in(&stranger, "ANA", PASSWORD, "192.0.2.1").await;
    refused(&refusal, 429, "too_many_requests");
    assert_eq!(refusal.header("retry-after"), "30");
    done(&log_in(&stranger, "bert", PASSWORD, "192.0.2.1").await, 201);
    // that keeps nobody out elsewhere
    done(&log_in(&stranger, "ana", PASSWORD, "192.0.2.99").await, 201);
    clock.advance(30_000_000);
    done(&log_in(&stranger, "ana", PASSWORD, "192.0.2.1").await, 201);
    // whoever guesses from everywhere keeps out strangers, and not the owner where she has been
    let mut guesses = 0;
    while log_in(&stranger, "ana", "guess", &format!("203.0.113.{guesses}")).await.status == 401 {
        guesses += 1;
    }
    assert!((50..=60).contains(&guesses), "{guesses}");
    refused(&log_in(&stranger, "ana", PASSWORD, "203.0.113.200").await, 429, "too_many_requests");
    done(&log_in(&stranger, "ana", PASSWORD, "192.0.2.99").await, 201);

    let mut tries = 0;
    let refusal = loop {
        let answer = log_in(&stranger, &format!("name-{tries}"), "guess", "198.51.100.7").await;
        if answer.status != 401 {
            break answer;
        }
        tries += 1;
    };
    assert_eq!(tries, 60);
    refused(&refusal, 429, "too_many_requests");
    refused(&log_in(&stranger, "bert", PASSWORD, "198.51.100.7").await, 429, "too_many_requests");
    done(&log_in(&stranger, "bert", PASSWORD, "198.51.100.8").await, 201);
}

async fn who_guesses_at_one_replica_has_to_wait_at_the_others(world: World) {
    let account = world.account("acme").await.unwrap();
    account.user("ana", &[ViewTasks]).await.unwrap();
    let clock = Environment::seeded(1, world.app.environment.now_us());
    let (one, other) =
        (world.replica_with(clock.clone()).await.unwrap(), world.replica_with(clock.clone()).await.unwrap());
    let [here, there] = [&one, &other].map(|app| Client::new(app, None));
    for guess in 0..10 {
        let from = if guess % 2 == 0 { &here } else { &there };
        refused(&log_in(from, "ana", "guess", "192.0.2.1").await, 401, "credentials_wrong");
    }
    for client in [&here, &there] {
        refused(&log_in(client, "ana", PASSWORD, "192.0.2.1").await, 429, "too_many_requests");
        done(&log_in(client, "ana", PASSWORD, "192.0.2.99").await, 201);
    }
    // Also one that is started anew, and by another door from the same address
    let anew = world.replica_with(clock.clone()).await.unwrap();
    refused(&log_in(&Client::new(&anew, None), "ana", PASSWORD, "192.0.2.1").await, 429, "too_many_requests");
    let address = Some("198.51.100.7".parse().unwrap());
    for number in 0..60 {
        let name = format!("erp-{number}");
        let wrong = by_password(&one, Door::Sftp, address, &name, "guess").await.unwrap_err();
        assert_eq!(wrong.code(), Code::CredentialsWrong);
    }
    refused(&log_in(&there, "bert", PASSWORD, "198.51.100.7").await, 429, "too_many_requests");
    let banned = by_password(&other, Door::FtpTls, address, "erp", "guess").await.unwrap_err();
    assert_eq!(banned.code(), Code::TooManyRequests);
    clock.advance(30_000_000);
    done(&log_in(&there, "ana", PASSWORD, "192.0.2.1").await, 201);
}

async fn permissions_are_those_of_now(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    account.user("ana", &[ManageUsers, ViewTasks]).await.unwrap();
    account.user("boss", &[ManageUsers]).await.unwrap();
    let ana = session_client(&account, "ana").await;
    done(&ana.get("/v1/profiles").await.unwrap(), 200);
    done(&patch(&office, "/v1/profiles/code:ana", 1, &json!({"permissions": ["view_tasks"]})).await, 200);
    refused(&ana.get("/v1/profiles").await.unwrap(), 403, "forbidden");
}
