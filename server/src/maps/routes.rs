//! `/v1/map`.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{MapSource, archive};
use crate::{
    access::Anybody,
    app::App,
    files::range::wanted,
    problem::{Code, Problem, Result},
};

/// Where the archive is read.
pub const PATH: &str = "/v1/map";

/// The route of the archive.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read))
}

/// Read the street map
///
/// The PMTiles file that the operator named (`map_source`), for whoever is signed in: a map shows nothing of a company.
/// `Range` with one part, `If-Range` and `If-None-Match` are understood, since nobody reads more of it than what is shown.
/// Not found where the operator named none.
#[utoipa::path(
    get, path = "/v1/map", tag = "session",
    security(("bearer" = [])),
    responses(
        (status = OK, body = Vec<u8>, content_type = "application/vnd.pmtiles"),
        (status = PARTIAL_CONTENT, body = Vec<u8>, content_type = "application/vnd.pmtiles"),
        (status = NOT_MODIFIED), (status = RANGE_NOT_SATISFIABLE)
    )
)]
async fn read(State(app): State<App>, _: Anybody, headers: HeaderMap) -> Result<Response> {
    let Some(MapSource::Archive(path)) = &app.limits.map_source else { return Err(Code::NotFound.into()) };
    let map = archive::open(path).await.map_err(Problem::internal)?;
    let named = |name: HeaderName| {
        let tags = headers.get(name).and_then(|value| value.to_str().ok());
        tags.is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == map.etag))
    };
    let etag = HeaderValue::try_from(&map.etag).map_err(Problem::internal)?;
    if named(header::IF_NONE_MATCH) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let same = !headers.contains_key(header::IF_RANGE) || named(header::IF_RANGE);
    let asked = headers.get(header::RANGE).filter(|_| same).and_then(|value| value.to_str().ok());
    let (status, range, length) = wanted(asked, map.size_bytes).answered(map.size_bytes)?;
    let kind = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.pmtiles")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::ETAG, etag),
    ];
    let content = map.read(range).await.map_err(Problem::internal)?;
    Ok((status, kind, length, Body::from_stream(content)).into_response())
}
