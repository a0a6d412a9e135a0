//! Phones that sleep are woken once, and not again before they have exchanged.

use std::sync::Arc;

use axum::http::Method;
use campo_protocol::model::Ref;
use campo_server::{
    access::permissions::ManageInstallations,
    app::App,
    installations::installation::{self, InstallationState},
    push::{Pushed, Recording, Service, wake_ups::look},
};
use campo_tests::{
    api::{Answer, Client},
    office, on_both,
    world::{Account, Phone, World},
};
use serde_json::{Value, json};

const SECOND_US: i64 = 1_000_000;

on_both! {
    a_phone_is_woken_once_until_it_exchanges,
    a_push_that_brought_nobody_is_repeated_after_an_hour,
    a_phone_that_has_what_changed_is_not_woken,
    a_phone_that_listens_has_time_to_come_by_itself,
    a_token_that_is_none_any_more_is_forgotten_and_a_failure_is_tried_again,
    a_token_is_kept_sealed_and_what_is_none_is_refused,
    nobody_is_woken_who_was_revoked,
    phones_that_cannot_be_woken_keep_nobody_asleep,
}

/// A server that notes whom it wakes, and looks when it is told to.
struct Watch {
    app: App,
    recording: Arc<Recording>,
    begun_us: i64,
}

impl Watch {
    fn new(world: &World) -> Self {
        Self::with(world, Recording::default())
    }

    fn with(world: &World, recording: Recording) -> Self {
        let recording = Arc::new(recording);
        let app = App { push: recording.clone(), ..world.app.clone() };
        Self { begun_us: app.environment.now_us(), app, recording }
    }

    /// Who is woken at the given seconds.
    async fn woken(&self, seconds: &[i64]) -> Vec<(i64, String)> {
        let mut woken = Vec::new();
        for second in seconds {
            look(&self.app, self.begun_us + second * SECOND_US).await.unwrap();
            woken.extend(self.recording.take().into_iter().map(|token| (*second, token)));
        }
        woken
    }
}

async fn register(phone: &Phone, service: &str, token: &str) -> Answer {
    let body = json!({ "service": service, "token": token });
    let client = Client::new(&phone.app, Some(&phone.bearer));
    client.call(Method::PUT, "/v1/sync/push-token", &[], Some(&body)).await.unwrap()
}

/// Ana's phone, which is woken by `token`, holds everything, and sleeps.
async fn sleeper(account: &Account, token: &str) -> Phone {
    let ana = account.employee(token).await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    phone.open_session().await.unwrap();
    assert_eq!(register(&phone, "fcm", token).await.status, 204);
    sync(&mut phone).await;
    phone
}

async fn sync(phone: &mut Phone) {
    phone.catch_up().await.unwrap();
    phone.app.contacts.write(&phone.app).await.unwrap();
}

async fn a_phone_is_woken_once_until_it_exchanges(world: World) {
    let account = world.account("acme").await.unwrap();
    let watch = Watch::new(&world);
    let mut ana = sleeper(&account, "ana").await;
    let mut beto = sleeper(&account, "beto").await;
    sync(&mut ana).await;
    assert_eq!(watch.woken(&[0, 10, 100]).await, [], "they hold everything");
    let task = office::create_task(&world.app, account.id, &[ana.employee]).await.unwrap();
    office::create_task(&world.app, account.id, &[ana.employee]).await.unwrap();
    let once = [(5, "ana".to_owned())];
    assert_eq!(watch.woken(&[0, 1, 5, 6, 40]).await, once, "two changes are one push");
    // More changes bring no more pushes while one is outstanding.
    office::edit_task(&world.app, account.id, task, "again").await.unwrap();
    assert_eq!(watch.woken(&[50, 60, 600]).await, []);
    sync(&mut ana).await;
    assert_eq!(watch.woken(&[700]).await, []);
    office::assign(&world.app, account.id, task, &[ana.employee, beto.employee]).await.unwrap();
    let mut both = watch.woken(&[800, 810, 820]).await;
    both.sort();
    assert_eq!(both, [(810, "ana".to_owned()), (810, "beto".to_owned())]);
    sync(&mut beto).await;
    // Two pushes have half a minute between them, however fast the phone is.
    office::edit_task(&world.app, account.id, task, "once more").await.unwrap();
    let late = watch.woken(&[812, 820, 839, 841]).await;
    assert_eq!(late, [(841, "beto".to_owned())]);
}

async fn a_push_that_brought_nobody_is_repeated_after_an_hour(world: World) {
    let account = world.account("acme").await.unwrap();
    let watch = Watch::new(&world);
    let ana = sleeper(&account, "ana").await;
    watch.woken(&[0]).await;
    office::create_task(&world.app, account.id, &[ana.employee]).await.unwrap();
    let times = watch.woken(&[0, 5, 3599, 3606, 3700]).await;
    assert_eq!(times.iter().map(|one| one.0).collect::<Vec<_>>(), [5, 3606]);
}

async fn a_phone_that_has_what_changed_is_not_woken(world: World) {
    let account = world.account("acme").await.unwrap();
    let watch = Watch::new(&world);
    let mut ana = sleeper(&account, "ana").await;
    let mut beto = sleeper(&account, "beto").await;
    sync(&mut ana).await;
    watch.woken(&[0]).await;
    // What it captures itself comes back to it in the same exchange.
    let task = office::create_task(&world.app, account.id, &[ana.employee]).await.unwrap();
    let start = ana.line("task.start", &format!(r#","task":"{task}""#));
    ana.exchange(&[start]).await.unwrap();
    ana.app.contacts.write(&ana.app).await.unwrap();
    assert_eq!(watch.woken(&[1, 10, 20]).await, []);
    // What comes to others, whatever its position, is no news for it.
    office::create_task(&world.app, account.id, &[beto.employee]).await.unwrap();
    assert_eq!(watch.woken(&[30, 40]).await, [(40, "beto".to_owned())]);
    sync(&mut beto).await;
    // A phone that took only a part of what there is has not got it all.
    let request = beto.request();
    let hand_in = campo_protocol::sync::Request { view: None, ..request };
    office::create_task(&world.app, account.id, &[beto.employee]).await.unwrap();
    beto.exchange_at(&world.app, &hand_in, &[]).await.unwrap();
    beto.app.contacts.write(&beto.app).await.unwrap();
    assert_eq!(watch.woken(&[80, 90]).await, [(90, "beto".to_owned())]);
}

async fn a_phone_that_listens_has_time_to_come_by_itself(world: World) {
    let account = world.account("acme").await.unwrap();
    let watch = Watch::new(&world);
    let ana = sleeper(&account, "ana").await;
    watch.woken(&[0]).await;
    let request = axum::http::Request::get("/v1/sync/events").body(axum::body::Body::empty()).unwrap();
    let stream = Client::new(&watch.app, Some(&ana.bearer)).open(request).await.unwrap();
    watch.app.contacts.write(&watch.app).await.unwrap();
    office::create_task(&world.app, account.id, &[ana.employee]).await.unwrap();
    assert_eq!(watch.woken(&[0, 5, 14, 16]).await, [(16, "ana".to_owned())]);
    drop(stream);
    watch.app.contacts.write(&watch.app).await.unwrap();
    let (awake_us,): (i64,) = watch
        .app
        .db
        .fetch_one("select awake_us from installation_awake where account = $1", (account.id,))
        .await
        .unwrap();
    assert_eq!(awake_us, 0);
}

async fn a_token_that_is_none_any_more_is_forgotten_and_a_failure_is_tried_again(world: World) {
    let account = world.account("acme").await.unwrap();
    let watch = Watch::new(&world);
    let (ana, beto) = (sleeper(&account, "ana").await, sleeper(&account, "beto").await);
    watch.woken(&[0]).await;
    watch.recording.answer("ana", Pushed::Gone);
    watch.recording.answer("beto", Pushed::NotNow("status 503".to_owned()));
    office::create_task(&world.app, account.id, &[ana.employee, beto.employee]).await.unwrap();
    let times = watch.woken(&[0, 5, 10, 34, 64, 66, 150, 157]).await;
    let of = |name: &str| {
        let own = times.iter().filter(|one| one.1 == name);
        own.map(|one| one.0).collect::<Vec<_>>()
    };
    // The second try waits for a minute, the third for a minute and a half.
    assert_eq!((of("ana"), of("beto")), (vec![5], vec![5, 66, 157]));
    watch.recording.answer("beto", Pushed::Taken);
    assert_eq!(watch.woken(&[400, 500]).await, [(400, "beto".to_owned())]);
    // With another token the phone is woken again.
    watch.recording.answer("ana again", Pushed::Taken);
    register(&ana, "apns", "0a").await;
    assert_eq!(watch.woken(&[600, 610]).await, []);
    office::create_task(&world.app, account.id, &[ana.employee]).await.unwrap();
    assert_eq!(watch.woken(&[700, 710]).await, [(710, "0a".to_owned())]);
}

async fn a_token_is_kept_sealed_and_what_is_none_is_refused(world: World) {
    let account = world.account("acme").await.unwrap();
    let phone = sleeper(&account, "a-secret-token").await;
    let sealed = async || {
        let rows: Vec<(Vec<u8>,)> = world
            .app
            .db
            .fetch_all("select sealed from push_token where account = $1", (account.id,))
            .await
            .unwrap();
        rows
    };
    let before = sealed().await;
    assert!(!before[0].0.windows(6).any(|part| part == b"secret"));
    for (service, token, field) in [
        ("fcm", String::new(), "/token"),
        ("fcm", "x".repeat(5000), "/token"),
        ("gcm", "t".to_owned(), "/service"),
        ("fcm", "a b".to_owned(), "/token"),
    ] {
        let answer = register(&phone, service, &token).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.json()["faults"][0]["field"], field);
        assert_eq!(answer.json()["faults"][0].get("found"), None::<&Value>, "it may be a secret with a slip");
    }
    assert_eq!(sealed().await, before);
    let client = Client::new(&world.app, Some(&phone.bearer));
    for _ in 0..2 {
        let answer = client.call(Method::DELETE, "/v1/sync/push-token", &[], None).await.unwrap();
        assert_eq!(answer.status, 204);
    }
    assert!(sealed().await.is_empty());
}

async fn nobody_is_woken_who_was_revoked(world: World) {
    let account = world.account("acme").await.unwrap();
    let watch = Watch::new(&world);
    let ana = sleeper(&account, "ana").await;
    watch.woken(&[0]).await;
    office::create_task(&world.app, account.id, &[ana.employee]).await.unwrap();
    let allowed = account.operator().allow::<ManageInstallations>().unwrap();
    let which = Ref::Id(ana.installation);
    installation::end(&world.app, &allowed, &which, InstallationState::Revoked).await.unwrap();
    assert_eq!(watch.woken(&[0, 10, 100]).await, []);
    assert_eq!(register(&ana, "fcm", "other").await.status, 403);
}

async fn phones_that_cannot_be_woken_keep_nobody_asleep(world: World) {
    let account = world.account("acme").await.unwrap();
    let watch = Watch::with(&world, Recording::serving(&[Service::Fcm]));
    let ana = sleeper(&account, "ana").await;
    // More phones than one look takes, that wait for longer, for a service that this server does not know
    let phones = "insert into installation (account, id, code, name, device, token, state, custom, version, \
                  enrolled_us, updated_us) with recursive n(n) as (select 1 union all select n + 1 from n where n < 600) \
                  select account, random_id, code || n, name, device, token, state, custom, version, enrolled_us, \
                  updated_us from installation cross join n;
                  insert into push_token (account, installation, service, sealed, registered_us, wanted_position, \
                  wanted_us, failures) select i.account, i.id, 'apns', t.sealed, 0, 1000000, 0, 0 \
                  from installation i cross join push_token t where i.id <> t.installation;";
    let [sqlite, postgres] =
        ["randomblob(16)", "gen_random_uuid()"].map(|id| phones.replace("random_id", id));
    world.meddle(&sqlite, &postgres).await.unwrap();
    watch.woken(&[0]).await;
    office::create_task(&world.app, account.id, &[ana.employee]).await.unwrap();
    assert_eq!(watch.woken(&[1, 6]).await, [(6, "ana".to_owned())]);
    // The same with tokens that cannot be opened: each is tried, and then rests like others that failed
    let spoilt = |sealed: &str| {
        format!(
            "update push_token set service = 'fcm', sealed = {sealed} where service = 'apns'; \
             update push_token set woken_position = null, tried_us = null where service = 'fcm'"
        )
    };
    world.meddle(&spoilt("x'00'"), &spoilt(r"'\x00'")).await.unwrap();
    assert_eq!(watch.woken(&[50, 51, 52]).await, [(51, "ana".to_owned())]);
}
