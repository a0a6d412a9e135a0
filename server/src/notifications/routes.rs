//! `/v1/channels/{channel}/test` and `/v1/channels/{channel}/replay`.

use axum::extract::State;
use campo_protocol::model::Ref;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    replay::{self, ChannelReplay, ReplayBegun},
    test::{self, ChannelTested},
    wanted::{self, ChannelPreview, ChannelPreviewed},
};
use crate::{
    access::{Auth, permissions::ManageChannels},
    app::App,
    extract::{Json, Path},
    problem::Result,
};

/// The routes by which a person tries a channel.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(test_channel))
        .routes(routes!(replay_channel))
        .routes(routes!(preview_channel))
}

/// Sends a test to the receiver of a channel
///
/// One notification of type `channel.test`, signed as all others; the answer says what came of it.
#[utoipa::path(
    post, path = "/v1/channels/{channel}/test", tag = "channels",
    security(("bearer" = ["manage_channels"])),
    params(("channel" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = ChannelTested))
)]
async fn test_channel(
    State(app): State<App>,
    allowed: Auth<ManageChannels>,
    Path(channel): Path<Ref>,
) -> Result<Json<ChannelTested>> {
    test::send_test(&app, &allowed, &channel).await.map(Json)
}

/// Says which of the last events a channel would deliver
///
/// By kinds, filter and document that need not be any channel's yet. Nothing is sent and nothing is kept.
#[utoipa::path(
    post, path = "/v1/channels/preview", tag = "channels",
    security(("bearer" = ["manage_channels", "view_entries"])),
    request_body = ChannelPreview,
    responses((status = OK, body = ChannelPreviewed))
)]
async fn preview_channel(
    State(app): State<App>,
    allowed: Auth<ManageChannels>,
    Json(given): Json<ChannelPreview>,
) -> Result<Json<ChannelPreviewed>> {
    wanted::preview(&app, &allowed, given).await.map(Json)
}

/// Lets a channel go on from another event
///
/// Back to send events again, with the ids and bytes of the first time; or ahead to leave some out.
#[utoipa::path(
    post, path = "/v1/channels/{channel}/replay", tag = "channels",
    security(("bearer" = ["manage_channels"])),
    params(("channel" = Ref, Path, description = "Its id, or `code:` and its code")),
    request_body = ChannelReplay,
    responses((status = OK, body = ReplayBegun))
)]
async fn replay_channel(
    State(app): State<App>,
    allowed: Auth<ManageChannels>,
    Path(channel): Path<Ref>,
    Json(given): Json<ChannelReplay>,
) -> Result<Json<ReplayBegun>> {
    replay::replay(&app, &allowed, &channel, &given).await.map(Json)
}
