//! `/v1/folders`: the folders of a key or an agent over HTTPS.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::hosted::{Arrival, ArrivalPlace, ArrivalState, Hosted, WaitingFiles};
use crate::{
    access::{Auth, permissions::UseFileExchange},
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
};

/// The routes of folders.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_waiting_files))
        .routes(routes!(read_waiting_file))
        .routes(routes!(take_waiting_file))
        .routes(routes!(get_arrival, bring_part, finish_arrival))
}

/// The files that are there to be taken, the oldest first
///
/// Those of exports, and the results of what was brought. One that was taken is not shown again.
#[utoipa::path(
    get, path = "/v1/folders/waiting", tag = "exchange",
    security(("bearer" = ["use_file_exchange"])),
    responses((status = OK, body = WaitingFiles))
)]
async fn list_waiting_files(
    State(app): State<App>,
    allowed: Auth<UseFileExchange>,
) -> Result<Json<WaitingFiles>> {
    Hosted::of_caller(&app, &allowed).await?.waiting().await.map(Json)
}

/// From where a file is read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ContentQuery {
    /// From which byte on
    #[serde(default)]
    offset: u64,
}

/// The bytes of a file that is there to be taken
///
/// `offset` goes on with one that broke off.
#[utoipa::path(
    get, path = "/v1/folders/waiting/{file}/content", tag = "exchange",
    security(("bearer" = ["use_file_exchange"])),
    params(("file" = Uuid, Path), ContentQuery),
    responses((status = OK, body = Vec<u8>, content_type = "application/octet-stream"))
)]
async fn read_waiting_file(
    State(app): State<App>,
    allowed: Auth<UseFileExchange>,
    Path(file): Path<Uuid>,
    Query(from): Query<ContentQuery>,
) -> Result<Response> {
    let (size_bytes, content) = Hosted::of_caller(&app, &allowed).await?.content(file, from.offset).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_LENGTH, HeaderValue::from(size_bytes - from.offset)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, Body::from_stream(content)).into_response())
}

/// Says that a file was taken
///
/// Once it is safe where it was taken to. Said again it is the same.
#[utoipa::path(
    post, path = "/v1/folders/waiting/{file}/taken", tag = "exchange",
    security(("bearer" = ["use_file_exchange"])),
    params(("file" = Uuid, Path)),
    responses((status = NO_CONTENT, description = "It is taken"))
)]
async fn take_waiting_file(
    State(app): State<App>,
    allowed: Auth<UseFileExchange>,
    Path(file): Path<Uuid>,
) -> Result<StatusCode> {
    Hosted::of_caller(&app, &allowed).await?.taken(file).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How far a file is that is being brought
///
/// Its id is made by whoever brings it, and kept until it has arrived.
#[utoipa::path(
    get, path = "/v1/folders/arrivals/{arrival}", tag = "exchange",
    security(("bearer" = ["use_file_exchange"])),
    params(("arrival" = Uuid, Path), ArrivalPlace),
    responses((status = OK, body = ArrivalState))
)]
async fn get_arrival(
    State(app): State<App>,
    allowed: Auth<UseFileExchange>,
    Path(arrival): Path<Uuid>,
    Query(place): Query<ArrivalPlace>,
) -> Result<Json<ArrivalState>> {
    Hosted::of_caller(&app, &allowed).await?.arrival(arrival, &place).await.map(Json)
}

/// Brings a part of a file
///
/// The body is the part; `offset` is where what is there ends. At 0 it is begun anew. What came of a part that broke off
/// stays, and the state says up to where.
#[utoipa::path(
    put, path = "/v1/folders/arrivals/{arrival}", tag = "exchange",
    security(("bearer" = ["use_file_exchange"])),
    params(("arrival" = Uuid, Path), ArrivalPlace),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = OK, body = ArrivalState))
)]
async fn bring_part(
    State(app): State<App>,
    allowed: Auth<UseFileExchange>,
    Path(arrival): Path<Uuid>,
    Query(place): Query<ArrivalPlace>,
    body: Body,
) -> Result<Json<ArrivalState>> {
    let hosted = Hosted::of_caller(&app, &allowed).await?;
    hosted.bring(arrival, &place, body.into_data_stream()).await.map(Json)
}

/// Says that all of a file was brought
///
/// It arrives once for each id, however often this is said, and only if its hash is the one that is told: else what is
/// there is forgotten, and it is brought anew.
#[utoipa::path(
    post, path = "/v1/folders/arrivals/{arrival}", tag = "exchange",
    security(("bearer" = ["use_file_exchange"])),
    params(("arrival" = Uuid, Path)),
    request_body = Arrival,
    responses((status = OK, body = ArrivalState))
)]
async fn finish_arrival(
    State(app): State<App>,
    allowed: Auth<UseFileExchange>,
    Path(arrival): Path<Uuid>,
    Json(given): Json<Arrival>,
) -> Result<Json<ArrivalState>> {
    Hosted::of_caller(&app, &allowed).await?.arrive(arrival, &given).await.map(Json)
}
