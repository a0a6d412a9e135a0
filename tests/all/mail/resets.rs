//! Passwords that were forgotten.

use campo_tests::{
    api::Client,
    on_both,
    world::{PASSWORD, World},
};
use serde_json::json;

use super::{HOUR_US, SECOND_US, Stage, change, link};
use crate::identity::{all_mighty, done, problem, put, refused};

on_both! {
    a_forgotten_password_is_set_anew_by_a_link_once,
    nobody_learns_which_names_there_are,
    a_link_to_set_a_password_is_over_after_an_hour_and_with_what_it_stood_for,
    links_go_to_confirmed_addresses_alone,
    without_mail_a_password_is_set_by_whoever_manages_users,
}

const NEW: &str = "lago verde sin peces 31";

async fn a_forgotten_password_is_set_anew_by_a_link_once(world: World) {
    let mut stage = Stage::new(world).await;
    stage.confirmed("ana", &[]).await;
    let ana = stage.session("ana").await;
    done(&stage.password_reset(" ANA ").await, 202);
    let mails = stage.arrived().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "ana@example.com"));
    let token = mails[0].token("clave");
    refused(
        &put(&stage.nobody(), "/v1/email-confirmation", &json!({ "token": token })).await,
        403,
        "link_invalid",
    );
    // The rules of every password hold, and what is refused does not use the link up
    for weak in ["1234567", "password", "ana"] {
        let answer = stage.set_password(&token, weak).await;
        refused(&answer, 422, "validation_failed");
        assert!(!answer.json().to_string().contains(&token));
    }
    done(&ana.get("/v1/session").await.unwrap(), 200);
    done(&stage.set_password(&token, NEW).await, 204);
    refused(&ana.get("/v1/session").await.unwrap(), 401, "unauthenticated");
    refused(&stage.set_password(&token, "otro lago sin peces 32").await, 403, "link_invalid");
    let log_in = async |password: &str| {
        stage.nobody().post("/v1/session", &json!({ "login": "ana", "password": password })).await.unwrap()
    };
    refused(&log_in(PASSWORD).await, 401, "credentials_wrong");
    let session = done(&log_in(NEW).await, 201);
    assert_eq!(session["must_change_password"], false);
    let own = Client::new(stage.app(), session["token"].as_str());
    assert_eq!(done(&own.get("/v1/session/email").await.unwrap(), 200)["state"], "confirmed");
}

async fn nobody_learns_which_names_there_are(world: World) {
    let mut stage = Stage::new(world).await;
    stage.confirmed("ana", &[]).await;
    let (known, unknown) = (stage.password_reset("ana").await, stage.password_reset("nobody").await);
    assert_eq!((known.status, known.body), (unknown.status, unknown.body));
    assert_eq!(known.status, 202);
    // Each ask counts, of whichever name; others are not kept out by it
    for login in ["ana", "nobody"] {
        let mut answers = Vec::new();
        for _ in 0..5 {
            answers.push(problem(&stage.password_reset(login).await));
        }
        assert_eq!(answers.pop().unwrap(), (429, "too_many_requests".to_owned()), "{login}");
        assert!(answers.iter().all(|answer| answer.0 == 202), "{login}: {answers:?}");
    }
    done(&stage.password_reset("eva").await, 202);
    // What was sent to confirm the address counts for the bound of one user, too
    assert_eq!(stage.arrived().await.len(), 4);
}

async fn a_link_to_set_a_password_is_over_after_an_hour_and_with_what_it_stood_for(world: World) {
    let mut stage = Stage::new(world).await;
    stage.confirmed("ana", &[]).await;
    let ask = async |stage: &mut Stage| {
        stage.app().environment.advance(2 * HOUR_US);
        done(&stage.password_reset("ana").await, 202);
        stage.arrived().await.pop().unwrap().token("clave")
    };
    let token = ask(&mut stage).await;
    stage.app().environment.advance(HOUR_US);
    refused(&stage.set_password(&token, NEW).await, 403, "link_invalid");
    // Two links: the second one's password ends the first
    let first = ask(&mut stage).await;
    stage.app().environment.advance(60 * SECOND_US);
    done(&stage.password_reset("ana").await, 202);
    let second = stage.arrived().await.pop().unwrap().token("clave");
    done(&stage.set_password(&second, NEW).await, 204);
    refused(&stage.set_password(&first, "otro lago sin peces 32").await, 403, "link_invalid");
    // Another password by whoever manages users, another address, a user who is disabled
    let office = all_mighty(&stage.account).await;
    let path = "/v1/users/code:ana";
    let version = async || done(&office.get(path).await.unwrap(), 200)["version"].as_i64().unwrap();
    let token = ask(&mut stage).await;
    let given = json!({ "password": PASSWORD });
    done(&put(&office, "/v1/users/code:ana/password", &given).await, 200);
    refused(&stage.set_password(&token, NEW).await, 403, "link_invalid");
    let token = ask(&mut stage).await;
    let now = version().await;
    done(&crate::identity::patch(&office, path, now, &json!({ "state": "disabled" })).await, 200);
    refused(&stage.set_password(&token, NEW).await, 403, "link_invalid");
    stage.app().environment.advance(2 * HOUR_US);
    done(&stage.password_reset("ana").await, 202);
    assert!(stage.arrived().await.is_empty());
    let now = version().await;
    done(&crate::identity::patch(&office, path, now, &json!({ "state": "enabled" })).await, 200);
    let token = ask(&mut stage).await;
    let now = version().await;
    done(&crate::identity::patch(&office, path, now, &json!({ "email": "eva@example.com" })).await, 200);
    refused(&stage.set_password(&token, NEW).await, 403, "link_invalid");
}

async fn links_go_to_confirmed_addresses_alone(world: World) {
    let mut stage = Stage::new(world).await;
    stage.account.user("ana", &[]).await.unwrap();
    done(&stage.password_reset("ana").await, 202);
    assert!(stage.arrived().await.is_empty());
    let ana = stage.session("ana").await;
    done(&put(&ana, "/v1/session/email", &change("ana@example.com")).await, 200);
    assert_eq!(stage.arrived().await.len(), 1, "the one to confirm it");
    done(&stage.password_reset("ana").await, 202);
    assert!(stage.arrived().await.is_empty());
    let token = link(&stage.account, "beto", false).await;
    done(&stage.set_password(&token, NEW).await, 204);
}

async fn without_mail_a_password_is_set_by_whoever_manages_users(world: World) {
    world.account("acme").await.unwrap();
    let nobody = Client::new(&world.app, None);
    let answer = nobody.post("/v1/password-reset", &json!({ "login": "ana" })).await.unwrap();
    refused(&answer, 409, "mail_not_set");
    assert!(answer.json()["detail"].as_str().unwrap().contains("Whoever manages users"));
}
