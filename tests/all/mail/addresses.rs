//! Addresses of users, the links that confirm them, and the connection to the mail server.

use std::fs;

use campo_server::{
    access::PermissionName::{ManageUsers, ViewTasks},
    config::Config,
    health::{Fault, Status, report},
    mail::{Security, Settings},
};
use campo_tests::{api::Client, on_both, world::World};
use serde_json::{Value, json};

use super::{HOUR_US, MailServer, PUBLIC, SECOND_US, Stage, change, sender, set};
use crate::identity::{all_mighty, done, patch, put, refused};

on_both! {
    an_address_is_confirmed_by_the_link_that_was_sent_there_and_by_nothing_else,
    whoever_manages_users_sets_an_address_and_its_owner_confirms_it,
    a_link_is_of_use_for_a_day_and_for_the_address_that_it_went_to,
    an_address_is_changed_by_whoever_knows_the_password,
    links_to_one_user_are_few_in_an_hour,
    without_mail_an_address_is_kept_and_stays_unconfirmed,
    no_name_begins_a_header,
    while_the_server_is_down_nothing_is_lost_and_health_says_so,
    what_is_refused_for_good_is_not_tried_again_and_what_comes_later_is,
    the_mails_of_an_account_are_bounded,
    a_removed_user_leaves_no_address,
}

async fn state(client: &Client) -> Value {
    done(&client.get("/v1/session/email").await.unwrap(), 200)
}

async fn confirm(stage: &Stage, token: &str) -> campo_tests::api::Answer {
    put(&stage.nobody(), "/v1/email-confirmation", &json!({ "token": token })).await
}

async fn an_address_is_confirmed_by_the_link_that_was_sent_there_and_by_nothing_else(world: World) {
    let mut stage = Stage::new(world).await;
    stage.account.user("ana", &[ViewTasks]).await.unwrap();
    let ana = stage.session("ana").await;
    assert_eq!(state(&ana).await, json!({ "sends_mail": true }));
    let changed = done(&put(&ana, "/v1/session/email", &change("ana@example.com")).await, 200);
    assert_eq!((&changed["email"], &changed["state"]), (&json!("ana@example.com"), &json!("unconfirmed")));
    let mails = stage.arrived().await;
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].from.as_str(), mails[0].to.as_str()), ("campo@example.com", "ana@example.com"));
    assert_eq!(mails[0].header("Auto-Submitted"), "auto-generated");
    assert!(mails[0].text.contains("Company acme"), "{}", mails[0].text);
    let token = mails[0].token("correo");
    let rows: Vec<(Vec<u8>,)> = stage.app().db.fetch_all("select token from mail_link", ()).await.unwrap();
    assert!(
        rows.iter().all(|row| !String::from_utf8_lossy(&row.0).contains(token.rsplit('_').next().unwrap()))
    );

    for wrong in [String::new(), "x".to_owned(), format!("{token}A"), token.replace("campo_1", "campo_2")] {
        refused(&confirm(&stage, &wrong).await, 403, "link_invalid");
    }
    refused(&stage.set_password(&token, "lago verde sin peces 31").await, 403, "link_invalid");
    refused(
        &Client::new(stage.app(), Some(&token)).get("/v1/session").await.unwrap(),
        401,
        "unauthenticated",
    );
    assert_eq!(state(&ana).await["state"], "unconfirmed");
    done(&confirm(&stage, &token).await, 204);
    let confirmed = state(&ana).await;
    assert_eq!(confirmed["state"], "confirmed");
    assert!(confirmed["confirmed_at"].is_string());
    refused(&confirm(&stage, &token).await, 403, "link_invalid");
    refused(&ana.post("/v1/session/email/link", &json!({})).await.unwrap(), 404, "not_found");

    // The same address again changes nothing
    done(&put(&ana, "/v1/session/email", &change(" ana@example.com ")).await, 200);
    assert_eq!(state(&ana).await["state"], "confirmed");
    let removed = json!({ "email": null, "current": campo_tests::world::PASSWORD });
    assert_eq!(done(&put(&ana, "/v1/session/email", &removed).await, 200), json!({ "sends_mail": true }));
    assert!(stage.arrived().await.is_empty());
}

async fn whoever_manages_users_sets_an_address_and_its_owner_confirms_it(world: World) {
    let mut stage = Stage::new(world).await;
    stage.account.user("ana", &[ViewTasks]).await.unwrap();
    let office = all_mighty(&stage.account).await;
    let path = "/v1/users/code:ana";
    let user = done(&office.get(path).await.unwrap(), 200);
    assert!(user["email"].is_null() && user["email_state"].is_null());
    let version = user["version"].as_i64().unwrap();
    refused(&patch(&office, path, version, &json!({ "email": "ana" })).await, 422, "validation_failed");
    let user = done(&patch(&office, path, version, &json!({ "email": "ana@example.com" })).await, 200);
    assert_eq!(user["email_state"], "unconfirmed");
    let mails = stage.arrived().await;
    done(&confirm(&stage, &mails[0].token("correo")).await, 204);
    let user = done(&office.get(path).await.unwrap(), 200);
    assert_eq!(user["email_state"], "confirmed");
    // What is not about the address leaves it confirmed; another address is not
    let version = user["version"].as_i64().unwrap();
    let user = done(&patch(&office, path, version, &json!({ "name": "Ana María" })).await, 200);
    assert_eq!(user["email_state"], "confirmed");
    let other = json!({ "email": "ana.maria@example.com" });
    let user = done(&patch(&office, path, user["version"].as_i64().unwrap(), &other).await, 200);
    assert_eq!(user["email_state"], "unconfirmed");
    assert_eq!(stage.arrived().await[0].to, "ana.maria@example.com");

    let new = json!({
        "code": "U-2", "name": "Beto", "login": "beto", "profile": "code:ana", "language": "es",
        "email": "beto@example.com"
    });
    let beto = done(&office.post("/v1/users", &new).await.unwrap(), 201);
    assert_eq!(beto["email_state"], "unconfirmed");
    let mails = stage.arrived().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "beto@example.com"));
    assert!(mails[0].text.contains("Confirme que es suya"), "{}", mails[0].text);
}

async fn a_link_is_of_use_for_a_day_and_for_the_address_that_it_went_to(world: World) {
    let mut stage = Stage::new(world).await;
    stage.account.user("ana", &[]).await.unwrap();
    let ana = stage.session("ana").await;
    done(&put(&ana, "/v1/session/email", &change("ana@example.com")).await, 200);
    let first = stage.arrived().await[0].token("correo");
    done(&put(&ana, "/v1/session/email", &change("eva@example.com")).await, 200);
    refused(&confirm(&stage, &first).await, 403, "link_invalid");
    let second = stage.arrived().await[0].token("correo");
    stage.app().environment.advance(24 * HOUR_US);
    refused(&confirm(&stage, &second).await, 403, "link_invalid");
    let ana = stage.session("ana").await;
    done(&ana.post("/v1/session/email/link", &json!({})).await.unwrap(), 202);
    let third = stage.arrived().await[0].token("correo");
    stage.app().environment.advance(24 * HOUR_US - SECOND_US);
    done(&confirm(&stage, &third).await, 204);
}

async fn an_address_is_changed_by_whoever_knows_the_password(world: World) {
    let mut stage = Stage::new(world).await;
    stage.account.user("ana", &[]).await.unwrap();
    let ana = stage.session("ana").await;
    let wrong = json!({ "email": "eva@example.com", "current": "a wrong password" });
    refused(&put(&ana, "/v1/session/email", &wrong).await, 401, "credentials_wrong");
    let key = all_mighty(&stage.account).await;
    refused(&put(&key, "/v1/session/email", &change("eva@example.com")).await, 403, "forbidden");
    assert!(stage.arrived().await.is_empty());
    assert_eq!(state(&ana).await, json!({ "sends_mail": true }));
}

async fn links_to_one_user_are_few_in_an_hour(world: World) {
    let mut stage = Stage::new(world).await;
    stage.account.user("ana", &[]).await.unwrap();
    let ana = stage.session("ana").await;
    done(&put(&ana, "/v1/session/email", &change("ana@example.com")).await, 200);
    for _ in 0..4 {
        done(&ana.post("/v1/session/email/link", &json!({})).await.unwrap(), 202);
    }
    refused(&ana.post("/v1/session/email/link", &json!({})).await.unwrap(), 429, "too_many_requests");
    assert_eq!(stage.arrived().await.len(), 5);
    stage.app().environment.advance(HOUR_US);
    done(&ana.post("/v1/session/email/link", &json!({})).await.unwrap(), 202);
}

async fn without_mail_an_address_is_kept_and_stays_unconfirmed(world: World) {
    let account = world.account("acme").await.unwrap();
    account.user("ana", &[ManageUsers]).await.unwrap();
    let ana = Client::new(&world.app, Some(&account.session("ana").await.unwrap()));
    let changed = done(&put(&ana, "/v1/session/email", &change("ana@example.com")).await, 200);
    let kept = json!({ "email": "ana@example.com", "state": "no_mail", "sends_mail": false });
    assert_eq!((&changed, &state(&ana).await), (&kept, &kept));
    refused(&ana.post("/v1/session/email/link", &json!({})).await.unwrap(), 409, "mail_not_set");
    let user = done(&ana.get("/v1/users/code:ana").await.unwrap(), 200);
    assert_eq!(user["email_state"], "no_mail");
    let queued: (i64,) = world.app.db.fetch_one("select count(*) from mail", ()).await.unwrap();
    assert_eq!(queued.0, 0);
}

async fn no_name_begins_a_header(world: World) {
    let mut stage = Stage::new(world).await;
    stage.account.user("ana", &[]).await.unwrap();
    let attack = "Ana\r\nBcc: eva@example.com\r\nSubject: x\r\n\r\nhttps://eva.example.com";
    let mut tx = stage.app().db.begin().await.unwrap();
    tx.execute("update account_user set name = $2 where account = $1", (stage.account.id, attack))
        .await
        .unwrap();
    tx.execute("update account set name = $2 where id = $1", (stage.account.id, attack)).await.unwrap();
    tx.commit().await.unwrap();
    let ana = stage.session("ana").await;
    for email in ["ana@example.com\r\nBcc: eva@example.com", "\"a\r\nRCPT TO:<eva@example.com>\"@example.com"]
    {
        refused(&put(&ana, "/v1/session/email", &change(email)).await, 422, "validation_failed");
    }
    done(&put(&ana, "/v1/session/email", &change("ana@example.com")).await, 200);
    let mails = stage.arrived().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "ana@example.com"));
    let names: Vec<&str> = mails[0].headers.iter().map(|(name, _)| name.as_str()).collect();
    assert!(!names.contains(&"Bcc"), "{names:?}");
    assert_eq!(names.iter().filter(|name| **name == "Subject").count(), 1, "{names:?}");
    assert!(!mails[0].text.lines().any(|line| line.starts_with("Bcc") || line.starts_with("https://eva")));
}

async fn while_the_server_is_down_nothing_is_lost_and_health_says_so(world: World) {
    let mut stage = Stage::new(world).await;
    stage.account.user("ana", &[]).await.unwrap();
    let ana = stage.session("ana").await;
    let finding = async |stage: &Stage| {
        let report = report(stage.app()).await;
        report.subsystems.into_iter().find(|finding| finding.name == "mail").unwrap()
    };
    assert_eq!(finding(&stage).await.status, Status::Ok);
    stage.server.down();
    done(&put(&ana, "/v1/session/email", &change("ana@example.com")).await, 200);
    for _ in 0..5 {
        stage.send().await;
        stage.app().environment.advance(60 * SECOND_US);
    }
    let wrong = finding(&stage).await;
    assert_eq!((wrong.status, wrong.fault), (Status::Degraded, Some(Fault::Operator)));
    assert_eq!((wrong.reason, wrong.oldest_undone_s), (Some("server_fails"), Some(300)));
    stage.server.up().await;
    stage.app().environment.advance(300 * SECOND_US);
    let mails = stage.arrived().await;
    assert_eq!(mails.len(), 1);
    done(&confirm(&stage, &mails[0].token("correo")).await, 204);
    assert_eq!(finding(&stage).await.status, Status::Ok);
    assert!(stage.arrived().await.is_empty(), "it is sent once");
}

async fn what_is_refused_for_good_is_not_tried_again_and_what_comes_later_is(world: World) {
    let mut stage = Stage::new(world).await;
    for (login, email) in
        [("ana", "refused@example.com"), ("beto", "later@example.com"), ("eva", "eva@example.com")]
    {
        stage.account.user(login, &[]).await.unwrap();
        let session = stage.session(login).await;
        done(&put(&session, "/v1/session/email", &change(email)).await, 200);
    }
    let mails = stage.arrived().await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["eva@example.com"]);
    let rows: Vec<(Option<i64>, Option<String>)> = stage
        .app()
        .db
        .fetch_all("select due_us, problem from mail where sent_us is null order by problem", ())
        .await
        .unwrap();
    let rows: Vec<_> = rows.iter().map(|(due_us, problem)| (due_us.is_some(), problem.as_deref())).collect();
    assert_eq!(rows, [(true, Some("not_taken")), (false, Some("refused"))]);
}

async fn the_mails_of_an_account_are_bounded(world: World) {
    let mut stage = Stage::new(world).await;
    let bounded = |stage: &mut Stage, account_mails: i64| {
        let mut settings = Settings::new("127.0.0.1", stage.server.port(), Security::None, sender());
        settings.account_mails = account_mails;
        set(&mut stage.account.app, settings);
    };
    bounded(&mut stage, 2);
    for login in ["a", "b", "c"] {
        stage.account.user(login, &[]).await.unwrap();
        let session = stage.session(login).await;
        done(&put(&session, "/v1/session/email", &change(&format!("{login}@example.com"))).await, 200);
    }
    assert_eq!(stage.arrived().await.len(), 2);
    stage.app().environment.advance(2 * HOUR_US);
    assert_eq!(stage.arrived().await.len(), 0);
    bounded(&mut stage, 3);
    stage.app().environment.advance(HOUR_US);
    assert_eq!(stage.arrived().await.len(), 1, "it waited");
}

async fn a_removed_user_leaves_no_address(world: World) {
    let mut stage = Stage::new(world).await;
    stage.confirmed("ana", &[]).await;
    let office = all_mighty(&stage.account).await;
    let user = done(&office.get("/v1/users/code:ana").await.unwrap(), 200);
    let version = user["version"].as_i64().unwrap();
    done(&crate::identity::delete(&office, "/v1/users/code:ana", version).await, 204);
    let left: (i64,) = stage
        .app()
        .db
        .fetch_one("select count(*) from account_user where email is not null", ())
        .await
        .unwrap();
    assert_eq!(left.0, 0);
}

/// A certificate for `localhost` and its key, as files.
fn certificate(folder: &std::path::Path) -> (String, String, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (pem, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let (certificate, key_file) = (folder.join("mail.pem"), folder.join("mail.key"));
    fs::write(&certificate, &pem).unwrap();
    fs::write(&key_file, key).unwrap();
    (pem, certificate.display().to_string(), key_file.display().to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_goes_by_tls_to_a_server_that_is_trusted_and_to_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (pem, certificate, key) = certificate(folder.path());
    for (security, how) in [(Security::StartTls, "--start-tls"), (Security::Tls, "--tls")] {
        let mut stage = Stage::new(World::sqlite().await.unwrap()).await;
        let given =
            ["--certificate", &certificate, "--key", &key, how, "--user", "campo", "--password", "geheim"];
        stage.server = MailServer::start(&given).await;
        let settings = Settings::new("localhost", stage.server.port(), security, sender());
        stage.account.user("ana", &[]).await.unwrap();
        let ana = stage.session("ana").await;
        let mut app = stage.app().clone();
        set(&mut app, settings.clone());
        stage.account.app = app.clone();
        done(&put(&ana, "/v1/session/email", &change("ana@example.com")).await, 200);
        assert!(stage.arrived().await.is_empty(), "{how}: nobody trusts it");
        for (password, arrives) in [("wrong", 0), ("geheim", 1)] {
            let mut settings = settings.clone();
            settings.authority = Some(pem.clone());
            settings.credentials = Some(("campo".to_owned(), password.to_owned().into()));
            set(&mut app, settings);
            stage.account.app = app.clone();
            app.environment.advance(300 * SECOND_US);
            let mails = stage.arrived().await;
            assert_eq!(mails.len(), arrives, "{how} {password}");
            assert!(mails.iter().all(|mail| mail.tls && mail.login), "{how}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_tls_is_not_given_anything_where_tls_is_asked_for() {
    let mut stage = Stage::new(World::sqlite().await.unwrap()).await;
    let mut app = stage.app().clone();
    set(&mut app, Settings::new("127.0.0.1", stage.server.port(), Security::StartTls, sender()));
    stage.account.app = app;
    stage.account.user("ana", &[]).await.unwrap();
    let ana = stage.session("ana").await;
    done(&put(&ana, "/v1/session/email", &change("ana@example.com")).await, 200);
    assert!(stage.arrived().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_server_sends_what_its_settings_say() {
    let mut mail = MailServer::start(&[]).await;
    let world = World::sqlite().await.unwrap();
    let account = world.account("acme").await.unwrap();
    account.user("ana", &[]).await.unwrap();
    let port = mail.port().to_string();
    let settings = [
        ("CAMPO_SMTP_HOST", "127.0.0.1"),
        ("CAMPO_SMTP_PORT", port.as_str()),
        ("CAMPO_SMTP_SECURITY", "none"),
        ("CAMPO_SMTP_SENDER", "Campo <campo@example.com>"),
        ("CAMPO_PUBLIC_URL", PUBLIC),
    ];
    let server = world.process(&settings).await.unwrap();
    let client = reqwest::Client::new();
    let bearer = account.session("ana").await.unwrap();
    let address = format!("{}/v1/session/email", server.url());
    let answer =
        client.put(address).bearer_auth(bearer).json(&change("ana@example.com")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let waited = campo_tests::wait::until("the mail", std::time::Duration::from_secs(30), async || {
        Ok(mail.take().pop())
    });
    assert_eq!(waited.await.unwrap().to, "ana@example.com");
}

#[test]
fn settings_that_lack_something_are_refused() {
    let load = |variables: &[(&str, &str)]| {
        let all = variables.iter().map(|(name, value)| (name.into(), value.into()));
        let config = Config::load(None, all.collect::<Vec<_>>()).map_err(|errors| errors.to_string())?;
        Settings::load(&config).map(|settings| settings.is_some()).map_err(|error| error.to_string())
    };
    let host = ("CAMPO_SMTP_HOST", "mail.example.com");
    let sender = ("CAMPO_SMTP_SENDER", "campo@example.com");
    let (user, password) = (("CAMPO_SMTP_USER", "campo"), ("CAMPO_SMTP_PASSWORD", "hunter2"));
    assert_eq!(load(&[]), Ok(false));
    assert_eq!(load(&[host, sender]), Ok(true));
    assert_eq!(load(&[host, sender, user, password]), Ok(true));
    for (wrong, named) in [
        (&[host][..], "smtp_sender"),
        (&[host, sender, user], "smtp_password"),
        (&[host, sender, password], "smtp_user"),
        (&[("CAMPO_SMTP_HOST", "mail\r\nx")], "CAMPO_SMTP_HOST"),
        (&[("CAMPO_SMTP_SENDER", "Campo\r\nBcc: eva@example.com <campo@example.com>")], "CAMPO_SMTP_SENDER"),
        (&[("CAMPO_SMTP_SECURITY", "ssl")], "CAMPO_SMTP_SECURITY"),
    ] {
        let refused = load(wrong).unwrap_err();
        assert!(refused.contains(named) && !refused.contains("hunter2"), "{refused}");
    }
}
