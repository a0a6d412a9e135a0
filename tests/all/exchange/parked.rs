//! A file that waits for a person is opened as a draft, answered and imported from there: once, and in its turn.

use std::time::Duration;

use axum::http::Method;
use campo_file_names::VirtualPath;
use campo_server::{access::PermissionName, capabilities, jobs};
use campo_tests::{
    api::{Answer, Client},
    on_both, wait,
    world::{Account, World},
};
use serde_json::{Value, json};

use super::{Site, intakes::put, tasks};
use crate::tasks::assert_has;

on_both! {
    what_is_open_is_answered_and_the_import_of_the_draft_is_that_of_the_file,
    everybody_gets_the_same_draft_and_one_that_is_gone_leaves_the_file,
    a_file_that_is_tried_again_or_dismissed_meanwhile_is_not_imported_by_its_draft,
    whoever_may_not_neither_opens_nor_starts_it,
    what_a_file_lists_no_longer_is_withdrawn_or_left_as_its_draft_says,
    a_file_with_other_headings_waits_is_mended_by_its_draft_and_none_overtakes_another,
    a_server_that_is_killed_while_it_imports_a_draft_imports_each_row_once,
}

const TEMPLATE: &str = "/v1/import-templates/code:tareas";

async fn change_template(site: &Site, change: Value) {
    let now = site.office.get(TEMPLATE).await.unwrap();
    let headers = [("if-match", now.header("etag"))];
    let changed = site.office.call(Method::PATCH, TEMPLATE, &headers, Some(&change)).await.unwrap();
    assert_eq!(changed.status, 200, "{}", changed.json());
}

async fn use_template(site: &Site, state: &str) {
    change_template(site, json!({ "state": state })).await;
}

/// A company whose files need a person, since the template of their intake is out of use.
async fn stuck(world: &World, files: Vec<(&str, Vec<u8>)>) -> Site {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    use_template(&site, "disabled").await;
    bring(&site, files).await;
    site
}

async fn bring(site: &Site, files: Vec<(&str, Vec<u8>)>) {
    let hosted = site.hosted().await;
    for (name, bytes) in files {
        put(&hosted, &format!("/in/{name}"), &bytes).await;
    }
    site.work_off().await;
}

fn everything() -> Vec<PermissionName> {
    PermissionName::ALL.iter().copied().filter(|name| name.can_be_granted()).collect()
}

async fn client(account: &Account, permissions: &[PermissionName]) -> Client {
    Client::new(&account.app, Some(&account.key(permissions).await.unwrap()))
}

fn id(shown: &Value) -> &str {
    shown["id"].as_str().unwrap_or_else(|| panic!("{shown}"))
}

async fn states(site: &Site) -> Vec<String> {
    site.received().await.iter().map(|file| file["state"].as_str().unwrap().to_owned()).collect()
}

async fn open(client: &Client, file: &Value) -> Answer {
    client.post(&format!("/v1/received-files/{}/draft", id(file)), &json!({})).await.unwrap()
}

/// The draft of a file, which there must be.
async fn opened(site: &Site, file: &Value) -> Value {
    let answer = open(&site.office, file).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

async fn decide(site: &Site, file: &Value, what: &str) -> Answer {
    site.office.post(&format!("/v1/received-files/{}/{what}", id(file)), &json!({})).await.unwrap()
}

fn path(draft: &Value) -> String {
    format!("/v1/imports/drafts/{}", id(draft))
}

async fn patch(site: &Site, draft: &Value, change: Value) -> Value {
    let version = format!("\"{}\"", draft["version"]);
    let headers = [("if-match", version.as_str())];
    let answer = site.office.call(Method::PATCH, &path(draft), &headers, Some(&change)).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

async fn start(client: &Client, file: &Value, how: Value) -> Answer {
    client.post(&format!("{}/start", path(file)), &how).await.unwrap()
}

/// Starts a draft, which must work; the import.
async fn started(site: &Site, file: &Value, how: Value) -> Value {
    let answer = start(&site.office, file, how).await;
    assert_eq!(answer.status, 202, "{}", answer.json());
    answer.json()
}

fn assert_refused(answer: &Answer, status: u16, code: &str, parameters: &Value) {
    let problem = answer.json();
    assert_eq!((answer.status.as_u16(), &problem["code"]), (status, &json!(code)), "{problem}");
    assert_has(&problem["parameters"], parameters);
}

async fn notices(site: &Site) -> Value {
    let notices = site.office.get("/v1/notices").await.unwrap().json();
    notices["items"].as_array().unwrap().iter().map(|notice| notice["kind"].clone()).collect()
}

async fn text(site: &Site, path: &str) -> String {
    let mut download = site.hosted().await.open(&VirtualPath::parse(path).unwrap()).await.unwrap();
    String::from_utf8(download.read(0, 10_000).await.unwrap()).unwrap()
}

async fn what_is_open_is_answered_and_the_import_of_the_draft_is_that_of_the_file(world: World) {
    let dated = "Número;Trabajo;Fecha\n1;Trabajo 1;03/04/2030\n2;Trabajo 2;05/06/2030\n";
    let site = stuck(&world, vec![("a.csv", dated.into()), ("b.csv", tasks(3, 1))]).await;
    let files = site.received().await;
    assert_eq!(states(&site).await, ["parked", "waiting"]);
    assert_eq!(notices(&site).await, json!(["file_parked"]));
    let draft = opened(&site, &files[0]).await;
    assert_has(
        &draft,
        &json!({
            "id": files[0]["id"], "received_file": files[0]["id"], "state": "ready", "rows": 2, "can_start": false,
        }),
    );
    assert_has(&draft["file"], &json!({ "name": "a.csv", "hash": files[0]["hash"] }));
    let refused = start(&site.office, &files[0], json!({})).await;
    assert_eq!(refused.json()["faults"][0]["field"], "/answers/C.date_order", "{}", refused.json());
    patch(&site, &draft, json!({ "answers": { "C.date_order": "month_day_year" } })).await;
    use_template(&site, "enabled").await;
    site.work_off().await;
    assert_eq!(states(&site).await, ["parked", "waiting"], "nobody said that it begins");

    let run = started(&site, &files[0], json!({})).await;
    let file = &site.received().await[0];
    assert_eq!((&file["state"], &file["import"]), (&json!("importing"), &run["id"]));
    site.work_off().await;
    assert_eq!((states(&site).await, site.tasks().await), (vec!["done".to_owned(); 2], 3));
    assert_eq!(site.received().await[0]["import"], run["id"]);
    let task = site.office.get("/v1/tasks/external:1").await.unwrap().json();
    assert_eq!(task["start"]["local"], "2030-03-04T00:00:00");
    let beside = text(&site, "/done/a.csv.resultado.txt").await;
    assert!(beside.contains("Creadas: 2"), "{beside}");
    assert_eq!(notices(&site).await, json!([]));
    let over = site.office.get(&path(&draft)).await.unwrap().json();
    assert_eq!((&over["state"], &over["run"]), (&json!("started"), &run["id"]));
    assert_refused(
        &open(&site.office, &files[0]).await,
        409,
        "file_state_differs",
        &json!({ "state": "done" }),
    );
}

async fn everybody_gets_the_same_draft_and_one_that_is_gone_leaves_the_file(world: World) {
    let site = stuck(&world, vec![("a.csv", tasks(1, 2))]).await;
    let file = site.received().await.remove(0);
    let bearer = site.account.key(&everything()).await.unwrap();
    let other = Client::new(&world.replica().await.unwrap(), Some(&bearer));
    let (one, two) = tokio::join!(open(&site.office, &file), open(&other, &file));
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200), "{} {}", one.json(), two.json());
    let draft = one.json();
    assert_eq!((&draft["id"], &draft["version"]), (&two.json()["id"], &two.json()["version"]));
    let draft = patch(&site, &draft, json!({ "file_name": "otro.csv" })).await;
    assert_eq!(open(&other, &file).await.json(), draft);
    let drafts = site.office.get("/v1/imports/drafts").await.unwrap().json();
    assert_eq!(drafts["items"].as_array().unwrap().len(), 1, "{drafts}");

    let gone = site.office.call(Method::DELETE, &path(&draft), &[], None).await.unwrap();
    assert_eq!((gone.status.as_u16(), states(&site).await), (204, vec!["parked".to_owned()]));
    assert_eq!(start(&site.office, &file, json!({})).await.status, 404);
    assert_eq!(opened(&site, &file).await["file"]["name"], "a.csv");

    let mut tx = site.account.app.db.begin().await.unwrap();
    let expire = "update import_draft set expires_us = 1 where account = $1";
    tx.execute(expire, (site.account.id,)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(start(&site.office, &file, json!({})).await.status, 404);
    site.work_off().await;
    assert_eq!(states(&site).await, ["parked"]);
    assert_has(&opened(&site, &file).await, &json!({ "state": "ready", "can_start": true }));
}

async fn a_file_that_is_tried_again_or_dismissed_meanwhile_is_not_imported_by_its_draft(world: World) {
    let site = stuck(&world, vec![("a.csv", tasks(1, 5)), ("b.csv", tasks(6, 2))]).await;
    let file = site.received().await.remove(0);
    opened(&site, &file).await;
    for (what, state) in [("retry", "waiting"), ("dismiss", "dismissed")] {
        assert_eq!(decide(&site, &file, what).await.status, 200);
        let refused = start(&site.office, &file, json!({})).await;
        assert_refused(&refused, 409, "file_state_differs", &json!({ "state": state }));
        if what == "retry" {
            site.work_off().await;
            assert_eq!(states(&site).await, ["parked", "waiting"]);
        }
    }
    assert_refused(
        &open(&site.office, &file).await,
        409,
        "file_state_differs",
        &json!({ "state": "dismissed" }),
    );
    assert_eq!(decide(&site, &file, "retry").await.status, 200);
    site.work_off().await;
    use_template(&site, "enabled").await;

    let bearer = site.account.key(&everything()).await.unwrap();
    let other = Client::new(&world.replica().await.unwrap(), Some(&bearer));
    let (one, two) = tokio::join!(start(&site.office, &file, json!({})), start(&other, &file, json!({})));
    let (won, lost) = if one.status == 202 { (one, two) } else { (two, one) };
    assert_eq!(won.status, 202, "{}", won.json());
    assert_refused(&lost, 409, "file_state_differs", &json!({ "state": "importing" }));
    for what in ["retry", "dismiss"] {
        let refused = decide(&site, &file, what).await;
        assert_refused(&refused, 409, "file_state_differs", &json!({ "state": "importing" }));
    }
    site.work_off().await;
    assert_eq!((states(&site).await, site.tasks().await), (vec!["done".to_owned(); 2], 7));
    assert_eq!(created_entries(&site).await, 7);
}

async fn created_entries(site: &Site) -> i64 {
    let (entries,): (i64,) = site
        .account
        .app
        .db
        .fetch_one(
            "select count(*) from entry where account = $1 and kind = 'task.created'",
            (site.account.id,),
        )
        .await
        .unwrap();
    entries
}

async fn whoever_may_not_neither_opens_nor_starts_it(world: World) {
    use PermissionName::{ManageExchange, ManageTasks, RunImports};
    let site = stuck(&world, vec![("a.csv", tasks(1, 2))]).await;
    let file = site.received().await.remove(0);
    let stranger = client(&world.account("other").await.unwrap(), &everything()).await;
    for (held, lacking) in [(RunImports, "manage_exchange"), (ManageExchange, "run_imports")] {
        let refused = open(&client(&site.account, &[held]).await, &file).await;
        assert_refused(&refused, 403, "forbidden", &json!({ "permission": lacking }));
    }
    assert_eq!(open(&stranger, &file).await.status, 404);
    opened(&site, &file).await;
    for (held, lacking) in [(ManageTasks, "manage_exchange"), (ManageExchange, "manage_tasks")] {
        let refused = start(&client(&site.account, &[RunImports, held]).await, &file, json!({})).await;
        assert_refused(&refused, 403, "forbidden", &json!({ "permission": lacking }));
    }
    assert_eq!(start(&stranger, &file, json!({})).await.status, 404);
    assert_eq!(states(&site).await, ["parked"]);
    let may = client(&site.account, &[RunImports, ManageExchange, ManageTasks]).await;
    assert_eq!(start(&may, &file, json!({})).await.status, 202);
    site.work_off().await;
    assert_eq!((states(&site).await, site.tasks().await), (vec!["done".to_owned()], 2));
}

async fn what_a_file_lists_no_longer_is_withdrawn_or_left_as_its_draft_says(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    change_template(&site, json!({ "unlisted": "withdraw" })).await;
    bring(&site, vec![("a.csv", tasks(1, 10))]).await;
    let next = [tasks(1, 8), b"20;Trabajo 20\n".to_vec()].concat();
    bring(&site, vec![("b.csv", tasks(1, 8)), ("c.csv", next)]).await;
    let file = site.received().await.remove(1);
    assert_eq!(states(&site).await, ["done", "parked", "waiting"]);
    assert_eq!(file["problem"]["code"], "withdrawals_asked");

    // Yes: the import that asks goes on
    let draft = opened(&site, &file).await;
    assert_eq!(
        (&draft["template"]["code"], &draft["can_start"]),
        (&json!("tareas"), &json!(true)),
        "{draft}"
    );
    let preview = format!("{}/preview", path(&draft));
    assert_eq!(site.office.post(&preview, &json!({})).await.unwrap().status, 202);
    jobs::work_off(&account.app, capabilities::JOBS).await.unwrap();
    let preview = site.office.get(&preview).await.unwrap().json();
    assert_has(&preview["withdrawals"], &json!({ "unlisted": 2, "managed": 10, "needs_yes": true }));
    let refused = start(&site.office, &file, json!({})).await;
    assert_refused(&refused, 409, "withdrawals_asked", &json!({ "file": "b.csv", "count": "2" }));
    assert_eq!(states(&site).await, ["done", "parked", "waiting"]);
    let run = started(&site, &file, json!({ "confirm_withdrawals": 2 })).await;
    assert_eq!((&run["id"], &run["repeated"]), (&file["import"], &json!(false)));
    site.work_off().await;
    assert_eq!((states(&site).await, site.tasks().await), (vec!["done".to_owned(); 3], 11));
    let run = site.office.get(&format!("/v1/imports/{}", id(&run))).await.unwrap().json();
    assert_eq!((&run["withdrawn"], &run["created"]), (&json!(2), &json!(0)), "{run}");
    let task = site.office.get("/v1/tasks/external:9").await.unwrap().json();
    assert_eq!(task["progress"]["status"], "canceled");
    assert_eq!(notices(&site).await, json!([]));

    // No: they stay
    bring(&site, vec![("d.csv", tasks(1, 4))]).await;
    let file = site.received().await.remove(3);
    opened(&site, &file).await;
    started(&site, &file, json!({ "confirm_withdrawals": 0 })).await;
    site.work_off().await;
    assert_eq!((states(&site).await, notices(&site).await), (vec!["done".to_owned(); 4], json!([])));

    // By other options it is another import, and what was asked is nobody's question any more
    bring(&site, vec![("e.csv", tasks(1, 3))]).await;
    let file = site.received().await.remove(4);
    let draft = opened(&site, &file).await;
    patch(&site, &draft, json!({ "options": { "operation": "update" } })).await;
    let run = started(&site, &file, json!({ "confirm_withdrawals": 0 })).await;
    assert_ne!(run["id"], file["import"]);
    site.work_off().await;
    assert_eq!((states(&site).await, notices(&site).await), (vec!["done".to_owned(); 5], json!([])));
    for run in [&run["id"], &file["import"]] {
        let run = site.office.get(&format!("/v1/imports/{}", run.as_str().unwrap())).await.unwrap().json();
        assert_eq!(run["withdrawals"]["state"], "left", "{run}");
    }
    let task = site.office.get("/v1/tasks/external:8").await.unwrap().json();
    assert_eq!(task["progress"]["status"], "new");
}

async fn a_file_with_other_headings_waits_is_mended_by_its_draft_and_none_overtakes_another(world: World) {
    let account = world.account("acme").await.unwrap();
    let site = Site::of(&account, "acme-erp").await;
    site.intake("tareas", "", "*.csv", json!({})).await;
    let other = "Alfa;Trabajo\n1;Cambiar medidor\n";
    bring(&site, vec![("a.csv", other.into()), ("b.csv", tasks(2, 3))]).await;
    let files = site.received().await;
    assert_eq!(states(&site).await, ["parked", "waiting"]);
    let problem = &files[0]["problem"];
    assert_eq!(
        (&problem["code"], &problem["parameters"]["headings"]),
        (&json!("headings_missing"), &json!("`Número`"))
    );
    assert_eq!(notices(&site).await, json!(["file_parked"]));
    assert!(text(&site, "/in/a.csv").await.starts_with("Alfa"));
    use_template(&site, "disabled").await;
    assert_eq!(decide(&site, &files[0], "dismiss").await.status, 200);
    site.work_off().await;
    assert_eq!(states(&site).await, ["dismissed", "parked"]);
    opened(&site, &files[1]).await;
    assert_eq!(decide(&site, &files[0], "retry").await.status, 200);
    let refused = start(&site.office, &files[1], json!({})).await;
    assert_refused(&refused, 409, "file_not_next", &json!({ "file": "a.csv", "state": "waiting" }));
    use_template(&site, "enabled").await;
    site.work_off().await;
    assert_eq!(states(&site).await, ["parked", "parked"]);

    let draft = opened(&site, &files[0]).await;
    assert_eq!(draft["can_start"], false);
    assert_has(&draft["template"], &json!({ "code": "tareas", "missing": ["Número"] }));
    patch(&site, &draft, json!({ "columns": { "A": [{ "field": "external_number" }] } })).await;
    let run = started(&site, &files[0], json!({})).await;
    let refused = start(&site.office, &files[1], json!({})).await;
    assert_refused(&refused, 409, "file_not_next", &json!({ "file": "a.csv", "state": "importing" }));
    site.work_off().await;
    assert_eq!(states(&site).await, ["done", "parked"]);
    let file = &site.received().await[0];
    assert_eq!((&file["import"], &file["problem"]), (&run["id"], &json!(null)), "{file}");
    assert!(text(&site, "/done/a.csv").await.starts_with("Alfa"));
    started(&site, &files[1], json!({})).await;
    site.work_off().await;
    assert_eq!((states(&site).await, site.tasks().await), (vec!["done".to_owned(); 2], 4));
}

async fn a_server_that_is_killed_while_it_imports_a_draft_imports_each_row_once(world: World) {
    const WITHIN: Duration = Duration::from_mins(10);
    let site = stuck(&world, vec![("a.csv", tasks(1, 2000)), ("b.csv", tasks(2001, 2))]).await;
    let file = site.received().await.remove(0);
    use_template(&site, "enabled").await;
    opened(&site, &file).await;
    let run = format!("/v1/imports/{}", id(&started(&site, &file, json!({})).await));
    let mut process = world.process(&[("CAMPO_LEASE_S", "2")]).await.unwrap();
    for least in [0, 500, 1000] {
        wait::until("rows of the draft", WITHIN, async || {
            let run = site.office.get(&run).await?.json();
            let far = run["created"].as_i64() > Some(least) || run["finished_at"].is_string();
            Ok(far.then_some(()))
        })
        .await
        .unwrap();
        process.kill_nine().unwrap();
        process.start_again().await.unwrap();
    }
    wait::until("the files", WITHIN, async || Ok((states(&site).await == ["done", "done"]).then_some(())))
        .await
        .unwrap();
    assert_eq!((site.tasks().await, created_entries(&site).await), (2002, 2002));
    let beside = text(&site, "/done/a.csv.resultado.txt").await;
    assert!(beside.contains("Creadas: 2000"), "{beside}");
}
