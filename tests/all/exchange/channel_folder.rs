//! Events as files: into a folder that `sftp` reads, and to a customer's server.

use axum::http::Method;
use campo_soap::xml::{Strictness, read};
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{
    Site, created,
    peers::Peer,
    remotes::{look_once, remote},
};
use crate::notifications::Sending;

on_both! {
    each_event_is_one_file_in_the_folder_that_sftp_takes_once,
    each_event_is_brought_to_a_customer_s_server_once,
    what_is_wrong_with_a_folder_of_a_channel_is_named,
}

fn channel(to: &Value, more: &Value) -> Value {
    let mut draft = json!({ "code": "carpeta", "name": "Carpeta", "kind": "folder", "folder": to });
    draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    draft
}

async fn until_the_end(site: &Site, sending: &Sending) -> Value {
    sending
        .until_by(50_000, "the end of the log", async || {
            let channel = site.office.get("/v1/channels/code:carpeta").await?.json();
            let progress = &channel["progress"];
            Ok((progress["position"] == progress["last_position"]).then(|| channel.clone()))
        })
        .await
}

async fn each_event_is_one_file_in_the_folder_that_sftp_takes_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let ana = account.employee("ZZ1001").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let to = json!({ "key": "code:acme-erp", "folder": "eventos", "file_name": "{EntryGuid}.xml" });
    let draft = channel(&to, &json!({ "document": { "kind": "office_track" } }));
    let made = created(&site.office.post("/v1/channels", &draft).await.unwrap());
    assert_eq!((&made["kind"], &made["format"]), (&json!("folder"), &json!(4)), "{made}");
    let tested = site.office.call(Method::POST, "/v1/channels/code:carpeta/test", &[], None).await.unwrap();
    assert_eq!(tested.json()["delivered"], true, "{}", tested.json());
    let (went_well, output) = site.sftp("ls -1 out/eventos\n").await;
    let samples = output.matches(".xml").count();
    assert!(went_well && samples == 10, "a document of each kind: {output}");
    let (went_well, output) = site.sftp("rm out/eventos/*\n").await;
    assert!(went_well, "{output}");

    let mut ids = Vec::new();
    for kind in ["shift.start", "break.start", "break.end", "shift.end"] {
        let line = phone.line(kind, "");
        ids.push(phone.send(&[line]).await.unwrap().receipts[0].id.to_string());
    }
    let sending = Sending::start(&world, 7).await;
    until_the_end(&site, &sending).await;
    let (went_well, output) = site.sftp("ls -1 out/eventos\nget out/eventos/*\n").await;
    assert!(went_well, "{output}");
    for (index, id) in ids.iter().enumerate() {
        let path = site.folder.path().join(format!("{id}.xml"));
        assert_eq!(path.exists(), index == 0 || index == 3, "{output}");
    }
    let text = std::fs::read_to_string(site.folder.path().join(format!("{}.xml", ids[3]))).unwrap();
    let entry = read(&text, Strictness::Strict).unwrap();
    assert_eq!((entry.child_text("EntryType"), entry.child_text("EntryGuid")), (Some("22"), Some(&*ids[3])));

    // Sent again from the start: what was taken, and removed, does not come again
    let (went_well, output) = site.sftp("rm out/eventos/*\n").await;
    assert!(went_well, "{output}");
    let from = json!({ "position": made["progress"]["position"] });
    let replay = site.office.post("/v1/channels/code:carpeta/replay", &from).await.unwrap();
    assert!(replay.status.is_success(), "{}", replay.json());
    until_the_end(&site, &sending).await;
    let (_, output) = site.sftp("ls -1 out/eventos\n").await;
    assert!(!output.contains(".xml"), "{output}");

    // A folder that is gone holds the events back
    let key = format!("/v1/keys/{}", site.key);
    assert_eq!(site.delete(&key).await.status, 204);
    let line = phone.line("shift.start", "");
    phone.send(&[line]).await.unwrap();
    let problem = sending
        .until_by(50_000, "the channel to fail", async || {
            let channel = site.office.get("/v1/channels/code:carpeta").await?.json();
            Ok(channel["progress"]["problem"].as_str().map(str::to_owned))
        })
        .await;
    assert_eq!(problem, "destination_missing");
}

async fn each_event_is_brought_to_a_customer_s_server_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let peer = Peer::sshd().await;
    std::fs::create_dir(peer.folder.join("campo")).unwrap();
    remote(&site, &peer, json!({})).await;
    let to = json!({ "remote": "code:sap", "folder": "campo", "file_name": "{fecha:yyyy}_{n}.json" });
    created(&site.office.post("/v1/channels", &channel(&to, &json!({}))).await.unwrap());
    let ana = account.employee("ZZ1001").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    for kind in ["shift.start", "shift.end"] {
        let line = phone.line(kind, "");
        phone.send(&[line]).await.unwrap();
    }
    let sending = Sending::start(&world, 8).await;
    let end = until_the_end(&site, &sending).await;
    look_once(&site).await;
    let names = peer.names("campo");
    // Each entry is told when it is added and when it is complete
    assert_eq!(names.len(), 4, "{names:?} {end}");
    for name in &names {
        let text = std::fs::read_to_string(peer.folder.join("campo").join(name)).unwrap();
        let body: Value = serde_json::from_str(&text).unwrap();
        assert!(name.ends_with(&format!("_{}.json", body["position"])), "{name} {body}");
    }
}

async fn what_is_wrong_with_a_folder_of_a_channel_is_named(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let good = json!({ "key": "code:acme-erp", "file_name": "{id}.json" });
    for (to, more, named) in [
        (json!({ "file_name": "{id}.json" }), json!({}), "/folder/key"),
        (json!({ "key": "code:nobody", "file_name": "{id}.json" }), json!({}), "/folder/key"),
        (json!({ "key": "code:acme-erp", "file_name": "x.json" }), json!({}), "/folder/file_name"),
        (
            json!({ "key": "code:acme-erp", "file_name": "{n}", "folder": "a\\b" }),
            json!({}),
            "/folder/folder",
        ),
        (good.clone(), json!({ "url": "https://erp.example.com" }), "/url"),
        (good.clone(), json!({ "kind": "http", "url": "https://erp.example.com" }), "/folder"),
    ] {
        let answer = site.office.post("/v1/channels", &channel(&to, &more)).await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.json()["faults"][0]["field"]), (422, &json!(named)));
    }
    created(&site.office.post("/v1/channels", &channel(&good, &json!({}))).await.unwrap());
    let patch = json!({ "kind": "http", "folder": null, "url": "https://erp.example.com" });
    let changed = [("if-match", "\"1\"")];
    let answer = site.office.call(Method::PATCH, "/v1/channels/code:carpeta", &changed, Some(&patch)).await;
    assert_eq!(answer.unwrap().json()["faults"][0]["field"], "/kind");
}
