//! `/v1/exports`.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use campo_protocol::model::Ref;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    definition::{self, Export, ExportDraft},
    fields::{self, ExportField},
    what::ExportWhat,
};
use crate::{
    access::{Auth, permissions::ManageExchange},
    api::{
        edit::{Created, IfMatch, Once, Versioned},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
    texts::Language,
};

/// The routes of exports.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_exports, create_export))
        .routes(routes!(list_export_fields))
        .routes(routes!(get_export, edit_export, delete_export))
}

/// The exports, in order of their codes
#[utoipa::path(
    get, path = "/v1/exports", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(PageQuery),
    responses((status = OK, body = Page<Export>))
)]
async fn list_exports(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Export>>> {
    definition::list(&app, &allowed, &page).await.map(Json)
}

/// Makes an export
///
/// Whoever makes one may read what it holds. One of entries begins with what is captured from now on.
#[utoipa::path(
    post, path = "/v1/exports", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")),
    request_body = ExportDraft,
    responses((status = CREATED, body = Export, headers(("ETag" = String), ("Location" = String))))
)]
async fn create_export(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    once: Once,
    Json(body): Json<Value>,
) -> Result<Created> {
    definition::create(&app, &allowed, &once, &body).await
}

/// One export
#[utoipa::path(
    get, path = "/v1/exports/{export}", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("export" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Export, headers(("ETag" = String))))
)]
async fn get_export(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(export): Path<Ref>,
) -> Result<Versioned<Export>> {
    definition::get(&app, &allowed, &export).await
}

/// Changes an export
///
/// A JSON Merge Patch (RFC 7396), from its next run on.
#[utoipa::path(
    patch, path = "/v1/exports/{export}", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(
        ("export" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body(content = ExportDraft, content_type = "application/merge-patch+json"),
    responses((status = OK, body = Export, headers(("ETag" = String))))
)]
async fn edit_export(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(export): Path<Ref>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<Export>> {
    definition::edit(&app, &allowed, &export, if_match, &patch).await
}

/// Removes an export
///
/// Its runs stay for their time.
#[utoipa::path(
    delete, path = "/v1/exports/{export}", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(
        ("export" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is removed")
    ),
    responses((status = NO_CONTENT))
)]
async fn delete_export(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(export): Path<Ref>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    definition::delete(&app, &allowed, &export, if_match).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Of what the fields are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FieldsQuery {
    /// What the export holds
    #[serde(default = "tasks")]
    what: ExportWhat,
}

const fn tasks() -> ExportWhat {
    ExportWhat::Tasks
}

/// The fields that columns can have.
#[derive(Debug, Serialize, ToSchema)]
struct ExportFields {
    /// In the order in which an export without columns of its own has them
    items: Vec<ExportField>,
}

/// The fields that columns of exports can have
///
/// Besides them `answers.` and the id of a field of a form, where entries are exported; `data1` to `data40` and `custom.`
/// and a name, where tasks are.
#[utoipa::path(
    get, path = "/v1/exports/fields", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(FieldsQuery),
    responses((status = OK, body = ExportFields))
)]
async fn list_export_fields(
    _: Auth<ManageExchange>,
    Query(query): Query<FieldsQuery>,
    headers: HeaderMap,
) -> Json<ExportFields> {
    Json(ExportFields { items: fields::shown(query.what, Language::of(&headers)) })
}
