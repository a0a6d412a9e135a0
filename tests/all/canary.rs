//! A secret goes through every door that takes or gives one, well formed and not; afterwards it is searched for in the
//! log, in every column of every table, and in every answer but the one that shows it.

use std::{
    collections::BTreeSet,
    io,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    body::Body,
    http::{Method, Request},
};
use campo_server::database::{
    Db,
    schema::{ColumnType, tables},
};
use campo_tests::{
    api::{Answer, Client},
    on_both,
    world::{PASSWORD, World},
};
use serde_json::{Value, json};
use sqlx::Row as _;
use tracing::{Level, Metadata};
use tracing_subscriber::{filter::filter_fn, layer::SubscriberExt as _};

use crate::identity::{all_mighty, done};

on_both! {
    a_secret_stays_where_it_belongs,
}

/// What is logged while a canary flies, by whichever test of this process.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

/// How many canaries fly: what is logged otherwise is of no interest.
static FLYING: AtomicUsize = AtomicUsize::new(0);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// As much as an operator can ask for: everything of ours, and the statements of the database.
fn is_wanted(of: &Metadata<'_>) -> bool {
    let most = if of.target().starts_with("campo") { Level::TRACE } else { Level::DEBUG };
    FLYING.load(Ordering::Relaxed) > 0 && *of.level() <= most
}

fn captured() -> &'static Captured {
    static CAPTURED: OnceLock<Captured> = OnceLock::new();
    CAPTURED.get_or_init(|| {
        let captured = Captured::default();
        let writer = captured.clone();
        let lines = tracing_subscriber::fmt::layer().json().with_writer(move || writer.clone());
        let subscriber = tracing_subscriber::registry().with(filter_fn(is_wanted)).with(lines);
        tracing::subscriber::set_global_default(subscriber).expect("no other test has set a subscriber");
        captured
    })
}

/// A flight: who calls, what must be found nowhere, and what came back.
struct Flight<'w> {
    world: &'w World,
    office: Client,
    /// Secrets that somebody gave or got
    secrets: BTreeSet<String>,
    /// Every answer but those that show a secret for the first time
    answers: Vec<String>,
}

impl Flight<'_> {
    /// One request; its answer is searched later.
    async fn call(&mut self, client: &Client, method: Method, path: &str, body: &Value) -> Answer {
        let headers = [("if-match", "1")];
        let answer = client.call(method, path, &headers, Some(body)).await.unwrap();
        self.note(path, &answer);
        answer
    }

    fn note(&mut self, path: &str, answer: &Answer) {
        let body = String::from_utf8_lossy(&answer.body);
        self.answers.push(format!("{path} {} {:?} {body}", answer.status, answer.headers));
    }

    /// One request whose answer shows a secret at `pointer`, and again by `Idempotency-Key`.
    async fn shown_once(&mut self, client: &Client, path: &str, body: &Value, pointer: &str) -> String {
        let headers = [("idempotency-key", path)];
        let answer = client.call(Method::POST, path, &headers, Some(body)).await.unwrap();
        assert!(answer.status.is_success(), "{path} {}", answer.json());
        let again = client.call(Method::POST, path, &headers, Some(body)).await.unwrap();
        let secret = answer.json().pointer(pointer).unwrap().as_str().unwrap().to_owned();
        if again.json() != answer.json() {
            self.note(path, &again);
        }
        self.secret(&secret);
        secret
    }

    /// Watches for a secret; of a bearer secret for the part that is.
    fn secret(&mut self, text: &str) {
        let secret = if text.starts_with("campo_") { text.splitn(4, '_').last().unwrap() } else { text };
        assert!(secret.len() > 8, "it is found by accident nowhere");
        self.secrets.insert(secret.to_owned());
    }

    /// Sends `canary` through a door in every wrong form that people and programs have sent.
    async fn malform(&mut self, client: &Client, method: &Method, path: &str, field: &str, canary: &str) {
        self.secret(canary);
        let bodies = [
            json!({field: [canary]}).to_string(),
            json!({field: {"x": canary}}).to_string(),
            json!({field: canary, "unknown": canary}).to_string(),
            json!({canary: 1}).to_string(),
            json!({"passwort": canary}).to_string(),
            json!(canary).to_string(),
            json!([canary]).to_string(),
            format!("{{\"{field}\":\"{canary}\\u0000\"}}"),
            format!("{{\"{field}\":\"{canary}\\ud800\"}}"),
            format!("{{\"{field}\":\"{canary}"),
            format!("{{\"{field}\":{canary}}}"),
            format!("{{\"{field}\":\"{canary}\",\"{field}\":\"{canary}\"}}"),
            format!("{field}={canary}"),
            canary.to_owned(),
        ];
        for body in bodies {
            for content in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
                let request = Request::builder()
                    .method(method.clone())
                    .uri(format!("{path}?{field}={canary}"))
                    .header("content-type", content)
                    .header("if-match", "1")
                    .header("cookie", format!("session={canary}"))
                    .body(Body::from(body.clone()))
                    .unwrap();
                let answer = client.send(request).await.unwrap();
                assert!(answer.status.is_client_error(), "{path} {body}");
                self.note(path, &answer);
            }
        }
    }

    /// Sends bearer secrets that are wrong, or in the wrong place.
    async fn wrong_bearers(&mut self, real: &[String]) {
        let stranger = Client::new(&self.world.app, None);
        let guess = "CanaryBearerCanaryBearerCanaryBearerCanary0";
        self.secret(guess);
        for real in real {
            let (known, _) = real.rsplit_once(&real.splitn(4, '_').last().unwrap()).unwrap();
            let values = [
                format!("Bearer {known}{guess}"),
                format!("Bearer {guess}"),
                format!("Basic {guess}"),
                format!("bearer  {real}x"),
                real.clone(),
            ];
            for value in values {
                for path in ["/v1/session", "/v1/sync", "/v1/users"] {
                    let request = Request::get(format!("{path}?access_token={real}"))
                        .header("authorization", &value)
                        .body(Body::empty())
                        .unwrap();
                    let answer = stranger.send(request).await.unwrap();
                    self.note(path, &answer);
                }
            }
        }
    }
}

async fn a_secret_stays_where_it_belongs(world: World) {
    let log = captured();
    FLYING.fetch_add(1, Ordering::Relaxed);
    let account = world.account("acme").await.unwrap();
    let office = all_mighty(&account).await;
    let mut flight =
        Flight { world: &world, office: office.clone(), secrets: BTreeSet::new(), answers: Vec::new() };
    let tokens = fly(&mut flight, &account).await;
    flight.wrong_bearers(&tokens).await;
    // A marked text that may be stored proves that the search finds what is there.
    let marker = "a-marked-name-that-is-stored";
    let draft = json!({"code": "marked", "name": marker});
    done(&flight.office.post("/v1/profiles", &draft).await.unwrap(), 201);
    let found = search(&world.app.db, &[marker.to_owned()]).await;
    assert_eq!(found, [format!("profile.name holds {marker}")]);
    FLYING.fetch_sub(1, Ordering::Relaxed);

    let secrets: Vec<String> = flight.secrets.iter().cloned().collect();
    assert!(secrets.len() > 20, "{}", secrets.len());
    let found = search(&world.app.db, &secrets).await;
    assert!(found.is_empty(), "{found:#?}");
    for answer in &flight.answers {
        assert!(!secrets.iter().any(|secret| answer.contains(secret)), "an answer repeats it: {answer}");
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("insert into user_session"), "statements were captured");
    for line in log.lines() {
        assert!(!secrets.iter().any(|secret| line.contains(secret)), "the log has it: {line}");
    }
}

/// Takes secrets through every door, and returns the bearer secrets that were shown.
async fn fly(flight: &mut Flight<'_>, account: &campo_tests::world::Account) -> Vec<String> {
    let (office, app) = (flight.office.clone(), &flight.world.app);
    let stranger = Client::new(app, None);
    account.user("ana", &[campo_server::access::PermissionName::ViewTasks]).await.unwrap();
    flight.secret(PASSWORD);
    account.employee("ZZ1").await.unwrap();

    // Users: a password given, one made, one set, one changed by oneself, one to log in with
    let user = |code: &str| json!({"code": code, "name": "x", "login": code, "profile": "code:ana"});
    let mut given = user("given");
    given["password"] = json!("CanaryUserGiven1");
    flight.secret("CanaryUserGiven1");
    assert_eq!(flight.call(&office, Method::POST, "/v1/users", &given).await.status, 201);
    flight.shown_once(&office, "/v1/users", &user("made"), "/password").await;
    let set = json!({"password": "CanaryUserReset1"});
    flight.secret("CanaryUserReset1");
    assert_eq!(flight.call(&office, Method::PUT, "/v1/users/code:given/password", &set).await.status, 200);
    let reset =
        office.call(Method::PUT, "/v1/users/code:made/password", &[], Some(&json!({}))).await.unwrap();
    flight.secret(done(&reset, 200)["password"].as_str().unwrap());
    let login = json!({"login": "ana", "password": PASSWORD});
    let session = flight.shown_once(&stranger, "/v1/session", &login, "/token").await;
    let own = Client::new(app, Some(&session));
    for password in ["CanaryWrongLogin", ""] {
        let wrong = json!({"login": "ana", "password": password});
        assert_eq!(flight.call(&stranger, Method::POST, "/v1/session", &wrong).await.status, 401);
    }
    flight.secret("CanaryWrongLogin");
    for (path, field) in [("/v1/users", "password"), ("/v1/session", "password")] {
        let client = if path == "/v1/users" { &office } else { &stranger };
        flight.malform(client, &Method::POST, path, field, "CanaryMalformed1").await;
    }
    let path = "/v1/users/code:given/password";
    flight.malform(&office, &Method::PUT, path, "password", "CanaryMalformed2").await;
    // Where a password has no place, and people put one
    for password in [json!("CanaryMalformed2"), json!(["CanaryMalformed2"]), json!("CanaryMalformed2\u{0}")] {
        let patch = json!({ "password": password });
        assert_eq!(flight.call(&office, Method::PATCH, "/v1/users/code:ana", &patch).await.status, 422);
    }
    for field in ["current", "password"] {
        flight.malform(&own, &Method::PUT, "/v1/session/password", field, "CanaryMalformed3").await;
    }
    let change = json!({"current": PASSWORD, "password": "CanaryOwnChange1"});
    flight.secret("CanaryOwnChange1");
    assert_eq!(flight.call(&own, Method::PUT, "/v1/session/password", &change).await.status, 204);

    // Keys: bearer secret, password given and made
    let draft = json!({"code": "erp", "name": "x", "permissions": ["manage_keys"]});
    let key = flight.shown_once(&office, "/v1/keys", &draft, "/secret").await;
    let rotated = flight.shown_once(&office, "/v1/keys/code:erp/rotate", &json!({}), "/secret").await;
    let login = json!({"login": "erp", "password": "CanaryKeyGiven1"});
    flight.secret("CanaryKeyGiven1");
    assert_eq!(flight.call(&office, Method::PUT, "/v1/keys/code:erp/password", &login).await.status, 200);
    flight.malform(&office, &Method::PUT, "/v1/keys/code:erp/password", "password", "CanaryMalformed4").await;
    let login = json!({"login": "erp2"});
    let made = office.call(Method::PUT, "/v1/keys/code:erp/password", &[], Some(&login)).await.unwrap();
    flight.secret(done(&made, 200)["password"].as_str().unwrap());

    channels(flight, &office).await;

    // Phones: a code, the token it gives, a PIN
    let roster = json!({"roster": {"employees": ["number:ZZ1"]}});
    let code = flight.shown_once(&office, "/v1/enrolments", &roster, "/code").await;
    flight.secret(&code.replace('-', ""));
    flight.malform(&stranger, &Method::POST, "/v1/enrolments/redeem", "code", "CANARYC0DE").await;
    let redemption = json!({"code": code, "device": {"platform": "android"}});
    let phone = flight.shown_once(&stranger, "/v1/enrolments/redeem", &redemption, "/token").await;
    let pin = "739150284617";
    flight.secret(pin);
    assert_eq!(
        flight.call(&office, Method::PUT, "/v1/employees/number:ZZ1/pin", &json!({"pin": pin})).await.status,
        204
    );
    flight.malform(&office, &Method::PUT, "/v1/employees/number:ZZ1/pin", "pin", "7391502846170").await;

    for path in [
        "/v1/session",
        "/v1/account",
        "/v1/users",
        "/v1/keys",
        "/v1/channels",
        "/v1/enrolments",
        "/v1/installations",
    ] {
        let answer = office.get(path).await.unwrap();
        flight.note(path, &answer);
    }
    vec![session, key, rotated, phone]
}

/// Channels: the secret that signs, given and rotated, and the values of headers.
async fn channels(flight: &mut Flight<'_>, office: &Client) {
    let draft = json!({"code": "erp", "name": "x", "url": "https://example.com/"});
    let signing = flight.shown_once(office, "/v1/channels", &draft, "/secret").await;
    let path = "/v1/channels/code:erp/rotate";
    let second = flight.shown_once(office, path, &json!({}), "/secret").await;
    flight.secret(signing.trim_start_matches("whsec_"));
    flight.secret(second.trim_start_matches("whsec_"));
    let path = "/v1/channels/code:erp/headers";
    let headers = json!({"headers": {"x-api-key": "CanaryHeaderGiven1"}});
    flight.secret("CanaryHeaderGiven1");
    assert_eq!(flight.call(office, Method::PUT, path, &headers).await.status, 200);
    let canary = "CanaryMalformed5";
    flight.secret(canary);
    for wrong in [
        json!({"headers": canary}),
        json!({"headers": {"x-api-key": [canary]}}),
        json!({"headers": {"x-api-key": format!("{canary}\n")}}),
        json!({"headers": {"webhook-id": canary}}),
        json!({"headers": {format!("{canary} "): "x"}}),
        json!({canary: {}}),
        json!([canary]),
    ] {
        assert!(flight.call(office, Method::PUT, path, &wrong).await.status.is_client_error(), "{wrong}");
    }
    let draft = json!({"code": "url", "name": "x", "url": "https://CanaryMalformed5:x@example.com/"});
    assert_eq!(flight.call(office, Method::POST, "/v1/channels", &draft).await.status, 422);
}

/// Where in the tables one of these texts stands: plainly, in capitals or without, in hexadecimal or base64.
async fn search(db: &Db, texts: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut values = 0;
    for table in tables() {
        for column in &table.columns {
            if !matches!(column.kind, ColumnType::Text | ColumnType::Bytes) {
                continue;
            }
            for value in read_column(db, table.name, column.name, column.kind).await {
                values += 1;
                let lower = value.to_ascii_lowercase();
                for text in texts {
                    if forms(text).iter().any(|form| contains(&lower, form)) {
                        found.push(format!("{}.{} holds {text}", table.name, column.name));
                    }
                }
            }
        }
    }
    assert!(values > 100, "the tables were read");
    found
}

fn forms(text: &str) -> [Vec<u8>; 3] {
    let lower = text.to_ascii_lowercase().into_bytes();
    let hexadecimal = campo_protocol::text::hex(text.as_bytes()).into_bytes();
    let base64 = base64_of(text.as_bytes()).to_ascii_lowercase().into_bytes();
    [lower, hexadecimal, base64]
}

/// Base64 without the end, whose last digit depends on what follows.
fn base64_of(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bytes
        .chunks_exact(3)
        .flat_map(|chunk| {
            let bits = u32::from(chunk[0]) << 16 | u32::from(chunk[1]) << 8 | u32::from(chunk[2]);
            [18, 12, 6, 0].map(|shift| char::from(DIGITS[(bits >> shift) as usize & 63]))
        })
        .collect()
}

fn contains(value: &[u8], text: &[u8]) -> bool {
    value.windows(text.len()).any(|window| window == text)
}

async fn read_column(db: &Db, table: &str, column: &str, kind: ColumnType) -> Vec<Vec<u8>> {
    let sql = sqlx::AssertSqlSafe(format!("select {column} from {table} where {column} is not null"));
    macro_rules! rows {
        ($pool:expr) => {
            sqlx::query(sql)
                .fetch_all($pool)
                .await
                .unwrap()
                .iter()
                .map(|row| match kind {
                    ColumnType::Bytes => row.get::<Vec<u8>, _>(0),
                    _ => row.get::<String, _>(0).into_bytes(),
                })
                .collect()
        };
    }
    match db {
        Db::Sqlite { read, .. } => rows!(read),
        Db::Postgres { pool, .. } => rows!(pool),
    }
}
