//! Phones that listen are told when there is something new for them, and never what.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, BodyDataStream},
    http::Request,
};
use campo_protocol::model::{Ref, group::Group};
use campo_server::{
    access::permissions::ManageInstallations,
    app::{App, Limits},
    installations::installation::{self, InstallationState},
};
use campo_tests::{
    api::Client,
    office, on_both, wait,
    world::{Phone, World},
};
use futures_util::StreamExt as _;
use serde_json::json;

on_both! {
    a_phone_is_told_of_what_is_in_its_view_and_of_nothing_else,
    a_change_of_another_replica_is_told,
    a_change_of_any_scope_is_told,
    a_flood_of_streams_is_bounded_and_one_phone_has_one,
    streams_end_when_the_server_stops,
    a_phone_that_was_revoked_hears_nothing,
}

const WAIT: Duration = Duration::from_mins(1);

struct Stream(BodyDataStream);

impl Stream {
    /// The next event but signs of life; none when the stream has ended.
    async fn event(&mut self) -> Option<String> {
        let next = async {
            loop {
                let bytes = self.0.next().await?.unwrap();
                let text = String::from_utf8(bytes.to_vec()).unwrap();
                if text != ":\n\n" {
                    return Some(text);
                }
            }
        };
        tokio::time::timeout(WAIT, next).await.expect("an event, or the end")
    }
}

async fn listen(app: &App, phone: &Phone) -> Result<Stream, (u16, String)> {
    let request = Request::get("/v1/sync/events").body(Body::empty()).unwrap();
    let response = Client::new(app, Some(&phone.bearer)).open(request).await.unwrap();
    let status = response.status().as_u16();
    if status != 200 {
        let retry = response.headers().get("retry-after").map(|after| after.to_str().unwrap().to_owned());
        return Err((status, retry.unwrap_or_default()));
    }
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = Stream(response.into_body().into_data_stream());
    assert_eq!(stream.event().await.unwrap(), "retry: 5000\n\nevent: changed\ndata: 1\n\n");
    Ok(stream)
}

const CHANGED: &str = "event: changed\ndata: 1\n\n";

async fn a_phone_is_told_of_what_is_in_its_view_and_of_nothing_else(world: World) {
    let account = world.account("acme").await.unwrap();
    let (ana, beto) = (account.employee("ZZ1").await.unwrap(), account.employee("ZZ2").await.unwrap());
    let mut phones = [account.phone(ana).await.unwrap(), account.phone(beto).await.unwrap()];
    for phone in &mut phones {
        phone.open_session().await.unwrap();
    }
    let mut anas = listen(&world.app, &phones[0]).await.unwrap();
    let mut betos = listen(&world.app, &phones[1]).await.unwrap();
    let task = office::create_task(&world.app, account.id, &[ana]).await.unwrap();
    world.app.awake.tell(&world.app).await.unwrap();
    assert_eq!(anas.event().await.unwrap(), CHANGED);
    // Many changes between two looks are one event.
    for number in 0..5 {
        office::edit_task(&world.app, account.id, task, &format!("{number}")).await.unwrap();
    }
    world.app.awake.tell(&world.app).await.unwrap();
    assert_eq!(anas.event().await.unwrap(), CHANGED);
    world.app.awake.tell(&world.app).await.unwrap();
    office::assign(&world.app, account.id, task, &[beto]).await.unwrap();
    world.app.awake.tell(&world.app).await.unwrap();
    for stream in [&mut anas, &mut betos] {
        assert_eq!(stream.event().await.unwrap(), CHANGED);
    }
    // Nothing is left over: the next thing that each hears is the end.
    world.app.health.stop();
    assert_eq!((anas.event().await, betos.event().await), (None, None));
}

async fn a_change_of_another_replica_is_told(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    phone.open_session().await.unwrap();
    let keeper = tokio::spawn({
        let app = world.app.clone();
        async move { app.awake.keep(&app).await }
    });
    let mut stream = listen(&world.app, &phone).await.unwrap();
    let other = world.replica().await.unwrap();
    for app in [&other, &world.app, &other] {
        office::create_task(app, account.id, &[ana]).await.unwrap();
        assert_eq!(stream.event().await.unwrap(), CHANGED);
    }
    keeper.abort();
}

async fn a_change_of_any_scope_is_told(world: World) {
    let account = world.account("acme").await.unwrap();
    let above = account.keep::<Group>(json!({ "code": "ABOVE", "name": "Above" })).await.unwrap().id;
    let field = json!({ "code": "FIELD", "name": "Field", "parent": above });
    account.keep::<Group>(field).await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    phone.open_session().await.unwrap();
    phone.catch_up().await.unwrap();
    let mut stream = listen(&world.app, &phone).await.unwrap();
    let poi = |number: &str, links: serde_json::Value| json!({ "number": number, "name": "A place", "links": links });
    let group = |code: &str, recursive| json!({ "groups": [{ "group": code, "recursive": recursive }] });
    for place in [
        poi("1", json!({ "employees": [{ "employee": ana }] })),
        poi("2", group("code:FIELD", false)),
        poi("3", group("code:FIELD", true)),
        poi("4", group("code:ABOVE", true)),
    ] {
        let number = place["number"].clone();
        account.keep::<campo_protocol::model::poi::Poi>(place).await.unwrap();
        world.app.awake.tell(&world.app).await.unwrap();
        assert_eq!(stream.event().await.unwrap(), CHANGED, "{number}");
        phone.catch_up().await.unwrap();
        assert!(phone.holds.objects("poi").values().any(|poi| poi["number"] == number), "{number}");
    }
    account.keep::<campo_protocol::model::poi::Poi>(poi("5", group("code:ABOVE", false))).await.unwrap();
    world.app.awake.tell(&world.app).await.unwrap();
    account.task_type("T").await.unwrap();
    world.app.awake.tell(&world.app).await.unwrap();
    assert_eq!(stream.event().await.unwrap(), CHANGED, "of the account's");
    world.app.health.stop();
    assert_eq!(stream.event().await, None, "what hangs above without descent is not theirs");
}

async fn a_flood_of_streams_is_bounded_and_one_phone_has_one(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let app = App {
        limits: Arc::new(Limits { event_streams: 2, ..(*world.app.limits).clone() }),
        ..world.app.clone()
    };
    let phones = [
        account.phone(ana).await.unwrap(),
        account.phone(ana).await.unwrap(),
        account.phone(ana).await.unwrap(),
    ];
    let mut old = listen(&app, &phones[0]).await.unwrap();
    let mut newest = listen(&app, &phones[0]).await.unwrap();
    assert_eq!(old.event().await, None, "a newer stream takes its place");
    for _ in 0..50 {
        newest = listen(&app, &phones[0]).await.unwrap();
    }
    assert_eq!(app.awake.count(), 1);
    let second = listen(&app, &phones[1]).await.unwrap();
    let (status, retry_after) = listen(&app, &phones[2]).await.err().unwrap();
    assert_eq!((status, retry_after.as_str()), (429, "60"));
    drop(second);
    let third = listen(&app, &phones[2]).await.unwrap();
    drop((newest, third, old));
    wait::until("the streams to be forgotten", WAIT, async || Ok((app.awake.count() == 0).then_some(())))
        .await
        .unwrap();
    // Nothing is asked of the database for nobody.
    app.awake.tell(&app).await.unwrap();
}

async fn streams_end_when_the_server_stops(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let phone = account.phone(ana).await.unwrap();
    let mut server = world.process(&[]).await.unwrap();
    campo_server::outbound::use_ring();
    let client = reqwest::Client::new();
    let request = client.get(format!("{}/v1/sync/events", server.url())).bearer_auth(&phone.bearer);
    let mut response = request.send().await.unwrap();
    assert!(response.chunk().await.unwrap().unwrap().starts_with(b"retry"));
    let ending = tokio::spawn(async move { while response.chunk().await.unwrap().is_some() {} });
    server.terminate().await.unwrap();
    ending.await.unwrap();
}

async fn a_phone_that_was_revoked_hears_nothing(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let phone = account.phone(ana).await.unwrap();
    let allowed = account.operator().allow::<ManageInstallations>().unwrap();
    for state in [InstallationState::Revoked, InstallationState::Stolen] {
        installation::end(&world.app, &allowed, &Ref::Id(phone.installation), state).await.unwrap();
        assert_eq!(listen(&world.app, &phone).await.err().unwrap().0, 403);
    }
}
