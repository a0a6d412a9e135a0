//! Runs of many files, and tables of timesheets: taken by `sftp` one by one.

use axum::{
    body::Body,
    http::{Method, Request},
};
use campo_server::exchange::take;
use campo_soap::xml::{Strictness, read};
use campo_tests::{
    on_both,
    world::{Phone, World},
};
use serde_json::{Value, json};

use super::{Site, created};

on_both! {
    a_document_for_each_entry_is_taken_on_its_own_and_put_once,
    photos_stand_beside_the_table_named_by_entry_and_field,
    a_table_of_timesheets_is_that_of_the_payroll,
    what_nobody_takes_is_told_once_until_it_is_taken,
    what_a_run_of_documents_cannot_have_is_named,
}

pub(super) async fn run(site: &Site, export: &str) -> Value {
    let begun = site.office.post(&format!("/v1/exports/{export}/runs"), &json!({})).await.unwrap();
    assert_eq!(begun.status, 202, "{}", begun.json());
    site.work_off().await;
    let run = site.office.get(begun.header("location")).await.unwrap().json();
    assert!(run["state"] != "making" && run["state"] != "failed", "{run}");
    run
}

async fn shown(site: &Site, run: &Value) -> Value {
    site.office.get(&format!("/v1/export-runs/{}", run["id"].as_str().unwrap())).await.unwrap().json()
}

async fn files(site: &Site, run: &Value) -> Vec<Value> {
    let path = format!("/v1/export-runs/{}/files?limit=500", run["id"].as_str().unwrap());
    site.office.get(&path).await.unwrap().json()["items"].as_array().unwrap().clone()
}

/// Stores bytes as a phone does and lets it capture a form that mentions them.
async fn with_photo(site: &Site, phone: &mut Phone, field: &str, bytes: &'static [u8]) -> String {
    let upload = Request::post("/v1/files").header("content-type", "image/jpeg");
    let stored = site.office.send(upload.body(Body::from(bytes)).unwrap()).await.unwrap();
    let hash = stored.json()["hash"].as_str().unwrap().to_owned();
    let size = bytes.len();
    let more = format!(
        r#","files":[{{"hash":"{hash}","size_bytes":{size},"media_type":"image/jpeg","field":"{field}"}}]"#
    );
    let line = phone.line("shift.start", &more);
    let receipts = phone.send(&[line]).await.unwrap().receipts;
    receipts[0].id.to_string()
}

async fn a_document_for_each_entry_is_taken_on_its_own_and_put_once(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let ana = account.employee("ZZ1001").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let export = json!({
        "code": "ot", "name": "OfficeTrack", "what": "entries", "format": "office_track", "key": "code:acme-erp",
        "folder": "entradas", "file_name": "{EntryGuid}.xml",
    });
    let made = created(&site.office.post("/v1/exports", &export).await.unwrap());
    assert_eq!(made["office_track"]["zone"], "America/Lima", "{made}");
    let mut ids = Vec::new();
    // A break has no number of OfficeTrack's, and no document
    for kind in ["shift.start", "break.start", "break.end", "shift.end"] {
        let line = phone.line(kind, "");
        ids.push(phone.send(&[line]).await.unwrap().receipts[0].id.to_string());
    }
    let made = run(&site, "code:ot").await;
    let counts = |run: &Value| [&run["rows"], &run["files"], &run["taken_files"]].map(Value::clone);
    assert_eq!(counts(&made), [json!(2), json!(2), json!(0)], "{made}");
    let names: Vec<String> =
        files(&site, &made).await.iter().map(|file| file["name"].as_str().unwrap().to_owned()).collect();
    let mut expected = [format!("{}.xml", ids[0]), format!("{}.xml", ids[3])];
    expected.sort();
    assert_eq!(names, expected);

    // Each is taken on its own
    let (went_well, output) = site.sftp(&format!("get out/entradas/{}.xml\n", ids[0])).await;
    assert!(went_well, "{output}");
    let text = std::fs::read_to_string(site.folder.path().join(format!("{}.xml", ids[0]))).unwrap();
    let entry = read(&text, Strictness::Strict).unwrap();
    assert_eq!((entry.name.as_str(), entry.child_text("EntryType")), ("Entry", Some("21")));
    assert_eq!(entry.child_text("EntryGuid"), Some(ids[0].as_str()));
    let one = shown(&site, &made).await;
    assert_eq!((&one["state"], &one["taken_files"]), (&json!("made"), &json!(1)), "{one}");
    let file = files(&site, &made).await.into_iter().find(|file| file["taken_at"].is_string()).unwrap();
    let path = format!(
        "/v1/export-runs/{}/files/{}/content",
        made["id"].as_str().unwrap(),
        file["id"].as_str().unwrap()
    );
    assert_eq!(site.office.get(&path).await.unwrap().body, text.as_bytes());
    let other = Site::of(&world.account("other").await.unwrap(), "other-erp").await;
    assert_eq!(other.office.get(&path).await.unwrap().status, 404, "another account's");

    // Made again after a crash: what was taken and removed does not come again
    let (went_well, output) = site.sftp(&format!("rm out/entradas/{}.xml\n", ids[0])).await;
    assert!(went_well, "{output}");
    make_again(&site, &made).await;
    let (went_well, output) = site.sftp("ls -1 out/entradas\n").await;
    assert!(went_well && output.contains(&ids[3]) && !output.contains(&ids[0]), "{output}");
    assert_eq!(counts(&shown(&site, &made).await), [json!(2), json!(2), json!(1)]);
    let (went_well, output) = site.sftp(&format!("get out/entradas/{}.xml\n", ids[3])).await;
    assert!(went_well, "{output}");
    assert_eq!(shown(&site, &made).await["state"], "taken");

    // "Again" puts all of them
    let again = format!("/v1/export-runs/{}/again", made["id"].as_str().unwrap());
    assert_eq!(site.office.post(&again, &json!({})).await.unwrap().json()["state"], "made");
    let (went_well, output) = site.sftp("ls -1 out/entradas\n").await;
    assert!(went_well && output.contains(&ids[0]) && output.contains(&ids[3]), "{output}");
    assert_eq!(run(&site, "code:ot").await["state"], "empty", "nothing was captured since");
}

/// Has a run made once more, as after the death of the replica that made it.
async fn make_again(site: &Site, run: &Value) {
    let id: uuid::Uuid = run["id"].as_str().unwrap().parse().unwrap();
    let export = run["export"].as_str().unwrap();
    let mut tx = site.account.app.db.begin().await.unwrap();
    tx.execute(
        "update export_run set state = 'making' where account = $1 and id = $2",
        (site.account.id, id),
    )
    .await
    .unwrap();
    tx.execute(
        "insert into job (account, id, kind, format, body, principal, principal_id, state, run_at_us, attempts, \
         holder, lease, problem, created_us, updated_us, lane) \
         values ($1, $2, 'export', 2, '{}', 'exchange_files', null, 'waiting', 0, 0, null, 0, null, 0, 0, $3)",
        (site.account.id, id, format!("export:{export}")),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    site.work_off().await;
}

async fn photos_stand_beside_the_table_named_by_entry_and_field(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let ana = account.employee("ZZ1001").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let export = json!({
        "code": "f", "name": "Fotos", "what": "entries", "format": "csv", "key": "code:acme-erp", "folder": "fotos",
        "file_name": "FOTOS_{n}.csv", "photos": true, "columns": [{ "heading": "Entrada", "field": "id" }],
    });
    created(&site.office.post("/v1/exports", &export).await.unwrap());
    let entry = with_photo(&site, &mut phone, "fachada", b"a photo of a house").await;
    let made = run(&site, "code:f").await;
    assert_eq!((&made["rows"], &made["files"]), (&json!(1), &json!(2)), "{made}");
    let (went_well, output) = site.sftp("ls -1 out/fotos\nget out/fotos/*\n").await;
    assert!(went_well, "{output}");
    let name = format!("{entry}_fachada.jpg");
    assert_eq!(std::fs::read(site.folder.path().join(&name)).unwrap(), b"a photo of a house");
    let table = std::fs::read_to_string(site.folder.path().join("FOTOS_1.csv")).unwrap();
    assert!(table.contains(&entry), "{table}");
    assert_eq!(shown(&site, &made).await["state"], "taken");
}

async fn a_table_of_timesheets_is_that_of_the_payroll(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let ana = account.employee("ZZ1001").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    for kind in ["shift.start", "shift.end"] {
        let line = phone.line(kind, "");
        phone.send(&[line]).await.unwrap();
    }
    let export = json!({
        "code": "h", "name": "Horas", "what": "timesheets", "format": "csv", "days": "this_month",
        "file_name": "{fecha:yyyy-MM-dd}.csv",
    });
    created(&site.office.post("/v1/exports", &export).await.unwrap());
    let made = run(&site, "code:h").await;
    let today = made["file_name"].as_str().unwrap().trim_end_matches(".csv").to_owned();
    let path = format!("/v1/export-runs/{}/content", made["id"].as_str().unwrap());
    let exported = String::from_utf8(site.office.get(&path).await.unwrap().body).unwrap();
    let path = format!("/v1/timesheets.csv?from={}01&to={today}", &today[..8]);
    let spanish = [("accept-language", "es")];
    let payroll = site.office.call(Method::GET, &path, &spanish, None).await.unwrap();
    assert_eq!(exported, String::from_utf8(payroll.body).unwrap());
    assert!(exported.lines().count() as i64 == made["rows"].as_i64().unwrap() + 1, "{exported}");
    assert!(exported.contains("ZZ1001"), "{exported}");

    // With the customer's headings, order and formats
    let export = json!({
        "code": "own", "name": "Propio", "what": "timesheets", "format": "csv", "days": "this_month",
        "file_name": "x.csv", "columns": [
            { "heading": "DÍA", "field": "date", "format": "dd/MM/yyyy" },
            { "heading": "DNI", "field": "number" },
            { "heading": "HORAS", "field": "worked" },
        ],
    });
    created(&site.office.post("/v1/exports", &export).await.unwrap());
    let made = run(&site, "code:own").await;
    let path = format!("/v1/export-runs/{}/content", made["id"].as_str().unwrap());
    let text = String::from_utf8(site.office.get(&path).await.unwrap().body).unwrap();
    let [year, month, day] = [&today[..4], &today[5..7], &today[8..]];
    assert!(text.lines().next().unwrap().ends_with("DÍA,DNI,HORAS"), "{text}");
    assert!(text.contains(&format!("{day}/{month}/{year},ZZ1001,0:00:0")), "{text}");
}

async fn notices(site: &Site) -> Vec<(String, i64)> {
    let notices = site.office.get("/v1/notices").await.unwrap().json();
    let items = notices["items"].as_array().unwrap().clone();
    items
        .iter()
        .map(|one| (one["kind"].as_str().unwrap().to_owned(), one["times"].as_i64().unwrap()))
        .collect()
}

async fn what_nobody_takes_is_told_once_until_it_is_taken(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    let export = json!({
        "code": "t", "name": "Tareas", "what": "tasks", "format": "csv", "key": "code:acme-erp",
        "file_name": "T_{n}.csv", "empty_files": true,
    });
    created(&site.office.post("/v1/exports", &export).await.unwrap());
    run(&site, "code:t").await;
    let replica = world.virtual_replica(1).await.unwrap();
    replica.environment.advance(29 * 24 * 3600 * 1_000_000);
    take::run(&replica).await.unwrap();
    assert!(notices(&site).await.is_empty());
    replica.environment.advance(2 * 24 * 3600 * 1_000_000);
    for _ in 0..2 {
        take::run(&replica).await.unwrap();
    }
    assert_eq!(notices(&site).await, [("file_not_taken".to_owned(), 1)]);
    let (went_well, output) = site.sftp("get out/T_1.csv\n").await;
    assert!(went_well, "{output}");
    assert!(notices(&site).await.is_empty());
}

async fn what_a_run_of_documents_cannot_have_is_named(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    for (more, named) in [
        (json!({ "file_name": "x_{n}.xml" }), "/file_name"),
        (json!({ "what": "tasks" }), "/format"),
        (json!({ "columns": [{ "heading": "x", "field": "id" }] }), "/columns"),
        (json!({ "office_track": { "zone": "Nowhere" } }), "/office_track/zone"),
        (json!({ "format": "csv" }), "/file_name"),
        (json!({ "format": "csv", "file_name": "x.csv", "what": "tasks", "photos": true }), "/photos"),
    ] {
        let mut draft = json!({
            "code": "t", "name": "x", "what": "entries", "format": "office_track", "file_name": "{EntryGuid}.xml",
        });
        draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = site.office.post("/v1/exports", &draft).await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.json()["faults"][0]["field"]), (422, &json!(named)));
    }
}
