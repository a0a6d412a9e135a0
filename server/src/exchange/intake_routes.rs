//! `/v1/intakes`.

use axum::{extract::State, http::StatusCode};
use campo_protocol::model::Ref;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::intake::{self, Intake, IntakeDraft};
use crate::{
    access::{Auth, permissions::ManageExchange},
    api::{
        edit::{Created, IfMatch, Once, Versioned},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
};

/// The routes of intakes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_intakes, create_intake)).routes(routes!(
        get_intake,
        edit_intake,
        delete_intake
    ))
}

/// The intakes, in order of their codes
#[utoipa::path(
    get, path = "/v1/intakes", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(PageQuery),
    responses((status = OK, body = Page<Intake>))
)]
async fn list_intakes(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Intake>>> {
    intake::list(&app, &allowed, &page).await.map(Json)
}

/// Makes an intake
///
/// Files that come to its folder and fit its pattern are imported by its template from now on, with the permissions
/// that whoever saves it holds now. One that a file of another intake could fit is refused.
#[utoipa::path(
    post, path = "/v1/intakes", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")),
    request_body = IntakeDraft,
    responses((status = CREATED, body = Intake, headers(("ETag" = String), ("Location" = String))))
)]
async fn create_intake(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    once: Once,
    Json(body): Json<Value>,
) -> Result<Created> {
    intake::create(&app, &allowed, &once, &body).await
}

/// One intake
#[utoipa::path(
    get, path = "/v1/intakes/{intake}", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("intake" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Intake, headers(("ETag" = String))))
)]
async fn get_intake(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(intake): Path<Ref>,
) -> Result<Versioned<Intake>> {
    intake::get(&app, &allowed, &intake).await
}

/// Changes an intake
///
/// A JSON Merge Patch (RFC 7396), for the files that come from now on.
#[utoipa::path(
    patch, path = "/v1/intakes/{intake}", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(
        ("intake" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body(content = IntakeDraft, content_type = "application/merge-patch+json"),
    responses((status = OK, body = Intake, headers(("ETag" = String))))
)]
async fn edit_intake(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(intake): Path<Ref>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<Intake>> {
    intake::edit(&app, &allowed, &intake, if_match, &patch).await
}

/// Removes an intake
///
/// An import of one of its files that has begun is stopped.
#[utoipa::path(
    delete, path = "/v1/intakes/{intake}", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(
        ("intake" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is removed")
    ),
    responses((status = NO_CONTENT))
)]
async fn delete_intake(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(intake): Path<Ref>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    intake::delete(&app, &allowed, &intake, if_match).await?;
    Ok(StatusCode::NO_CONTENT)
}
