//! `/v1/messages`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    list::{self, MessageQuery, MessageShown},
    send::{self, MessagesSent, NewMessage},
};
use crate::{
    access::{
        Auth,
        permissions::{SendMessages, ViewMessages},
    },
    api::{
        edit::{Created, Made, Once},
        page::Page,
    },
    app::App,
    extract::{Json, Query},
    log::write::Write,
    problem::Result,
};

/// The routes of messages.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_messages, send_message))
}

/// Lists messages
///
/// In both directions, latest first.
#[utoipa::path(
    get, path = "/v1/messages", tag = "messages", params(MessageQuery),
    security(("bearer" = ["view_messages"])),
    responses((status = OK, body = Page<MessageShown>))
)]
async fn list_messages(
    State(app): State<App>,
    caller: Auth<ViewMessages>,
    Query(query): Query<MessageQuery>,
) -> Result<Json<Page<MessageShown>>> {
    list::list(&app, &caller, query).await.map(Json)
}

/// Sends a message to employees
///
/// One message for each of them.
#[utoipa::path(
    post, path = "/v1/messages", tag = "messages", request_body = NewMessage,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has one effect")),
    security(("bearer" = ["send_messages"])),
    responses((status = CREATED, body = MessagesSent))
)]
async fn send_message(
    State(app): State<App>,
    caller: Auth<SendMessages>,
    once: Once,
    Json(new): Json<NewMessage>,
) -> Result<Created> {
    let make =
        async |write: &mut Write| Ok(Made::new("/v1/messages".to_owned(), send::send(write, &new).await?));
    once.make(&app, &caller, &new, make).await
}
