//! A phone among servers that take everything.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::{Arc, Mutex},
};

use campo_protocol::{
    entry::{Entry, hash},
    sync::Request,
    text::hex,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use super::{Secrets, answer, device, open, open_session};
use crate::{
    capture::{Action, Capture, Photo},
    core::{
        Core,
        bearers::BEARERS,
        transport::{Answering, HttpRequest, Transport},
    },
    machine::{book::Access, event::Failure},
    screens::Language,
    store::Store,
    wire::HttpAnswer,
};

/// What a server was asked after the enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) server: String,
    pub(super) bearer: String,
    pub(super) reads: bool,
    /// The installations of its entries
    pub(super) installations: Vec<Uuid>,
}

/// What a server does, whatever it is asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Instead {
    IsNotReached,
    Refuses(&'static str),
}

/// Servers by their address, each of which takes everything, unless it is told otherwise.
#[derive(Default)]
pub(super) struct Servers {
    pub(super) asked: Mutex<Vec<Asked>>,
    /// The servers that are out of order
    instead: Mutex<BTreeMap<String, Instead>>,
    uploaded: Mutex<BTreeSet<(String, String)>>,
}

impl Servers {
    pub(super) fn answer(&self, request: &HttpRequest) -> Result<HttpAnswer, Failure> {
        let (server, path) = request.url.split_once("/v1/").unwrap();
        if path == "enrolments/redeem" {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let installation = Uuid::from_u128(body["code"].as_str().unwrap().parse().unwrap());
            let body = json!({
                "installation": { "id": installation }, "account": { "name": server },
                "token": format!("secret of {installation}"),
            });
            return answer(201, "application/json", &body);
        }
        match self.instead.lock().unwrap().get(server) {
            Some(Instead::Refuses(code)) => {
                let body = json!({ "code": code, "title": "x" });
                return answer(403, "application/problem+json", &body);
            }
            Some(Instead::IsNotReached) => return Err(Failure::Offline),
            None => {}
        }
        if let Some(ticket) = path.strip_prefix("uploads/") {
            self.uploaded.lock().unwrap().insert((server.to_owned(), ticket.to_owned()));
            return answer(200, "application/json", &json!({ "stored": true }));
        }
        self.exchange(server, request)
    }

    pub(super) fn exchange(&self, server: &str, request: &HttpRequest) -> Result<HttpAnswer, Failure> {
        let is_compressed = request.headers.contains(&("content-encoding", "zstd".to_owned()));
        let body =
            if is_compressed { zstd::decode_all(&request.body[..]).unwrap() } else { request.body.clone() };
        let mut lines = body.split(|byte| *byte == b'\n');
        let first: Request = serde_json::from_slice(lines.next().unwrap()).unwrap();
        let lines: Vec<_> = lines.collect();
        let entries: Vec<Entry> = lines.iter().map(|line| serde_json::from_slice(line).unwrap()).collect();
        self.asked.lock().unwrap().push(Asked {
            server: server.to_owned(),
            bearer: request.headers.iter().find(|header| header.0 == "authorization").unwrap().1.clone(),
            reads: first.view.is_some(),
            installations: entries.iter().filter_map(|entry| entry.installation).collect(),
        });
        let receipts = entries.iter().zip(&lines).map(|(entry, line)| {
            json!({
                "id": entry.id, "hash": hex(&hash(line)), "position": 1, "occurred_at_us": 1,
                "occurred_kind": "wall", "outcome": "applied",
            })
        });
        let files = first.files.iter().map(|file| {
            json!({
                "state": "wanted", "hash": file.hash, "ticket": file.hash, "received_bytes": 0, "expires_us": 1,
            })
        });
        let mut body = json!({
            "epoch": Uuid::from_u128(5), "received_at_us": 1,
            "receipts": receipts.collect::<Vec<_>>(), "files": files.collect::<Vec<_>>(),
        });
        if first.view.is_some() {
            body["view"] = json!({ "digest": 0 });
        }
        answer(200, "application/json", &body)
    }

    pub(super) fn say_instead(&self, server: &str, said: Option<Instead>) {
        let mut instead = self.instead.lock().unwrap();
        match said {
            Some(said) => instead.insert(server.to_owned(), said),
            None => instead.remove(server),
        };
    }

    pub(super) fn has_uploaded(&self, server: &str, hash: &str) -> bool {
        self.uploaded.lock().unwrap().contains(&(server.to_owned(), hash.to_owned()))
    }
}

impl Transport for Servers {
    fn send(&self, request: HttpRequest) -> Answering<'_> {
        Box::pin(async move { self.answer(&request) })
    }
}

pub(super) struct Phone {
    pub(super) core: Core,
    pub(super) servers: Arc<Servers>,
    pub(super) secrets: Arc<Secrets>,
    pub(super) folder: TempDir,
}

impl Phone {
    /// A phone without any enrolment.
    pub(super) fn new() -> Self {
        let (servers, secrets) = (Arc::new(Servers::default()), Arc::new(Secrets::default()));
        let folder = tempfile::tempdir().unwrap();
        let core = open(folder.path(), servers.clone(), &secrets);
        Self { core, servers, secrets, folder }
    }

    /// Enrols, and opens a session of Ana.
    pub(super) async fn enrol(&self, server: &str, code: &str) {
        self.core.enrol(server, code, device()).await.unwrap();
        open_session(&self.core);
    }

    /// Takes a photo.
    pub(super) fn photo(&self, intent: &str, content: &str) {
        let picture = self.folder.path().join("photo.jpg");
        fs::write(&picture, content).unwrap();
        let file = self.core.take_file(&picture).unwrap();
        let action = Action::Photo {
            photo: Photo { file, field: None, media_type: "image/jpeg".to_owned() },
            task: None,
        };
        let capture = Capture { intent: intent.to_owned(), session: None, action, place: None, note: None };
        self.core.capture(capture).unwrap();
    }

    /// Asks for exchanges until this holds.
    pub(super) async fn comes_to(&self, what: &str, holds: impl Fn(&Store) -> bool) {
        let store = self.store();
        for _ in 0..1000 {
            if holds(&store) {
                return;
            }
            self.core.sync_now().await;
        }
        panic!("it never comes to that: {what}, {:?}", self.core.sync_state());
    }

    pub(super) async fn comes_to_hold(&self, left: i64) {
        let holds = |store: &Store| {
            let unsent = store.unsent(Language::English).unwrap();
            (unsent.entries, unsent.files) == (left, left)
        };
        self.comes_to("what is unsent", holds).await;
        assert_eq!(self.store().book().unwrap().access, Access::Active);
    }

    pub(super) fn restart(self) -> Self {
        let Self { core, servers, secrets, folder } = self;
        drop(core);
        Self { core: open(folder.path(), servers.clone(), &secrets), servers, secrets, folder }
    }

    pub(super) fn store(&self) -> Store {
        Store::open(&self.folder.path().join("campo.db")).unwrap()
    }

    pub(super) fn knows_secret_of(&self, installation: u128) -> bool {
        self.secrets.0.lock().unwrap()[BEARERS].contains(&Uuid::from_u128(installation).to_string())
    }
}
