//! Sees requests and answers on their way, without holding them up.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use http_body::{Frame, SizeHint};

use super::{KEPT_BYTES, mask::masked, write::Call};
use crate::{
    access::Principal, api::noted::Noted, app::App, problem::Problem, telemetry::RequestId, texts::Language,
};

/// Paths whose calls are not kept: phones, what is said to log in, files, and the log itself.
const NEVER: [&str; 7] =
    ["/v1/sync", "/v1/session", "/v1/sessions", "/v1/uploads", "/v1/files", "/v1/enrolments", "/v1/calls"];
/// Paths whose bodies are not kept: files, and what has secrets in its answer.
const WITHOUT_BODIES: [&str; 3] = ["/v1/imports", "/v1/keys", "/v1/users"];

/// Middleware: keeps what keys call.
pub async fn tap(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let is_kept = (path.starts_with("/v1/") || path.starts_with("/services/"))
        && !NEVER.iter().any(|never| is_below(&path, never));
    if !is_kept {
        return next.run(request).await;
    }
    let begun_us = app.environment.monotonic_us();
    let (at_us, noted) = (app.environment.now_us(), Noted::default());
    let language = Language::of(request.headers());
    let request_id = request.extensions().get::<RequestId>().cloned();
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let (method, with_bodies) =
        (request.method().clone(), !WITHOUT_BODIES.iter().any(|one| is_below(&path, one)));
    let asked = Seen::default();
    let mut request = if with_bodies && is_text(request.headers()) { asked.see(request) } else { request };
    request.extensions_mut().insert(noted.clone());
    let response = next.run(request).await;
    let status = response.status();
    let told = noted.told();
    let Some((account, Principal::Key(key))) = told.caller else { return response };
    let problem = response.extensions().get::<Problem>();
    let code = told.code.or_else(|| problem.map(|problem| problem.code().name().to_owned()));
    let call = Call {
        account,
        id: app.environment.uuid(),
        key,
        at_us,
        method: told.method.unwrap_or_else(|| method.to_string()),
        path: masked(&format!("{path}{query}")),
        address: told.address.map(|address| address.to_string()),
        status: i64::from(status.as_u16()),
        code,
        took_us: app.environment.monotonic_us() - begun_us,
        request_id: request_id.as_ref().map(|id| id.as_str().to_owned()),
        request: asked.text(),
        answer: None,
    };
    if let Some(problem) = problem {
        // Written in the language of the request only behind this layer
        let answer = serde_json::to_string(&problem.shown(language, request_id.as_ref())).ok();
        app.calls.keep_one(Call { answer, ..call });
        return response;
    }
    if !(with_bodies && is_text(response.headers())) {
        app.calls.keep_one(call);
        return response;
    }
    let (parts, body) = response.into_parts();
    let seen = Seen::default();
    let ended = Ended { app, seen: seen.clone(), call: Some(call) };
    Response::from_parts(parts, Body::new(Tapped { inner: body, seen, _ended: Some(ended) }))
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// JSON, XML and forms are kept; other things say nothing to people.
fn is_text(headers: &HeaderMap) -> bool {
    let content = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ["json", "xml", "x-www-form-urlencoded"].iter().any(|kind| content.contains(kind))
}

/// What was seen of a body: its beginning, and its length.
#[derive(Debug, Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl Seen {
    fn see(&self, request: Request) -> Request {
        let (parts, body) = request.into_parts();
        Request::from_parts(parts, Body::new(Tapped { inner: body, seen: self.clone(), _ended: None }))
    }

    fn push(&self, bytes: &[u8]) {
        // Nothing panics while the lock is held
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = (2 * KEPT_BYTES).saturating_sub(seen.len());
        seen.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// The beginning as text without secrets.
    fn text(&self) -> Option<String> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.is_empty() {
            return None;
        }
        let mut text = masked(&String::from_utf8_lossy(&seen)).replace('\0', "\u{FFFD}");
        if text.len() > KEPT_BYTES {
            let mut end = KEPT_BYTES;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
        }
        Some(text)
    }
}

/// A body that is seen while it passes.
struct Tapped {
    inner: Body,
    seen: Seen,
    /// Says that it passed, whole or not
    _ended: Option<Ended>,
}

impl HttpBody for Tapped {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(bytes) = frame.data_ref()
        {
            self.seen.push(bytes);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Keeps the call when its answer has passed, or the client is gone.
struct Ended {
    app: App,
    seen: Seen,
    call: Option<Call>,
}

impl Drop for Ended {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            self.app.calls.keep_one(Call { answer: self.seen.text(), ..call });
        }
    }
}
