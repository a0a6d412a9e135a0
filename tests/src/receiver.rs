//! A customer's endpoint as a separate process: started, killed and started again at the same address, with a journal of
//! every request that it has read whole.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;
use tempfile::TempDir;

use crate::place;

/// The file of the journal in the receiver's folder.
pub const JOURNAL: &str = "journal.ndjson";
/// The file of the behaviour in the receiver's folder.
pub const BEHAVIOUR: &str = "behaviour.json";

/// What a receiver does with a request, after it has written it down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Answers 204
    #[default]
    Take,
    /// Answers with [`Behaviour::status`]
    Status,
    /// Answers after a minute
    Slow,
    /// Answers 204 once it behaves otherwise
    Held,
    /// Hangs up
    Close,
    /// Hangs up within an answer of 200
    CloseWithin,
    /// Sends to [`Behaviour::location`]
    Redirect,
    /// Answers 200 and never ends
    HugeAnswer,
}

/// How a receiver behaves.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Behaviour {
    /// What it does
    pub mode: Mode,
    /// Only with requests whose body holds this text; the others it takes
    pub only: Option<String>,
    /// For [`Mode::Status`]
    pub status: u16,
    /// The header `Retry-After` beside it
    pub retry_after: Option<String>,
    /// The body beside it
    pub answer: Option<String>,
    /// For [`Mode::Redirect`]
    pub location: Option<String>,
}

impl Behaviour {
    /// It takes everything.
    pub fn take() -> Self {
        Self::default()
    }

    /// It answers everything with `status`.
    pub fn status(status: u16) -> Self {
        Self { mode: Mode::Status, status, ..Self::default() }
    }

    /// It does so with what holds `text` alone.
    #[must_use]
    pub fn only(mut self, text: impl Into<String>) -> Self {
        self.only = Some(text.into());
        self
    }

    /// What it does with a request of this body.
    pub fn mode_for(&self, body: &str) -> Mode {
        match &self.only {
            Some(text) if !body.contains(text) => Mode::Take,
            _ => self.mode,
        }
    }
}

/// A request that the receiver has read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Its method
    pub method: String,
    /// Its path
    pub path: String,
    /// Its headers, by names in lower case
    pub headers: BTreeMap<String, String>,
    /// Its body
    pub body: String,
    /// True when it was answered with a success
    pub taken: bool,
}

impl Request {
    /// The event's id.
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// A header, empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        Ok(serde_json::from_str(&self.body)?)
    }

    /// True when one of its signatures is that of `secret` (`whsec_…`), by the text of Standard Webhooks.
    pub fn is_signed_with(&self, secret: &str) -> Result<bool> {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").context("a secret")?)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key)?;
        mac.update(format!("{}.{}.{}", self.id(), self.header("webhook-timestamp"), self.body).as_bytes());
        let expected = STANDARD.encode(mac.finalize().into_bytes());
        let signatures = self.header("webhook-signature").split(' ');
        Ok(signatures.filter_map(|one| one.strip_prefix("v1,")).any(|one| one == expected))
    }
}

/// A running receiver. Killed when dropped.
#[derive(Debug)]
pub struct Receiver {
    folder: TempDir,
    address: String,
    child: Option<Child>,
}

impl Receiver {
    /// One that takes everything.
    pub fn start() -> Result<Self> {
        let mut receiver = Self::down()?;
        receiver.up()?;
        Ok(receiver)
    }

    /// One that is not there yet, with the address that it will have.
    pub fn down() -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        Ok(Self { folder: tempfile::tempdir()?, address, child: None })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}/campo", self.address)
    }

    /// Starts it, and returns when it listens.
    pub fn up(&mut self) -> Result<()> {
        let binary = place::build_folder()?.join("receiver");
        let mut child = Command::new(&binary)
            .arg(&self.address)
            .arg(self.folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", binary.display()))?;
        let stdout = child.stdout.take().context("its output")?;
        self.child = Some(child);
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        if !line.starts_with("listening on ") {
            bail!("the receiver said `{line}`");
        }
        Ok(())
    }

    /// Kills it.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Says how it behaves from the next request on.
    pub fn behave(&self, behaviour: &Behaviour) -> Result<()> {
        let path = self.folder.path().join(BEHAVIOUR);
        let draft = path.with_extension("draft");
        fs::write(&draft, serde_json::to_vec(behaviour)?)?;
        Ok(fs::rename(draft, path)?)
    }

    /// Every request that it has read, in order. A last line that is being written is left out.
    pub fn journal(&self) -> Result<Vec<Request>> {
        let text = fs::read_to_string(self.folder.path().join(JOURNAL)).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }

    /// Those that it took, in order.
    pub fn taken(&self) -> Result<Vec<Request>> {
        Ok(self.journal()?.into_iter().filter(|request| request.taken).collect())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
