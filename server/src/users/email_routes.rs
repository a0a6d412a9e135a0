//! `/v1/session/email`, `/v1/email-confirmation`.

use axum::{extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::email::{self, EmailChange, EmailConfirmation, OwnEmail};
use crate::{
    access::{Client, OwnSession},
    app::App,
    extract::{Json, Private},
    problem::Result,
};

/// The routes of one's own address.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, change)).routes(routes!(send_again)).routes(routes!(confirm))
}

/// One's own e-mail address
#[utoipa::path(
    get, path = "/v1/session/email", tag = "session",
    security(("bearer" = [])),
    responses((status = OK, body = OwnEmail))
)]
async fn get(State(app): State<App>, own: OwnSession) -> Result<Json<OwnEmail>> {
    email::own(&app, &own).await.map(Json)
}

/// Changes one's own e-mail address
///
/// A link is sent there, which confirms it within 24 hours. Where this server sends no mail the address is kept and stays
/// unconfirmed: its state is `no_mail`.
#[utoipa::path(
    put, path = "/v1/session/email", tag = "session",
    security(("bearer" = [])),
    request_body = EmailChange,
    responses((status = OK, body = OwnEmail))
)]
async fn change(
    State(app): State<App>,
    own: OwnSession,
    Private(given): Private<EmailChange>,
) -> Result<Json<OwnEmail>> {
    email::change(&app, &own, &given).await.map(Json)
}

/// Has the link sent again that confirms one's own address
///
/// At most five links are sent to one user within an hour.
#[utoipa::path(
    post, path = "/v1/session/email/link", tag = "session",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = OwnEmail))
)]
async fn send_again(State(app): State<App>, own: OwnSession) -> Result<(StatusCode, Json<OwnEmail>)> {
    Ok((StatusCode::ACCEPTED, Json(email::send_again(&app, &own).await?)))
}

/// Confirms an e-mail address by the link that was sent there
///
/// For whoever reads that mail, logged in or not. A link works once.
#[utoipa::path(
    put, path = "/v1/email-confirmation", tag = "session",
    request_body = EmailConfirmation,
    responses((status = NO_CONTENT))
)]
async fn confirm(
    State(app): State<App>,
    Client(address): Client,
    Private(given): Private<EmailConfirmation>,
) -> Result<StatusCode> {
    email::confirm(&app, address, &given).await?;
    Ok(StatusCode::NO_CONTENT)
}
