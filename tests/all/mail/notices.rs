//! Notices by mail: to whom, how often, and in which language.

use campo_server::{
    access::PermissionName::{ManageChannels, ManageExchange, ViewTasks},
    notices::{self, Told, kinds::FILE_PARKED},
};
use campo_tests::{on_both, world::World};
use serde_json::json;

use super::{HOUR_US, SECOND_US, Stage};
use crate::identity::{all_mighty, done, patch};

on_both! {
    a_notice_is_told_by_mail_to_those_who_may_see_it,
    there_is_one_mail_per_cause_and_hour,
    what_is_done_with_is_not_told_any_more,
    what_happened_while_the_server_was_down_is_told_when_it_is_back,
}

async fn happens(stage: &Stage, cause: &str, file: &str) {
    let app = stage.app();
    let mut tx = app.db.begin().await.unwrap();
    let detail =
        [("file", file.to_owned()), ("intake", "x".to_owned()), ("reason", "Falta una columna.".to_owned())];
    let told = Told { kind: FILE_PARKED, subject: None, cause: cause.to_owned(), detail: detail.into() };
    let row = (stage.account.id, app.environment.uuid(), app.environment.now_us());
    notices::tell_in(&mut tx, row, told).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_notice_is_told_by_mail_to_those_who_may_see_it(world: World) {
    let mut stage = Stage::new(world).await;
    stage.confirmed("ana", &[ManageExchange]).await;
    stage.confirmed("beto", &[ManageChannels, ViewTasks]).await;
    stage.confirmed("rosa", &[ManageExchange]).await;
    stage.confirmed("off", &[ManageExchange]).await;
    stage.account.user("eva", &[ManageExchange]).await.unwrap();
    let office = all_mighty(&stage.account).await;
    for (user, change) in [("rosa", json!({ "language": "en" })), ("off", json!({ "state": "disabled" }))] {
        let path = format!("/v1/users/code:{user}");
        let version = done(&office.get(&path).await.unwrap(), 200)["version"].as_i64().unwrap();
        done(&patch(&office, &path, version, &change).await, 200);
    }
    happens(&stage, "in", "tareas.xlsx").await;
    let mut mails = stage.arrived().await;
    mails.sort_by(|a, b| a.to.cmp(&b.to));
    let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["ana@example.com", "rosa@example.com"]);
    assert!(mails[0].text.contains("El archivo «tareas.xlsx» espera"), "{}", mails[0].text);
    assert!(mails[0].text.contains("Falta una columna.") && mails[0].text.contains("/bandeja"));
    assert!(mails[1].text.contains("The file “tareas.xlsx” waits"), "{}", mails[1].text);
    assert_eq!(mails[1].header("Subject"), "Company acme: File waits");
    assert!(stage.arrived().await.is_empty());
}

async fn there_is_one_mail_per_cause_and_hour(world: World) {
    let mut stage = Stage::new(world).await;
    stage.confirmed("ana", &[ManageExchange]).await;
    happens(&stage, "in", "1.xlsx").await;
    assert_eq!(stage.arrived().await.len(), 1);
    let office = all_mighty(&stage.account).await;
    for minute in 1..60 {
        stage.app().environment.advance(60 * SECOND_US);
        happens(&stage, "in", &format!("{minute}.xlsx")).await;
        if minute == 30 {
            // Done with, and it comes again: still the same cause
            let list = done(&office.get("/v1/notices").await.unwrap(), 200);
            let path = format!("/v1/notices/{}/done", list["items"][0]["id"].as_str().unwrap());
            done(&office.post(&path, &json!({})).await.unwrap(), 200);
        }
        assert!(stage.arrived().await.is_empty(), "{minute}");
    }
    happens(&stage, "out", "other.xlsx").await;
    assert_eq!(stage.arrived().await.len(), 1, "another cause");
    stage.app().environment.advance(60 * SECOND_US);
    let mails = stage.arrived().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("59.xlsx") && mails[0].text.contains("29 veces"), "{}", mails[0].text);
    stage.app().environment.advance(2 * HOUR_US);
    assert!(stage.arrived().await.is_empty(), "it did not happen again");
}

async fn what_is_done_with_is_not_told_any_more(world: World) {
    let mut stage = Stage::new(world).await;
    stage.confirmed("ana", &[ManageExchange]).await;
    stage.server.down();
    happens(&stage, "in", "1.xlsx").await;
    stage.send().await;
    let office = all_mighty(&stage.account).await;
    let list = done(&office.get("/v1/notices").await.unwrap(), 200);
    let path = format!("/v1/notices/{}/done", list["items"][0]["id"].as_str().unwrap());
    done(&office.post(&path, &json!({})).await.unwrap(), 200);
    stage.server.up().await;
    stage.app().environment.advance(HOUR_US);
    assert!(stage.arrived().await.is_empty());
    let waits: (i64,) =
        stage.app().db.fetch_one("select count(*) from mail where due_us is not null", ()).await.unwrap();
    assert_eq!(waits.0, 0);
}

async fn what_happened_while_the_server_was_down_is_told_when_it_is_back(world: World) {
    let mut stage = Stage::new(world).await;
    stage.confirmed("ana", &[ManageExchange]).await;
    stage.server.down();
    for cause in ["a", "b", "c"] {
        happens(&stage, cause, cause).await;
        stage.send().await;
        stage.app().environment.advance(HOUR_US);
    }
    stage.app().environment.advance(48 * HOUR_US);
    stage.server.up().await;
    assert_eq!(stage.arrived().await.len(), 3);
}
