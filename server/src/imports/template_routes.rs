//! `/v1/import-templates`.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use campo_protocol::model::Ref;
use campo_spreadsheets::write::Format;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    draft::TemplateDraft,
    sample,
    template::{self, Template},
    template_version::{self, TemplateVersion},
};
use crate::{
    access::{
        Auth,
        permissions::{ManageTemplates, RunImports},
    },
    api::{
        edit::{Created, IfMatch, Once, Versioned},
        page::{Page, PageQuery},
    },
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
    texts::Language,
};

/// The routes of import templates.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_templates, create_template))
        .routes(routes!(get_template, edit_template, delete_template))
        .routes(routes!(sample_of_template))
        .routes(routes!(sample_as_text))
        .routes(routes!(list_template_versions))
}

/// The import templates, in order of their codes
#[utoipa::path(
    get, path = "/v1/import-templates", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(PageQuery),
    responses((status = OK, body = Page<Template>))
)]
async fn list_templates(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Template>>> {
    template::list(&app, &allowed, &page).await.map(Json)
}

/// Makes an import template
#[utoipa::path(
    post, path = "/v1/import-templates", tag = "imports",
    security(("bearer" = ["manage_templates"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")),
    request_body = TemplateDraft,
    responses((status = CREATED, body = Template, headers(("ETag" = String), ("Location" = String))))
)]
async fn create_template(
    State(app): State<App>,
    allowed: Auth<ManageTemplates>,
    once: Once,
    Json(body): Json<Value>,
) -> Result<Created> {
    template::create(&app, &allowed, &once, &body).await
}

/// One import template
#[utoipa::path(
    get, path = "/v1/import-templates/{template}", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("template" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = Template, headers(("ETag" = String))))
)]
async fn get_template(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(template): Path<Ref>,
) -> Result<Versioned<Template>> {
    template::get(&app, &allowed, &template).await
}

/// Changes an import template
///
/// A JSON Merge Patch (RFC 7396). Imports that have begun go on with what it was.
#[utoipa::path(
    patch, path = "/v1/import-templates/{template}", tag = "imports",
    security(("bearer" = ["manage_templates"])),
    params(
        ("template" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is changed")
    ),
    request_body(content = TemplateDraft, content_type = "application/merge-patch+json"),
    responses((status = OK, body = Template, headers(("ETag" = String))))
)]
async fn edit_template(
    State(app): State<App>,
    allowed: Auth<ManageTemplates>,
    Path(template): Path<Ref>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Versioned<Template>> {
    template::edit(&app, &allowed, &template, if_match, &patch).await
}

/// A file as an import template expects it
///
/// A workbook with its headings where they stand, and a row that shows what each cell may hold.
#[utoipa::path(
    get, path = "/v1/import-templates/{template}/sample.xlsx", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("template" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((
        status = OK, body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ))
)]
async fn sample_of_template(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(template): Path<Ref>,
    headers: HeaderMap,
) -> Result<Response> {
    sample::sample(&app, &allowed, &template, Format::Xlsx, Language::of(&headers)).await
}

/// The same as text with commas
#[utoipa::path(
    get, path = "/v1/import-templates/{template}/sample.csv", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("template" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = OK, body = String, content_type = "text/csv"))
)]
async fn sample_as_text(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(template): Path<Ref>,
    headers: HeaderMap,
) -> Result<Response> {
    sample::sample(&app, &allowed, &template, Format::Csv, Language::of(&headers)).await
}

/// What an import template was
///
/// Each version with who wrote it and when, the latest first: an import names the version by which it was done.
#[utoipa::path(
    get, path = "/v1/import-templates/{template}/versions", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("template" = Ref, Path, description = "Its id, or `code:` and its code"), PageQuery),
    responses((status = OK, body = Page<TemplateVersion>))
)]
async fn list_template_versions(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(template): Path<Ref>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TemplateVersion>>> {
    template_version::list(&app, &allowed, &template, &page).await.map(Json)
}

/// Removes an import template
#[utoipa::path(
    delete, path = "/v1/import-templates/{template}", tag = "imports",
    security(("bearer" = ["manage_templates"])),
    params(
        ("template" = Ref, Path, description = "Its id, or `code:` and its code"),
        ("If-Match" = String, Header, description = "The version that is removed")
    ),
    responses((status = NO_CONTENT))
)]
async fn delete_template(
    State(app): State<App>,
    allowed: Auth<ManageTemplates>,
    Path(template): Path<Ref>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    template::delete(&app, &allowed, &template, if_match).await?;
    Ok(StatusCode::NO_CONTENT)
}
