//! Bulk changes are acts: seen, counted beforehand, taken back where nothing followed.

use axum::http::{Method, StatusCode};
use campo_server::access::PermissionName;
use campo_tests::{api::Client, on_both, world::World};
use serde_json::{Value, json};

use super::Office;

on_both! {
    a_bulk_change_is_taken_back,
    what_went_on_stays_and_is_listed,
    taking_back_can_be_taken_back,
    nobody_without_the_permission_sees_an_act_or_takes_it_back,
    an_act_of_long_ago_stays,
}

async fn tasks(office: &Office, count: i64) {
    for number in 1..=count {
        office.task(json!({"task_number": number, "description": format!("as it was {number}")})).await;
    }
}

/// How many employees have a task.
fn assigned(task: &Value) -> usize {
    task["progress"]["assignments"].as_array().map_or(0, Vec::len)
}

/// Changes the tasks of these numbers at once; the act.
async fn change(office: &Office, numbers: &[i64], with: Value) -> String {
    let task = |number: &i64| {
        let mut task = with.clone();
        task["task_number"] = json!(number);
        task
    };
    let batch = json!({"operation": "update", "tasks": numbers.iter().map(task).collect::<Vec<_>>()});
    let done = office.post("/v1/tasks/batch", batch).await;
    assert_eq!(done["items"].as_array().unwrap().len(), numbers.len());
    done["act"].as_str().unwrap_or_else(|| panic!("{done}")).to_owned()
}

async fn a_bulk_change_is_taken_back(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    account.employee("ANA").await.unwrap();
    tasks(&office, 3).await;
    let with =
        json!({"description": "changed", "assignments": [{"employee": "number:ANA"}], "status": "sent"});
    let act = change(&office, &[1, 2, 3], with).await;
    let shown = office.get(&format!("/v1/acts/{act}")).await;
    assert_eq!((&shown["kind"], &shown["changed"]), (&json!("tasks.batch"), &json!(3)), "{shown}");

    let dry = office.post(&format!("/v1/acts/{act}/undo?dry_run=true"), json!(null)).await;
    assert_eq!((&dry["undone"], &dry["kept"]), (&json!(3), &json!([])), "{dry}");
    assert_eq!(office.get("/v1/tasks/number:2").await["description"], "changed", "nothing was done yet");

    let undone = office.post(&format!("/v1/acts/{act}/undo"), json!(null)).await;
    assert_eq!((&undone["undone"], &undone["kept"]), (&json!(3), &json!([])), "{undone}");
    for number in 1..=3 {
        let task = office.get(&format!("/v1/tasks/number:{number}")).await;
        assert_eq!(task["description"], format!("as it was {number}"), "{task}");
        assert_eq!((&task["progress"]["status"], assigned(&task)), (&json!("new"), 0), "{task}");
    }
    let again = office.call(Method::POST, &format!("/v1/acts/{act}/undo"), &[], None).await;
    assert_eq!(again.status, StatusCode::GONE, "{}", again.json());
    assert!(office.get(&format!("/v1/acts/{act}")).await["undone_at"].is_string());
}

async fn what_went_on_stays_and_is_listed(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    let ana = account.employee("ANA").await.unwrap();
    tasks(&office, 3).await;
    let mut phone = account.phone(ana).await.unwrap();
    let act = change(&office, &[1, 2, 3], json!({"assignments": [{"employee": "number:ANA"}]})).await;
    // The worker begins one, and the office edits another
    let first = office.get("/v1/tasks/number:1").await["id"].as_str().unwrap().to_owned();
    let line = phone.line("task.start", &format!(r#","task":"{first}""#));
    phone.send(&[line]).await.unwrap();
    let second = office.get("/v1/tasks/number:2").await["id"].as_str().unwrap().parse().unwrap();
    office.edit(Method::PATCH, second, Some(json!({"description": "edited since"}))).await;

    let undone = office.post(&format!("/v1/acts/{act}/undo"), json!(null)).await;
    let mut reasons: Vec<(String, String)> = undone["kept"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kept| {
            (kept["subject"].as_str().unwrap().to_owned(), kept["reason"].as_str().unwrap().to_owned())
        })
        .collect();
    reasons.sort();
    let mut expected = vec![(first, "went_on".to_owned()), (second.to_string(), "changed_since".to_owned())];
    expected.sort();
    assert_eq!((&undone["undone"], reasons), (&json!(1), expected), "{undone}");
    assert_eq!(assigned(&office.get("/v1/tasks/number:3").await), 0);
    assert_eq!(assigned(&office.get("/v1/tasks/number:1").await), 1);
}

async fn taking_back_can_be_taken_back(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    tasks(&office, 1).await;
    let act = change(&office, &[1], json!({"description": "changed"})).await;
    let undone = office.post(&format!("/v1/acts/{act}/undo"), json!(null)).await;
    let again = undone["act"].as_str().unwrap();
    office.post(&format!("/v1/acts/{again}/undo"), json!(null)).await;
    assert_eq!(office.get("/v1/tasks/number:1").await["description"], "changed");
}

async fn nobody_without_the_permission_sees_an_act_or_takes_it_back(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    tasks(&office, 1).await;
    let act = change(&office, &[1], json!({"description": "changed"})).await;
    let other = world.account("other").await.unwrap();
    let strangers = [
        account.key(&[PermissionName::ViewTasks]).await.unwrap(),
        other.key(&[PermissionName::ManageTasks]).await.unwrap(),
    ];
    for bearer in strangers {
        let client = Client::new(&account.app, Some(&bearer));
        let answer = client.post(&format!("/v1/acts/{act}/undo"), &json!(null)).await.unwrap();
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(client.get(&format!("/v1/acts/{act}")).await.unwrap().status, StatusCode::NOT_FOUND);
        assert_eq!(client.get("/v1/acts").await.unwrap().json()["items"], json!([]));
    }
    assert_eq!(office.get("/v1/acts").await["items"].as_array().unwrap().len(), 1);
}

async fn an_act_of_long_ago_stays(world: World) {
    let account = world.account("acme").await.unwrap();
    let office = Office::of(&account).await;
    tasks(&office, 1).await;
    let act = change(&office, &[1], json!({"description": "changed"})).await;
    let sql = "update act set undo_until_us = undo_until_us - 601000000";
    world.meddle(sql, sql).await.unwrap();
    let answer = office.call(Method::POST, &format!("/v1/acts/{act}/undo"), &[], None).await;
    assert_eq!(answer.status, StatusCode::GONE, "{}", answer.json());
    assert_eq!(office.get("/v1/tasks/number:1").await["description"], "changed");
}
