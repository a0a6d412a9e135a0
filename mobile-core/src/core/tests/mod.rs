//! The core over a transport that a test plays.

mod again;
mod files;
mod servers;
mod stolen;

use std::{
    collections::{BTreeMap, VecDeque},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use campo_protocol::{digest, scope::Scope};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use super::{
    Core, Surroundings, SyncState,
    bearers::BEARERS,
    enrolment::Device,
    failure::CoreFailure,
    platform::{Listener, PlatformFailure, SecureStore},
    transport::{Answering, HttpRequest, Transport},
};
use crate::{
    capture::session::Session,
    machine::{
        book::Access,
        event::{Failure, Trouble},
    },
    store::{
        Store,
        settings::{self, name},
        space::Folder,
    },
    testing::{TurnedClock, environment},
    wire::HttpAnswer,
};

/// Answers in turn; the last one again and again.
#[derive(Default)]
struct Played {
    answers: Mutex<VecDeque<Result<HttpAnswer, Failure>>>,
    requests: Mutex<Vec<HttpRequest>>,
}

impl Played {
    fn next(&self, request: HttpRequest) -> Result<HttpAnswer, Failure> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = answers.pop_front().unwrap_or(Err(Failure::Offline));
        if answers.is_empty() {
            answers.push_back(answer.clone());
        }
        answer
    }

    fn paths(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests.iter().map(|request| request.url.replace("https://campo.example", "")).collect()
    }
}

impl Transport for Played {
    fn send(&self, request: HttpRequest) -> Answering<'_> {
        Box::pin(async move { self.next(request) })
    }
}

#[derive(Default)]
struct Secrets(Mutex<BTreeMap<String, String>>, AtomicBool);

impl SecureStore for Secrets {
    fn get(&self, name: &str) -> Result<Option<String>, PlatformFailure> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }

    fn set(&self, name: &str, value: &str) -> Result<(), PlatformFailure> {
        self.0.lock().unwrap().insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), PlatformFailure> {
        // The second is true while the keystore does not answer
        if self.1.load(Ordering::Relaxed) {
            return Err(PlatformFailure("keystore".to_owned()));
        }
        self.0.lock().unwrap().remove(name);
        Ok(())
    }
}

/// What a foreign listener may do: throw.
struct Thrower;

impl Listener for Thrower {
    fn changed(&self, _revision: u64) -> Result<(), PlatformFailure> {
        Err(PlatformFailure("java.lang.IllegalStateException".to_owned()))
    }

    fn sync_state(&self, _state: &SyncState) -> Result<(), PlatformFailure> {
        Err(PlatformFailure("java.lang.IllegalStateException".to_owned()))
    }
}

struct Phone {
    core: Core,
    played: Arc<Played>,
    secrets: Arc<Secrets>,
    folder: TempDir,
}

fn phone(answers: Vec<Result<HttpAnswer, Failure>>) -> Phone {
    let folder = tempfile::tempdir().unwrap();
    let played = Arc::new(Played { answers: Mutex::new(answers.into()), ..Played::default() });
    let secrets = Arc::new(Secrets::default());
    Phone { core: open(folder.path(), played.clone(), &secrets), played, secrets, folder }
}

/// The core on the database and the files in `folder`.
fn open(folder: &Path, transport: Arc<dyn Transport>, secrets: &Arc<Secrets>) -> Core {
    let surroundings = Surroundings {
        database: folder.join("campo.db"),
        environment: environment(&TurnedClock::at(1_800_000_000_000_000), 1),
        space: Arc::new(Folder::new(&folder.join("files")).unwrap()),
        secrets: secrets.clone(),
        transport,
        listener: Arc::new(Thrower),
    };
    Core::open(surroundings).unwrap()
}

/// Opens a session of Ana.
fn open_session(core: &Core) {
    let session = Session {
        id: Uuid::from_u128(2),
        employee: Uuid::from_u128(3),
        number: "1".to_owned(),
        name: "Ana".to_owned(),
        opened_us: 0,
    };
    core.writer.write(move |store| settings::set(store.read(), name::SESSION, &session)).unwrap();
}

impl Phone {
    /// The process ends and is started again.
    fn restart(self) -> Self {
        let Self { core, played, secrets, folder } = self;
        drop(core);
        Self { core: open(folder.path(), played.clone(), &secrets), played, secrets, folder }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "one of the results that a transport plays")]
fn answer(status: u16, content_type: &str, body: &serde_json::Value) -> Result<HttpAnswer, Failure> {
    Ok(HttpAnswer {
        status,
        content_type: Some(content_type.to_owned()),
        retry_after_s: None,
        body: body.to_string().into_bytes(),
    })
}

fn enrolled() -> Result<HttpAnswer, Failure> {
    let body = json!({
        "installation": { "id": Uuid::from_u128(1), "name": "x" },
        "account": { "id": 1, "code": "sample", "name": "Muestra" },
        "token": "campo_1_i_secret",
    });
    answer(201, "application/json", &body)
}

fn quiet() -> Result<HttpAnswer, Failure> {
    let body = json!({ "epoch": Uuid::from_u128(5), "received_at_us": 1, "view": { "digest": 0 } });
    answer(200, "application/json", &body)
}

/// What a server of a later release might say: kinds, members and states that this one has no word for.
fn of_a_later_release(scope: &str, object: Uuid) -> Result<HttpAnswer, Failure> {
    let body = json!({ "name": "Norte", "colour": ["blue"] });
    let digest = digest::of_object("zone", object, body.to_string().as_bytes());
    let page = json!({
        "scope": scope, "after": 0, "position": 3, "objects": 1, "digest": digest, "complete": true,
        "changes": [{ "kind": "zone", "id": object, "body": body, "until": 9 }], "order": "by_distance",
    });
    let body = json!({
        "epoch": Uuid::from_u128(5), "received_at_us": 1, "advice": { "text": "x" },
        "view": { "digest": digest, "scopes": [page], "dropped": ["region/00000000-0000-0000-0000-000000000002"] },
        "files": [{ "state": "quarantined", "hash": "00", "until_us": 9 }],
    });
    answer(200, "application/json", &body)
}

fn device() -> Device {
    Device { platform: "android".to_owned(), ..Device::default() }
}

#[tokio::test]
async fn a_code_makes_a_phone_that_syncs_by_itself() {
    let phone = phone(vec![enrolled(), quiet()]);
    let enrolment = phone.core.enrol(" https://campo.example/ ", "7K3QD-9XPW2", device()).await.unwrap();
    assert_eq!((enrolment.installation, enrolment.company.as_str()), (Uuid::from_u128(1), "Muestra"));
    let state = phone.core.sync_now().await;
    assert_eq!((state.access, state.trouble, state.busy), (Access::Active, None, false));
    assert!(phone.secrets.0.lock().unwrap()[BEARERS].contains("campo_1_i_secret"));
    let paths = phone.played.paths();
    assert_eq!(paths[0], "/v1/enrolments/redeem");
    assert!(paths.len() > 1 && paths[1..].iter().all(|path| path == "/v1/sync"), "{paths:?}");
    let requests = phone.played.requests.lock().unwrap();
    assert!(requests[1].headers.contains(&("authorization", "Bearer campo_1_i_secret".to_owned())));
}

#[tokio::test]
async fn what_a_later_release_of_the_server_says_is_held_for_a_later_release_of_the_phone() {
    let (scope, object) = ("zone/00000000-0000-0000-0000-000000000007", Uuid::from_u128(8));
    let phone = phone(vec![enrolled(), of_a_later_release(scope, object)]);
    phone.core.enrol("https://campo.example", "7K3QD-9XPW2", device()).await.unwrap();
    let state = phone.core.sync_now().await;
    assert_eq!((state.access, state.trouble), (Access::Active, None));
    let store = Store::open(&phone.folder.path().join("campo.db")).unwrap();
    let scope: Scope = scope.parse().unwrap();
    assert_eq!(store.book().unwrap().scopes[&scope].position, 3);
    let held = store.all_objects().unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!((held[0].0, held[0].1.as_str(), held[0].2.id), (scope, "zone", object));
}

#[tokio::test]
async fn a_code_whose_answer_was_lost_is_brought_again_with_the_same_key() {
    let refused =
        answer(403, "application/problem+json", &json!({ "code": "enrolment_code_invalid", "title": "x" }));
    let phone = phone(vec![Err(Failure::Broken), refused, enrolled(), quiet()]);
    let enrol = |code| phone.core.enrol("https://campo.example", code, device());
    assert_eq!(enrol("A").await.unwrap_err(), CoreFailure::Offline);
    assert_eq!(enrol("B").await.unwrap_err(), CoreFailure::refused("enrolment_code_invalid"));
    enrol("B").await.unwrap();
    let requests = phone.played.requests.lock().unwrap();
    let keys: Vec<_> = requests[..3]
        .iter()
        .map(|request| request.headers.iter().find(|header| header.0 == "idempotency-key").unwrap().1.clone())
        .collect();
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys[1], keys[2]);
}

#[tokio::test]
async fn a_dropped_future_leaves_the_enrolment_to_end_by_itself() {
    let phone = phone(vec![enrolled(), quiet()]);
    {
        let enrol = phone.core.enrol("https://campo.example", "A", device());
        let mut enrol = std::pin::pin!(enrol);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(enrol.as_mut().poll(&mut context).is_pending());
    }
    let mut state = phone.core.watch();
    let active = state.wait_for(|state| state.access == Access::Active);
    assert!(tokio::time::timeout(Duration::from_secs(20), active).await.is_ok());
}

#[tokio::test]
async fn a_paused_core_refuses_and_goes_on_when_it_is_resumed() {
    let phone = phone(vec![enrolled(), quiet()]);
    phone.core.enrol("https://campo.example", "A", device()).await.unwrap();
    phone.core.sync_now().await;
    phone.core.pause().unwrap();
    assert_eq!(phone.core.tasks().unwrap_err(), CoreFailure::Paused);
    assert_eq!(phone.core.put_draft("a", "b").unwrap_err(), CoreFailure::Paused);
    phone.core.resume().unwrap();
    phone.core.put_draft("a", "b").unwrap();
    assert_eq!(phone.core.draft("a").unwrap().as_deref(), Some("b"));
    assert_eq!(phone.core.sync_now().await.trouble, None);
}

#[tokio::test]
async fn whoever_asks_for_an_exchange_that_cannot_be_made_now_is_answered_at_once() {
    let busy = Ok(HttpAnswer {
        status: 503,
        content_type: Some("application/problem+json".to_owned()),
        retry_after_s: Some(24 * 3600),
        body: br#"{"code":"unavailable","title":"x"}"#.to_vec(),
    });
    let phone = phone(vec![enrolled(), busy]);
    let asked = async || {
        let state = tokio::time::timeout(Duration::from_secs(20), phone.core.sync_now()).await;
        state.expect("an answer")
    };
    assert_eq!(asked().await.access, Access::NotEnrolled);
    phone.core.enrol("https://campo.example", "A", device()).await.unwrap();
    assert_eq!(asked().await.trouble, Some(Trouble::ServerBusy));
    let requests = phone.played.paths().len();
    assert_eq!(asked().await.trouble, Some(Trouble::ServerBusy), "held back");
    phone.core.pause().unwrap();
    assert!(!asked().await.busy);
    assert_eq!(phone.played.paths().len(), requests);
}
