//! `/v1/keys/{key}/logins`.

use axum::{extract::State, http::StatusCode};
use campo_protocol::model::Ref;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::login::{
    self, CreatedExchangeLogin, ExchangeLogin, ExchangeLoginDraft, ExchangeLoginUse, ExchangeLogins,
};
use crate::{
    access::{Auth, permissions::ManageKeys},
    api::edit::{Created, IfMatch, Once, Versioned},
    app::App,
    extract::{Json, Path, Private},
    problem::Result,
};

/// The routes of log-ins to exchange files.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_logins, create_login)).routes(routes!(edit_login, delete_login))
}

/// The log-ins of a key to exchange files
#[utoipa::path(
    get, path = "/v1/keys/{key}/logins", tag = "exchange",
    security(("bearer" = ["manage_keys"])),
    params(("key" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = ExchangeLogins))
)]
async fn list_logins(
    State(app): State<App>,
    allowed: Auth<ManageKeys>,
    Path(key): Path<Ref>,
) -> Result<Json<ExchangeLogins>> {
    login::list(&app, &allowed, &key).await.map(Json)
}

/// Gives a key a log-in to exchange files
///
/// All log-ins of a key see the same folders. The key needs the permission `use_file_exchange`.
#[utoipa::path(
    post, path = "/v1/keys/{key}/logins", tag = "exchange",
    security(("bearer" = ["manage_keys"])),
    params(
        ("key" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")
    ),
    request_body = ExchangeLoginDraft,
    responses((status = CREATED, body = CreatedExchangeLogin, headers(("ETag" = String), ("Location" = String))))
)]
async fn create_login(
    State(app): State<App>,
    allowed: Auth<ManageKeys>,
    once: Once,
    Path(key): Path<Ref>,
    Private(given): Private<ExchangeLoginDraft>,
) -> Result<Created> {
    login::create(&app, &allowed, &once, &key, given).await
}

/// Changes for what, from where and until when a log-in may be used
///
/// A JSON Merge Patch (RFC 7396), from its next request on. Name, password and SSH keys stay.
#[utoipa::path(
    patch, path = "/v1/keys/{key}/logins/{login}", tag = "exchange",
    security(("bearer" = ["manage_keys"])),
    params(
        ("key" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("login" = Uuid, Path),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body(content = ExchangeLoginUse, content_type = "application/merge-patch+json"),
    responses((status = OK, body = ExchangeLogin, headers(("ETag" = String))))
)]
async fn edit_login(
    State(app): State<App>,
    allowed: Auth<ManageKeys>,
    Path((key, login)): Path<(Ref, Uuid)>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<ExchangeLogin>> {
    login::edit(&app, &allowed, (&key, login), if_match, &patch).await
}

/// Removes a log-in, at once and for good
#[utoipa::path(
    delete, path = "/v1/keys/{key}/logins/{login}", tag = "exchange",
    security(("bearer" = ["manage_keys"])),
    params(("key" = Ref, Path, description = "Its id, or `code:` and its code"), ("login" = Uuid, Path)),
    responses((status = NO_CONTENT))
)]
async fn delete_login(
    State(app): State<App>,
    allowed: Auth<ManageKeys>,
    Path((key, login)): Path<(Ref, Uuid)>,
) -> Result<StatusCode> {
    login::delete(&app, &allowed, &key, login).await?;
    Ok(StatusCode::NO_CONTENT)
}
