//! Which files an intake takes, when, and in whose name.

use axum::http::Method;
use campo_file_names::VirtualPath;
use campo_server::{
    access::PermissionName,
    exchange::hosted::{Beginning, Hosted},
};
use campo_tests::{api::Client, on_both, world::World};
use serde_json::{Value, json};

use super::{Site, created, tasks};

on_both! {
    intakes_that_one_file_could_fit_are_refused,
    a_file_is_taken_when_its_intake_knows_that_it_is_whole,
    a_file_that_fits_none_is_kept_and_taken_once_there_is_an_intake,
    files_go_on_when_whoever_saved_the_intake_is_gone_and_never_do_more_than_that_one_could,
    a_file_that_cannot_be_read_is_in_errors_with_the_reason,
    the_same_content_is_imported_again_only_where_the_intake_says_so,
}

pub(super) async fn put(hosted: &Hosted, path: &str, bytes: &[u8]) {
    let path = VirtualPath::parse(path).unwrap();
    let mut upload = hosted.create(&path, Beginning::Start).await.unwrap();
    upload.write(bytes).await.unwrap();
    upload.finish().await.unwrap();
}

async fn rename(hosted: &Hosted, from: &str, to: &str) {
    hosted.rename(&VirtualPath::parse(from).unwrap(), &VirtualPath::parse(to).unwrap()).await.unwrap();
}

async fn states(site: &Site) -> Vec<(String, Value)> {
    let received = site.received().await;
    received.iter().map(|file| (file["name"].as_str().unwrap().to_owned(), file["state"].clone())).collect()
}

async fn intakes_that_one_file_could_fit_are_refused(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let first = site.intake("tareas", "t", "tareas*.csv", json!({})).await;
    let draft = |code: &str, folder: &str, pattern: &str, state: &str| {
        json!({
            "code": code, "name": "x", "folder": folder, "pattern": pattern, "template": "code:tareas", "state": state
        })
    };
    for (folder, pattern) in [("t", "*.csv"), ("T", "TAREAS1.CSV"), ("/t/", "*")] {
        let answer = site.office.post("/v1/intakes", &draft("b", folder, pattern, "enabled")).await.unwrap();
        let fault = &answer.json()["faults"][0];
        assert_eq!((answer.status.as_u16(), &fault["code"]), (422, &json!("overlaps")), "{folder} {pattern}");
        assert_eq!(fault["found"], "tareas: tareas*.csv");
    }
    created(&site.office.post("/v1/intakes", &draft("b", "t", "pois*.csv", "enabled")).await.unwrap());
    created(&site.office.post("/v1/intakes", &draft("c", "u", "*.csv", "enabled")).await.unwrap());
    let disabled =
        created(&site.office.post("/v1/intakes", &draft("d", "t", "*", "disabled")).await.unwrap());
    let path = format!("/v1/intakes/{}", disabled["id"].as_str().unwrap());
    let patch = json!({ "state": "enabled" });
    let answer =
        site.office.call(Method::PATCH, &path, &[("if-match", "\"1\"")], Some(&patch)).await.unwrap();
    assert_eq!(answer.status, 422);
    for (field, value) in [
        ("pattern", json!("a/b")),
        ("pattern", json!("{x}")),
        ("folder", json!("a\\b")),
        ("template", json!("code:nothing")),
        ("stable_seconds", json!(1)),
        ("marker_suffix", json!("")),
    ] {
        let mut draft = draft("e", "e", "*", "enabled");
        draft[field] = value;
        let answer = site.office.post("/v1/intakes", &draft).await.unwrap();
        let fault = &answer.json()["faults"][0];
        assert_eq!((answer.status.as_u16(), &fault["field"]), (422, &json!(format!("/{field}"))), "{fault}");
    }
    let answer = site.delete(&format!("/v1/intakes/{}", first["id"].as_str().unwrap())).await;
    assert_eq!(answer.status, 204);
    created(&site.office.post("/v1/intakes", &draft("tareas", "t", "tareas*.csv", "enabled")).await.unwrap());
}

async fn a_file_is_taken_when_its_intake_knows_that_it_is_whole(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("renamed", "r", "*.csv", json!({ "complete": "renamed" })).await;
    site.intake("marked", "m", "*.csv", json!({ "complete": "marker", "marker_suffix": ".fin" })).await;
    site.intake("stable", "s", "*.csv", json!({ "complete": "stable", "stable_seconds": 60 })).await;
    let hosted = site.hosted().await;
    put(&hosted, "/in/r/a.csv.part", &tasks(1, 1)).await;
    put(&hosted, "/in/r/b.csv", &tasks(2, 1)).await;
    put(&hosted, "/in/m/c.csv", &tasks(3, 1)).await;
    put(&hosted, "/in/m/d.csv.FIN", b"").await;
    put(&hosted, "/in/s/e.csv", &tasks(5, 1)).await;
    site.work_off().await;
    assert_eq!(states(&site).await, [("e.csv".to_owned(), json!("waiting"))]);
    rename(&hosted, "/in/r/a.csv.part", "/in/r/a.csv").await;
    put(&hosted, "/in/m/c.csv.fin", b"").await;
    put(&hosted, "/in/m/d.csv.fin", b"").await;
    put(&hosted, "/in/m/d.csv", &tasks(4, 1)).await;
    put(&hosted, "/in/s/e.csv", &tasks(6, 1)).await;
    site.work_off().await;
    let mut found = states(&site).await;
    found.sort_by(|one, other| one.0.cmp(&other.0));
    let expected = [
        ("a.csv", "done"),
        ("c.csv", "done"),
        ("d.csv", "done"),
        ("e.csv", "replaced"),
        ("e.csv", "waiting"),
    ];
    assert_eq!(found, expected.map(|(name, state)| (name.to_owned(), json!(state))));
    assert_eq!(site.tasks().await, 3);
}

async fn a_file_that_fits_none_is_kept_and_taken_once_there_is_an_intake(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let hosted = site.hosted().await;
    put(&hosted, "/in/a.csv", &tasks(1, 2)).await;
    site.work_off().await;
    let received = site.received().await;
    assert_eq!(received[0]["state"], "unmatched");
    let notices = site.office.get("/v1/notices").await.unwrap().json();
    let notice = &notices["items"][0];
    assert_eq!(
        (&notice["kind"], &notice["subject"]),
        (&json!("file_unmatched"), &received[0]["id"]),
        "{notices}"
    );
    let path = format!("/v1/received-files/{}", received[0]["id"].as_str().unwrap());
    let retry = format!("{path}/retry");
    assert_eq!(site.office.post(&retry, &json!({})).await.unwrap().status, 409);
    site.intake("tareas", "", "*.csv", json!({})).await;
    let answer = site.office.post(&retry, &json!({})).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.json()["state"]), (200, &json!("waiting")));
    site.work_off().await;
    let file = site.office.get(&path).await.unwrap().json();
    assert_eq!((site.tasks().await, &file["state"]), (2, &json!("done")), "{file}");
    let list = site.office.get("/v1/received-files?state=done").await.unwrap().json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let list = site.office.get("/v1/received-files?state=parked").await.unwrap().json();
    assert_eq!(list["items"].as_array().unwrap().len(), 0);
}

async fn files_go_on_when_whoever_saved_the_intake_is_gone_and_never_do_more_than_that_one_could(
    world: World,
) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("first", "", "first*.csv", json!({ "state": "disabled" })).await;
    let permissions =
        [PermissionName::ManageExchange, PermissionName::RunImports, PermissionName::ManageTasks];
    account.user("ana", &permissions).await.unwrap();
    let ana = Client::new(&account.app, Some(&account.session("ana").await.unwrap()));
    let draft = json!({ "code": "a", "name": "x", "pattern": "a*.csv", "template": "code:first" });
    let intake = created(&ana.post("/v1/intakes", &draft).await.unwrap());
    assert_eq!(intake["permissions"], json!(["manage_tasks", "run_imports"]));
    account.user("eva", &permissions[..2]).await.unwrap();
    let eva = Client::new(&account.app, Some(&account.session("eva").await.unwrap()));
    let refused = eva.post("/v1/intakes", &draft).await.unwrap();
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["parameters"]["permission"]),
        (403, &json!("manage_tasks"))
    );

    let users = site.office.get("/v1/users").await.unwrap().json();
    let user = users["items"].as_array().unwrap().iter().find(|user| user["code"] == "ana").unwrap().clone();
    let path = format!("/v1/users/{}", user["id"].as_str().unwrap());
    let version = format!("\"{}\"", user["version"]);
    let gone = site.office.call(Method::DELETE, &path, &[("if-match", &version)], None).await.unwrap();
    assert_eq!(gone.status, 204, "{}", gone.json());
    let hosted = site.hosted().await;
    put(&hosted, "/in/a1.csv", &tasks(1, 2)).await;
    site.work_off().await;
    assert_eq!(site.tasks().await, 2);
    let (author, named): (String, Option<uuid::Uuid>) = account
        .app
        .db
        .fetch_one(
            "select distinct author, author_id from entry where account = $1 and kind = 'task.created'",
            (account.id,),
        )
        .await
        .unwrap();
    assert_eq!(
        (author.as_str(), named.map(|id| id.to_string())),
        ("intake", intake["id"].as_str().map(str::to_owned))
    );
}

async fn a_file_that_cannot_be_read_is_in_errors_with_the_reason(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    let hosted = site.hosted().await;
    put(&hosted, "/in/a.csv", b"%PDF-1.7 this is none").await;
    put(&hosted, "/in/b.csv", b"").await;
    put(&hosted, "/in/c.csv", &tasks(1, 1)).await;
    site.work_off().await;
    let mut download =
        hosted.open(&VirtualPath::parse("/errors/a.csv.resultado.txt").unwrap()).await.unwrap();
    let text = String::from_utf8(download.read(0, 10_000).await.unwrap()).unwrap();
    assert!(text.contains("no importado") && text.contains("Motivo: "), "{text}");
    let expected = [("a.csv", "failed"), ("b.csv", "failed"), ("c.csv", "done")];
    assert_eq!(states(&site).await, expected.map(|(name, state)| (name.to_owned(), json!(state))));
    assert_eq!(site.received().await[1]["problem"]["code"], "file_empty");
    assert_eq!(site.tasks().await, 1);

    // What a person must decide holds back what is behind it, until they did
    let template = site.office.get("/v1/import-templates/code:tareas").await.unwrap();
    let patch = json!({ "state": "disabled" });
    let headers = [("if-match", template.header("etag"))];
    let path = "/v1/import-templates/code:tareas";
    site.office.call(Method::PATCH, path, &headers, Some(&patch)).await.unwrap();
    put(&hosted, "/in/d.csv", &tasks(2, 1)).await;
    put(&hosted, "/in/e.csv", &tasks(3, 1)).await;
    site.work_off().await;
    let received = site.received().await;
    assert_eq!((&received[3]["state"], &received[4]["state"]), (&json!("parked"), &json!("waiting")));
    assert_eq!(received[3]["problem"]["code"], "validation_failed");
    let template = site.office.get(path).await.unwrap();
    let headers = [("if-match", template.header("etag"))];
    site.office.call(Method::PATCH, path, &headers, Some(&json!({ "state": "enabled" }))).await.unwrap();
    let path = format!("/v1/received-files/{}/dismiss", received[3]["id"].as_str().unwrap());
    assert_eq!(site.office.post(&path, &json!({})).await.unwrap().status, 200);
    site.work_off().await;
    assert_eq!(site.tasks().await, 2);
}

async fn the_same_content_is_imported_again_only_where_the_intake_says_so(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("once", "once", "*.csv", json!({})).await;
    site.intake("again", "again", "*.csv", json!({ "same_content": "import" })).await;
    let hosted = site.hosted().await;
    for folder in ["once", "again"] {
        for name in ["1", "2"] {
            put(&hosted, &format!("/in/{folder}/{name}.csv"), &tasks(1, 1)).await;
            site.work_off().await;
        }
    }
    let received = site.received().await;
    assert!(received.iter().all(|file| file["state"] == "done"), "{received:?}");
    assert_eq!(received[0]["import"], received[1]["import"]);
    assert_ne!(received[2]["import"], received[3]["import"]);
}
