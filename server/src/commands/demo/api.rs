//! Calls to the server's API, as a console or a customer's system makes them.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use campo_server::outbound;
use reqwest::{Client, Method};
use serde_json::Value;

/// How long an answer may take.
const WITHIN: Duration = Duration::from_mins(1);

/// A caller.
#[derive(Debug, Clone)]
pub(super) struct Api {
    client: Client,
    url: String,
    language: &'static str,
    bearer: String,
}

impl Api {
    /// Somebody without credentials.
    #[expect(
        clippy::disallowed_methods,
        reason = "the demo calls its own server, as a customer's system does"
    )]
    pub(super) fn new(url: &str, language: &'static str) -> Result<Self> {
        outbound::use_ring();
        let client = Client::builder().no_proxy().timeout(WITHIN).build()?;
        Ok(Self { client, url: url.to_owned(), language, bearer: String::new() })
    }

    /// The caller with this bearer secret.
    pub(super) fn with(&self, bearer: &str) -> Self {
        Self { bearer: bearer.to_owned(), ..self.clone() }
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value> {
        self.call(Method::GET, path, "application/json", Vec::new()).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::POST, path, "application/json", serde_json::to_vec(body)?).await
    }

    pub(super) async fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::PUT, path, "application/json", serde_json::to_vec(body)?).await
    }

    /// Sends a file.
    pub(super) async fn upload(&self, path: &str, file: &[u8]) -> Result<Value> {
        self.call(Method::POST, path, "application/octet-stream", file.to_vec()).await
    }

    async fn call(&self, method: Method, path: &str, content: &str, body: Vec<u8>) -> Result<Value> {
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.url))
            .header("accept-language", self.language)
            .header("content-type", content)
            .body(body);
        if !self.bearer.is_empty() {
            request = request.bearer_auth(&self.bearer);
        }
        let what = || format!("{method} {path}");
        let answer = request.send().await.with_context(what)?;
        let (status, bytes) = (answer.status(), answer.bytes().await.with_context(what)?);
        if !status.is_success() {
            bail!("{}: {status}: {}", what(), String::from_utf8_lossy(&bytes));
        }
        if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&bytes).with_context(what) }
    }
}

/// The text of a member, empty where there is none.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The number of a member, 0 where there is none.
pub(super) fn number(value: &Value, pointer: &str) -> i64 {
    value.pointer(pointer).and_then(Value::as_i64).unwrap_or(0)
}

/// The items of a page.
pub(super) fn items(page: &Value) -> &[Value] {
    page["items"].as_array().map_or(&[], Vec::as_slice)
}
