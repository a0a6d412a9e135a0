//! What consoles hear of: each topic rises by what it is about.

use axum::http::Method;
use campo_server::{
    api::router::router,
    exchange, installations,
    live::{Counters, TOPICS},
};
use campo_tests::{
    api::Client,
    on_both,
    world::{Account, World},
};
use serde_json::json;

use crate::identity::{all_mighty, done};

on_both! {
    phones_and_their_codes_raise_their_topic,
    folders_exports_servers_and_agents_raise_that_of_transfers,
    every_topic_is_told_to_whoever_may_everything,
}

/// The counter of a topic; 0 where nothing ever happened.
pub(crate) async fn heard(account: &Account, topic: &str) -> i64 {
    told(account).await.get(topic).copied().unwrap_or(0)
}

/// The counters as the stream begins, for whoever may everything.
async fn told(account: &Account) -> Counters {
    use futures_util::StreamExt as _;
    use tower::ServiceExt as _;

    let key = account.key(&crate::identity::everything()).await.unwrap();
    let request = axum::http::Request::get("/v1/live").header("authorization", format!("Bearer {key}"));
    let answer = router(account.app.clone()).oneshot(request.body(axum::body::Body::empty()).unwrap()).await;
    let mut stream = answer.unwrap().into_body().into_data_stream();
    let first = String::from_utf8(stream.next().await.unwrap().unwrap().to_vec()).unwrap();
    let data = first.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or("{}");
    serde_json::from_str(data).unwrap()
}

async fn phones_and_their_codes_raise_their_topic(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let heard = async || heard(&account, installations::TOPIC).await;
    let code = done(&office.post("/v1/enrolments", &json!({})).await.unwrap(), 201);
    let made = heard().await;
    assert!(made > 0, "a code");
    let nobody = Client::new(&account.app, None);
    let device = json!({ "code": code["code"], "device": { "platform": "android", "model": "x" } });
    let redeemed = nobody.post("/v1/enrolments/redeem", &device).await.unwrap();
    assert!(redeemed.status.is_success(), "{}", redeemed.json());
    let enrolled = heard().await;
    assert!(enrolled > made, "a phone");
    let phone = redeemed.json()["installation"]["id"].as_str().unwrap().to_owned();
    let revoked = office.post(&format!("/v1/installations/{phone}/revoke"), &json!({})).await.unwrap();
    assert!(revoked.status.is_success(), "{}", revoked.json());
    assert!(heard().await > enrolled, "that it may not any more");
}

async fn folders_exports_servers_and_agents_raise_that_of_transfers(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let mut before = heard(&account, exchange::TOPIC).await;
    done(&office.post("/v1/import-templates", &crate::imports::simple()).await.unwrap(), 201);
    for (path, body) in [
        (
            "intakes",
            json!({ "code": "in", "name": "x", "template": "code:simple", "folder": "x", "pattern": "*.csv" }),
        ),
        (
            "exports",
            json!({ "code": "out", "name": "x", "what": "tasks", "file_name": "x_{n}.csv", "format": "csv" }),
        ),
        (
            "remotes",
            json!({ "code": "erp", "name": "x", "protocol": "sftp", "host": "127.0.0.1", "port": 9, "user": "x",
                "password": "x" }),
        ),
        ("agents", json!({ "code": "planta", "name": "x" })),
    ] {
        done(&office.post(&format!("/v1/{path}"), &body).await.unwrap(), 201);
        let made = heard(&account, exchange::TOPIC).await;
        assert!(made > before, "{path}: made");
        let code = body["code"].as_str().unwrap();
        let path = format!("/v1/{path}/code:{code}");
        let removed = office.call(Method::DELETE, &path, &[("if-match", "\"1\"")], None).await.unwrap();
        assert!(removed.status.is_success(), "{}", removed.json());
        before = heard(&account, exchange::TOPIC).await;
        assert!(before > made, "{path}: removed");
    }
}

async fn every_topic_is_told_to_whoever_may_everything(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    done(&office.post("/v1/enrolments", &json!({})).await.unwrap(), 201);
    let told = told(&account).await;
    assert!(told.keys().all(|topic| TOPICS.iter().any(|known| known.name == topic)), "{told:?}");
    assert!(told.contains_key("installations") && told.contains_key("changes"), "{told:?}");
}
