//! One account that floods costs the others a bounded number of turns, and itself what does not fit.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::task::Poll;

use axum::http::Method;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use campo_server::{
    app::App,
    environment::Environment,
    log::{Log, Options, queue::GROUP_ENTRIES},
    problem::{Code, Problem},
    secrets::Bearer,
};
use campo_tests::{
    api::Client,
    check,
    http_phone::exchange,
    office, on_both,
    world::{Phone, World},
};
use serde_json::json;
use tokio::task::JoinHandle;

const CALM: usize = 5;
/// More than the bound, each with fifty entries: the queue holds more than anybody may wait for.
const FLOODERS: usize = 65;
const FLOOD_BOUND: usize = 40;
const BOUND: usize = 20;

on_both! {
    a_flooded_account_is_told_to_wait_and_a_calm_one_does_not_notice,
    what_the_office_queues_shuts_out_no_capture,
    many_accounts_at_once_never_run_out_of_turns,
    who_reads_much_leaves_room_for_those_who_read_little,
    who_makes_up_bearers_of_an_account_does_not_stand_in_its_way,
}

/// The server of the world with other bounds.
fn bounded(world: &World, queue_bound: usize) -> App {
    let App { db, environment, secrets, .. } = &world.app;
    let options = Options { queue_bound, ..Options::default() };
    App { log: Log::new(db.clone(), environment.clone(), secrets.clone(), &options), ..world.app.clone() }
}

async fn last_entry(app: &App, account: i64) -> i64 {
    let head: (i64,) =
        app.db.fetch_one("select entry from account_head where account = $1", (account,)).await.unwrap();
    head.0
}

async fn a_flooded_account_is_told_to_wait_and_a_calm_one_does_not_notice(world: World) {
    let app = bounded(&world, FLOOD_BOUND);
    let (busy, calm) = (world.account("busy").await.unwrap(), world.account("calm").await.unwrap());
    let (ana, eva) = (busy.employee("ZZ1").await.unwrap(), calm.employee("ZZ1").await.unwrap());
    let (over, refused) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut flooders = Vec::new();
    for _ in 0..FLOODERS {
        let phone = busy.phone(ana).await.unwrap();
        flooders.push(tokio::spawn(flood(app.clone(), phone, Arc::clone(&over), Arc::clone(&refused))));
    }
    let mut phone = calm.spare_phone(eva);
    for _ in 0..CALM {
        let line = phone.line("shift.start", "");
        let before = last_entry(&app, busy.id).await;
        let sent = tokio::time::timeout(super::WAIT, phone.send_to(&app, &[line])).await;
        sent.expect("a calm account waits for ever").unwrap();
        let meanwhile = last_entry(&app, busy.id).await - before;
        // The group under way, the one that it rides in, and what was appended around the two looks at the head
        assert!(meanwhile <= 3 * GROUP_ENTRIES as i64, "waited for {meanwhile} entries of the flood");
    }
    over.store(true, Ordering::Release);
    for flooder in flooders {
        flooder.await.unwrap();
    }
    assert!(refused.load(Ordering::Relaxed) > 0, "the flood never met the bound");
    assert_eq!(check::log_is_whole(&app, calm.id).await.unwrap().entries.len(), CALM);
    check::log_is_whole(&app, busy.id).await.unwrap();
}

/// How long one that is told to come back in a second waits instead.
const IMPATIENCE: std::time::Duration = std::time::Duration::from_millis(20);

/// Sends fifty entries at a time over HTTP, and the same again when refused.
async fn flood(app: App, mut phone: Phone, over: Arc<AtomicBool>, refused: Arc<AtomicUsize>) {
    let client = Client::new(&app, Some(&phone.bearer));
    let mut lines = Vec::new();
    while !over.load(Ordering::Acquire) {
        if lines.is_empty() {
            lines = (0..50).map(|_| phone.line("shift.start", "")).collect();
        }
        let request = axum::http::Request::post("/v1/sync").body(exchange(&lines).into()).unwrap();
        let answer = client.send(request).await.unwrap();
        if answer.status == 429 {
            assert_eq!((answer.header("retry-after"), &answer.json()["code"]), ("1", &"queue_full".into()));
            refused.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(IMPATIENCE).await;
        } else {
            assert_eq!(answer.status, 200, "{}", answer.json());
            lines.clear();
        }
    }
}

async fn what_the_office_queues_shuts_out_no_capture(world: World) {
    let app = bounded(&world, BOUND);
    let (busy, calm) = (world.account("busy").await.unwrap(), world.account("calm").await.unwrap());
    let (ana, eva) = (busy.employee("ZZ1").await.unwrap(), calm.employee("ZZ1").await.unwrap());
    let employees = [ana];
    let turn = office::begin(&app, busy.id).await.unwrap();
    let mut edits = Vec::new();
    for _ in 0..BOUND {
        edits.push(Box::pin(office::create_task(&app, busy.id, &employees)));
        assert!(is_pending(edits.last_mut().unwrap()).await);
    }
    let beyond = office::create_task(&app, busy.id, &[ana]).await.unwrap_err();
    assert_eq!(beyond.downcast::<Problem>().unwrap().code(), Code::QueueFull);
    let (mut one, mut other) = (busy.spare_phone(ana), calm.spare_phone(eva));
    let (line, other_line) = ([one.line("shift.start", "")], [other.line("shift.start", "")]);
    let (captures, edited, ()) = tokio::join!(
        async { tokio::join!(one.send_to(&app, &line), other.send_to(&app, &other_line)) },
        futures_util::future::join_all(edits),
        async { drop(turn) }
    );
    captures.0.unwrap();
    captures.1.unwrap();
    assert!(edited.iter().all(Result::is_ok), "{edited:?}");
    for account in [busy.id, calm.id] {
        check::log_is_whole(&app, account).await.unwrap();
    }
}

/// Polls once.
async fn is_pending(future: &mut (impl Future + Unpin)) -> bool {
    poll_fn(|context| Poll::Ready(Pin::new(&mut *future).poll(context).is_pending())).await
}

/// On SQLite one turn takes what waits of all accounts: whatever takes turns for the others must not pile up.
async fn many_accounts_at_once_never_run_out_of_turns(world: World) {
    let app = bounded(&world, 4);
    let mut running = Vec::new();
    for number in 0..40 {
        let account = world.account(&format!("acme-{number}")).await.unwrap();
        let ana = account.employee("ZZ1").await.unwrap();
        let (app, mut phone) = (app.clone(), account.spare_phone(ana));
        running.push(tokio::spawn(async move {
            for _ in 0..25 {
                let line = phone.line("shift.start", "");
                phone.send_to(&app, &[line]).await?;
            }
            anyhow::Ok(phone.account)
        }));
    }
    for task in running {
        let account = task.await.unwrap().unwrap();
        assert_eq!(check::log_is_whole(&app, account).await.unwrap().entries.len(), 25);
    }
}

/// How many phones of one account read everything again and again, and how often they may be served before somebody else
/// is: in one line for all it would be about their number.
const READERS: usize = 200;
const SERVED_BEFORE: usize = 40;

/// What one account reads takes long, and much of it waits: another's reading goes between.
async fn who_reads_much_leaves_room_for_those_who_read_little(world: World) {
    let (busy, calm) = (world.account("busy").await.unwrap(), world.account("calm").await.unwrap());
    let (ana, eva) = (busy.employee("ZZ1").await.unwrap(), calm.employee("ZZ1").await.unwrap());
    for _ in 0..50 {
        office::create_task(&world.app, busy.id, &[ana]).await.unwrap();
    }
    let (phone, other) = (busy.phone(ana).await.unwrap(), calm.phone(eva).await.unwrap());
    let (busy_client, calm_client) =
        (Client::new(&world.app, Some(&phone.bearer)), Client::new(&world.app, Some(&other.bearer)));
    let mut crowd = Crowd::default();
    for _ in 0..READERS {
        let client = busy_client.clone();
        crowd.join(move || {
            let client = client.clone();
            async move { assert_eq!(read_all(&client).await, 200) }
        });
    }
    crowd.lets_in(SERVED_BEFORE, &calm_client).await;
}

/// Requests that only claim to be of an account wait among strangers, not before its own people.
async fn who_makes_up_bearers_of_an_account_does_not_stand_in_its_way(world: World) {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let phone = account.phone(ana).await.unwrap();
    let client = Client::new(&world.app, Some(&phone.bearer));
    let (mut made_up, chance) = (Bearer::parse(&phone.bearer).unwrap(), Environment::seeded(4711, 0));
    let (stranger, mut crowd) = (Client::new(&world.app, None), Crowd::default());
    for _ in 0..READERS {
        made_up.secret = URL_SAFE_NO_PAD.encode(chance.random::<32>());
        let (stranger, bearer) = (stranger.clone(), format!("Bearer {}", made_up.format()));
        crowd.join(move || {
            let (stranger, bearer) = (stranger.clone(), bearer.clone());
            async move {
                let headers = [("authorization", bearer.as_str())];
                let answer = stranger.call(Method::GET, "/v1/session", &headers, None).await.unwrap();
                assert_eq!(answer.status, 401);
            }
        });
    }
    crowd.lets_in(READERS, &client).await;
}

/// Many who ask again and again.
#[derive(Default)]
struct Crowd {
    over: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    asking: Vec<JoinHandle<()>>,
}

impl Crowd {
    /// One more, who asks so.
    fn join<Asked: Future<Output = ()> + Send>(&mut self, ask: impl Fn() -> Asked + Send + 'static) {
        let (over, answered) = (Arc::clone(&self.over), Arc::clone(&self.answered));
        self.asking.push(tokio::spawn(async move {
            while !over.load(Ordering::Acquire) {
                ask().await;
                answered.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }

    /// Once so many were answered, somebody else reads, before whom at most as many may be; then the crowd goes.
    async fn lets_in(self, most: usize, client: &Client) {
        while self.answered.load(Ordering::Relaxed) < most {
            tokio::task::yield_now().await;
        }
        let before = self.answered.load(Ordering::Relaxed);
        assert_eq!(read_all(client).await, 200);
        let meanwhile = self.answered.load(Ordering::Relaxed) - before;
        self.over.store(true, Ordering::Release);
        assert!(meanwhile <= most, "waited for {meanwhile} others");
        for one in self.asking {
            one.await.unwrap();
        }
    }
}

/// The status of an exchange of a phone that holds nothing yet.
async fn read_all(client: &Client) -> u16 {
    let request = json!({ "format": 1, "clock": { "wall_us": 1 }, "view": { "scopes": {} } });
    client.post("/v1/sync", &request).await.unwrap().status.as_u16()
}
