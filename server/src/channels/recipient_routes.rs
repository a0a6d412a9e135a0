//! `/v1/channels/{channel}/recipients/link` and `/v1/recipient-confirmation`.

use axum::{extract::State, http::StatusCode};
use campo_protocol::model::Ref;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::recipients::{self, RecipientAsked, RecipientConfirmation};
use crate::{
    access::{Auth, Client, permissions::ManageChannels},
    app::App,
    extract::{Json, Path, Private},
    problem::Result,
};

/// The routes of recipients.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ask_channel_recipient)).routes(routes!(confirm_channel_recipient))
}

/// Has the link sent again to a recipient who has not confirmed
///
/// A link works once, within 24 hours. At most five are sent to one recipient within an hour.
#[utoipa::path(
    post, path = "/v1/channels/{channel}/recipients/link", tag = "channels",
    security(("bearer" = ["manage_channels"])),
    params(("channel" = Ref, Path, description = "Its id, or `code:` and its code")),
    request_body = RecipientAsked,
    responses((status = ACCEPTED))
)]
async fn ask_channel_recipient(
    State(app): State<App>,
    allowed: Auth<ManageChannels>,
    Path(channel): Path<Ref>,
    Json(given): Json<RecipientAsked>,
) -> Result<StatusCode> {
    recipients::ask_again(&app, &allowed, &channel, &given).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Confirms that a recipient wants the mail of a channel
///
/// By the link that was sent there, for whoever reads that mail, logged in or not. A link works once.
#[utoipa::path(
    put, path = "/v1/recipient-confirmation", tag = "channels",
    request_body = RecipientConfirmation,
    responses((status = NO_CONTENT))
)]
async fn confirm_channel_recipient(
    State(app): State<App>,
    Client(address): Client,
    Private(given): Private<RecipientConfirmation>,
) -> Result<StatusCode> {
    recipients::confirm(&app, address, &given).await?;
    Ok(StatusCode::NO_CONTENT)
}
