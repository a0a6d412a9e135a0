//! A real phone's core that is enrolled again while it still holds what it captured before.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use campo_mobile_core::{
    capture::{Action, Capture},
    core::{
        enrolment::Device,
        http::Http,
        transport::{Answering, HttpRequest, Transport},
    },
    machine::event::Failure,
};
use campo_server::api::router::router;
use campo_tests::{core_phone, on_both, wait, world::World};
use tempfile::TempDir;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(30);

on_both!(what_was_captured_before_a_new_enrolment_arrives_under_the_old_one);

/// A network over which, for a while, nothing but the redemption of a code passes.
struct Network {
    http: Http,
    is_off: AtomicBool,
}

impl Transport for Network {
    fn send(&self, request: HttpRequest) -> Answering<'_> {
        if self.is_off.load(Ordering::Relaxed) && !request.url.ends_with("/redeem") {
            return Box::pin(std::future::ready(Err(Failure::Offline)));
        }
        self.http.send(request)
    }
}

async fn what_was_captured_before_a_new_enrolment_arrives_under_the_old_one(world: World) {
    let (before, other) = (world.account("acme").await.unwrap(), world.account("other").await.unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(axum::serve(listener, router(world.app.clone())).into_future());
    for (number, now) in [&before, &other].into_iter().enumerate() {
        let employee = before.employee(&format!("ZZ{number}")).await.unwrap();
        let code = core_phone::code(&before, employee).await.unwrap();
        let new = now.employee(&format!("NEW{number}")).await.unwrap();
        let new_code = core_phone::code(now, new).await.unwrap();
        let folder = TempDir::new().unwrap();
        let network = Arc::new(Network { http: Http::new(None).unwrap(), is_off: AtomicBool::new(false) });
        let core = core_phone::open_over(folder.path(), network.clone()).unwrap();
        let installation = core.enrol(&server, &code, Device::default()).await.unwrap().installation;
        let listed = async || Ok(core.roster()?.into_iter().next());
        let ana = wait::until("the roster", PATIENCE, listed).await.unwrap();
        core.open_session("open", ana.id, core_phone::PIN).unwrap();
        core.sync_now().await;

        network.is_off.store(true, Ordering::Relaxed);
        let (intent, action) = ("shift".to_owned(), Action::ShiftStart);
        let captured =
            core.capture(Capture { intent, session: None, action, place: None, note: None }).unwrap();
        core.enrol(&server, &new_code, Device::default()).await.unwrap();
        network.is_off.store(false, Ordering::Relaxed);
        core.network_changed();
        let sent = async || Ok((core.unsent()?.entries == 0).then_some(()));
        wait::until("the entry to be sent", PATIENCE, sent).await.unwrap();
        drop(core);

        let rows: Vec<(i64, Uuid, String)> = world
            .app
            .db
            .fetch_all("select account, installation, outcome from entry where id = $1", (captured.id,))
            .await
            .unwrap();
        assert_eq!(rows, [(before.id, installation, "applied".to_owned())]);
    }
    serving.abort();
}
