//! `/v1/channels/{channel}/rotate` and `/v1/channels/{channel}/headers`.

use axum::extract::State;
use campo_protocol::model::Ref;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    edit::{self, ChannelRotation, RotatedChannel},
    headers::{self, ChannelHeaders, HeadersSet},
};
use crate::{
    access::{Auth, permissions::ManageChannels},
    app::App,
    extract::{Json, Path, Private},
    problem::Result,
};

/// The routes of the secrets of channels.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(rotate_channel)).routes(routes!(set_channel_headers))
}

/// Gives a channel a new secret
///
/// For a while notifications carry the signatures of both, so that the receiver can change in peace.
#[utoipa::path(
    post, path = "/v1/channels/{channel}/rotate", tag = "channels",
    security(("bearer" = ["manage_channels"])),
    params(("channel" = Ref, Path, description = "Its id, or `code:` and its code")),
    request_body = ChannelRotation,
    responses((status = OK, body = RotatedChannel))
)]
async fn rotate_channel(
    State(app): State<App>,
    allowed: Auth<ManageChannels>,
    Path(channel): Path<Ref>,
    Json(given): Json<ChannelRotation>,
) -> Result<Json<RotatedChannel>> {
    edit::rotate(&app, &allowed, &channel, &given).await.map(Json)
}

/// Sets the headers that are sent with every notification
///
/// Such as the key of a gateway. Their values are never shown again.
#[utoipa::path(
    put, path = "/v1/channels/{channel}/headers", tag = "channels",
    security(("bearer" = ["manage_channels", "view_entries"])),
    params(("channel" = Ref, Path, description = "Its id, or `code:` and its code")),
    request_body = ChannelHeaders,
    responses((status = OK, body = HeadersSet))
)]
async fn set_channel_headers(
    State(app): State<App>,
    allowed: Auth<ManageChannels>,
    Path(channel): Path<Ref>,
    Private(given): Private<ChannelHeaders>,
) -> Result<Json<HeadersSet>> {
    headers::set(&app, &allowed, &channel, &given).await.map(Json)
}
