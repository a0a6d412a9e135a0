//! Import templates are kept like every other object.

use axum::http::Method;
use campo_server::access::PermissionName;
use campo_tests::{on_both, world::World};
use serde_json::json;

use super::{Desk, counts, many, simple};
use crate::tasks::faults;

on_both! {
    a_template_is_made_changed_and_removed,
    a_template_that_is_edited_meanwhile_stays_what_it_was_for_a_file,
    an_import_does_nothing_that_its_author_may_not,
    each_version_of_a_template_says_who_wrote_it_and_when,
}

async fn a_template_is_made_changed_and_removed(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let made = desk.template(simple()).await;
    assert_eq!((&made["version"], &made["decimal_comma"]), (&json!(1), &json!(true)));
    let path = "/v1/import-templates/code:simple";
    assert_eq!(desk.get(path).await, made);
    let twice = desk.call(Method::POST, "/v1/import-templates", &[], Some(&simple())).await;
    assert_eq!((twice.status.as_u16(), &twice.json()["code"]), (409, &json!("already_exists")));
    let patch = json!({ "name": "Otra", "columns": [{ "letter": "A", "field": "nothing" }] });
    let wrong = desk.call(Method::PATCH, path, &[("if-match", "\"1\"")], Some(&patch)).await;
    assert_eq!(faults(&wrong.json()), [("/columns/0/field", "unknown_value"), ("/key", "unknown_value")]);
    let patch = json!({ "name": "Otra" });
    let edited = desk.call(Method::PATCH, path, &[("if-match", "\"1\"")], Some(&patch)).await;
    assert_eq!((&edited.json()["version"], &edited.json()["name"]), (&json!(2), &json!("Otra")));
    let stale = desk.call(Method::DELETE, path, &[("if-match", "\"1\"")], None).await;
    assert_eq!(stale.status, 412);
    let disabled = json!({ "state": "disabled" });
    desk.call(Method::PATCH, path, &[("if-match", "\"2\"")], Some(&disabled)).await;
    let refused = desk.send("/v1/imports?template=code:simple", &many(1)).await.json();
    assert_eq!(faults(&refused), [("/template", "not_applicable")]);
    let removed = desk.call(Method::DELETE, path, &[("if-match", "\"3\"")], None).await;
    assert_eq!(removed.status, 204);
    let refused = desk.send("/v1/imports?template=code:simple", &many(1)).await.json();
    assert_eq!(faults(&refused), [("/template", "unknown_reference")]);
    desk.template(simple()).await;
}

async fn a_template_that_is_edited_meanwhile_stays_what_it_was_for_a_file(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let path = desk.begin("simple", "a.csv", &many(3)).await;
    let patch = json!({ "columns": [{ "letter": "A", "field": "external_number" }, { "letter": "B", "field": "notes" }] });
    let edited = desk
        .call(Method::PATCH, "/v1/import-templates/code:simple", &[("if-match", "\"1\"")], Some(&patch))
        .await;
    assert_eq!(edited.status, 200, "{}", edited.json());
    campo_server::jobs::work_off(&account.app, campo_server::capabilities::JOBS).await.unwrap();
    let run = desk.get(&path).await;
    assert_eq!((counts(&run), &run["template"]["version"]), ([3, 0, 0, 0], &json!(1)));
    let task = desk.get("/v1/tasks/number:2").await;
    assert_eq!((&task["description"], &task["notes"]), (&json!("Trabajo 2"), &json!(null)));
    // By the new version it is another import
    let run = desk.import("simple", "a.csv", &many(3)).await;
    assert_eq!((counts(&run), &run["template"]["version"]), ([0, 3, 0, 0], &json!(2)));
}

async fn an_import_does_nothing_that_its_author_may_not(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    let mut creates = simple();
    creates["code"] = json!("creates");
    creates["unknown_poi"] = json!("create");
    desk.template(creates).await;
    let runner = Desk::with(&account, &[PermissionName::RunImports]).await;
    let refused = runner.send("/v1/imports?template=code:simple", &many(1)).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["parameters"]["permission"]),
        (403, &json!("manage_tasks"))
    );
    let dispatcher = Desk::with(&account, &[PermissionName::RunImports, PermissionName::ManageTasks]).await;
    let refused = dispatcher.send("/v1/imports?template=code:creates", &many(1)).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["parameters"]["permission"]),
        (403, &json!("manage_pois"))
    );
    let run = dispatcher.import("simple", "a.csv", &many(1)).await;
    assert_eq!(counts(&run), [1, 0, 0, 0]);
    let other = Desk::of(&world.account("other").await.unwrap()).await;
    let id = run["id"].as_str().unwrap();
    for path in ["", "/rows", "/outcomes.csv"] {
        let answer = other.call(Method::GET, &format!("/v1/imports/{id}{path}"), &[], None).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

async fn each_version_of_a_template_says_who_wrote_it_and_when(world: World) {
    let account = world.account("acme").await.unwrap();
    let (desk, other) = (Desk::of(&account).await, Desk::of(&account).await);
    let made = desk.template(simple()).await;
    let path = "/v1/import-templates/code:simple";
    let patch = json!({ "name": "Otra", "operation": "create" });
    let edited = other.call(Method::PATCH, path, &[("if-match", "\"1\"")], Some(&patch)).await;
    assert_eq!(edited.status, 200, "{}", edited.json());
    let versions = desk.get(&format!("{path}/versions")).await["items"].as_array().unwrap().clone();
    let told: Vec<_> = versions
        .iter()
        .map(|one| (&one["version"], &one["template"]["name"], &one["template"]["operation"]))
        .collect();
    assert_eq!(
        told,
        [(&json!(2), &json!("Otra"), &json!("create")), (&json!(1), &json!("Simple"), &json!("auto_select")),]
    );
    assert_eq!(versions[1]["written_at"], made["created_at"]);
    let authors: Vec<_> = versions.iter().map(|one| &one["written_by"]).collect();
    assert!(authors[0] != authors[1] && authors.iter().all(|author| author["kind"] == "key"), "{authors:?}");
    let page = desk.get(&format!("{path}/versions?limit=1")).await;
    assert_eq!(page["items"], json!([versions[0]]));
    let rest = desk.get(&format!("{path}/versions?limit=1&after={}", page["next"].as_str().unwrap())).await;
    assert_eq!(rest["items"], json!([versions[1]]));
    let stranger = Desk::of(&world.account("other").await.unwrap()).await;
    assert_eq!(stranger.call(Method::GET, &format!("{path}/versions"), &[], None).await.status, 404);
}
