//! Tokens of WS-Security: each digest counts once, and only near its time.

use axum::http::Method;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use campo_tests::{on_both, world::World};
use serde_json::json;

use super::{Customer, PASSWORD, code};

on_both! {
    a_digest_counts_once_and_only_near_its_time,
    a_key_says_whether_it_takes_tokens,
}

const SECURITY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

fn signed(login: &str, password: &str, nonce: &[u8], created: &str) -> String {
    let digest = campo_soap::security::password_digest(nonce, created, password);
    let nonce = STANDARD.encode(nonce);
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\
         <o:Security s:mustUnderstand=\"1\" xmlns:o=\"{SECURITY}\"><o:UsernameToken><o:Username>{login}</o:Username>\
         <o:Password Type=\"http://x#PasswordDigest\">{digest}</o:Password><o:Nonce>{nonce}</o:Nonce>\
         <u:Created xmlns:u=\"urn:u\">{created}</u:Created></o:UsernameToken></o:Security></s:Header>\
         <s:Body><GetTaskTypeList xmlns=\"Trackem.Web.Services\"/></s:Body></s:Envelope>"
    )
}

async fn outcome(customer: &Customer, body: String) -> String {
    let answer = customer.send("webservices.asmx", "text/xml", body).await;
    code(&String::from_utf8(answer.body).unwrap())
}

async fn a_digest_counts_once_and_only_near_its_time(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let now_us = world.app.environment.now_us();
    let at = |seconds: i64| jiff::Timestamp::from_second(now_us / 1_000_000 + seconds).unwrap().to_string();
    let login = customer.login.as_str();
    let body = signed(login, PASSWORD, &[7; 16], &at(0));
    assert_eq!(outcome(&customer, body.clone()).await, "OK");
    assert_eq!(outcome(&customer, body).await, "InvalidUserNameOrPasswordOrIPAddress");
    // a wrong digest does not use up a nonce
    let (wrong, right) =
        (signed(login, "guess", &[8; 16], &at(1)), signed(login, PASSWORD, &[8; 16], &at(1)));
    assert_eq!(outcome(&customer, wrong).await, "InvalidUserNameOrPasswordOrIPAddress");
    assert_eq!(outcome(&customer, right).await, "OK");
    for (nonce, seconds) in [(&[9; 16][..], -400), (&[10; 16], 400), (&[11; 4], 0)] {
        let body = signed(login, PASSWORD, nonce, &at(seconds));
        assert_eq!(outcome(&customer, body).await, "InvalidUserNameOrPasswordOrIPAddress", "{seconds}");
    }
}

async fn a_key_says_whether_it_takes_tokens(world: World) {
    let customer = Customer::of(&world, "acme").await;
    let path = format!("/v1/keys/code:{}", customer.login);
    let created =
        || jiff::Timestamp::from_second(world.app.environment.now_us() / 1_000_000).unwrap().to_string();
    for (number, (rule, by_token, by_body)) in
        [("required", true, false), ("off", false, true), ("allowed", true, true)].into_iter().enumerate()
    {
        let version = customer.office.call(Method::GET, &path, &[], None).await.header("etag").to_owned();
        let patch = json!({ "token_rule": rule });
        let edited = customer.office.call(Method::PATCH, &path, &[("If-Match", &version)], Some(patch)).await;
        assert_eq!(edited.status, 200, "{}", edited.json());
        let body = signed(&customer.login, PASSWORD, &[20 + number as u8; 16], &created());
        assert_eq!(outcome(&customer, body).await == "OK", by_token, "{rule}");
        assert_eq!(code(&customer.call("GetTaskTypeList", "").await) == "OK", by_body, "{rule}");
    }
}
