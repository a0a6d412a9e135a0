//! `/v1/channels`.

use axum::{extract::State, http::StatusCode};
use campo_protocol::model::Ref;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    channel::{Channel, ChannelDraft, ChannelEdit},
    edit::{self, CreatedChannel},
    read,
};
use crate::{
    access::{
        Allowed, Anybody, Auth, Caller, Oneself,
        permissions::{ManageChannels, ViewDeliveries},
    },
    api::{
        edit::{Created, IfMatch, Once, Versioned},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
};

/// The routes of channels.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_channels, create_channel)).routes(routes!(
        get_channel,
        edit_channel,
        delete_channel
    ))
}

/// The channels, in order of their codes
///
/// For those who may see what was delivered, too.
#[utoipa::path(
    get, path = "/v1/channels", tag = "channels",
    security(("bearer" = ["manage_channels"]), ("bearer" = ["view_deliveries"])),
    params(PageQuery),
    responses((status = OK, body = Page<Channel>))
)]
async fn list_channels(
    State(app): State<App>,
    Anybody(caller): Anybody,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Channel>>> {
    read::list(&app, &reader(&caller)?, &page).await.map(Json)
}

/// Makes a channel
///
/// It begins with the events that come after it. Its secret is shown in the answer, this once. Whoever makes or changes
/// a channel needs the permission `view_entries`, too: what is captured leaves by it.
#[utoipa::path(
    post, path = "/v1/channels", tag = "channels",
    security(("bearer" = ["manage_channels", "view_entries"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")),
    request_body = ChannelDraft,
    responses((status = CREATED, body = CreatedChannel, headers(("ETag" = String), ("Location" = String))))
)]
async fn create_channel(
    State(app): State<App>,
    allowed: Auth<ManageChannels>,
    once: Once,
    Json(body): Json<Value>,
) -> Result<Created> {
    edit::create(&app, &allowed, &once, &body).await
}

/// One channel
///
/// For those who may see what was delivered, too.
#[utoipa::path(
    get, path = "/v1/channels/{channel}", tag = "channels",
    security(("bearer" = ["manage_channels"]), ("bearer" = ["view_deliveries"])),
    params(("channel" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Channel, headers(("ETag" = String))))
)]
async fn get_channel(
    State(app): State<App>,
    Anybody(caller): Anybody,
    Path(channel): Path<Ref>,
) -> Result<Versioned<Channel>> {
    read::get(&app, &reader(&caller)?, &channel).await
}

/// The proof that somebody may read channels: whoever manages them, or sees what they delivered.
fn reader(caller: &Caller) -> Result<Allowed<Oneself>> {
    if caller.allow::<ViewDeliveries>().is_err() {
        caller.allow::<ManageChannels>()?;
    }
    Ok(caller.oneself())
}

/// Changes a channel, pauses it, or lets it go on
///
/// A JSON Merge Patch (RFC 7396), in which `headers` stand for all of them. A channel that is paused or disabled keeps
/// its place in the log of events.
#[utoipa::path(
    patch, path = "/v1/channels/{channel}", tag = "channels",
    security(("bearer" = ["manage_channels", "view_entries"])),
    params(
        ("channel" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body(content = ChannelEdit, content_type = "application/merge-patch+json"),
    responses((status = OK, body = Channel, headers(("ETag" = String))))
)]
async fn edit_channel(
    State(app): State<App>,
    allowed: Auth<ManageChannels>,
    Path(channel): Path<Ref>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<Channel>> {
    edit::edit(&app, &allowed, &channel, if_match, &patch).await
}

/// Removes a channel for good, with what was not delivered by it
#[utoipa::path(
    delete, path = "/v1/channels/{channel}", tag = "channels",
    security(("bearer" = ["manage_channels"])),
    params(
        ("channel" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is removed")
    ),
    responses((status = NO_CONTENT))
)]
async fn delete_channel(
    State(app): State<App>,
    allowed: Auth<ManageChannels>,
    Path(channel): Path<Ref>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    edit::delete(&app, &allowed, &channel, if_match).await?;
    Ok(StatusCode::NO_CONTENT)
}
