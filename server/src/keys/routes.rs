//! `/v1/keys`.

use axum::{extract::State, http::StatusCode};
use campo_protocol::model::Ref;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::key::{self, CreatedKey, Key, KeyDraft};
use crate::{
    access::{Auth, permissions::ManageKeys},
    api::{
        edit::{Created, IfMatch, Once, Versioned},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
};

/// The routes of keys.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, edit, delete))
}

/// The keys, in order of their codes
#[utoipa::path(
    get, path = "/v1/keys", tag = "keys",
    security(("bearer" = ["manage_keys"])),
    params(PageQuery),
    responses((status = OK, body = Page<Key>))
)]
async fn list(
    State(app): State<App>,
    allowed: Auth<ManageKeys>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Key>>> {
    key::list(&app, &allowed, &page).await.map(Json)
}

/// Makes a key
///
/// Its secret is shown in the answer, this once.
#[utoipa::path(
    post, path = "/v1/keys", tag = "keys",
    security(("bearer" = ["manage_keys"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")),
    request_body = KeyDraft,
    responses((status = CREATED, body = CreatedKey, headers(("ETag" = String), ("Location" = String))))
)]
async fn create(
    State(app): State<App>,
    allowed: Auth<ManageKeys>,
    once: Once,
    Json(body): Json<Value>,
) -> Result<Created> {
    key::create(&app, &allowed, &once, &body).await
}

/// One key
#[utoipa::path(
    get, path = "/v1/keys/{key}", tag = "keys",
    security(("bearer" = ["manage_keys"])),
    params(("key" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Key, headers(("ETag" = String))))
)]
async fn get(
    State(app): State<App>,
    allowed: Auth<ManageKeys>,
    Path(key): Path<Ref>,
) -> Result<Versioned<Key>> {
    key::get(&app, &allowed, &key).await
}

/// Changes a key
///
/// A JSON Merge Patch (RFC 7396).
#[utoipa::path(
    patch, path = "/v1/keys/{key}", tag = "keys",
    security(("bearer" = ["manage_keys"])),
    params(
        ("key" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body(content = KeyDraft, content_type = "application/merge-patch+json"),
    responses((status = OK, body = Key, headers(("ETag" = String))))
)]
async fn edit(
    State(app): State<App>,
    allowed: Auth<ManageKeys>,
    Path(key): Path<Ref>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<Key>> {
    key::edit(&app, &allowed, &key, if_match, &patch).await
}

/// Removes a key, at once and for good
#[utoipa::path(
    delete, path = "/v1/keys/{key}", tag = "keys",
    security(("bearer" = ["manage_keys"])),
    params(
        ("key" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is removed")
    ),
    responses((status = NO_CONTENT))
)]
async fn delete(
    State(app): State<App>,
    allowed: Auth<ManageKeys>,
    Path(key): Path<Ref>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    key::delete(&app, &allowed, &key, if_match).await?;
    Ok(StatusCode::NO_CONTENT)
}
