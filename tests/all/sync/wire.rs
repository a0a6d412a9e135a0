//! The exchange on the wire: what it weighs, and what is refused.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use campo_protocol::{
    scope::Scope,
    sync::{self, Answer, MAX_SCOPES, Unsent},
};
use campo_server::{access::permissions::ManagePois, log::changes::View, scheduler::Class};
use campo_tests::{
    api::{self, Client},
    on_both,
    world::{Phone, World},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use uuid::Uuid;

on_both! {
    an_idle_exchange_weighs_little_both_ways,
    a_large_answer_is_compressed_as_the_phone_takes_it,
    more_scopes_than_a_phone_can_hold_are_refused_before_anything_is_taken,
}

/// The bytes of an HTTP/1.1 message of a phone, all headers included.
fn message(phone: &Phone) -> Vec<u8> {
    let request = sync::Request { unsent: Some(Unsent::default()), ..phone.request() };
    let body = serde_json::to_vec(&request).unwrap();
    let body = zstd::encode_all(&body[..], 3).unwrap();
    let head = format!(
        "POST /v1/sync HTTP/1.1\r\nhost: campo.example.com\r\nauthorization: Bearer {}\r\naccept-encoding: zstd\r\n\
         content-encoding: zstd\r\ncontent-length: {}\r\n\r\n",
        phone.bearer,
        body.len()
    );
    [head.into_bytes(), body].concat()
}

async fn an_idle_exchange_weighs_little_both_ways(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    phone.open_session().await.unwrap();
    phone.catch_up().await.unwrap();
    let server = world.process(&[]).await.unwrap();
    let address = server.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let up = message(&phone);
    stream.write_all(&up).await.unwrap();
    let mut down = vec![0; 4096];
    let mut count = 0;
    while !down[..count].windows(2).any(|end| end == b"}}") {
        count += stream.read(&mut down[count..]).await.unwrap();
    }
    let text = String::from_utf8_lossy(&down[..count]).into_owned();
    assert!(text.starts_with("HTTP/1.1 200 OK") && text.contains("digest"), "{text}");
    assert!(up.len() <= 600, "{} bytes up", up.len());
    assert!(count <= 300, "{count} bytes down: {text}");
}

async fn send(world: &World, phone: &Phone, accepted: &str) -> api::Answer {
    let body = serde_json::to_vec(&phone.request()).unwrap();
    let request =
        Request::post("/v1/sync").header("accept-encoding", accepted).body(Body::from(body)).unwrap();
    Client::new(&world.app, Some(&phone.bearer)).send(request).await.unwrap()
}

async fn a_large_answer_is_compressed_as_the_phone_takes_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let allowed = account.operator().allow::<ManagePois>().unwrap();
    let mut write = world.app.log.begin(&allowed, Class::Office).await.unwrap();
    for id in 1..=200 {
        let body = json!({ "name": format!("Customer {id}"), "street": "Av. Arequipa 1234, Miraflores" });
        let body = body.to_string().into_bytes();
        write.view(View { kind: "poi", id: Uuid::from_u128(id), scopes: vec![Scope::Catalogue], body });
    }
    write.commit().await.unwrap();
    let plain = send(&world, &phone, "").await.body;
    for accepted in ["zstd, gzip", "gzip", "br"] {
        let answer = send(&world, &phone, accepted).await;
        let body = match answer.header("content-encoding") {
            "zstd" => zstd::decode_all(&answer.body[..]).unwrap(),
            "gzip" => std::io::read_to_string(flate2::read::GzDecoder::new(&answer.body[..])).unwrap().into(),
            _ => answer.body.clone(),
        };
        assert_eq!(answer.header("content-encoding"), if accepted == "br" { "" } else { &accepted[..4] });
        assert_eq!(body.len(), plain.len());
        if accepted != "br" {
            assert!(answer.body.len() * 4 < plain.len(), "{} of {}", answer.body.len(), plain.len());
        }
        let mut anew = phone.holds.clone();
        anew.apply(&serde_json::from_slice::<Answer>(&body).unwrap()).unwrap();
        assert_eq!(anew.objects("poi").len(), 200);
    }
    phone.catch_up().await.unwrap();
    let quiet = send(&world, &phone, "zstd").await;
    assert!(quiet.header("content-encoding").is_empty() && quiet.body.len() < 150);
}

async fn more_scopes_than_a_phone_can_hold_are_refused_before_anything_is_taken(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let client = Client::new(&world.app, Some(&phone.bearer));
    let line = phone.line("shift.start", "");
    for (name, count, expected) in [
        ("scopes", MAX_SCOPES, StatusCode::OK),
        ("scopes", 1000, StatusCode::UNPROCESSABLE_ENTITY),
        ("received", 1000, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let scopes: serde_json::Map<_, _> = (0..count as u128)
            .map(|id| (Scope::Group(Uuid::from_u128(id)).to_string(), json!(id as i64)))
            .collect();
        let head = json!({ "format": 1, "clock": { "wall_us": 1 }, "view": { name: scopes } });
        let mut body = head.to_string().into_bytes();
        if expected != StatusCode::OK {
            body.push(b'\n');
            body.extend(&line);
        }
        let answer = client.send(Request::post("/v1/sync").body(Body::from(body)).unwrap()).await.unwrap();
        assert_eq!(answer.status, expected, "{}", answer.json());
        if expected == StatusCode::OK {
            assert_eq!(answer.json()["view"]["dropped"].as_array().unwrap().len(), count);
        } else {
            let fault = &answer.json()["faults"][0];
            assert_eq!(
                (&fault["field"], &fault["code"]),
                (&json!(format!("/view/{name}")), &json!("too_many"))
            );
        }
    }
    let (entries,): (i64,) = world
        .app
        .db
        .fetch_one("select entry from account_head where account = $1", (account.id,))
        .await
        .unwrap();
    assert_eq!(entries, 0);
}
