//! OpenSSH's server and vsftpd as customers' servers.

use axum::http::Method;
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{
    Site, created,
    peers::{self, Peer},
    tasks,
};

on_both! {
    files_of_a_customer_s_server_become_tasks_once,
    an_export_is_brought_once_whenever_the_server_dies,
    another_key_stops_everything_until_a_person_accepts_it,
    a_certificate_that_nobody_vouches_for_is_accepted_by_a_person_and_files_go_both_ways,
    a_password_is_never_shown_and_never_sent_elsewhere,
}

pub(super) async fn remote(site: &Site, peer: &Peer, more: Value) -> String {
    let mut draft = json!({
        "code": "sap", "name": "SAP", "protocol": "sftp", "host": "127.0.0.1", "port": peer.port, "user": peers::user(),
        "private_key": peer.private_key(), "folder": peer.folder.display().to_string(),
    });
    draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = created(&site.office.post("/v1/remotes", &draft).await.unwrap());
    assert!(!made.to_string().contains("PRIVATE KEY") && made["has_private_key"] == true, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// Looks at the server so often that what was seen at one look is taken at the next.
pub(super) async fn look(site: &Site) {
    for _ in 0..2 {
        look_once(site).await;
    }
}

pub(super) async fn look_once(site: &Site) {
    let asked = site.office.post("/v1/remotes/code:sap/look", &json!({})).await.unwrap();
    assert_eq!(asked.status, 202, "{}", asked.json());
    site.work_off().await;
}

pub(super) async fn shown(site: &Site) -> Value {
    site.office.get("/v1/remotes/code:sap").await.unwrap().json()
}

async fn notices(site: &Site) -> Vec<String> {
    let notices = site.office.get("/v1/notices").await.unwrap().json();
    notices["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
}

async fn files_of_a_customer_s_server_become_tasks_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    for folder in ["keep", "delete", "move", "marker"] {
        let more = if folder == "marker" { json!({ "complete": "marker" }) } else { json!({}) };
        site.intake(folder, folder, "*.csv", more).await;
    }
    let peer = Peer::sshd().await;
    let fetch = |folder: &str, then: &str| json!({ "folder": folder, "into": folder, "then": then, "move_to": "old" });
    let fetches = [("keep", "keep"), ("delete", "delete"), ("move", "move"), ("marker", "delete")]
        .map(|(f, t)| fetch(f, t));
    peer.put("old/before.csv", b"x");
    for (index, folder) in ["keep", "delete", "move", "marker"].into_iter().enumerate() {
        peer.put(&format!("{folder}/tareas.csv"), &tasks(10 * index + 1, 3));
        peer.put(&format!("{folder}/more.csv.part"), b"not whole");
    }
    peer.put("marker/tareas.csv.done", b"");
    peer.put("marker/alone.csv", &tasks(90, 1));
    remote(&site, &peer, json!({ "fetches": fetches })).await;
    look_once(&site).await;
    assert_eq!(site.tasks().await, 3, "only what its marker says is whole is taken at the first look");
    look(&site).await;
    assert_eq!(site.tasks().await, 12);
    for _ in 0..2 {
        look(&site).await;
    }
    let received = site.received().await;
    assert!(received.len() == 4 && received.iter().all(|file| file["way"] == "remote"), "{received:?}");
    assert_eq!(peer.names("keep"), ["more.csv.part", "tareas.csv"]);
    assert_eq!(peer.names("delete"), ["more.csv.part"]);
    assert_eq!(peer.names("move"), ["more.csv.part"]);
    assert_eq!(peer.names("old"), ["before.csv", "tareas.csv"]);
    assert_eq!(peer.names("marker"), ["alone.csv", "more.csv.part"]);
    let remote = shown(&site).await;
    assert!(remote["problem"].is_null() && remote["reached_at"].is_string(), "{remote}");
    assert!(remote["accepted_fingerprint"].as_str().unwrap().starts_with("SHA256:"), "{remote}");

    // Another file under a name that was taken before
    peer.put("keep/tareas.csv", &tasks(1, 5));
    peer.put("delete/tareas.csv", &tasks(11, 4));
    look(&site).await;
    assert_eq!(site.tasks().await, 15);
    assert_eq!(site.received().await.len(), 6);

    // The server is gone, hangs or is another one: nothing is lost, and somebody is told
    let mut peer = peer;
    peer.stop();
    for _ in 0..3 {
        look_once(&site).await;
    }
    let remote = shown(&site).await;
    assert_eq!(remote["problem"]["step"], "connection", "{remote}");
    assert!(notices(&site).await.contains(&"remote_failed".to_owned()));
    peer.start_again().await;
    look(&site).await;
    assert!(shown(&site).await["problem"].is_null());
}

pub(super) async fn export(site: &Site, more: Value) -> String {
    let mut export = json!({
        "code": "t", "name": "Tareas", "what": "tasks", "format": "csv", "file_name": "TAREAS.csv", "folder": "in",
        "remote": "code:sap", "empty_files": true,
        "columns": [{ "heading": "Número", "field": "external_number" }],
    });
    export.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    created(&site.office.post("/v1/exports", &export).await.unwrap())["id"].as_str().unwrap().to_owned()
}

pub(super) async fn run(site: &Site) -> Value {
    let begun = site.office.post("/v1/exports/code:t/runs", &json!({})).await.unwrap();
    assert_eq!(begun.status, 202, "{}", begun.json());
    site.work_off().await;
    site.office.get(begun.header("location")).await.unwrap().json()
}

pub(super) async fn content(site: &Site, run: &Value) -> Vec<u8> {
    let path = format!("/v1/export-runs/{}/content", run["id"].as_str().unwrap());
    site.office.get(&path).await.unwrap().body
}

async fn an_export_is_brought_once_whenever_the_server_dies(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let mut peer = Peer::sshd().await;
    std::fs::create_dir(peer.folder.join("in")).unwrap();
    let id = remote(&site, &peer, json!({})).await;
    export(&site, json!({})).await;
    let first = run(&site).await;
    assert!(first["delivered_at"].is_string(), "{first}");
    let read = |peer: &Peer, name: &str| std::fs::read(peer.folder.join("in").join(name)).unwrap();
    assert_eq!(read(&peer, "TAREAS.csv"), content(&site, &first).await);

    // What the customer did not take is never written over
    let second = run(&site).await;
    assert!(second["delivered_at"].is_string(), "{second}");
    assert_eq!(peer.names("in"), ["TAREAS.csv", "TAREAS_2.csv"]);

    // Dead before the rename: the part is renamed. Dead after it, and taken by the customer: nothing comes again
    let db = &account.app.db;
    let (account_id, remote_id) = (account.id, id.parse::<uuid::Uuid>().unwrap());
    let again = async |state: &str, number: i64| {
        let (delivery,): (uuid::Uuid,) = db
            .fetch_one(
                "select d.id from export_delivery d join export_run r on r.account = d.account and r.id = d.run \
                 where d.account = $1 and d.remote = $2 and r.number = $3",
                (account_id, remote_id, number),
            )
            .await
            .unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.execute(
            "update export_delivery set state = $3, delivered_us = null where account = $1 and id = $2",
            (account_id, delivery, state),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        format!("TAREAS.csv.{}.part", &delivery.simple().to_string()[24..])
    };
    std::fs::remove_file(peer.folder.join("in/TAREAS.csv")).unwrap();
    std::fs::remove_file(peer.folder.join("in/TAREAS_2.csv")).unwrap();
    let part = again("renaming", 1).await;
    peer.put(&format!("in/{part}"), &content(&site, &first).await);
    again("renaming", 2).await;
    // Half of it came before: it is written anew
    run(&site).await;
    let part = again("waiting", 3).await;
    std::fs::remove_file(peer.folder.join("in/TAREAS_3.csv")).unwrap();
    peer.put(&format!("in/{part}"), b"hal");
    look_once(&site).await;
    assert_eq!(peer.names("in"), ["TAREAS.csv", "TAREAS_3.csv"]);
    assert_eq!(read(&peer, "TAREAS.csv"), content(&site, &first).await);
    assert_eq!(shown(&site).await["waiting"], 0);

    // While the server is away it waits
    peer.stop();
    let waiting = run(&site).await;
    assert!(waiting["delivered_at"].is_null(), "{waiting}");
    assert_eq!(shown(&site).await["waiting"], 1);
    peer.start_again().await;
    look_once(&site).await;
    assert_eq!(peer.names("in"), ["TAREAS.csv", "TAREAS_3.csv", "TAREAS_4.csv"]);
}

async fn another_key_stops_everything_until_a_person_accepts_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    let mut peer = Peer::sshd().await;
    peer.put("out/a.csv", &tasks(1, 1));
    remote(&site, &peer, json!({ "fetches": [{ "folder": "out" }] })).await;
    look(&site).await;
    assert_eq!(site.tasks().await, 1);
    let accepted = shown(&site).await["accepted_fingerprint"].clone();
    peer.with_another_key().await;
    peer.put("out/b.csv", &tasks(2, 1));
    look_once(&site).await;
    let remote = shown(&site).await;
    assert_eq!(remote["problem"]["cause"], "changed_identity", "{remote}");
    assert!(remote["problem"]["text"].as_str().unwrap().contains("accept"), "{remote}");
    assert_eq!((&remote["accepted_fingerprint"], &remote["next_at"]), (&accepted, &Value::Null));
    assert!(notices(&site).await.contains(&"remote_key_changed".to_owned()));
    let asked = site.office.post("/v1/remotes/code:sap/look", &json!({})).await.unwrap();
    assert_eq!(asked.status, 409);
    let accept = async |fingerprint: &Value| {
        let body = json!({ "fingerprint": fingerprint });
        site.office.post("/v1/remotes/code:sap/accept", &body).await.unwrap().status.as_u16()
    };
    assert_eq!(accept(&json!("SHA256:other")).await, 409);
    assert_eq!(accept(&remote["offered_fingerprint"]).await, 204);
    look(&site).await;
    assert_eq!(site.tasks().await, 2);
    assert_eq!(shown(&site).await["accepted_fingerprint"], remote["offered_fingerprint"]);
}

async fn a_certificate_that_nobody_vouches_for_is_accepted_by_a_person_and_files_go_both_ways(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    let peer = Peer::vsftpd(true).await;
    peer.put("out/órdenes.csv", &tasks(1, 1));
    std::fs::create_dir(peer.folder.join("in")).unwrap();
    let draft = json!({
        "code": "sap", "name": "SAP", "protocol": "ftps", "host": "localhost", "port": peer.port, "user": "anonymous",
        "password": "x@example.com", "fetches": [{ "folder": "out", "then": "delete" }],
    });
    created(&site.office.post("/v1/remotes", &draft).await.unwrap());
    let trial = async |write: bool| {
        let body = json!({ "write": write });
        let answer = site.office.post("/v1/remotes/code:sap/test", &body).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()
    };
    let tried = trial(false).await;
    assert_eq!(
        (&tried["went_well"], &tried["problem"]["cause"]),
        (&json!(false), &json!("unknown_identity"))
    );
    let body = json!({ "fingerprint": tried["fingerprint"] });
    assert_eq!(site.office.post("/v1/remotes/code:sap/accept", &body).await.unwrap().status, 204);
    let tried = trial(true).await;
    let steps: Vec<_> =
        tried["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(tried["went_well"], true, "{tried}");
    assert_eq!(steps, ["log_in", "list", "write", "rename", "remove"]);
    look(&site).await;
    assert_eq!((site.tasks().await, peer.names("out").len()), (1, 0));
    export(&site, json!({})).await;
    let made = run(&site).await;
    assert!(made["delivered_at"].is_string(), "{made}");
    assert_eq!(std::fs::read(peer.folder.join("in/TAREAS.csv")).unwrap(), content(&site, &made).await);
}

async fn a_password_is_never_shown_and_never_sent_elsewhere(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let draft = json!({
        "code": "sap", "name": "SAP", "protocol": "ftp", "host": "ftp.example.com", "user": "campo",
        "password": "hunter2 is secret",
    });
    let made = site.office.post("/v1/remotes", &draft).await.unwrap();
    assert_eq!(made.status, 201, "{}", made.json());
    let listed = site.office.get("/v1/remotes").await.unwrap();
    for answer in [&made, &listed] {
        assert!(!String::from_utf8_lossy(&answer.body).contains("hunter2"));
    }
    let mut wrong = draft.clone();
    wrong["password"] = json!(["hunter2"]);
    let refused = site.office.post("/v1/remotes", &wrong).await.unwrap();
    assert_eq!((refused.status.as_u16(), &refused.json()["faults"][0]["field"]), (422, &json!("/password")));
    assert!(!String::from_utf8_lossy(&refused.body).contains("hunter2"));
    let patch = async |body: Value| {
        let path = "/v1/remotes/code:sap";
        let version = site.office.get(path).await.unwrap().header("etag").to_owned();
        site.office.call(Method::PATCH, path, &[("if-match", &version)], Some(&body)).await.unwrap()
    };
    for body in
        [json!({ "host": "evil.example.com" }), json!({ "port": 2121 }), json!({ "protocol": "ftps" })]
    {
        let refused = patch(body).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["faults"][0]["field"]),
            (422, &json!("/password"))
        );
    }
    assert_eq!(patch(json!({ "name": "Otro" })).await.json()["has_password"], true);
    assert_eq!(patch(json!({ "port": 2121, "password": "other" })).await.status, 200);
    for (field, value, named) in [
        ("host", json!("ftp://x"), "/host"),
        ("port", json!(0), "/port"),
        ("user", json!("a\nb"), "/user"),
        ("folder", json!("a/../../etc"), "/folder"),
        ("schedule", json!("every day"), "/schedule"),
        ("password", json!(null), "/password"),
        ("fetches", json!([{ "into": "a\\b" }]), "/fetches/0/into"),
        ("fetches", json!([{ "then": "move" }]), "/fetches/0/move_to"),
        ("fetches", json!([{ "folder": "x", "then": "move", "move_to": "/x" }]), "/fetches/0/move_to"),
    ] {
        let mut body = draft.clone();
        (body["code"], body[field]) = (json!("other"), value);
        let refused = site.office.post("/v1/remotes", &body).await.unwrap();
        let fault = refused.json()["faults"][0]["field"].clone();
        assert_eq!((refused.status.as_u16(), &fault), (422, &json!(named)), "{}", refused.json());
    }
    let gone = site.office.get("/v1/remotes/code:sap").await.unwrap();
    let headers = [("if-match", gone.header("etag"))];
    let gone = site.office.call(Method::DELETE, "/v1/remotes/code:sap", &headers, None).await.unwrap();
    assert_eq!(gone.status, 204, "{}", gone.json());
}
