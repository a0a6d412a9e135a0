//! What the agent asks of Campo.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use uuid::Uuid;

const CONNECT_TIME: Duration = Duration::from_secs(20);
/// How long nothing may come.
const READ_TIME: Duration = Duration::from_mins(1);

/// Campo.
#[derive(Debug, Clone)]
pub(crate) struct Campo {
    client: Client,
    server: String,
    token: Option<String>,
}

/// A file that is there to be taken.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) id: Uuid,
    pub(crate) folder: String,
    pub(crate) name: String,
    pub(crate) size_bytes: u64,
    pub(crate) hash: String,
}

#[derive(Debug, Deserialize)]
struct Items {
    items: Vec<Waiting>,
}

/// How far a file is.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct State {
    pub(crate) arrived: bool,
    pub(crate) received_bytes: u64,
}

#[derive(Debug, Deserialize)]
struct Enrolled {
    token: String,
}

/// Campo refuses something for good: nothing is won by asking again.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) code: String,
    detail: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Campo: {} {} ({})", self.status.as_u16(), self.detail, self.code)
    }
}

impl std::error::Error for Refused {}

impl Campo {
    /// With the certificates and the proxies of this machine.
    #[expect(clippy::disallowed_methods, reason = "the one client of this program")]
    pub(crate) fn new(server: &str) -> Result<Self> {
        // Another provider that was set before stays
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIME)
            .read_timeout(READ_TIME)
            .user_agent(concat!("campo-agent/", env!("CARGO_PKG_VERSION")))
            .build()
            .context("no HTTPS on this machine")?;
        Ok(Self { client, server: server.trim_end_matches('/').to_owned(), token: None })
    }

    pub(crate) fn with_token(self, token: String) -> Self {
        Self { token: Some(token), ..self }
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<Url> {
        let url = format!("{}{path}", self.server);
        Ok(if query.is_empty() { Url::parse(&url)? } else { Url::parse_with_params(&url, query)? })
    }

    async fn send(&self, method: Method, url: Url, body: Option<Body>) -> Result<Response> {
        let mut request = self.client.request(method, url).header("accept-language", "es, en;q=0.5");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        request = match body {
            None => request,
            Some(Body::Json(value)) => request.json(&value),
            Some(Body::Bytes(bytes)) => {
                request.header("content-type", "application/octet-stream").body(bytes)
            }
        };
        let response = request.send().await.context("Campo does not answer")?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let problem: Value = response.json().await.unwrap_or_default();
        let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        let with = problem["parameters"]["with"].as_str().map(|with| format!("/{with}")).unwrap_or_default();
        let refused = Refused { status, code: text("code") + &with, detail: text("detail") };
        if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
            return Err(refused.into());
        }
        bail!("{refused}")
    }

    async fn json<T: DeserializeOwned>(&self, method: Method, url: Url, body: Option<Body>) -> Result<T> {
        self.send(method, url, body).await?.json().await.context("the answer of Campo broke off")
    }

    pub(crate) async fn enrol(&self, code: &str, secret: &str) -> Result<String> {
        let body = Body::Json(json!({ "code": code, "secret": secret }));
        let url = self.url("/v1/agents/enrol", &[])?;
        let enrolled: Enrolled = self.json(Method::POST, url, Some(body)).await?;
        Ok(enrolled.token)
    }

    pub(crate) async fn report(&self, report: &impl Serialize) -> Result<()> {
        let body = Body::Json(serde_json::to_value(report)?);
        self.send(Method::POST, self.url("/v1/agents/report", &[])?, Some(body)).await.map(drop)
    }

    pub(crate) async fn waiting(&self) -> Result<Vec<Waiting>> {
        let url = self.url("/v1/folders/waiting", &[])?;
        Ok(self.json::<Items>(Method::GET, url, None).await?.items)
    }

    /// The bytes of a file from `offset` on, as they come.
    pub(crate) async fn content(&self, id: Uuid, offset: u64) -> Result<Response> {
        let offset = offset.to_string();
        let path = format!("/v1/folders/waiting/{id}/content");
        self.send(Method::GET, self.url(&path, &[("offset", &offset)])?, None).await
    }

    pub(crate) async fn taken(&self, id: Uuid) -> Result<()> {
        let url = self.url(&format!("/v1/folders/waiting/{id}/taken"), &[])?;
        self.send(Method::POST, url, None).await.map(drop)
    }

    pub(crate) async fn state(&self, arrival: Uuid, folder: &str, name: &str) -> Result<State> {
        let path = format!("/v1/folders/arrivals/{arrival}");
        let url = self.url(&path, &[("folder", folder), ("name", name)])?;
        self.json(Method::GET, url, None).await
    }

    pub(crate) async fn bring(
        &self,
        arrival: Uuid,
        (folder, name): (&str, &str),
        offset: u64,
        bytes: Vec<u8>,
    ) -> Result<State> {
        let offset = offset.to_string();
        let path = format!("/v1/folders/arrivals/{arrival}");
        let url = self.url(&path, &[("folder", folder), ("name", name), ("offset", &offset)])?;
        self.json(Method::PUT, url, Some(Body::Bytes(bytes))).await
    }

    pub(crate) async fn finish(&self, arrival: Uuid, (folder, name): (&str, &str), hash: &str) -> Result<()> {
        let body = Body::Json(json!({ "folder": folder, "name": name, "hash": hash }));
        let url = self.url(&format!("/v1/folders/arrivals/{arrival}"), &[])?;
        let state: State = self.json(Method::POST, url, Some(body)).await?;
        if state.arrived { Ok(()) } else { Err(anyhow!("Campo does not have the file")) }
    }
}

enum Body {
    Json(Value),
    Bytes(Vec<u8>),
}
