use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request},
};
use campo_server::{access::PermissionName::ManageInstallations, environment::Environment};
use campo_tests::{
    api::{Answer, Client},
    on_both,
    world::{Account, World},
};
use serde_json::{Value, json};

use super::{all_mighty, done, patch, refused};

on_both! {
    a_code_is_typed_and_makes_an_installation,
    a_code_works_once_also_on_two_replicas_at_once,
    a_code_that_is_over_withdrawn_or_of_a_dismissed_author_is_invalid,
    who_guesses_codes_has_to_wait,
    a_phone_that_lost_the_answer_asks_again_with_the_same_key,
}

async fn new_code(client: &Client, draft: &Value) -> Value {
    done(&client.post("/v1/enrolments", draft).await.unwrap(), 201)
}

async fn redeem(client: &Client, code: &Value) -> Answer {
    let body = json!({"code": code, "device": {"platform": "android", "model": "Pixel 9", "newer": 1}});
    client.post("/v1/enrolments/redeem", &body).await.unwrap()
}

async fn a_code_is_typed_and_makes_an_installation(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let employee = account.employee("ZZ1").await.unwrap();
    let made = new_code(&office, &json!({"roster": {"employees": ["number:ZZ1"]}})).await;
    assert_eq!(made["employees"], json!([employee]));
    let sloppy =
        made["code"].as_str().unwrap().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    let stranger = Client::new(&world.app, None);
    let enrolled = done(&redeem(&stranger, &json!(sloppy)).await, 201);
    assert_eq!(enrolled["installation"]["name"], "android Pixel 9");
    assert_eq!(enrolled["account"]["code"], "acme");
    let phone = Client::new(&world.app, enrolled["token"].as_str());
    assert_eq!(done(&phone.get("/v1/session").await.unwrap(), 200)["id"], enrolled["installation"]["id"]);

    let listed = done(&office.get("/v1/enrolments").await.unwrap(), 200);
    assert_eq!(listed["items"][0]["installation"], enrolled["installation"]["id"]);
    assert_eq!(listed["items"][0].get("code"), None);
    let used = format!("/v1/enrolments/{}", made["id"].as_str().unwrap());
    refused(&office.call(Method::DELETE, &used, &[], None).await.unwrap(), 409, "conflict");

    for (draft, field) in [
        (json!({"roster": {"employees": ["number:ZZ2"]}}), "/employees/0"),
        (json!({"roster": {"groups": [employee]}}), "/groups/0"),
        (json!({"expires_at": "2001-01-01T00:00:00Z"}), "/expires_at"),
        (json!({"expires_at": "2901-01-01T00:00:00Z"}), "/expires_at"),
        (json!({"name": "x".repeat(301)}), "/name"),
    ] {
        let answer = office.post("/v1/enrolments", &draft).await.unwrap();
        refused(&answer, 422, "validation_failed");
        assert_eq!(answer.json()["faults"][0]["field"], field);
    }
}

async fn a_code_works_once_also_on_two_replicas_at_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let replica = world.replica().await.unwrap();
    for _ in 0..5 {
        let code = new_code(&office, &json!({})).await["code"].clone();
        let tries: Vec<_> = [&world.app, &replica, &world.app, &replica]
            .into_iter()
            .map(|app| {
                let (client, code) = (Client::new(app, None), code.clone());
                tokio::spawn(async move { redeem(&client, &code).await })
            })
            .collect();
        let mut won = 0;
        for one in tries {
            let answer = one.await.unwrap();
            if answer.status == 201 {
                won += 1;
            } else {
                refused(&answer, 403, "enrolment_code_invalid");
            }
        }
        assert_eq!(won, 1);
        refused(&redeem(&Client::new(&replica, None), &code).await, 403, "enrolment_code_invalid");
    }
    let (installations,): (i64,) = world
        .app
        .db
        .fetch_one("select count(*) from installation where account = $1", (account.id,))
        .await
        .unwrap();
    assert_eq!(installations, 5);
}

async fn a_code_that_is_over_withdrawn_or_of_a_dismissed_author_is_invalid(world: World) {
    let account = world.account("acme").await.unwrap();
    let clock = Environment::seeded(1, world.app.environment.now_us());
    let replica = world.replica_with(clock.clone()).await.unwrap();
    let account = Account { app: replica.clone(), ..account };
    let office = all_mighty(&account).await;
    let stranger = Client::new(&replica, None);

    let code = new_code(&office, &json!({})).await["code"].clone();
    clock.advance(7 * 24 * 3600 * 1_000_000);
    refused(&redeem(&stranger, &code).await, 403, "enrolment_code_invalid");

    let made = new_code(&office, &json!({})).await;
    let path = format!("/v1/enrolments/{}", made["id"].as_str().unwrap());
    done(&office.call(Method::DELETE, &path, &[], None).await.unwrap(), 204);
    refused(&redeem(&stranger, &made["code"]).await, 403, "enrolment_code_invalid");
    refused(&office.call(Method::DELETE, &path, &[], None).await.unwrap(), 404, "not_found");

    account.user("ana", &[ManageInstallations]).await.unwrap();
    let ana = Client::new(&replica, Some(&account.session("ana").await.unwrap()));
    let (first, second) = (new_code(&ana, &json!({})).await, new_code(&ana, &json!({})).await);
    done(&redeem(&stranger, &first["code"]).await, 201);
    done(&patch(&office, "/v1/users/code:ana", 1, &json!({"state": "disabled"})).await, 200);
    refused(&redeem(&stranger, &second["code"]).await, 403, "enrolment_code_invalid");
}

async fn who_guesses_codes_has_to_wait(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let code = new_code(&office, &json!({})).await["code"].clone();
    let stranger = Client::new(&world.app, None);
    let from = async |address: &str, code: &Value| {
        let body = json!({"code": code}).to_string();
        let mut request = Request::post("/v1/enrolments/redeem")
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap();
        let peer: std::net::SocketAddr = address.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        stranger.send(request).await.unwrap()
    };
    for guess in 0..20 {
        let guess = if guess % 2 == 0 { json!(format!("00000-{guess:05}")) } else { json!("no code at all") };
        refused(&from("192.0.2.1:1", &guess).await, 403, "enrolment_code_invalid");
    }
    let refusal = from("192.0.2.1:2", &code).await;
    refused(&refusal, 429, "too_many_requests");
    assert!((1..=30).contains(&refusal.header("retry-after").parse::<i64>().unwrap()));
    done(&from("192.0.2.2:1", &code).await, 201);
}

async fn a_phone_that_lost_the_answer_asks_again_with_the_same_key(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let code = new_code(&office, &json!({})).await["code"].clone();
    let stranger = Client::new(&world.app, None);
    let body = json!({"code": code});
    let once = async |key: &str| {
        let headers = [("idempotency-key", key)];
        stranger.call(Method::POST, "/v1/enrolments/redeem", &headers, Some(&body)).await.unwrap()
    };
    let first = done(&once("chosen by the phone").await, 201);
    assert_eq!(done(&once("chosen by the phone").await, 201), first);
    refused(&once("of another phone").await, 403, "enrolment_code_invalid");
}
