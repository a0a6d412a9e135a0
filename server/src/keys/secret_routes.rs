//! `/v1/keys/{key}/rotate` and `/v1/keys/{key}/password`.

use axum::{extract::State, http::StatusCode};
use campo_protocol::model::Ref;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    key::{self, KeyRotation, RotatedKey},
    password::{self, KeyLogin, KeyLoginSet},
};
use crate::{
    access::{Auth, permissions::ManageKeys},
    app::App,
    extract::{Json, Path, Private},
    problem::Result,
};

/// The routes of the secrets of keys.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(rotate)).routes(routes!(set_password, remove_password))
}

/// Gives a key a new secret
///
/// The secret before it no longer holds, from the next request on, unless `overlap_hours` says for how long it does, so
/// that the system can change in peace.
#[utoipa::path(
    post, path = "/v1/keys/{key}/rotate", tag = "keys",
    security(("bearer" = ["manage_keys"])),
    params(("key" = Ref, Path, description = "Its id, or `code:` and its code")),
    request_body = Option<KeyRotation>,
    responses((status = OK, body = RotatedKey))
)]
async fn rotate(
    State(app): State<App>,
    allowed: Auth<ManageKeys>,
    Path(key): Path<Ref>,
    given: Option<Json<KeyRotation>>,
) -> Result<Json<RotatedKey>> {
    let Json(given) = given.unwrap_or_default();
    key::rotate(&app, &allowed, &key, &given).await.map(Json)
}

/// Gives a key a name and a password, for SOAP and FTP
///
/// A password that is made here is shown in the answer, this once.
#[utoipa::path(
    put, path = "/v1/keys/{key}/password", tag = "keys",
    security(("bearer" = ["manage_keys"])),
    params(("key" = Ref, Path, description = "Its id, or `code:` and its code")),
    request_body = KeyLogin,
    responses((status = OK, body = KeyLoginSet))
)]
async fn set_password(
    State(app): State<App>,
    allowed: Auth<ManageKeys>,
    Path(key): Path<Ref>,
    Private(given): Private<KeyLogin>,
) -> Result<Json<KeyLoginSet>> {
    password::set(&app, &allowed, &key, &given).await.map(Json)
}

/// Takes name and password of a key away
#[utoipa::path(
    delete, path = "/v1/keys/{key}/password", tag = "keys",
    security(("bearer" = ["manage_keys"])),
    params(("key" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = NO_CONTENT))
)]
async fn remove_password(
    State(app): State<App>,
    allowed: Auth<ManageKeys>,
    Path(key): Path<Ref>,
) -> Result<StatusCode> {
    password::remove(&app, &allowed, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
