//! `/v1/profiles`.

use axum::{extract::State, http::StatusCode};
use campo_protocol::model::Ref;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::profile::{self, Profile, ProfileDraft};
use crate::{
    access::{Auth, permissions::ManageUsers},
    api::{
        edit::{Created, IfMatch, Once, Versioned},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
};

/// The routes of profiles.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, edit, delete))
}

/// The profiles, in order of their codes
#[utoipa::path(
    get, path = "/v1/profiles", tag = "profiles",
    security(("bearer" = ["manage_users"])),
    params(PageQuery),
    responses((status = OK, body = Page<Profile>))
)]
async fn list(
    State(app): State<App>,
    allowed: Auth<ManageUsers>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Profile>>> {
    profile::list(&app, &allowed, &page).await.map(Json)
}

/// Makes a profile
#[utoipa::path(
    post, path = "/v1/profiles", tag = "profiles",
    security(("bearer" = ["manage_users"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")),
    request_body = ProfileDraft,
    responses((status = CREATED, body = Profile, headers(("ETag" = String), ("Location" = String))))
)]
async fn create(
    State(app): State<App>,
    allowed: Auth<ManageUsers>,
    once: Once,
    Json(body): Json<Value>,
) -> Result<Created> {
    profile::create(&app, &allowed, &once, &body).await
}

/// One profile
#[utoipa::path(
    get, path = "/v1/profiles/{profile}", tag = "profiles",
    security(("bearer" = ["manage_users"])),
    params(("profile" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Profile, headers(("ETag" = String))))
)]
async fn get(
    State(app): State<App>,
    allowed: Auth<ManageUsers>,
    Path(profile): Path<Ref>,
) -> Result<Versioned<Profile>> {
    profile::get(&app, &allowed, &profile).await
}

/// Changes a profile
///
/// A JSON Merge Patch (RFC 7396).
#[utoipa::path(
    patch, path = "/v1/profiles/{profile}", tag = "profiles",
    security(("bearer" = ["manage_users"])),
    params(
        ("profile" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body(content = ProfileDraft, content_type = "application/merge-patch+json"),
    responses((status = OK, body = Profile, headers(("ETag" = String))))
)]
async fn edit(
    State(app): State<App>,
    allowed: Auth<ManageUsers>,
    Path(profile): Path<Ref>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<Profile>> {
    profile::edit(&app, &allowed, &profile, if_match, &patch).await
}

/// Removes a profile that no user has
#[utoipa::path(
    delete, path = "/v1/profiles/{profile}", tag = "profiles",
    security(("bearer" = ["manage_users"])),
    params(
        ("profile" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is removed")
    ),
    responses((status = NO_CONTENT))
)]
async fn delete(
    State(app): State<App>,
    allowed: Auth<ManageUsers>,
    Path(profile): Path<Ref>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    profile::delete(&app, &allowed, &profile, if_match).await?;
    Ok(StatusCode::NO_CONTENT)
}
