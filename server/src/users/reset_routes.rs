//! `/v1/password-reset`.

use axum::{extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::reset::{self, PasswordForgotten, PasswordReset};
use crate::{access::Client, app::App, extract::Private, problem::Result};

/// The routes of forgotten passwords.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ask, set))
}

/// Asks for a link to set a password anew
///
/// It is sent to the confirmed address of the user, and is of use for one hour. The answer is the same whether there is
/// such a user or not. Where this server sends no mail it is refused with `mail_not_set`: whoever manages users can set a
/// password.
#[utoipa::path(
    post, path = "/v1/password-reset", tag = "session",
    request_body = PasswordForgotten,
    responses((status = ACCEPTED))
)]
async fn ask(
    State(app): State<App>,
    Client(address): Client,
    Private(given): Private<PasswordForgotten>,
) -> Result<StatusCode> {
    reset::ask(&app, address, &given).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sets a password by a link
///
/// A link works once. Every session of the user ends.
#[utoipa::path(
    put, path = "/v1/password-reset", tag = "session",
    request_body = PasswordReset,
    responses((status = NO_CONTENT))
)]
async fn set(
    State(app): State<App>,
    Client(address): Client,
    Private(given): Private<PasswordReset>,
) -> Result<StatusCode> {
    reset::set(&app, address, &given).await?;
    Ok(StatusCode::NO_CONTENT)
}
