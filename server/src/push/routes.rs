//! `/v1/sync/push-token`.

use axum::{extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::tokens::{self, PushToken};
use crate::{access::Phone, app::App, extract::Private, problem::Result};

/// The routes of push tokens.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(set_push_token, remove_push_token))
}

/// Say how this phone is woken
///
/// Whenever the platform gives the app another token. It takes the place of the one before.
#[utoipa::path(
    put, path = "/v1/sync/push-token", tag = "sync",
    security(("bearer" = ["hand_in"])),
    request_body = PushToken,
    responses((status = NO_CONTENT))
)]
async fn set_push_token(
    State(app): State<App>,
    phone: Phone,
    Private(given): Private<PushToken>,
) -> Result<StatusCode> {
    tokens::set(&app, &phone, &given).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Say that this phone is not to be woken any more
#[utoipa::path(
    delete, path = "/v1/sync/push-token", tag = "sync",
    security(("bearer" = ["hand_in"])),
    responses((status = NO_CONTENT))
)]
async fn remove_push_token(State(app): State<App>, phone: Phone) -> Result<StatusCode> {
    tokens::remove(&app, &phone).await?;
    Ok(StatusCode::NO_CONTENT)
}
