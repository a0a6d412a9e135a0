//! `/v1/account`.

use axum::extract::State;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::own::{self, AccountDraft, OwnAccount};
use crate::{
    access::{Auth, permissions::ManageAccount},
    api::edit::{IfMatch, Versioned},
    app::App,
    extract::Json,
    problem::Result,
};

/// The routes of the caller's account.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, edit))
}

/// The account and its settings
#[utoipa::path(
    get, path = "/v1/account", tag = "account",
    security(("bearer" = ["manage_account"])),
    responses((status = OK, body = OwnAccount, headers(("ETag" = String))))
)]
async fn get(State(app): State<App>, allowed: Auth<ManageAccount>) -> Result<Versioned<OwnAccount>> {
    own::get(&app, &allowed).await
}

/// Changes the account
///
/// A JSON Merge Patch (RFC 7396). A setting that is removed has its default again.
#[utoipa::path(
    patch, path = "/v1/account", tag = "account",
    security(("bearer" = ["manage_account"])),
    params(("If-Match" = String, Header, description = "The version that is changed")),
    request_body(content = AccountDraft, content_type = "application/merge-patch+json"),
    responses((status = OK, body = OwnAccount, headers(("ETag" = String))))
)]
async fn edit(
    State(app): State<App>,
    allowed: Auth<ManageAccount>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<OwnAccount>> {
    own::edit(&app, &allowed, if_match, &patch).await
}
