//! Browsers: the session in a cookie, which counts only where a page of ours asked; one's own sessions; the first password.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use campo_server::{
    access::{PermissionName, Permissions},
    app::App,
    environment::Environment,
};
use campo_tests::{
    api::{Answer, Client},
    on_both,
    world::{Account, World},
};
use serde_json::{Value, json};

on_both! {
    a_browser_gets_a_cookie_and_no_token,
    a_request_by_cookie_counts_only_where_a_page_of_ours_asked,
    nothing_crosses_a_network_in_clear,
    a_password_that_somebody_else_set_is_changed_first,
    own_sessions_are_seen_and_ended,
    the_stream_ends_when_its_session_does,
    a_browser_that_logged_in_before_is_not_kept_out_by_those_who_guess,
}

const ORIGIN: &str = "http://localhost:8080";

/// A browser at a page of this server, which it reaches as `localhost:8080`.
struct Browser {
    app: App,
    cookie: Option<String>,
}

impl Browser {
    fn of(account: &Account) -> Self {
        Self { app: account.app.clone(), cookie: None }
    }

    async fn send(&self, method: Method, path: &str, more: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost:8080");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body).unwrap();
        Client::new(&self.app, None).send(request).await.unwrap()
    }

    /// As a page of ours asks.
    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.send(method, path, &[("sec-fetch-site", "same-origin"), ("origin", ORIGIN)], body).await
    }

    async fn log_in(&mut self, login: &str, password: &str) -> Answer {
        let body = json!({"login": login, "password": password, "cookie": true});
        let answer = self.ask(Method::POST, "/v1/session", Some(&body)).await;
        let set = answer.headers.get_all(header::SET_COOKIE).iter();
        let pairs: Vec<_> =
            set.map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
        self.cookie = Some(pairs.join("; ")).filter(|cookies| !cookies.is_empty());
        answer
    }
}

/// A system that may everything.
async fn office(account: &Account) -> Client {
    let key = account.key(&Permissions::grantable().names()).await.unwrap();
    Client::new(&account.app, Some(&key))
}

/// A user whose password somebody else chose.
async fn user(account: &Account, login: &str) -> String {
    let office = office(account).await;
    let profile = json!({"code": format!("p-{login}"), "name": "Dispatch", "permissions": ["view_tasks"]});
    assert_eq!(office.post("/v1/profiles", &profile).await.unwrap().status, StatusCode::CREATED);
    let made = json!({"code": login, "name": "Ana", "login": login, "profile": format!("code:p-{login}"),
        "password": "first password"});
    assert_eq!(office.post("/v1/users", &made).await.unwrap().status, StatusCode::CREATED);
    "first password".to_owned()
}

/// The same, who has changed it.
async fn settled(account: &Account, login: &str) -> String {
    let first = user(account, login).await;
    let mut browser = Browser::of(account);
    browser.log_in(login, &first).await;
    let change = json!({"current": first, "password": "a better password"});
    let changed = browser.ask(Method::PUT, "/v1/session/password", Some(&change)).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.json());
    "a better password".to_owned()
}

async fn a_browser_gets_a_cookie_and_no_token(world: World) {
    let account = world.account("acme").await.unwrap();
    let password = settled(&account, "ana").await;
    let mut browser = Browser::of(&account);
    let answer = browser.log_in("ana", &password).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("campo=campo_") && !cookie.contains("Secure"), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"));
    assert!(answer.json().get("token").is_none());
    let who = browser.ask(Method::GET, "/v1/session", None).await;
    assert_eq!((who.status, &who.json()["must_change_password"]), (StatusCode::OK, &json!(false)));
    // The secret is the cookie's alone: as a bearer token it is none
    let token = cookie.split(';').next().unwrap().trim_start_matches("campo=").to_owned();
    let refused = Client::new(&account.app, Some(&token)).get("/v1/session").await.unwrap();
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let out = browser.ask(Method::DELETE, "/v1/session", None).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(browser.ask(Method::GET, "/v1/session", None).await.status, StatusCode::UNAUTHORIZED);
}

async fn a_request_by_cookie_counts_only_where_a_page_of_ours_asked(world: World) {
    let account = world.account("acme").await.unwrap();
    let password = settled(&account, "ana").await;
    let mut browser = Browser::of(&account);
    browser.log_in("ana", &password).await;
    for (headers, expected) in [
        (&[("sec-fetch-site", "same-origin")][..], StatusCode::OK),
        (&[("origin", ORIGIN)], StatusCode::OK),
        (&[], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "same-site")], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "none")], StatusCode::FORBIDDEN),
        (&[("origin", "http://localhost:8081")], StatusCode::FORBIDDEN),
        (&[("origin", "https://localhost:8080")], StatusCode::OK),
        (&[("origin", "https://evil.example")], StatusCode::FORBIDDEN),
        (&[("origin", "null")], StatusCode::FORBIDDEN),
    ] {
        let answer = browser.send(Method::GET, "/v1/tasks", headers, None).await;
        assert_eq!(answer.status, expected, "{headers:?}: {}", answer.json());
        if expected == StatusCode::FORBIDDEN {
            assert_eq!(answer.json()["code"], "other_site");
        }
    }
    let body = json!({"login": "ana", "password": password, "cookie": true});
    let foreign =
        browser.send(Method::POST, "/v1/session", &[("sec-fetch-site", "cross-site")], Some(&body)).await;
    assert_eq!(foreign.json()["code"], "other_site", "nobody is logged in by another site");
    // A header says who it is, whatever the cookie says
    let office = account.key(&[PermissionName::ViewTasks]).await.unwrap();
    let headers = [("authorization", format!("Bearer {office}"))];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = browser.send(Method::GET, "/v1/session", &headers, None).await;
    assert_ne!(answer.json()["name"], "Ana");
}

async fn nothing_crosses_a_network_in_clear(world: World) {
    let account = world.account("acme").await.unwrap();
    let password = settled(&account, "ana").await;
    let body = json!({"login": "ana", "password": password, "cookie": true}).to_string();
    let ask = async |public_url: Option<&str>, host: &str| {
        let mut app = account.app.clone();
        let mut limits = (*app.limits).clone();
        limits.public_url = public_url.map(str::to_owned);
        app.limits = limits.into();
        let request = Request::post("/v1/session")
            .header(header::HOST, host)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/json");
        Client::new(&app, None).send(request.body(Body::from(body.clone())).unwrap()).await.unwrap()
    };
    assert_eq!(ask(None, "campo.example.com").await.json()["code"], "insecure_connection");
    assert_eq!(ask(None, "localhost.example.com").await.json()["code"], "insecure_connection");
    let plain = ask(Some("http://campo.example.com"), "campo.example.com").await;
    assert!(plain.header("set-cookie").starts_with("campo="), "{}", plain.json());
    let tls = ask(Some("https://campo.example.com"), "campo.example.com").await;
    assert!(
        tls.header("set-cookie").starts_with("__Host-campo=") && tls.header("set-cookie").contains("Secure")
    );
}

async fn a_password_that_somebody_else_set_is_changed_first(world: World) {
    let account = world.account("acme").await.unwrap();
    let first = user(&account, "ana").await;
    let mut browser = Browser::of(&account);
    let answer = browser.log_in("ana", &first).await;
    assert_eq!(answer.json()["must_change_password"], true);
    let refused = browser.ask(Method::GET, "/v1/tasks", None).await;
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (StatusCode::FORBIDDEN, &json!("password_must_change"))
    );
    let change = json!({"current": first, "password": "a better password"});
    let changed = browser.ask(Method::PUT, "/v1/session/password", Some(&change)).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT);
    let answer = browser.log_in("ana", "a better password").await;
    assert_eq!(answer.json()["must_change_password"], false);
    assert_eq!(browser.ask(Method::GET, "/v1/tasks", None).await.status, StatusCode::OK);
}

async fn own_sessions_are_seen_and_ended(world: World) {
    let account = world.account("acme").await.unwrap();
    let password = settled(&account, "ana").await;
    let (mut here, mut there) = (Browser::of(&account), Browser::of(&account));
    here.log_in("ana", &password).await;
    there.log_in("ana", &password).await;
    let sessions = here.ask(Method::GET, "/v1/session/all", None).await.json();
    let list = sessions.as_array().unwrap();
    assert_eq!(list.len(), 2, "{sessions}");
    let other = list.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap();
    let path = format!("/v1/session/all/{other}");
    assert_eq!(here.ask(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(here.ask(Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(there.ask(Method::GET, "/v1/session", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(here.ask(Method::GET, "/v1/session", None).await.status, StatusCode::OK);
}

async fn the_stream_ends_when_its_session_does(world: World) {
    use futures_util::StreamExt as _;
    use tower::ServiceExt as _;

    let account = world.account("acme").await.unwrap();
    let password = settled(&account, "ana").await;
    let mut browser = Browser::of(&account);
    browser.log_in("ana", &password).await;
    let request = Request::get("/v1/live")
        .header(header::COOKIE, browser.cookie.clone().unwrap())
        .header("sec-fetch-site", "same-origin")
        .body(Body::empty())
        .unwrap();
    let router = campo_server::api::router::router(account.app.clone());
    let mut stream = router.oneshot(request).await.unwrap().into_body().into_data_stream();
    let mut next =
        async || stream.next().await.map(|part| String::from_utf8(part.unwrap().to_vec()).unwrap());
    let first = next().await.unwrap();
    assert!(first.contains("event: topics") && first.contains("\"changes\":"), "{first}");
    assert!(!first.contains("channels"), "the profile may not hear of it: {first}");
    office(&account).await.post("/v1/tasks", &json!({"task_number": 7})).await.unwrap();
    account.app.live.tell(&account.app).await.unwrap();
    let second = next().await.unwrap();
    assert!(second.contains("event: topics") && second != first, "{second}");
    browser.ask(Method::DELETE, "/v1/session", None).await;
    // What is still told until it is asked again is a sign of life
    while let Some(part) = next().await {
        assert!(part == ":\n\n" || part.contains("event: topics"), "{part}");
    }
}

async fn a_browser_that_logged_in_before_is_not_kept_out_by_those_who_guess(world: World) {
    let mut account = world.account("acme").await.unwrap();
    // A clock that stands still: no try comes back in the meantime
    let clock = Environment::seeded(1, world.app.environment.now_us());
    account.app = world.replica_with(clock).await.unwrap();
    let (password, other) = (user(&account, "ana").await, user(&account, "eva").await);
    let mut own = Browser::of(&account);
    assert_eq!(own.log_in("ana", &password).await.status, StatusCode::CREATED);
    let device = own.cookie.as_ref().unwrap().split("; ").nth(1).unwrap().to_owned();
    assert!(device.starts_with("campo-device="), "{device}");

    let mut guessing = Browser::of(&account);
    while guessing.log_in("ana", "a guess").await.status == StatusCode::UNAUTHORIZED {}
    assert_eq!(guessing.log_in("ana", &password).await.status, StatusCode::TOO_MANY_REQUESTS);
    // the cookie of another name opens no other door
    let mut eva = Browser::of(&account);
    assert_eq!(eva.log_in("eva", &other).await.status, StatusCode::CREATED);
    assert_eq!(eva.log_in("ana", &password).await.status, StatusCode::TOO_MANY_REQUESTS);

    own.cookie = Some(device.clone());
    assert_eq!(own.log_in("ana", &password).await.status, StatusCode::CREATED);
    let renewed = own.cookie.as_ref().unwrap().split("; ").nth(1).unwrap();
    assert_eq!(renewed.split('.').next(), device.split('.').next(), "it is the same browser");
    // whoever has it guesses no faster than from one address
    let mut guesses = 0;
    own.cookie = Some(device.clone());
    while own.log_in("ana", "a guess").await.status == StatusCode::UNAUTHORIZED {
        guesses += 1;
        own.cookie = Some(device.clone());
    }
    assert_eq!(guesses, 10);
}
