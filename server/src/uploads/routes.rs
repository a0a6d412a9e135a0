//! `/v1/uploads/{ticket}`.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::receive::{self, UploadProgress};
use crate::{
    app::App,
    extract::{Json, Path},
    problem::Result,
};

/// For uploaders that read headers alone, as the IETF's draft of resumable uploads calls them.
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// The routes of uploads.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_upload, put_upload))
}

impl IntoResponse for UploadProgress {
    fn into_response(self) -> Response {
        let headers = [
            (OFFSET, HeaderValue::from(self.received_bytes)),
            (LENGTH, HeaderValue::from(self.size_bytes)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (headers, Json(self)).into_response()
    }
}

/// How much of a file is there
///
/// Whoever holds the ticket may ask. `HEAD` tells it in the headers `Upload-Offset` and `Upload-Length`.
#[utoipa::path(
    get, path = "/v1/uploads/{ticket}", tag = "sync",
    security(()),
    params(("ticket" = String, Path, description = "As an exchange gave it")),
    responses((status = OK, body = UploadProgress))
)]
async fn get_upload(State(app): State<App>, Path(ticket): Path<String>) -> Result<UploadProgress> {
    receive::progress(&app, &ticket).await
}

/// Send a file, or the next part of it
///
/// The body is the whole file, or with `Content-Range: bytes FIRST-LAST/SIZE` the part that follows what is there, of
/// at least 16 KiB (but for the last one) and at most 1 MiB. A part that is there already is taken again; any other
/// that does not follow is answered with 409 and `received_bytes`. When `stored` is true, the file is durable and the
/// phone may remove its copy.
#[utoipa::path(
    put, path = "/v1/uploads/{ticket}", tag = "sync",
    security(()),
    params(
        ("ticket" = String, Path, description = "As an exchange gave it"),
        ("Content-Range" = Option<String>, Header, description = "Which part it is")
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = OK, body = UploadProgress))
)]
async fn put_upload(
    State(app): State<App>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<UploadProgress> {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
    let (range, content_type) = (text(header::CONTENT_RANGE), text(header::CONTENT_TYPE));
    receive::put(&app, &ticket, range, content_type, body.into_data_stream()).await
}
