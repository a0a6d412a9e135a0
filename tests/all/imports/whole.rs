//! A file of which all is imported or nothing.

use axum::http::Method;
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{Desk, counts, many, simple};

on_both! {
    nothing_is_applied_when_one_row_is_refused,
    a_file_without_fault_is_applied_whole,
}

fn whole() -> Value {
    let mut template = simple();
    template["all_or_nothing"] = json!(true);
    template
}

async fn nothing_is_applied_when_one_row_is_refused(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(whole()).await;
    let mut file = many(450);
    file.extend_from_slice(b";sin numero\n");
    let run = desk.import("simple", "a.csv", &file).await;
    assert_eq!((&run["state"], counts(&run)), (&json!("failed"), [0, 0, 0, 1]), "{run}");
    assert_eq!(run["problem"]["code"], "rows_refused");
    assert_eq!(desk.tasks_and_entries().await, (0, 0));
    assert_eq!(desk.rows(&run, "pending").await.len(), 450);
    let path = format!("/v1/imports/{}/refused.xlsx", run["id"].as_str().unwrap());
    assert_eq!(desk.call(Method::GET, &path, &[], None).await.status, 200);
    // The preview says so beforehand, with what good rows would do
    let draft = desk.send("/v1/imports/drafts?template=code:simple&file_name=a.csv", &file).await.json();
    let path = format!("/v1/imports/drafts/{}/preview", draft["id"].as_str().unwrap());
    desk.call(Method::POST, &path, &[], Some(&json!({}))).await;
    desk.work_off().await;
    let preview = desk.get(&path).await;
    assert_eq!((&preview["created"], &preview["refused"]), (&json!(450), &json!(1)), "{preview}");
    assert_eq!(preview["problem"]["code"], "rows_refused");
    // Corrected it is imported
    let run = desk.import("simple", "a.csv", &many(450)).await;
    assert_eq!((&run["state"], counts(&run)), (&json!("done"), [450, 0, 0, 0]), "{run}");
}

async fn a_file_without_fault_is_applied_whole(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(whole()).await;
    let run = desk.import("simple", "a.csv", &many(450)).await;
    assert_eq!((&run["state"], counts(&run)), (&json!("done"), [450, 0, 0, 0]), "{run}");
    assert_eq!(desk.tasks_and_entries().await, (450, 450));
}
