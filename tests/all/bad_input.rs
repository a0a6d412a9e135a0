//! Whatever strangers send gets a clear problem, costs little, and leaves everybody else alone.

use std::io::Write as _;

use axum::{
    body::Body,
    http::{Method, Request},
};
use campo_protocol::sync::MAX_ENTRIES;
use campo_server::{access::PermissionName, api::router};
use campo_tests::{
    api::{Answer, Client},
    on_both,
    world::{Phone, World},
};
use serde_json::{Value, json};

on_both! {
    an_exchange_that_cannot_be_read_is_refused_with_the_reason,
    what_is_good_in_an_exchange_is_kept_and_what_is_not_is_named,
    every_json_route_refuses_what_it_cannot_read,
    a_body_in_an_encoding_that_nobody_undoes_is_refused,
    a_process_survives_what_its_connections_bring,
}

const HEAD: &str = r#"{"format":1,"clock":{"wall_us":1}}"#;

const NOTHING: &str = "0198c0de-0000-7000-8000-000000000000";

async fn phone(world: &World, account: &str) -> Phone {
    let account = world.account(account).await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    account.phone(ana).await.unwrap()
}

async fn send(world: &World, phone: &Phone, encoding: Option<&str>, body: Vec<u8>) -> Answer {
    let mut request = Request::post("/v1/sync");
    if let Some(encoding) = encoding {
        request = request.header("content-encoding", encoding);
    }
    let request = request.body(Body::from(body)).unwrap();
    Client::new(&world.app, Some(&phone.bearer)).send(request).await.unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 19).unwrap()
}

/// `HEAD` and so many lines with nothing in them.
fn empty_lines(count: usize) -> Vec<u8> {
    let mut body = HEAD.as_bytes().to_vec();
    body.extend("\n{}".repeat(count).bytes());
    body
}

async fn an_exchange_that_cannot_be_read_is_refused_with_the_reason(world: World) {
    let mut ana = phone(&world, "acme").await;
    let mut other = phone(&world, "other").await;
    let limit = world.app.limits.sync_bytes;
    let bomb = vec![b' '; limit + 1];
    let nested = format!(r#"{{"format":1,"clock":{{"wall_us":1}},"x":{}}}"#, "[".repeat(100_000));
    for (encoding, body, status, code, field) in [
        (None, b"".to_vec(), 400, "malformed_json", ""),
        (None, b"{".to_vec(), 400, "malformed_json", ""),
        (None, b"\xff\xfe{}".to_vec(), 400, "malformed_json", ""),
        (None, b"[]".to_vec(), 422, "validation_failed", ""),
        (None, nested.into_bytes(), 400, "malformed_json", ""),
        (None, br#"{"format":"1","clock":{"wall_us":1}}"#.to_vec(), 422, "validation_failed", "/format"),
        (
            None,
            br#"{"format":1,"clock":{"wall_us":1.5}}"#.to_vec(),
            422,
            "validation_failed",
            "/clock/wall_us",
        ),
        (
            None,
            br#"{"format":1,"clock":{"wall_us":9223372036854775808}}"#.to_vec(),
            422,
            "validation_failed",
            "/clock/wall_us",
        ),
        (None, br#"{"format":2,"clock":{"wall_us":1}}"#.to_vec(), 400, "format_unknown", ""),
        (
            None,
            b"{\"format\":1,\"clock\":{\"wall_us\":1,\"boot\":\"a\\u0000\"}}".to_vec(),
            422,
            "validation_failed",
            "/clock/boot",
        ),
        (None, empty_lines(MAX_ENTRIES + 1), 413, "too_many_entries", ""),
        (None, bomb.clone(), 413, "payload_too_large", ""),
        (Some("gzip"), gzip(&bomb), 413, "payload_too_large", ""),
        (Some("zstd"), zstd(&bomb), 413, "payload_too_large", ""),
        (Some("gzip"), gzip(&gzip(&bomb)), 400, "malformed_json", ""),
        (Some("gzip"), gzip(HEAD.as_bytes())[..20].to_vec(), 400, "body_incomplete", ""),
        (Some("zstd"), b"nonsense".to_vec(), 400, "body_incomplete", ""),
        (Some("br"), HEAD.as_bytes().to_vec(), 415, "unsupported_media_type", ""),
    ] {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let answer = send(&world, &ana, encoding, body).await;
        let problem = answer.json();
        assert_eq!((answer.status.as_u16(), &problem["code"]), (status, &json!(code)), "{shown}: {problem}");
        if !field.is_empty() {
            assert_eq!(problem["faults"][0]["field"], field, "{shown}: {problem}");
        }
        if code == "payload_too_large" {
            assert_eq!(problem["parameters"]["limit_bytes"], limit.to_string(), "{shown}");
        }
    }
    assert_eq!(Client::new(&world.app, None).get("/health").await.unwrap().status, 200);
    for phone in [&mut ana, &mut other] {
        let line = phone.line("shift.start", "");
        assert_eq!(phone.send(&[line]).await.unwrap().receipts[0].position, 1);
    }
}

async fn a_body_in_an_encoding_that_nobody_undoes_is_refused(world: World) {
    let account = world.account("acme").await.unwrap();
    let key = account.key(&[PermissionName::ManagePois]).await.unwrap();
    let client = Client::new(&world.app, Some(&key));
    let poi = json!({ "number": "C-1", "name": "x" }).to_string();
    let send = async |path: &str, encoding: &str, body: Vec<u8>| {
        let request = Request::post(path).header("content-type", "application/json");
        client
            .send(request.header("content-encoding", encoding).body(Body::from(body)).unwrap())
            .await
            .unwrap()
    };
    let compressed = [("gzip", gzip(poi.as_bytes())), ("zstd", zstd(poi.as_bytes())), ("br", b"x".to_vec())];
    for path in ["/v1/pois", "/v1/files", "/services/webservices.asmx"] {
        for (encoding, body) in &compressed {
            let refused = send(path, encoding, body.clone()).await;
            assert_eq!(refused.status, 415, "{path} {encoding}");
            assert_eq!(refused.json()["parameters"]["expected"], "identity", "{path} {encoding}");
        }
    }
    assert_eq!(send("/v1/pois", "Identity", poi.into_bytes()).await.status, 201);
}

async fn what_is_good_in_an_exchange_is_kept_and_what_is_not_is_named(world: World) {
    let mut ana = phone(&world, "acme").await;
    let good = [ana.line("shift.start", ""), ana.line("shift.end", "")];
    // What has no readable frame, each between good ones.
    let bad: [&[u8]; 7] = [
        b"nonsense",
        b"{\"id\":7}",
        b"\xff\xfe",
        b"[[[[[[",
        b"{\"id\":\"0198c0de-0000-7000-8000-000000000000\"}",
        b"null",
        b"{\"id\":\"\\u0000\"}",
    ];
    let mut body = HEAD.as_bytes().to_vec();
    let mut add = |line: &[u8]| {
        body.push(b'\n');
        body.extend(line);
    };
    add(&good[0]);
    for line in bad {
        add(line);
    }
    add(&good[1]);
    // What has a frame is kept as it is, whatever its content.
    let odd = [
        ana.line("shift.start", r#","note":"a\u0000b""#),
        ana.line("nobody.knows", r#","body":{"deep":[[[[[[[[[[1]]]]]]]]]]}"#),
        ana.line("form", r#","body":7"#),
        ana.line("shift.start", &format!(r#","note":"{}""#, "x".repeat(10_000))),
    ];
    for line in &odd {
        add(line);
    }

    let answer = send(&world, &ana, Some("zstd"), zstd(&body)).await.json();
    let lines: Vec<_> =
        answer["unreadable"].as_array().unwrap().iter().map(|one| one["line"].as_i64().unwrap()).collect();
    assert_eq!(lines, [2, 3, 4, 5, 6, 7, 8], "{answer}");
    let faults = answer["unreadable"].as_array().unwrap();
    assert!(faults.iter().all(|one| one["fault"]["code"].is_string()), "{answer}");
    let receipts = answer["receipts"].as_array().unwrap();
    assert_eq!(receipts.len(), good.len() + odd.len());
    assert_eq!((&receipts[0]["outcome"], &receipts[1]["outcome"]), (&json!("applied"), &json!("applied")));
    let stored: Vec<(Vec<u8>,)> =
        world.app.db.fetch_all("select bytes from entry_body order by position", ()).await.unwrap();
    let sent: Vec<_> = good.iter().chain(&odd).cloned().map(|bytes| (bytes,)).collect();
    assert_eq!(stored, sent, "the bytes are those that the author wrote");
}

async fn every_json_route_refuses_what_it_cannot_read(world: World) {
    let account = world.account("acme").await.unwrap();
    let all: Vec<_> = PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect();
    let bearer = account.key(&all).await.unwrap();
    let limit = world.app.limits.request_bytes;
    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    let large = format!("\"{}\"", "x".repeat(limit));
    let bodies: [(&[u8], &[u16]); 8] = [
        (b"", &[400]),
        (b"{", &[400]),
        (b"{\"a\":\xff}", &[400]),
        (b"7", &[422]),
        (b"{\"no_such_field\":1}", &[422]),
        (b"{\"code\":\"a\\u0000\",\"name\":\"\\u0000\"}", &[422]),
        // Of the wrong type for all, and too deep for those that read it whole
        (deep.as_bytes(), &[400, 422]),
        (large.as_bytes(), &[413]),
    ];
    for (path, method) in json_routes() {
        let name = format!("{method} {path}");
        for (body, expected) in &bodies {
            let request = Request::builder()
                .method(method.clone())
                .uri(path.as_str())
                .header("content-type", "application/json")
                .header("if-match", "\"1\"")
                .body(Body::from(body.to_vec()))
                .unwrap();
            let answer = Client::new(&world.app, Some(&bearer)).send(request).await.unwrap();
            let status = answer.status.as_u16();
            // A path that names nothing may be found first, and a phone's route is not for keys.
            // A batch may be larger, and is then read.
            let is_batch = path.ends_with("/batch") && body.len() > limit && status == 422;
            let fits = expected.contains(&status) || [403, 404].contains(&status) || is_batch;
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]);
            assert!(fits, "{name} answers {status} to {shown}: {}", answer.json());
            assert!(answer.json()["code"].is_string(), "{name}");
            if status == 413 {
                assert!(answer.json()["parameters"]["limit_bytes"].is_string(), "{name}");
            }
        }
        if path == "/v1/imports/drafts" {
            // Any other type is a file there, and is taken as it is
            continue;
        }
        let request = Request::builder().method(method.clone()).uri(path.as_str());
        let request = request.header("content-type", "text/plain").header("if-match", "\"1\"");
        let request = request.body(Body::from("{}")).unwrap();
        let answer = Client::new(&world.app, Some(&bearer)).send(request).await.unwrap();
        assert!([415, 403, 404].contains(&answer.status.as_u16()), "{name}: {}", answer.json());
    }
}

/// Every operation that takes a body of JSON, with ids in its path that nothing has.
fn json_routes() -> Vec<(String, Method)> {
    let document = router::document();
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let takes_json =
                operation["requestBody"]["content"].get("application/json").is_some_and(Value::is_object);
            if takes_json {
                let parts = path.split('/').map(|part| if part.starts_with('{') { NOTHING } else { part });
                let path = parts.collect::<Vec<_>>().join("/");
                routes.push((path, method.to_ascii_uppercase().parse().unwrap()));
            }
        }
    }
    routes
}

async fn a_process_survives_what_its_connections_bring(world: World) {
    let mut ana = phone(&world, "acme").await;
    let server = world.process(&[]).await.unwrap();
    let ask = async |bytes: Vec<u8>| -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut connection = tokio::net::TcpStream::connect(server.address()).await.unwrap();
        // The server may answer and hang up before it has read everything.
        let _ = connection.write_all(&bytes).await;
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
    };
    let large = "x".repeat(200_000);
    for (request, status) in [
        (format!("GET /health HTTP/1.1\r\nhost: c\r\nx-large: {large}\r\n\r\n"), "431"),
        (format!("GET /{large} HTTP/1.1\r\nhost: c\r\n\r\n"), "431"),
        (format!("GET /health HTTP/1.1\r\nhost: c\r\n{}\r\n", "x: y\r\n".repeat(1000)), "431"),
        ("nonsense\r\n\r\n".to_owned(), "400"),
        ("GET /health HTTP/9.9\r\n\r\n".to_owned(), "400"),
        ("POST /v1/sync HTTP/1.1\r\nhost: c\r\ncontent-length: -1\r\n\r\n".to_owned(), "400"),
        ("GET /%00%ff/../.. HTTP/1.1\r\nhost: c\r\nconnection: close\r\n\r\n".to_owned(), "404"),
    ] {
        let shown: String = request.chars().take(40).collect();
        let line = ask(request.into_bytes()).await;
        assert!(line.contains(status), "{shown}: {line}");
    }
    let health = reqwest::get(format!("{}/health", server.url())).await.unwrap();
    assert_eq!(health.status(), 200);
    let line = ana.line("shift.start", "");
    let body = [HEAD.as_bytes(), b"\n", &line].concat();
    let request = reqwest::Client::new().post(format!("{}/v1/sync", server.url()));
    let answer = request.bearer_auth(&ana.bearer).body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(!server.output().contains("panic"), "{}", server.output());
}
