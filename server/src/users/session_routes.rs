//! `/v1/session`.

use axum::{extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    password::{self, PasswordChange},
    sessions::{self, Credentials, LoggedIn, Who},
};
use crate::{
    access::{Anybody, Client, OwnSession},
    app::App,
    extract::{Json, Private},
    problem::Result,
};

/// The routes of one's own session.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(log_in, get, log_out)).routes(routes!(change_password))
}

/// Logs a person in
///
/// The answer has the bearer secret of a new session; a person may have several. Too many wrong tries for one name or
/// from one address are answered with 429 and `Retry-After`.
#[utoipa::path(
    post, path = "/v1/session", tag = "session",
    request_body = Credentials,
    responses((status = CREATED, body = LoggedIn))
)]
async fn log_in(
    State(app): State<App>,
    Client(address): Client,
    Private(credentials): Private<Credentials>,
) -> Result<(StatusCode, Json<LoggedIn>)> {
    Ok((StatusCode::CREATED, Json(sessions::log_in(&app, address, &credentials).await?)))
}

/// Who one is, and what one may do
#[utoipa::path(
    get, path = "/v1/session", tag = "session",
    security(("bearer" = [])),
    responses((status = OK, body = Who))
)]
async fn get(State(app): State<App>, Anybody(caller): Anybody) -> Result<Json<Who>> {
    sessions::who(&app, &caller).await.map(Json)
}

/// Logs a person out
#[utoipa::path(
    delete, path = "/v1/session", tag = "session",
    security(("bearer" = [])),
    responses((status = NO_CONTENT))
)]
async fn log_out(State(app): State<App>, own: OwnSession) -> Result<StatusCode> {
    sessions::log_out(&app, &own).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes one's own password
///
/// Every session of the user ends, this one too.
#[utoipa::path(
    put, path = "/v1/session/password", tag = "session",
    security(("bearer" = [])),
    request_body = PasswordChange,
    responses((status = NO_CONTENT))
)]
async fn change_password(
    State(app): State<App>,
    own: OwnSession,
    Private(change): Private<PasswordChange>,
) -> Result<StatusCode> {
    password::change(&app, &own, &change).await?;
    Ok(StatusCode::NO_CONTENT)
}
