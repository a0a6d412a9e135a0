//! FCM and APNs, against servers of our own that look at what they are sent.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use campo_server::{
    environment::Environment,
    push::{Apns, ApnsKey, Fcm, Push, Pushed, Service, ServiceAccount, Target},
    secrets::Secret,
};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use rustls::pki_types::{SubjectPublicKeyInfoDer, pem::PemObject as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const RSA: &str = include_str!("keys/rsa.pem");
const RSA_PUBLIC: &str = include_str!("keys/rsa.pub.pem");
const EC: &str = include_str!("keys/ec.pem");
const EC_PUBLIC: &str = include_str!("keys/ec.pub.pem");
/// 2026-01-01T00:00:00Z
const NOW_S: i64 = 1_767_225_600;

fn target(service: Service, token: &str) -> Target {
    Target { service, token: Secret::new(token.to_owned()) }
}

/// How many bytes at the end of a public key in PEM are what ring verifies with: a point of P-256, a key of RSA with 2,048
/// bits.
const POINT: usize = 65;
const RSA_2048: usize = 270;

/// Header and claims of a token that a public key proves.
fn proven(token: &str, how: &'static dyn VerificationAlgorithm, public: &str, length: usize) -> [Value; 2] {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let public = SubjectPublicKeyInfoDer::from_pem_slice(public.as_bytes()).unwrap();
    let key = UnparsedPublicKey::new(how, &public[public.len() - length..]);
    key.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    [header, claims].map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
}

#[derive(Default)]
struct Google {
    /// How many access tokens were given
    given: Mutex<usize>,
    sent: Mutex<Vec<Value>>,
}

async fn give(State(google): State<Arc<Google>>, headers: HeaderMap, body: String) -> Json<Value> {
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    let form: HashMap<&str, &str> = body.split('&').filter_map(|pair| pair.split_once('=')).collect();
    assert_eq!(form["grant_type"], "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer");
    let [header, claims] = proven(form["assertion"], &RSA_PKCS1_2048_8192_SHA256, RSA_PUBLIC, RSA_2048);
    assert_eq!(header["alg"], "RS256");
    assert_eq!(claims["iss"], "push@campo.example.com");
    assert_eq!(claims["scope"], "https://www.googleapis.com/auth/firebase.messaging");
    assert!(claims["aud"].as_str().unwrap().ends_with("/token"));
    let seconds = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(seconds, 3600);
    let mut given = google.given.lock().unwrap();
    *given += 1;
    Json(json!({ "access_token": format!("access {given}"), "expires_in": 3600, "token_type": "Bearer" }))
}

async fn send(
    State(google): State<Arc<Google>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let access = headers["authorization"].to_str().unwrap().to_owned();
    let token = body["message"]["token"].as_str().unwrap().to_owned();
    google.sent.lock().unwrap().push(json!({ "access": access, "body": body }));
    let error =
        |status: &str, message: &str| Json(json!({ "error": { "status": status, "message": message } }));
    match token.as_str() {
        "gone" => (StatusCode::NOT_FOUND, error("NOT_FOUND", "UNREGISTERED")),
        "none" => {
            let message = "The registration token is not a valid FCM registration token";
            (StatusCode::BAD_REQUEST, error("INVALID_ARGUMENT", message))
        }
        "ours" => (StatusCode::BAD_REQUEST, error("INVALID_ARGUMENT", "Invalid JSON payload")),
        "busy" => (StatusCode::SERVICE_UNAVAILABLE, error("UNAVAILABLE", "")),
        "refused" => (StatusCode::UNAUTHORIZED, error("UNAUTHENTICATED", "")),
        _ => (StatusCode::OK, Json(json!({ "name": "projects/p/messages/1" }))),
    }
}

#[tokio::test]
async fn google_gets_a_signed_word_and_pushes_without_content() {
    let google = Arc::new(Google::default());
    let router = Router::new()
        .route("/token", post(give))
        .route("/v1/projects/p/messages:send", post(send))
        .with_state(Arc::clone(&google));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let environment = Environment::seeded(1, NOW_S * 1_000_000);
    let account: ServiceAccount = serde_json::from_value(json!({
        "type": "service_account", "project_id": "p", "client_email": "push@campo.example.com",
        "private_key": RSA, "private_key_id": "1", "token_uri": format!("{address}/token"),
    }))
    .unwrap();
    assert!(!format!("{account:?}").contains("PRIVATE"), "a key is never shown");
    let fcm = Fcm::new(&address, &account, environment.clone(), campo_tests::world::rules()).unwrap();

    for (token, expected) in [
        ("one", Pushed::Taken),
        ("gone", Pushed::Gone),
        ("none", Pushed::Gone),
        ("ours", Pushed::NotNow("status 400".to_owned())),
        ("busy", Pushed::NotNow("status 503".to_owned())),
    ] {
        assert_eq!(fcm.wake(&target(Service::Fcm, token)).await, expected, "{token}");
    }
    let sent = std::mem::take(&mut *google.sent.lock().unwrap());
    assert_eq!(
        sent[0],
        json!({ "access": "Bearer access 1", "body": { "message": {
            "token": "one",
            "data": { "campo": "changed" },
            "android": { "priority": "high", "collapse_key": "changed", "ttl": "43200s" },
        } } })
    );
    assert_eq!(*google.given.lock().unwrap(), 1, "one access token serves until it is nearly over");
    environment.advance(56 * 60 * 1_000_000);
    fcm.wake(&target(Service::Fcm, "one")).await;
    fcm.wake(&target(Service::Fcm, "refused")).await;
    fcm.wake(&target(Service::Fcm, "one")).await;
    let sent = std::mem::take(&mut *google.sent.lock().unwrap());
    let accesses: Vec<_> = sent.iter().map(|one| one["access"].as_str().unwrap()).collect();
    assert_eq!(accesses, ["Bearer access 2", "Bearer access 2", "Bearer access 3"]);

    server.abort();
    drop(server.await);
    let Pushed::NotNow(reason) = fcm.wake(&target(Service::Fcm, "a-secret")).await else {
        panic!("nobody is there");
    };
    assert!(!reason.contains("secret") && !reason.contains("access"), "{reason}");
}

type Seen = Arc<Mutex<Vec<(String, HeaderMap, Bytes)>>>;

async fn apple(seen: Seen, request: Request<Incoming>) -> Result<Response<String>, Infallible> {
    let (parts, body) = request.into_parts();
    assert_eq!(parts.version, axum::http::Version::HTTP_2);
    let body = axum::body::to_bytes(axum::body::Body::new(body), usize::MAX).await.unwrap();
    let path = parts.uri.path().to_owned();
    let (status, reason) = match path.rsplit('/').next().unwrap() {
        "0b" => (410, "Unregistered"),
        "0c" => (400, "BadDeviceToken"),
        "0d" => (429, "TooManyRequests"),
        "0e" => (403, "ExpiredProviderToken"),
        _ => (200, ""),
    };
    seen.lock().unwrap().push((path, parts.headers, body));
    let body = if status == 200 { String::new() } else { json!({ "reason": reason }).to_string() };
    Ok(Response::builder().status(status).body(body).unwrap())
}

#[tokio::test]
async fn apple_gets_a_provider_token_over_http_2_and_pushes_without_content() {
    let seen = Seen::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn({
        let seen = Arc::clone(&seen);
        async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let seen = Arc::clone(&seen);
                let service = service_fn(move |request| apple(Arc::clone(&seen), request));
                let answering = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(answering);
            }
        }
    });
    let environment = Environment::seeded(1, NOW_S * 1_000_000);
    let key = ApnsKey {
        key: Secret::new(EC.to_owned()),
        key_id: "ABC123DEFG".to_owned(),
        team_id: "DEF123GHIJ".to_owned(),
        topic: "com.example.campo".to_owned(),
    };
    let apns = Apns::new(&address, key, environment.clone(), campo_tests::world::rules()).unwrap();
    for (token, expected) in [
        ("0a", Pushed::Taken),
        ("0b", Pushed::Gone),
        ("0c", Pushed::Gone),
        ("0d", Pushed::NotNow("status 429".to_owned())),
        // Never sent: it would name another path.
        ("../3/device/0a", Pushed::Gone),
        ("", Pushed::Gone),
    ] {
        assert_eq!(apns.wake(&target(Service::Apns, token)).await, expected, "{token}");
    }
    let sent = std::mem::take(&mut *seen.lock().unwrap());
    assert_eq!(sent.len(), 4);
    let (path, headers, body) = &sent[0];
    assert_eq!((path.as_str(), &body[..]), ("/3/device/0a", &br#"{"aps":{"content-available":1}}"#[..]));
    for (name, value) in [
        ("apns-topic", "com.example.campo"),
        ("apns-push-type", "background"),
        ("apns-priority", "5"),
        ("apns-collapse-id", "changed"),
        ("apns-expiration", &(NOW_S + 12 * 3600).to_string()),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    let bearer =
        |headers: &HeaderMap| headers["authorization"].to_str().unwrap()["bearer ".len()..].to_owned();
    let token = bearer(headers);
    let [header, claims] = proven(&token, &ECDSA_P256_SHA256_FIXED, EC_PUBLIC, POINT);
    assert_eq!(claims, json!({ "iss": "DEF123GHIJ", "iat": NOW_S }));
    assert_eq!((&header["alg"], &header["kid"]), (&json!("ES256"), &json!("ABC123DEFG")));

    // A provider token is signed anew after 40 minutes, or when Apple refuses it, and not each time.
    for (advance_min, device, is_new) in
        [(39, "0a", false), (1, "0a", true), (0, "0e", false), (1, "0a", true)]
    {
        environment.advance(advance_min * 60 * 1_000_000 + 1);
        let before = seen.lock().unwrap().last().map_or(token.clone(), |last| bearer(&last.1));
        apns.wake(&target(Service::Apns, device)).await;
        let now = bearer(&seen.lock().unwrap().last().unwrap().1);
        assert_eq!(now != before, is_new, "{advance_min} {device}");
    }
}
