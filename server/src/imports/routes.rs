//! `/v1/imports`.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use campo_spreadsheets::write::Format;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    drafts,
    field_list::{self, FieldsShown},
    makes::Makes,
    outcome_file,
    preview::{self, Preview, PreviewQuery},
    rows::{self, ImportRow},
    run::{self, ImportRun},
    template_routes,
    upload::{self, Upload, Uploaded},
    withdraw::answer::{Answer, answer},
};
use crate::{
    access::{Auth, permissions::RunImports},
    api::{
        edit::Once,
        layers,
        page::{Page, PageQuery},
    },
    app::{App, Limits},
    extract::{Json, Path, Query, Raw},
    problem::Result,
    texts::Language,
};

/// The routes of imports and their templates.
pub fn routes(limits: &Limits) -> OpenApiRouter<App> {
    let preview = OpenApiRouter::new().routes(routes!(preview_import));
    OpenApiRouter::new()
        .merge(drafts::routes())
        .merge(template_routes::routes())
        .merge(layers::limit_body(preview, limits.import_bytes))
        .routes(routes!(list_imports, begin_import))
        .routes(routes!(get_import, stop_import))
        .routes(routes!(list_rows))
        .routes(routes!(answer_withdrawals))
        .routes(routes!(outcome_file))
        .routes(routes!(outcome_workbook))
        .routes(routes!(refused_rows))
        .routes(routes!(list_fields))
}

/// Imports a file
///
/// The body is the file itself: xlsx, xls, ods or delimited text, found out from its content. The answer comes at once;
/// the import is done behind it, and its address says how far it came. It needs the permission for what its template
/// makes, too: `manage_tasks` or `manage_pois`. The same file by the same version of a template is imported once: the
/// answer is 200 then, with the import that was.
#[utoipa::path(
    post, path = "/v1/imports", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(Upload, ("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = ACCEPTED, body = Uploaded, headers(("Location" = String))),
        (status = OK, body = Uploaded, headers(("Location" = String)))
    )
)]
async fn begin_import(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    once: Once,
    Query(upload): Query<Upload>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let language = Language::of(&headers);
    let body = body.into_data_stream();
    let (is_new, created) = upload::upload(&app, &allowed, &once, &upload, language, body).await?;
    let mut response = created.into_response();
    *response.status_mut() = if is_new { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok(response)
}

/// Looks at a file without importing it
///
/// The body is the file itself. The answer has its headings, a mapping, and what its first rows would become.
#[utoipa::path(
    post, path = "/v1/imports/preview", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(PreviewQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = OK, body = Preview))
)]
async fn preview_import(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Query(query): Query<PreviewQuery>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Json<Preview>> {
    preview::preview(&app, &allowed, &query, Language::of(&headers), body.to_vec()).await.map(Json)
}

/// The imports, the latest first
#[utoipa::path(
    get, path = "/v1/imports", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(PageQuery),
    responses((status = OK, body = Page<ImportRun>))
)]
async fn list_imports(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Query(page): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Json<Page<ImportRun>>> {
    run::list(&app, &allowed, &page, Language::of(&headers)).await.map(Json)
}

/// One import: how far it came
#[utoipa::path(
    get, path = "/v1/imports/{import}", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("import" = Uuid, Path)),
    responses((status = OK, body = ImportRun))
)]
async fn get_import(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(import): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Json<ImportRun>> {
    run::get(&app, &allowed, import, Language::of(&headers)).await.map(Json)
}

/// Stops an import
///
/// What it did stays; nothing more is done.
#[utoipa::path(
    delete, path = "/v1/imports/{import}", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("import" = Uuid, Path)),
    responses((status = NO_CONTENT))
)]
async fn stop_import(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(import): Path<Uuid>,
) -> Result<StatusCode> {
    run::stop(&app, &allowed, import).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers whether an import may withdraw what its file lists no longer
///
/// An import that asks (`withdrawals.state` is `asked`) has applied its rows. With a yes it goes on and withdraws up to so
/// many things; with 0 they stay. It needs the permission for what its rows make, too. 409 where nothing is asked, or a
/// later file of the template was imported.
#[utoipa::path(
    post, path = "/v1/imports/{import}/withdrawals", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("import" = Uuid, Path)),
    request_body = Answer,
    responses((status = OK, body = ImportRun))
)]
async fn answer_withdrawals(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(import): Path<Uuid>,
    headers: HeaderMap,
    Json(given): Json<Answer>,
) -> Result<Json<ImportRun>> {
    answer(&app, &allowed, import, &given, Language::of(&headers)).await.map(Json)
}

/// Which rows are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RowsQuery {
    /// Only rows with this outcome: `pending`, `created`, `updated`, `unchanged`, `refused` or `skipped`
    outcome: Option<String>,
    /// `next` of the page before
    after: Option<String>,
    /// How many items at most, 1 to 500; 100 when absent
    limit: Option<i64>,
}

/// The rows of an import with their outcomes, in order
#[utoipa::path(
    get, path = "/v1/imports/{import}/rows", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("import" = Uuid, Path), RowsQuery),
    responses((status = OK, body = Page<ImportRow>))
)]
async fn list_rows(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(import): Path<Uuid>,
    Query(query): Query<RowsQuery>,
    headers: HeaderMap,
) -> Result<Json<Page<ImportRow>>> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let language = Language::of(&headers);
    rows::list(&app, &allowed, import, query.outcome.as_deref(), &page, language).await.map(Json)
}

/// The rows of an import as a file
///
/// Each row as it came, with what became of it and why.
#[utoipa::path(
    get, path = "/v1/imports/{import}/outcomes.csv", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("import" = Uuid, Path)),
    responses((status = OK, body = String, content_type = "text/csv"))
)]
async fn outcome_file(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(import): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response> {
    outcome_file::outcomes(&app, &allowed, import, Format::Csv, Language::of(&headers)).await
}

/// The rows of an import as a workbook
///
/// Each row as it came, with what became of it and why; wrong cells are marked.
#[utoipa::path(
    get, path = "/v1/imports/{import}/outcomes.xlsx", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("import" = Uuid, Path)),
    responses((status = OK, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
)]
async fn outcome_workbook(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(import): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response> {
    outcome_file::outcomes(&app, &allowed, import, Format::Xlsx, Language::of(&headers)).await
}

/// The refused rows of an import as a workbook
///
/// The rows as the customer sent them, wrong cells marked, with the reasons behind them: to be corrected and sent again.
#[utoipa::path(
    get, path = "/v1/imports/{import}/refused.xlsx", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(("import" = Uuid, Path)),
    responses((status = OK, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
)]
async fn refused_rows(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(import): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response> {
    outcome_file::refused(&app, &allowed, import, Language::of(&headers)).await
}

/// Which fields are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FieldsQuery {
    /// What the rows become
    makes: Makes,
}

/// The fields that columns can fill, with names for people
#[utoipa::path(
    get, path = "/v1/imports/fields", tag = "imports",
    security(("bearer" = ["run_imports"])),
    params(FieldsQuery),
    responses((status = OK, body = FieldsShown))
)]
async fn list_fields(
    _: Auth<RunImports>,
    Query(query): Query<FieldsQuery>,
    headers: HeaderMap,
) -> Json<FieldsShown> {
    Json(field_list::all(query.makes, Language::of(&headers)))
}
