//! What a file lists no longer is left, or withdrawn: counted beforehand, and asked about where it is much.

use axum::http::Method;
use campo_tests::{on_both, world::World};
use serde_json::{Value, json};

use super::{Desk, counts, simple};
use crate::tasks::{Office, assert_has, faults};

on_both! {
    what_a_file_lists_no_longer_stays_unless_the_template_says_so,
    what_a_file_lists_no_longer_is_withdrawn_and_given_again_when_it_comes_back,
    more_than_a_tenth_needs_a_yes_and_gets_it_or_not,
    a_refused_row_lists_what_it_names_and_one_that_names_nothing_holds_all_back,
    what_somebody_began_stays,
    what_a_file_writes_with_accents_apart_is_what_it_made_before,
    points_of_interest_that_nothing_needs_go_out_of_use,
    points_of_interest_are_moved_below_another_and_back_by_the_act,
    more_than_a_tenth_is_moved_after_a_yes,
    moving_needs_a_place_that_is_in_use,
}

fn withdrawing() -> Value {
    let mut template = simple();
    template["unlisted"] = json!("withdraw");
    let columns = template["columns"].as_array_mut().unwrap();
    columns.push(json!({ "heading": "Fecha", "field": "start_date", "optional": true }));
    template
}

fn file(numbers: impl IntoIterator<Item = usize>) -> Vec<u8> {
    let lines = numbers.into_iter().map(|number| format!("T-{number};Trabajo {number}\n"));
    std::iter::once("Número;Trabajo\n".to_owned()).chain(lines).collect::<String>().into_bytes()
}

async fn status(desk: &Desk, number: usize) -> Value {
    desk.get(&format!("/v1/tasks/external:T-{number}")).await["progress"]["status"].clone()
}

async fn what_a_file_writes_with_accents_apart_is_what_it_made_before(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(withdrawing()).await;
    let run = desk.import("simple", "a.csv", "Número;Trabajo\nAÑO-1;Uno\n".as_bytes()).await;
    assert_eq!(counts(&run), [1, 0, 0, 0], "{run}");
    let apart = "Número;Trabajo\nAN\u{303}O-1\u{200B};Dos\n";
    let run = desk.import("simple", "b.csv", apart.as_bytes()).await;
    assert_eq!((counts(&run), &run["withdrawn"]), ([0, 1, 0, 0], &json!(0)), "{run}");
    assert_eq!(desk.get("/v1/tasks/external:AN%CC%83O-1").await["description"], "Dos");
}

async fn what_a_file_lists_no_longer_stays_unless_the_template_says_so(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(simple()).await;
    desk.import("simple", "a.csv", &file(1..=3)).await;
    let run = desk.import("simple", "b.csv", &file(1..=1)).await;
    assert_eq!((&run["withdrawn"], &run["withdrawals"]), (&json!(0), &json!(null)));
    assert_eq!(status(&desk, 3).await, "new");
}

async fn what_a_file_lists_no_longer_is_withdrawn_and_given_again_when_it_comes_back(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(withdrawing()).await;
    let office = Office::of(&account).await;
    office.task(json!({ "external_number": "OTHER" })).await;
    let run = desk.import("simple", "a.csv", &file(1..=20)).await;
    assert_has(
        &run["withdrawals"],
        &json!({ "state": "done", "unlisted": 0, "managed": 20, "needs_yes": false }),
    );
    let run = desk.import("simple", "b.csv", &file(1..=18)).await;
    assert_eq!((counts(&run), &run["withdrawn"]), ([0, 0, 18, 0], &json!(2)), "{run}");
    assert_has(&run["withdrawals"], &json!({ "state": "done", "unlisted": 2, "managed": 20 }));
    assert_eq!((status(&desk, 19).await, status(&desk, 18).await), (json!("canceled"), json!("new")));
    assert_eq!(desk.get("/v1/tasks/external:OTHER").await["progress"]["status"], "new");
    let run = desk.import("simple", "c.csv", &file(1..=19)).await;
    assert_eq!((counts(&run), status(&desk, 19).await), ([0, 1, 18, 0], json!("new")), "{run}");
    assert_eq!(status(&desk, 20).await, "canceled");
    // What a person withdrew stays so
    let decision = json!({ "status": "canceled" });
    office.post("/v1/tasks/external:T-1/status", decision).await;
    desk.import("simple", "d.csv", &file(0..=19)).await;
    assert_eq!(status(&desk, 1).await, "canceled");
}

async fn more_than_a_tenth_needs_a_yes_and_gets_it_or_not(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(withdrawing()).await;
    desk.import("simple", "a.csv", &file(1..=10)).await;
    // The preview counts it
    let draft =
        desk.send("/v1/imports/drafts?template=code:simple&file_name=b.csv", &file(1..=8)).await.json();
    let path = format!("/v1/imports/drafts/{}", draft["id"].as_str().unwrap());
    let none = desk.call(Method::GET, &format!("{path}/preview"), &[], None).await;
    assert_eq!((none.status.as_u16(), &none.json()["code"]), (404, &json!("preview_not_begun")));
    let begun = desk.call(Method::POST, &format!("{path}/preview"), &[], Some(&json!({}))).await;
    assert_eq!(begun.status, 202, "{}", begun.json());
    desk.work_off().await;
    let preview = desk.get(&format!("{path}/preview")).await;
    assert_has(
        &preview["withdrawals"],
        &json!({ "state": "counted", "unlisted": 2, "managed": 10, "needs_yes": true }),
    );
    assert_eq!(status(&desk, 10).await, "new");
    // Unattended it asks
    let run = desk.import("simple", "b.csv", &file(1..=8)).await;
    assert_has(&run["withdrawals"], &json!({ "state": "asked", "unlisted": 2, "managed": 10 }));
    assert_eq!((status(&desk, 9).await, &run["withdrawn"]), (json!("new"), &json!(0)));
    let notices = desk.get("/v1/notices").await;
    assert_has(&notices["items"][0], &json!({ "kind": "import_asks", "subject": run["id"] }));
    let answer = format!("/v1/imports/{}/withdrawals", run["id"].as_str().unwrap());
    let said = desk.call(Method::POST, &answer, &[], Some(&json!({ "confirm_withdrawals": 2 }))).await;
    assert_eq!((said.status.as_u16(), &said.json()["state"]), (200, &json!("applying")), "{}", said.json());
    desk.work_off().await;
    let run = desk.get(&format!("/v1/imports/{}", run["id"].as_str().unwrap())).await;
    assert_eq!((&run["state"], &run["withdrawn"]), (&json!("done"), &json!(2)), "{run}");
    assert_eq!((status(&desk, 9).await, status(&desk, 8).await), (json!("canceled"), json!("new")));
    assert_eq!(desk.get("/v1/notices").await["items"], json!([]));
    let twice = desk.call(Method::POST, &answer, &[], Some(&json!({ "confirm_withdrawals": 2 }))).await;
    assert_eq!(twice.status, 409);
    // No is an answer
    let run = desk.import("simple", "c.csv", &file(1..=4)).await;
    let answer = format!("/v1/imports/{}/withdrawals", run["id"].as_str().unwrap());
    let said = desk.call(Method::POST, &answer, &[], Some(&json!({ "confirm_withdrawals": 0 }))).await;
    assert_eq!(said.json()["withdrawals"]["state"], "left");
    assert_eq!(status(&desk, 8).await, "new");
    // Said beforehand it does not ask
    let sent = desk
        .send("/v1/imports?template=code:simple&file_name=d.csv&confirm_withdrawals=3", &file(1..=5))
        .await;
    desk.work_off().await;
    let run = desk.get(sent.header("location")).await;
    assert_eq!((&run["withdrawals"]["state"], &run["withdrawn"]), (&json!("done"), &json!(3)), "{run}");
}

async fn a_refused_row_lists_what_it_names_and_one_that_names_nothing_holds_all_back(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(withdrawing()).await;
    desk.import("simple", "a.csv", &file(1..=20)).await;
    let mut text = String::from_utf8(file(1..=18)).unwrap().replace("Trabajo\n", "Trabajo;Fecha\n");
    text.push_str("T-19;x;32/13/2026\n");
    let run = desk.import("simple", "b.csv", text.as_bytes()).await;
    let refused = desk.rows(&run, "refused").await;
    let message = refused[0]["faults"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("“32/13/2026” is no date."), "{message}");
    assert_eq!((&run["withdrawn"], status(&desk, 19).await), (&json!(1), json!("new")), "{run}");
    let text = String::from_utf8(file(1..=18)).unwrap() + ";sin número\n";
    let run = desk.import("simple", "c.csv", text.as_bytes()).await;
    assert_eq!((&run["withdrawals"]["state"], &run["withdrawn"]), (&json!("unclear"), &json!(0)), "{run}");
    assert_eq!(status(&desk, 19).await, "new");
}

async fn what_somebody_began_stays(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ANA").await.unwrap();
    let desk = Desk::of(&account).await;
    let mut template = withdrawing();
    template["constants"] = json!({ "employee": "ANA" });
    desk.template(template).await;
    desk.import("simple", "a.csv", &file(1..=20)).await;
    let mut phone = account.phone(ana).await.unwrap();
    let begun = desk.get("/v1/tasks/external:T-20").await["id"].as_str().unwrap().to_owned();
    let line = phone.line("task.start", &format!(r#","task":"{begun}""#));
    phone.send(&[line]).await.unwrap();
    let run = desk.import("simple", "b.csv", &file(1..=18)).await;
    assert_eq!((&run["withdrawn"], &run["withdrawals"]["unlisted"]), (&json!(1), &json!(1)), "{run}");
    assert_eq!((status(&desk, 20).await, status(&desk, 19).await), (json!("in_progress"), json!("canceled")));
}

async fn points_of_interest_that_nothing_needs_go_out_of_use(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    desk.template(json!({
        "code": "clientes", "name": "Clientes", "makes": "pois", "key": "number", "unlisted": "withdraw",
        "columns": [{ "heading": "Código", "field": "number" }, { "heading": "Nombre", "field": "name" }],
    }))
    .await;
    let file = places;
    desk.import("clientes", "a.csv", &file(20)).await;
    let office = Office::of(&account).await;
    office.task(json!({ "external_number": "T-1", "poi": "code:C-20" })).await;
    let run = desk.import("clientes", "b.csv", &file(18)).await;
    assert_eq!((&run["withdrawals"]["unlisted"], &run["withdrawn"]), (&json!(2), &json!(1)), "{run}");
    assert_eq!(desk.call(Method::GET, "/v1/pois/number:C-19", &[], None).await.status, 404);
    assert_eq!(desk.get("/v1/pois/number:C-20").await["state"], "enabled", "a task needs it");
}

/// A text of so many places.
fn places(count: usize) -> Vec<u8> {
    let lines = (1..=count).map(|number| format!("C-{number};Cliente {number}\n"));
    std::iter::once("Código;Nombre\n".to_owned()).chain(lines).collect::<String>().into_bytes()
}

/// A template that moves places below `BAJAS`, which is there.
async fn moving(desk: &Desk) -> Value {
    let parent = json!({ "number": "BAJAS", "name": "Bajas", "is_parent": true });
    let made = desk.call(Method::POST, "/v1/pois", &[], Some(&parent)).await;
    assert_eq!(made.status, 201, "{}", made.json());
    desk.template(json!({
        "code": "clientes", "name": "Clientes", "makes": "pois", "key": "number",
        "unlisted": "move", "unlisted_parent": "BAJAS",
        "columns": [{ "heading": "Código", "field": "number" }, { "heading": "Nombre", "field": "name" }],
    }))
    .await;
    made.json()["id"].clone()
}

async fn points_of_interest_are_moved_below_another_and_back_by_the_act(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let below = moving(&desk).await;
    let other = json!({ "number": "OTRO", "name": "Otro" });
    desk.call(Method::POST, "/v1/pois", &[], Some(&other)).await;
    desk.import("clientes", "a.csv", &places(20)).await;
    let office = Office::of(&account).await;
    office.task(json!({ "external_number": "T-1", "poi": "code:C-20" })).await;
    let run = desk.import("clientes", "b.csv", &places(18)).await;
    assert_eq!((counts(&run), &run["withdrawn"]), ([0, 0, 18, 0], &json!(2)), "{run}");
    let told = json!({ "state": "done", "unlisted": 2, "managed": 20, "parent": "BAJAS" });
    assert_has(&run["withdrawals"], &told);
    let parent = async |number: &str| desk.get(&format!("/v1/pois/number:{number}")).await["parent"].clone();
    // What somebody needs is moved, too: it stays in use
    assert_eq!((parent("C-19").await, parent("C-20").await), (below.clone(), below.clone()));
    assert_eq!((parent("C-18").await, parent("OTRO").await), (json!(null), json!(null)));
    // What stands there already is not counted again
    let again = desk.import("clientes", "c.csv", &places(17)).await;
    let told = json!({ "state": "done", "unlisted": 1, "managed": 18 });
    assert_has(&again["withdrawals"], &told);
    let undo = |run: &Value| format!("/v1/acts/{}/undo", run["act"].as_str().unwrap());
    let undone = desk.call(Method::POST, &undo(&run), &[], None).await.json();
    assert_has(&undone, &json!({ "went_back": 2, "stays": 0 }));
    assert_eq!((parent("C-19").await, parent("C-18").await), (json!(null), below));
    let undone = desk.call(Method::POST, &undo(&again), &[], None).await.json();
    assert_has(&undone, &json!({ "went_back": 1, "stays": 0 }));
    assert_eq!(parent("C-18").await, json!(null));
}

async fn more_than_a_tenth_is_moved_after_a_yes(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let below = moving(&desk).await;
    desk.import("clientes", "a.csv", &places(10)).await;
    let draft =
        desk.send("/v1/imports/drafts?template=code:clientes&file_name=b.csv", &places(8)).await.json();
    assert_has(&draft["options"], &json!({ "unlisted": "move", "unlisted_parent": "BAJAS" }));
    let path = format!("/v1/imports/drafts/{}", draft["id"].as_str().unwrap());
    desk.call(Method::POST, &format!("{path}/preview"), &[], Some(&json!({}))).await;
    desk.work_off().await;
    let preview = desk.get(&format!("{path}/preview")).await;
    let told =
        json!({ "state": "counted", "unlisted": 2, "managed": 10, "needs_yes": true, "parent": "BAJAS" });
    assert_has(&preview["withdrawals"], &told);
    let run = desk.import("clientes", "b.csv", &places(8)).await;
    assert_has(&run["withdrawals"], &json!({ "state": "asked", "unlisted": 2, "managed": 10 }));
    assert_eq!(desk.get("/v1/pois/number:C-9").await["parent"], json!(null));
    let answer = format!("/v1/imports/{}/withdrawals", run["id"].as_str().unwrap());
    let said = desk.call(Method::POST, &answer, &[], Some(&json!({ "confirm_withdrawals": 2 }))).await;
    assert_eq!(said.status, 200, "{}", said.json());
    desk.work_off().await;
    let run = desk.get(&format!("/v1/imports/{}", run["id"].as_str().unwrap())).await;
    assert_eq!((&run["state"], &run["withdrawn"]), (&json!("done"), &json!(2)), "{run}");
    assert_eq!(desk.get("/v1/pois/number:C-9").await["parent"], below);
}

async fn moving_needs_a_place_that_is_in_use(world: World) {
    let account = world.account("acme").await.unwrap();
    let desk = Desk::of(&account).await;
    let refused = async |change: Value| {
        let mut template = withdrawing();
        campo_protocol::document::merge(&mut template, &change);
        let answer = desk.call(Method::POST, "/v1/import-templates", &[], Some(&template)).await;
        assert_eq!(answer.status, 422, "{}", answer.json());
        answer.json()
    };
    let of_tasks = refused(json!({ "unlisted": "move", "unlisted_parent": "BAJAS" })).await;
    assert_eq!(faults(&of_tasks), [("/unlisted", "not_applicable")]);
    let columns = json!([{ "heading": "Número", "field": "number" }]);
    let nowhere = json!({ "unlisted": "move", "makes": "pois", "key": "number", "columns": columns });
    assert_eq!(faults(&refused(nowhere).await), [("/unlisted_parent", "required")]);
    moving(&desk).await;
    let removed = desk.call(Method::DELETE, "/v1/pois/number:BAJAS", &[("if-match", "\"1\"")], None).await;
    assert_eq!(removed.status, 204);
    let refused = desk.send("/v1/imports?template=code:clientes&file_name=a.csv", &places(3)).await;
    assert_eq!(
        (refused.status.as_u16(), faults(&refused.json())),
        (422, vec![("/unlisted_parent", "unknown_reference")])
    );
    // One of another company is none
    let other = Desk::of(&world.account("other").await.unwrap()).await;
    moving(&other).await;
    let refused = desk.send("/v1/imports?template=code:clientes&file_name=a.csv", &places(3)).await;
    assert_eq!(faults(&refused.json()), [("/unlisted_parent", "unknown_reference")]);
}
