//! A phone's road over HTTP: the same bytes again and again until there are receipts, whatever happens to the servers.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use campo_protocol::sync::Answer;
use serde_json::json;

const ONE_TRY: Duration = Duration::from_secs(10);
const ALL_TRIES: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(10);

/// Where servers answer now; tests change it when they start one again.
#[derive(Debug, Clone, Default)]
pub struct Addresses(Arc<RwLock<Vec<String>>>);

impl Addresses {
    /// Servers at these addresses.
    pub fn new(addresses: Vec<String>) -> Self {
        Self(Arc::new(RwLock::new(addresses)))
    }

    /// The server of that number answers here now.
    pub fn set(&self, number: usize, address: &str) {
        let mut addresses = self.0.write().unwrap_or_else(PoisonError::into_inner);
        address.clone_into(&mut addresses[number]);
    }

    /// One of them, another one for the next number.
    fn get(&self, number: usize) -> String {
        let addresses = self.0.read().unwrap_or_else(PoisonError::into_inner);
        addresses[number % addresses.len()].clone()
    }
}

/// Hands entries in over HTTP.
#[derive(Debug, Clone)]
pub struct HttpPhone {
    client: reqwest::Client,
    bearer: String,
    addresses: Addresses,
}

/// What a delivery took.
#[derive(Debug)]
pub struct Delivered {
    /// The answer of the last try
    pub answer: Answer,
    /// How many tries had no answer, or one that asks for another try
    pub failed_tries: usize,
}

impl HttpPhone {
    /// A phone with this bearer secret.
    pub fn new(bearer: &str, addresses: Addresses) -> Result<Self> {
        campo_server::outbound::use_ring();
        let client = reqwest::Client::builder().timeout(ONE_TRY).build()?;
        Ok(Self { client, bearer: bearer.to_owned(), addresses })
    }

    /// Sends the lines as one exchange until a server answers with receipts. Fails at an answer that no other try would
    /// change, such as 400, and after a minute.
    pub async fn deliver(&self, lines: &[Vec<u8>]) -> Result<Delivered> {
        let body = exchange(lines);
        let tries = async {
            for failed_tries in 0.. {
                if let Some(answer) = self.one_try(failed_tries, body.clone()).await? {
                    return Ok(Delivered { answer, failed_tries });
                }
                tokio::time::sleep(PAUSE).await;
            }
            bail!("tried for ever")
        };
        tokio::time::timeout(ALL_TRIES, tries).await.context("no receipts within a minute")?
    }

    async fn one_try(&self, number: usize, body: Vec<u8>) -> Result<Option<Answer>> {
        let address = format!("{}/v1/sync", self.addresses.get(number));
        let request = self.client.post(address).bearer_auth(&self.bearer).body(body);
        let Ok(response) = request.send().await else { return Ok(None) };
        let status = response.status();
        // A server that is killed while it answers
        let Ok(bytes) = response.bytes().await else { return Ok(None) };
        match status.as_u16() {
            200 => serde_json::from_slice(&bytes).context("the answer").map(Some),
            429 | 500.. => Ok(None),
            _ => bail!("{status}: {}", String::from_utf8_lossy(&bytes)),
        }
    }
}

/// The body of an exchange with these lines.
pub fn exchange(lines: &[Vec<u8>]) -> Vec<u8> {
    let mut body = json!({ "format": 1, "clock": { "wall_us": 1 } }).to_string().into_bytes();
    for line in lines {
        body.push(b'\n');
        body.extend(line);
    }
    body
}
