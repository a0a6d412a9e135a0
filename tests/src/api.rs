//! A client that calls the API of a server inside the test, without a socket.

use anyhow::{Context as _, Result};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, Response, StatusCode, header},
};
use campo_server::{api::router::router, app::App};
use futures_util::StreamExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// Somebody who calls the API.
#[derive(Debug, Clone)]
pub struct Client {
    router: Router,
    bearer: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status
    pub status: StatusCode,
    /// The headers
    pub headers: HeaderMap,
    /// The body
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON, `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// This header as text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Client {
    /// Somebody who calls `app`, with a bearer secret or without.
    pub fn new(app: &App, bearer: Option<&str>) -> Self {
        Self { router: router(app.clone()), bearer: bearer.map(str::to_owned) }
    }

    /// One request with a body of JSON, if there is one, and these headers.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer> {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map(serde_json::to_vec).transpose()?.map_or_else(Body::empty, Body::from);
        self.send(request.body(body)?).await
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.call(Method::GET, path, &[], None).await
    }

    /// `POST` of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.call(Method::POST, path, &[], Some(body)).await
    }

    /// Any request; the bearer secret is added.
    pub async fn send(&self, request: Request<Body>) -> Result<Answer> {
        let (parts, body) = self.open(request).await?.into_parts();
        // A stream of events does not end: its first one says enough.
        let is_stream =
            parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let body = if is_stream {
            body.into_data_stream().next().await.transpose()?.unwrap_or_default().to_vec()
        } else {
            to_bytes(body, usize::MAX).await.context("the body of the answer")?.to_vec()
        };
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    /// The same without waiting for the body of the answer, which may never end.
    pub async fn open(&self, mut request: Request<Body>) -> Result<Response<Body>> {
        if let Some(bearer) = &self.bearer {
            request.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {bearer}").parse()?);
        }
        Ok(self.router.clone().oneshot(request).await?)
    }
}
