//! `/v1/exports/{export}/runs` and `/v1/export-runs`.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use campo_protocol::model::Ref;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    again,
    run::{self, ExportRun},
    run_files::{self, ExportRunFile},
};
use crate::{
    access::{
        Auth,
        permissions::{ManageExchange, ViewTransfers},
    },
    api::page::{Page, PageQuery},
    app::App,
    extract::{Json, Path, Query},
    files::store::Content,
    problem::Result,
};

/// The routes of runs.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_export_runs, begin_export_run))
        .routes(routes!(get_export_run))
        .routes(routes!(get_export_content))
        .routes(routes!(list_export_files))
        .routes(routes!(get_export_file_content))
        .routes(routes!(put_export_again))
}

/// The runs of an export, the latest first
#[utoipa::path(
    get, path = "/v1/exports/{export}/runs", tag = "exchange",
    security(("bearer" = ["view_transfers"])),
    params(("export" = Ref, Path, description = "Its id, or `code:` and its code"), PageQuery),
    responses((status = OK, body = Page<ExportRun>))
)]
async fn list_export_runs(
    State(app): State<App>,
    allowed: Auth<ViewTransfers>,
    Path(export): Path<Ref>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ExportRun>>> {
    run::list(&app, &allowed, &export, &page).await.map(Json)
}

/// Runs an export now
///
/// The answer comes at once; the run is made behind it, and its address says how far it is.
#[utoipa::path(
    post, path = "/v1/exports/{export}/runs", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("export" = Ref, Path, description = "Its id, or `code:` and its code")),
    responses((status = ACCEPTED, body = ExportRun, headers(("Location" = String))))
)]
async fn begin_export_run(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(export): Path<Ref>,
) -> Result<Response> {
    let run = run::by_hand(&app, &allowed, &export).await?;
    let location = [(header::LOCATION, format!("/v1/export-runs/{}", run.id))];
    Ok((StatusCode::ACCEPTED, location, Json(run)).into_response())
}

/// One run of an export
#[utoipa::path(
    get, path = "/v1/export-runs/{run}", tag = "exchange",
    security(("bearer" = ["view_transfers"])),
    params(("run" = Uuid, Path)),
    responses((status = OK, body = ExportRun))
)]
async fn get_export_run(
    State(app): State<App>,
    allowed: Auth<ViewTransfers>,
    Path(run): Path<Uuid>,
) -> Result<Json<ExportRun>> {
    run::get(&app, &allowed, run).await.map(Json)
}

/// The table of a run
///
/// A run that has a file for each entry has none: see its files.
#[utoipa::path(
    get, path = "/v1/export-runs/{run}/content", tag = "exchange",
    security(("bearer" = ["view_transfers"])),
    params(("run" = Uuid, Path)),
    responses((status = OK, body = Vec<u8>, content_type = "application/octet-stream"))
)]
async fn get_export_content(
    State(app): State<App>,
    allowed: Auth<ViewTransfers>,
    Path(run): Path<Uuid>,
) -> Result<Response> {
    let (name, size_bytes, content) = again::content(&app, &allowed, run).await?;
    Ok(attachment(&name, size_bytes, content))
}

/// The files of a run, in order of their names
///
/// Its table, a document for each entry, and what stands beside them.
#[utoipa::path(
    get, path = "/v1/export-runs/{run}/files", tag = "exchange",
    security(("bearer" = ["view_transfers"])),
    params(("run" = Uuid, Path), PageQuery),
    responses((status = OK, body = Page<ExportRunFile>))
)]
async fn list_export_files(
    State(app): State<App>,
    allowed: Auth<ViewTransfers>,
    Path(run): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ExportRunFile>>> {
    run_files::list(&app, &allowed, run, &page).await.map(Json)
}

/// One file of a run
#[utoipa::path(
    get, path = "/v1/export-runs/{run}/files/{file}/content", tag = "exchange",
    security(("bearer" = ["view_transfers"])),
    params(("run" = Uuid, Path), ("file" = Uuid, Path)),
    responses((status = OK, body = Vec<u8>, content_type = "application/octet-stream"))
)]
async fn get_export_file_content(
    State(app): State<App>,
    allowed: Auth<ViewTransfers>,
    Path((run, file)): Path<(Uuid, Uuid)>,
) -> Result<Response> {
    let (name, size_bytes, content) = run_files::content(&app, &allowed, run, file).await?;
    Ok(attachment(&name, size_bytes, content))
}

/// Bytes that a browser keeps under a name.
fn attachment(name: &str, size_bytes: u64, content: Content) -> Response {
    let ascii: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|byte| {
            let plain = byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            if plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        })
        .collect();
    let disposition = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_LENGTH, HeaderValue::from(size_bytes)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    (headers, Body::from_stream(content)).into_response()
}

/// Puts the files of a run where they go once more
///
/// The same bytes, also when the export was changed since.
#[utoipa::path(
    post, path = "/v1/export-runs/{run}/again", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("run" = Uuid, Path)),
    responses((status = OK, body = ExportRun))
)]
async fn put_export_again(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(run): Path<Uuid>,
) -> Result<Json<ExportRun>> {
    again::again(&app, &allowed, run).await.map(Json)
}
