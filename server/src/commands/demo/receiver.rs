//! A customer's system in a process of its own: takes notifications, verifies their signatures, keeps the ids of those that
//! it has taken, and says on standard output what came. It ends with its input, whose first line is the channel's secret.

use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::{self, BufRead as _, Read as _, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context as _, Result};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use campo_server::{config::LogFormat, environment::Environment};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;
use tokio::{net::TcpListener, sync::oneshot};

use super::api::{number, text};

/// What it says when it listens, with its address behind.
pub(super) const LISTENING: &str = "listening on ";
/// A notification that was signed longer ago was sent again by somebody else.
const OLDEST_S: i64 = 300;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Where it listens
    listen: SocketAddr,
    /// Where it keeps the ids of what it has taken
    journal: PathBuf,
}

/// A notification that came.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Notice {
    /// True when it was signed with the channel's secret, lately
    pub(super) verified: bool,
    /// True when it had come before
    pub(super) repeated: bool,
    /// The kind of entry or event
    pub(super) kind: String,
    /// The number of the task, empty where it is about none
    pub(super) task: String,
    /// The name of the employee, empty where there is none
    pub(super) employee: String,
}

struct Receiver {
    key: Vec<u8>,
    taken: Mutex<Taken>,
    environment: Environment,
}

struct Taken {
    ids: HashSet<String>,
    journal: File,
}

pub(super) fn run(arguments: Arguments) -> Result<()> {
    campo_server::telemetry::init(LogFormat::Text, "warn")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Arguments { listen, journal } = arguments;
        let listener =
            TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
        say(&format!("{LISTENING}{}", listener.local_addr()?))?;
        let mut secret = String::new();
        io::stdin().lock().read_line(&mut secret)?;
        let secret: String = serde_json::from_str(&secret).context("the channel's secret")?;
        let key = STANDARD.decode(secret.trim_start_matches("whsec_"))?;
        let taken = Mutex::new(Taken::open(&journal)?);
        let receiver = Arc::new(Receiver { key, taken, environment: Environment::system() });
        let router = Router::new().fallback(take).with_state(receiver);
        tokio::select! {
            served = async { axum::serve(listener, router).await } => Ok(served?),
            () = end_of_input() => Ok(()),
        }
    })
}

/// Answers only when what came is on the disk: what was answered is not sent again.
async fn take(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match receiver.take(&headers, &body) {
        Ok(notice) => {
            let status = if notice.verified { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED };
            let line = serde_json::to_string(&notice).unwrap_or_default();
            // The demo is gone when nobody reads it
            if say(&line).is_ok() { status } else { StatusCode::SERVICE_UNAVAILABLE }
        }
        Err(error) => {
            tracing::warn!(%error, "a notification could not be taken");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

impl Receiver {
    fn take(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notice> {
        if !self.is_genuine(headers, body) {
            return Ok(Notice::default());
        }
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let repeated = !taken.take(header(headers, "webhook-id"))?;
        let event: Value = serde_json::from_slice(body)?;
        let kind = text(&event, "/data/entry/content/kind");
        let kind = if kind.is_empty() { text(&event, "/type") } else { kind };
        let name = ["/data/employee/first_name", "/data/employee/last_name"].map(|name| text(&event, name));
        Ok(Notice {
            verified: true,
            repeated,
            kind: kind.to_owned(),
            task: task(&event),
            employee: name.join(" ").trim().to_owned(),
        })
    }

    /// By the rules of Standard Webhooks: a signature over id, time and the bytes as they came, and a time that is near.
    fn is_genuine(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let [id, timestamp, signatures] =
            ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| header(headers, name));
        let now_s = self.environment.now_us() / 1_000_000;
        let near = timestamp.parse().is_ok_and(|sent_s: i64| (now_s - sent_s).abs() <= OLDEST_S);
        let is_ours = |signature: &str| {
            let signature = signature.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok());
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return false };
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(body);
            signature.is_some_and(|signature| mac.verify_slice(&signature).is_ok())
        };
        near && signatures.split(' ').any(is_ours)
    }
}

impl Taken {
    fn open(path: &Path) -> Result<Self> {
        let mut journal = OpenOptions::new().create(true).append(true).read(true).open(path)?;
        let mut text = String::new();
        journal.read_to_string(&mut text)?;
        Ok(Self { ids: text.lines().map(str::to_owned).collect(), journal })
    }

    /// True when it had not been taken before; it is on the disk then.
    fn take(&mut self, id: &str) -> io::Result<bool> {
        if self.ids.contains(id) {
            return Ok(false);
        }
        self.journal.write_all(format!("{id}\n").as_bytes())?;
        self.journal.sync_data()?;
        Ok(self.ids.insert(id.to_owned()))
    }
}

/// The number of the task that an event is about, as people see it.
fn task(event: &Value) -> String {
    let external = text(event, "/data/task/external_number");
    match number(event, "/data/task/task_number") {
        _ if !external.is_empty() => external.to_owned(),
        0 => String::new(),
        number => number.to_string(),
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn say(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(line.as_bytes())?;
    output.write_all(b"\n")?;
    output.flush()
}

/// Done when standard input ends. A thread of its own reads it, since a runtime waits for reads that it began.
async fn end_of_input() {
    let (ended, end) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = ended.send(());
    });
    let _ = end.await;
}
