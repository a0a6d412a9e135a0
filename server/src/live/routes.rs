//! `GET /v1/live`: server-sent events for a console.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    listeners::{Listening, Live},
    topics::{Counters, heard},
};
use crate::{
    access::{Permissions, authenticate::authenticate},
    app::App,
    problem::{Problem, Result},
};

/// How often it is asked again who listens: somebody who may not any more hears nothing after this.
const ASK_AGAIN: Duration = Duration::from_secs(4);
/// A line at least this often: every so many times that it is asked again.
const ALIVE_EVERY: u32 = 4;
/// After how many milliseconds a browser comes again when the stream ends.
const BEGIN: &str = "retry: 2000\n\n";
const ALIVE: &str = ":\n\n";

/// The route of the stream.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(listen))
}

/// Listen for changes
///
/// Server-sent events `topics`: an object of topics and their counters, at the beginning and whenever one has risen.
/// It says that something changed, never what; whoever listens asks again for what it shows. Only topics for which one
/// has a permission are in it. The stream ends within 5 seconds when the session is over or a permission changes, and
/// when the server stops; it is no sign of life of a person.
#[utoipa::path(
    get, path = "/v1/live", tag = "session",
    security(("bearer" = [])),
    responses((status = OK, description = "Server-sent events", body = String, content_type = "text/event-stream"))
)]
async fn listen(State(app): State<App>, parts: Parts) -> Result<Response> {
    let caller = authenticate(&app, &parts).await?;
    let listening = Live::listen(&app, caller.account).await?;
    let permissions = caller.permissions;
    let events = Events { app, parts, permissions, listening, told: None, asked: 0, begun: false };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(stream::unfold(events, Events::next))).into_response())
}

struct Events {
    app: App,
    /// The request, by which it is asked again who listens
    parts: Parts,
    permissions: Permissions,
    listening: Listening,
    told: Option<Counters>,
    asked: u32,
    begun: bool,
}

impl Events {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if !self.begun {
            self.begun = true;
            let text = format!("{BEGIN}{}", self.news()?);
            return Some((Ok(Bytes::from(text)), self));
        }
        let (environment, health) = (self.app.environment.clone(), self.app.health.clone());
        loop {
            tokio::select! {
                () = self.listening.changed() => {
                    if let Some(text) = self.news() {
                        return Some((Ok(Bytes::from(text)), self));
                    }
                }
                () = environment.sleep(ASK_AGAIN) => {
                    if !self.may_go_on().await {
                        return None;
                    }
                    if self.asked.is_multiple_of(ALIVE_EVERY) {
                        return Some((Ok(Bytes::from_static(ALIVE.as_bytes())), self));
                    }
                }
                () = health.stopped() => return None,
            }
        }
    }

    /// The counters, where one that is heard has risen.
    fn news(&mut self) -> Option<String> {
        let counters = heard(&self.listening.counters(), self.permissions);
        if self.told.as_ref() == Some(&counters) {
            return None;
        }
        let text = serde_json::to_string(&counters).ok()?;
        self.told = Some(counters);
        Some(format!("event: topics\ndata: {text}\n\n"))
    }

    /// False when whoever listens may not any more, or may something else by now.
    async fn may_go_on(&mut self) -> bool {
        self.asked = self.asked.wrapping_add(1);
        match authenticate(&self.app, &self.parts).await {
            Ok(caller) => caller.permissions == self.permissions,
            Err(problem) => is_passing(&problem),
        }
    }
}

/// True when the database could not be asked, which says nothing of the caller.
fn is_passing(problem: &Problem) -> bool {
    problem.code().status().is_server_error()
}
