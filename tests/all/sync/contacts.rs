//! What the office sees of phones: when they were heard of, what they hold, and since when they have a task.

use campo_protocol::{scope::Scope, sync::Unsent};
use campo_server::access::PermissionName;
use campo_tests::{
    api::Client,
    office, on_both,
    world::{Account, World},
};
use serde_json::{Value, json};
use uuid::Uuid;

on_both! {
    an_office_sees_when_a_phone_was_heard_of_and_what_it_still_holds,
    a_task_is_on_a_phone_once_the_phone_said_so,
    what_a_phone_received_and_still_writes_is_not_on_it,
    an_exchange_that_says_nothing_new_writes_nothing,
}

async fn dispatcher(account: &Account) -> Client {
    let permissions = [PermissionName::ViewTasks, PermissionName::ManageInstallations];
    Client::new(&account.app, Some(&account.key(&permissions).await.unwrap()))
}

async fn an_office_sees_when_a_phone_was_heard_of_and_what_it_still_holds(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let office = dispatcher(&account).await;
    let path = format!("/v1/installations/{}", phone.installation);
    let shown = office.get(&path).await.unwrap().json();
    assert!(shown["heard_at"].is_null() && shown["unsent"].is_null());

    for (unsent, expected) in [
        (None, Value::Null),
        (
            Some(Unsent { entries: 3, oldest_us: Some(1_750_000_000_000_000), files: 2 }),
            json!({ "entries": 3, "oldest_at": "2025-06-15T15:06:40Z", "files": 2 }),
        ),
        // What it does not say again stands.
        (None, json!({ "entries": 3, "oldest_at": "2025-06-15T15:06:40Z", "files": 2 })),
        (Some(Unsent { entries: 0, oldest_us: None, files: 0 }), json!({ "entries": 0, "files": 0 })),
    ] {
        phone.announce(unsent, Vec::new()).await.unwrap();
        world.app.contacts.write(&world.app).await.unwrap();
        let shown = office.get(&path).await.unwrap().json();
        assert_eq!(shown["unsent"], expected);
        assert!(shown["heard_at"].is_string());
        let listed = office.get("/v1/installations").await.unwrap().json();
        assert_eq!(listed["items"][0], shown);
    }
}

/// Since when the phones have the task: one for each phone.
async fn since(office: &Client, task: Uuid) -> Vec<Value> {
    let phones = office.get(&format!("/v1/tasks/{task}/phones")).await.unwrap().json();
    phones["items"].as_array().unwrap().iter().map(|phone| phone["since"].clone()).collect()
}

async fn a_task_is_on_a_phone_once_the_phone_said_so(world: World) {
    let account = world.account("acme").await.unwrap();
    let (ana, beto) = (account.employee("ZZ1").await.unwrap(), account.employee("ZZ2").await.unwrap());
    let office = dispatcher(&account).await;
    let task = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let mut idle = account.phone(beto).await.unwrap();
    idle.open_session().await.unwrap();
    assert!(since(&office, task).await.is_empty(), "nobody works on a phone");
    phone.open_session().await.unwrap();
    assert_eq!(since(&office, task).await, [Value::Null]);
    let exchange = async |phone: &mut campo_tests::world::Phone| {
        phone.exchange(&[]).await.unwrap();
        world.app.contacts.write(&world.app).await.unwrap();
    };
    exchange(&mut phone).await;
    assert_eq!(since(&office, task).await, [Value::Null], "it was sent, but whether it arrived nobody knows");
    exchange(&mut phone).await;
    let first = since(&office, task).await;
    assert!(first[0].is_string());

    // Another task does not change since when it has this one.
    let later = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    assert_eq!((since(&office, task).await, since(&office, later).await), (first.clone(), vec![Value::Null]));
    exchange(&mut phone).await;
    exchange(&mut phone).await;
    assert_eq!(since(&office, task).await, first);
    let second = since(&office, later).await;
    assert!(second[0].as_str() > first[0].as_str());

    office::edit_task(&world.app, account.id, task, "door at the back").await.unwrap();
    assert_eq!(since(&office, task).await, [Value::Null], "what it is now is not on the phone");
    office::assign(&world.app, account.id, later, &[ana, beto]).await.unwrap();
    assert_eq!(since(&office, later).await, [Value::Null, Value::Null]);
    for phone in [&mut idle, &mut phone] {
        exchange(phone).await;
        exchange(phone).await;
    }
    assert!(since(&office, later).await.iter().all(Value::is_string));
    assert!(since(&office, task).await[0].as_str() > second[0].as_str());
}

async fn what_a_phone_received_and_still_writes_is_not_on_it(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let office = dispatcher(&account).await;
    let task = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    phone.open_session().await.unwrap();
    phone.catch_up().await.unwrap();
    let written = phone.request();
    let scope = Scope::Employee(ana);
    let positions = written.view.clone().unwrap().scopes;
    // From the beginning on where the position is none that the server gave
    for (add, expected) in [(0, None), (1_000_000, Some(0)), (-1_000_000, Some(0))] {
        let mut writing = written.clone();
        let view = writing.view.as_mut().unwrap();
        view.scopes.clear();
        view.received = positions.clone();
        *view.received.get_mut(&scope).unwrap() += add;
        let answer = phone.exchange_at(&world.app, &writing, &[]).await.unwrap();
        let pages = answer.view.unwrap().scopes;
        let after = pages.iter().find(|page| page.scope == scope).map(|page| page.after);
        assert_eq!((after, pages.len()), (expected, usize::from(expected.is_some())));
        world.app.contacts.write(&world.app).await.unwrap();
        assert_eq!(since(&office, task).await, [Value::Null]);
    }
    phone.exchange_at(&world.app, &written, &[]).await.unwrap();
    world.app.contacts.write(&world.app).await.unwrap();
    assert!(since(&office, task).await[0].is_string());
}

async fn an_exchange_that_says_nothing_new_writes_nothing(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    phone.open_session().await.unwrap();
    for _ in 0..2 {
        phone.exchange(&[]).await.unwrap();
        world.app.contacts.write(&world.app).await.unwrap();
    }
    // Whoever writes waits for this one: on SQLite it holds the only connection, on PostgreSQL the account's row.
    let mut write = office::begin(&world.app, account.id).await.unwrap();
    write.directory_changed();
    let before = phone.holds.clone();
    let quiet = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        phone.exchange(&[]).await.unwrap();
        world.app.contacts.write(&world.app).await.unwrap();
    });
    quiet.await.unwrap();
    assert_eq!(phone.holds, before);
}
