//! `GET /v1/sync/events`: server-sent events for a phone that is awake.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::awake::{Awake, Listening};
use crate::{
    access::Phone,
    app::App,
    problem::{Code, Result},
};

/// A line at least this often, so that both sides find out that the other one is gone. Shorter than proxies and
/// operators of mobile networks cut quiet connections.
const HEARTBEAT: Duration = Duration::from_secs(25);
/// Two events have at least this long between them: what changes meanwhile is one event.
const GAP: Duration = Duration::from_millis(500);
/// A stream ends after this; the phone comes again, and is asked who it is again.
const LIFETIME_US: i64 = 3600 * 1_000_000;

/// After how many milliseconds the phone comes again when the stream ends; then the first event.
const BEGIN: &str = "retry: 5000\n\nevent: changed\ndata: 1\n\n";
const CHANGED: &str = "event: changed\ndata: 1\n\n";
const ALIVE: &str = ":\n\n";

/// The routes of the stream.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(listen))
}

/// Listen for changes
///
/// Server-sent events: `changed`, without content, whenever the phone should exchange, and once at the beginning. One
/// stream a phone: a newer one ends the older. The stream ends after an hour or when the server stops; the phone comes
/// again.
#[utoipa::path(
    get, path = "/v1/sync/events", tag = "sync",
    security(("bearer" = ["hand_in"])),
    responses((status = OK, body = String, content_type = "text/event-stream"))
)]
async fn listen(State(app): State<App>, phone: Phone) -> Result<Response> {
    if phone.revoked {
        return Err(Code::Revoked.into());
    }
    let listening = Awake::listen(&app, &phone).await?;
    let until_us = app.environment.monotonic_us() + LIFETIME_US;
    app.contacts.note_awake(&phone, app.environment.now_us());
    let events = stream::unfold(Events { app, phone, listening, until_us, begun: false }, Events::next);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(events)).into_response())
}

struct Events {
    app: App,
    phone: Phone,
    listening: Listening,
    /// On the monotonic clock
    until_us: i64,
    begun: bool,
}

impl Events {
    async fn next(mut self) -> Option<(Result<Bytes, std::convert::Infallible>, Self)> {
        let (environment, health) = (self.app.environment.clone(), self.app.health.clone());
        if environment.monotonic_us() >= self.until_us {
            return None;
        }
        let text = if self.begun {
            tokio::select! {
                changed = async {
                    environment.sleep(GAP).await;
                    self.listening.changed().await
                } => changed.then_some(CHANGED)?,
                () = environment.sleep(HEARTBEAT) => {
                    self.app.contacts.note_awake(&self.phone, environment.now_us());
                    ALIVE
                }
                () = health.stopped() => return None,
            }
        } else {
            BEGIN
        };
        self.begun = true;
        Some((Ok(Bytes::from_static(text.as_bytes())), self))
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        if self.listening.is_latest() {
            self.app.contacts.note_asleep(&self.phone);
        }
    }
}
