//! `/v1/installations`.

use axum::extract::State;
use campo_protocol::model::Ref;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    installation::{self, Installation, InstallationDraft, InstallationQuery, InstallationState},
    members::Members,
    rosters::Roster,
};
use crate::{
    access::{Auth, permissions::ManageInstallations},
    api::{
        edit::{IfMatch, Versioned},
        page::Page,
    },
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
};

/// The routes of installations.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, edit))
        .routes(routes!(revoke))
        .routes(routes!(stolen))
        .routes(routes!(get_roster, set_roster))
}

/// The installations, in order of their codes
#[utoipa::path(
    get, path = "/v1/installations", tag = "installations",
    security(("bearer" = ["manage_installations"])),
    params(InstallationQuery),
    responses((status = OK, body = Page<Installation>))
)]
async fn list(
    State(app): State<App>,
    allowed: Auth<ManageInstallations>,
    Query(query): Query<InstallationQuery>,
) -> Result<Json<Page<Installation>>> {
    installation::list(&app, &allowed, &query).await.map(Json)
}

/// One installation
#[utoipa::path(
    get, path = "/v1/installations/{installation}", tag = "installations",
    security(("bearer" = ["manage_installations"])),
    params(("installation" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Installation, headers(("ETag" = String))))
)]
async fn get(
    State(app): State<App>,
    allowed: Auth<ManageInstallations>,
    Path(installation): Path<Ref>,
) -> Result<Versioned<Installation>> {
    installation::get(&app, &allowed, &installation).await
}

/// Changes name, code and custom data of an installation
///
/// A JSON Merge Patch (RFC 7396).
#[utoipa::path(
    patch, path = "/v1/installations/{installation}", tag = "installations",
    security(("bearer" = ["manage_installations"])),
    params(
        ("installation" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body(content = InstallationDraft, content_type = "application/merge-patch+json"),
    responses((status = OK, body = Installation, headers(("ETag" = String))))
)]
async fn edit(
    State(app): State<App>,
    allowed: Auth<ManageInstallations>,
    Path(installation): Path<Ref>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<Installation>> {
    installation::edit(&app, &allowed, &installation, if_match, &patch).await
}

/// Revokes an installation
///
/// From the next request on it reads nothing; for 60 days it may hand in what it captured before, which is marked.
#[utoipa::path(
    post, path = "/v1/installations/{installation}/revoke", tag = "installations",
    security(("bearer" = ["manage_installations"])),
    params(("installation" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Installation, headers(("ETag" = String))))
)]
async fn revoke(
    State(app): State<App>,
    allowed: Auth<ManageInstallations>,
    Path(installation): Path<Ref>,
) -> Result<Versioned<Installation>> {
    installation::end(&app, &allowed, &installation, InstallationState::Revoked).await
}

/// Says that the phone of an installation was stolen
///
/// Everything from it is refused from the next request on, and the app wipes itself.
#[utoipa::path(
    post, path = "/v1/installations/{installation}/stolen", tag = "installations",
    security(("bearer" = ["manage_installations"])),
    params(("installation" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Installation, headers(("ETag" = String))))
)]
async fn stolen(
    State(app): State<App>,
    allowed: Auth<ManageInstallations>,
    Path(installation): Path<Ref>,
) -> Result<Versioned<Installation>> {
    installation::end(&app, &allowed, &installation, InstallationState::Stolen).await
}

/// Who may use an installation
#[utoipa::path(
    get, path = "/v1/installations/{installation}/roster", tag = "installations",
    security(("bearer" = ["manage_installations"])),
    params(("installation" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Roster, headers(("ETag" = String))))
)]
async fn get_roster(
    State(app): State<App>,
    allowed: Auth<ManageInstallations>,
    Path(installation): Path<Ref>,
) -> Result<Versioned<Roster>> {
    installation::roster(&app, &allowed, &installation).await
}

/// Sets who may use an installation
///
/// The version is that of the installation.
#[utoipa::path(
    put, path = "/v1/installations/{installation}/roster", tag = "installations",
    security(("bearer" = ["manage_installations"])),
    params(
        ("installation" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body = Members,
    responses((status = OK, body = Roster, headers(("ETag" = String))))
)]
async fn set_roster(
    State(app): State<App>,
    allowed: Auth<ManageInstallations>,
    Path(installation): Path<Ref>,
    if_match: IfMatch,
    Json(members): Json<Members>,
) -> Result<Versioned<Roster>> {
    installation::set_roster(&app, &allowed, &installation, if_match, &members).await
}
