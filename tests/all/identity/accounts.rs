use std::collections::BTreeSet;

use axum::http::Method;
use campo_server::{
    accounts::{self, Administrator, NewAccount},
    problem::{Code, Problem},
};
use campo_tests::{api::Client, on_both, world::World};
use serde_json::json;

use super::{all_mighty, done, everything, patch, refused};

on_both! {
    an_account_is_changed_with_its_version_and_phones_hear_of_it,
    an_account_begins_with_an_administrator_or_not_at_all,
    accounts_made_at_once_by_two_replicas_are_all_made,
}

async fn accounts_made_at_once_by_two_replicas_are_all_made(world: World) {
    let replica = world.replica().await.unwrap();
    let make = |number: usize| {
        let app = if number.is_multiple_of(2) { world.app.clone() } else { replica.clone() };
        let new = NewAccount {
            // the last two want the same code
            code: format!("company-{}", number.min(7)),
            name: "Company".to_owned(),
            zone: "America/Lima".to_owned(),
            language: "es".to_owned(),
        };
        tokio::spawn(async move { accounts::create(&app, &new).await })
    };
    let mut made = Vec::new();
    for making in (0..9).map(make).collect::<Vec<_>>() {
        made.push(making.await.unwrap());
    }
    let refused: Vec<_> = made.iter().filter_map(|made| made.as_ref().err()).map(Problem::code).collect();
    assert_eq!(refused, [Code::AlreadyExists]);
    let ids: BTreeSet<i64> = made.into_iter().flatten().collect();
    assert_eq!(ids, (1..=8).collect());
}

async fn an_account_is_changed_with_its_version_and_phones_hear_of_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let client = all_mighty(&account).await;
    let read = client.get("/v1/account").await.unwrap();
    assert_eq!(read.header("etag"), "\"1\"");
    let before = done(&read, 200);
    assert_eq!(
        before["settings"],
        json!({
            "closed_task_days": 7, "correction_agreement": false, "files_wait_days": 7, "location": "entries",
            "photos": { "longest_edge_px": 1920, "quality_percent": 80, "keep_metadata": false },
            "retention": {
                "working_time_days": null, "work_days": null, "messages_days": null, "positions_days": null,
                "sessions_days": null, "events_days": null, "deleted_days": null,
                "legal_hold": false, "held_employees": [],
            },
            "soap_flags_optional": false
        })
    );
    assert_eq!(account_view(&world, account.id).await["location"], "entries");

    let change = json!({
        "zone": "America/Bogota",
        "settings": { "location": "never", "closed_task_days": 0, "photos": { "longest_edge_px": 1280 } },
    });
    let changed = done(&patch(&client, "/v1/account", 1, &change).await, 200);
    assert_eq!(
        changed["settings"],
        json!({
            "closed_task_days": 0, "correction_agreement": false, "files_wait_days": 7, "location": "never",
            "photos": { "longest_edge_px": 1280, "quality_percent": 80, "keep_metadata": false },
            "retention": before["settings"]["retention"],
            "soap_flags_optional": false
        })
    );
    assert_eq!(done(&client.get("/v1/account").await.unwrap(), 200), changed);
    let seen = account_view(&world, account.id).await;
    assert_eq!((&seen["zone"], &seen["photos"]["longest_edge_px"]), (&"America/Bogota".into(), &1280.into()));

    refused(&patch(&client, "/v1/account", 1, &change).await, 412, "version_mismatch");
    let without = client.call(Method::PATCH, "/v1/account", &[], Some(&change)).await.unwrap();
    refused(&without, 428, "precondition_required");
    for (change, field) in [
        (json!({"name": " "}), "/name"),
        (json!({"zone": "America/Nowhere"}), "/zone"),
        (json!({"language": "pt"}), "/language"),
        (json!({"settings": {"closed_task_days": 366}}), "/settings/closed_task_days"),
        (json!({"settings": {"colour": 1}}), "/settings/colour"),
        (json!({"settings": {"photos": {"longest_edge_px": 5000}}}), "/settings/photos/longest_edge_px"),
        (json!({"settings": {"photos": {"colour": 1}}}), "/settings/photos/colour"),
        (json!({"code": "other"}), "/code"),
    ] {
        let answer = patch(&client, "/v1/account", 2, &change).await;
        refused(&answer, 422, "validation_failed");
        assert_eq!(answer.json()["faults"][0]["field"], field);
    }
}

async fn account_view(world: &World, account: i64) -> serde_json::Value {
    let (body,): (Vec<u8>,) = world
        .app
        .db
        .fetch_one(
            "select b.body from change_body b join change c on c.account = b.account and c.kind = b.kind and c.id = b.id \
             where b.account = $1 and b.kind = 'account' and c.scope = 'account'",
            (account,),
        )
        .await
        .unwrap();
    serde_json::from_slice(&body).unwrap()
}

async fn an_account_begins_with_an_administrator_or_not_at_all(world: World) {
    let new = |code: &str| NewAccount {
        code: code.to_owned(),
        name: "Acme".to_owned(),
        zone: "America/Lima".to_owned(),
        language: "es".to_owned(),
    };
    let administrator = Administrator { login: "Ana@Example.com".to_owned(), name: "Ana".to_owned() };
    let made = accounts::create_with_administrator(&world.app, &new("acme"), &administrator).await.unwrap();

    let stranger = Client::new(&world.app, None);
    let credentials = json!({"login": "ana@example.COM", "password": made.password.reveal()});
    let session = done(&stranger.post("/v1/session", &credentials).await.unwrap(), 201);
    assert_eq!(session["permissions"], serde_json::to_value(everything()).unwrap());
    assert_eq!(session["account"]["code"], "acme");
    let client = Client::new(&world.app, session["token"].as_str());
    done(&client.get("/v1/users/code:administrator").await.unwrap(), 200);

    // The same name in another company is no refusal
    accounts::create_with_administrator(&world.app, &new("other"), &administrator).await.unwrap();
    let taken =
        accounts::create_with_administrator(&world.app, &new("other"), &administrator).await.unwrap_err();
    assert_eq!(taken.code(), campo_server::problem::Code::AlreadyExists);
    let accounts: Vec<(String,)> =
        world.app.db.fetch_all("select code from account order by id", ()).await.unwrap();
    assert_eq!(accounts, [("acme".to_owned(),), ("other".to_owned(),)], "nothing is left of it");
}
