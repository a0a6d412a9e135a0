//! `/v1/files` and the files of tasks and points of interest.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    attach::{self, NewAttachment, OwnerKind},
    attached::AttachedFile,
    download, media_type,
    range::{Wanted, wanted},
    upload::{self, FileRow, StoredFile},
};
use crate::{
    access::{
        Auth,
        permissions::{ManagePois, ManageTasks, ViewEntries, ViewPois, ViewTasks},
    },
    api::{
        edit::{Created, Once},
        page::Page,
    },
    app::App,
    extract::{Json, Path},
    problem::Result,
    scheduler::Class,
};

/// The routes of files.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(store))
        .routes(routes!(read))
        .routes(routes!(list_of_task, attach_to_task))
        .routes(routes!(detach_from_task))
        .routes(routes!(list_of_poi, attach_to_poi))
        .routes(routes!(detach_from_poi))
}

/// Store a file
///
/// The body is the file itself, its type in `Content-Type`. The same content again gets the same answer. A file to
/// which nothing refers for a day is removed.
#[utoipa::path(
    post, path = "/v1/files", tag = "files",
    security(("bearer" = ["manage_tasks"])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = OK, body = StoredFile))
)]
async fn store(
    State(app): State<App>,
    auth: Auth<ManageTasks>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<StoredFile>> {
    let kind = media_type::read(text(&headers, header::CONTENT_TYPE));
    upload::store(&app, &auth, Class::Office, &kind, body.into_data_stream()).await.map(Json)
}

/// Read a file
///
/// `Range` with one part and `If-None-Match` are understood.
#[utoipa::path(
    get, path = "/v1/files/{hash}", tag = "files",
    security(("bearer" = ["view_entries"])),
    params(("hash" = String, Path, description = "SHA-256 of the file, hexadecimal")),
    responses(
        (status = OK, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = PARTIAL_CONTENT, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = NOT_MODIFIED), (status = RANGE_NOT_SATISFIABLE)
    )
)]
async fn read(
    State(app): State<App>,
    auth: Auth<ViewEntries>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let file = download::find(&app, &auth, &hash).await?;
    if names(&headers, header::IF_NONE_MATCH, &file) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, value(&etag(&file)))]).into_response());
    }
    let (status, range, length) = part(&headers, &file).answered(file.size_bytes as u64)?;
    let content = download::read(&app, &auth, &file, range).await?;
    Ok((status, safe_headers(&file), length, Body::from_stream(content)).into_response())
}

/// The files of a task
#[utoipa::path(
    get, path = "/v1/tasks/{reference}/files", tag = "tasks",
    security(("bearer" = ["view_tasks"])),
    params(("reference" = String, Path, description = "An id, or `number:` and the number")),
    responses((status = OK, body = Page<AttachedFile>))
)]
async fn list_of_task(
    State(app): State<App>,
    auth: Auth<ViewTasks>,
    Path(reference): Path<String>,
) -> Result<Json<Page<AttachedFile>>> {
    let items = attach::list(&app, &auth, (OwnerKind::Task, &reference)).await?;
    Ok(Json(Page { items, next: None }))
}

/// Attach a file to a task
///
/// The task has a new version then, and the phones that have it learn of the file.
#[utoipa::path(
    post, path = "/v1/tasks/{reference}/files", tag = "tasks",
    security(("bearer" = ["manage_tasks"])),
    params(("reference" = String, Path, description = "An id, or `number:` and the number")),
    request_body = NewAttachment,
    responses((status = CREATED, body = AttachedFile))
)]
async fn attach_to_task(
    State(app): State<App>,
    auth: Auth<ManageTasks>,
    Path(reference): Path<String>,
    once: Once,
    Json(new): Json<NewAttachment>,
) -> Result<Created> {
    attach::attach(&app, &auth, (OwnerKind::Task, &reference), &new, &once).await
}

/// Detach a file from a task
#[utoipa::path(
    delete, path = "/v1/tasks/{reference}/files/{id}", tag = "tasks",
    security(("bearer" = ["manage_tasks"])),
    params(
        ("reference" = String, Path, description = "An id, or `number:` and the number"),
        ("id" = Uuid, Path, description = "The attachment")
    ),
    responses((status = NO_CONTENT))
)]
async fn detach_from_task(
    State(app): State<App>,
    auth: Auth<ManageTasks>,
    Path((reference, id)): Path<(String, Uuid)>,
) -> Result<StatusCode> {
    attach::detach(&app, &auth, (OwnerKind::Task, &reference), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The files of a point of interest
#[utoipa::path(
    get, path = "/v1/pois/{reference}/files", tag = "pois",
    security(("bearer" = ["view_pois"])),
    params(("reference" = String, Path, description = "An id, or `number:` and the number")),
    responses((status = OK, body = Page<AttachedFile>))
)]
async fn list_of_poi(
    State(app): State<App>,
    auth: Auth<ViewPois>,
    Path(reference): Path<String>,
) -> Result<Json<Page<AttachedFile>>> {
    let items = attach::list(&app, &auth, (OwnerKind::Poi, &reference)).await?;
    Ok(Json(Page { items, next: None }))
}

/// Attach a file to a point of interest
///
/// It has a new version then, and the phones that have it learn of the file.
#[utoipa::path(
    post, path = "/v1/pois/{reference}/files", tag = "pois",
    security(("bearer" = ["manage_pois"])),
    params(("reference" = String, Path, description = "An id, or `number:` and the number")),
    request_body = NewAttachment,
    responses((status = CREATED, body = AttachedFile))
)]
async fn attach_to_poi(
    State(app): State<App>,
    auth: Auth<ManagePois>,
    Path(reference): Path<String>,
    once: Once,
    Json(new): Json<NewAttachment>,
) -> Result<Created> {
    attach::attach(&app, &auth, (OwnerKind::Poi, &reference), &new, &once).await
}

/// Detach a file from a point of interest
#[utoipa::path(
    delete, path = "/v1/pois/{reference}/files/{id}", tag = "pois",
    security(("bearer" = ["manage_pois"])),
    params(
        ("reference" = String, Path, description = "An id, or `number:` and the number"),
        ("id" = Uuid, Path, description = "The attachment")
    ),
    responses((status = NO_CONTENT))
)]
async fn detach_from_poi(
    State(app): State<App>,
    auth: Auth<ManagePois>,
    Path((reference, id)): Path<(String, Uuid)>,
) -> Result<StatusCode> {
    attach::detach(&app, &auth, (OwnerKind::Poi, &reference), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// True when a header of conditions names the file as it is; its content never changes.
fn names(headers: &HeaderMap, name: HeaderName, file: &FileRow) -> bool {
    let etag = etag(file);
    text(headers, name).is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag))
}

/// Which part is asked for.
fn part(headers: &HeaderMap, file: &FileRow) -> Wanted {
    let same = !headers.contains_key(header::IF_RANGE) || names(headers, header::IF_RANGE, file);
    wanted(text(headers, header::RANGE).filter(|_| same), file.size_bytes as u64)
}

/// What keeps a browser from running what somebody uploaded, under the address of the console.
fn safe_headers(file: &FileRow) -> [(HeaderName, HeaderValue); 7] {
    let disposition = if media_type::is_shown(&file.media_type) { "inline" } else { "attachment" };
    [
        (header::CONTENT_TYPE, value(&file.media_type)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
        // asked anew each time, so that a revoked permission holds at once
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::ETAG, value(&etag(file))),
    ]
}

fn etag(file: &FileRow) -> String {
    format!("\"{}\"", campo_protocol::text::hex(&file.hash))
}

/// A header's value of visible ASCII, which hashes, numbers and checked media types are.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
