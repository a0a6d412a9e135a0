//! `/v1/received-files`.

use axum::{extract::State, http::HeaderMap};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    decide,
    file::ReceivedFile,
    list::{self, ReceivedQuery},
};
use crate::{
    access::{
        Auth,
        permissions::{ManageExchange, ViewTransfers},
    },
    api::page::Page,
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
    texts::Language,
};

/// The routes of files that came.
pub(in crate::exchange) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_received))
        .routes(routes!(get_received))
        .routes(routes!(retry_received))
        .routes(routes!(dismiss_received))
}

/// The files that came, the latest first
#[utoipa::path(
    get, path = "/v1/received-files", tag = "exchange",
    security(("bearer" = ["view_transfers"])),
    params(ReceivedQuery),
    responses((status = OK, body = Page<ReceivedFile>))
)]
async fn list_received(
    State(app): State<App>,
    allowed: Auth<ViewTransfers>,
    Query(query): Query<ReceivedQuery>,
    headers: HeaderMap,
) -> Result<Json<Page<ReceivedFile>>> {
    list::list(&app, &allowed, query, Language::of(&headers)).await.map(Json)
}

/// One file that came
#[utoipa::path(
    get, path = "/v1/received-files/{file}", tag = "exchange",
    security(("bearer" = ["view_transfers"])),
    params(("file" = Uuid, Path)),
    responses((status = OK, body = ReceivedFile))
)]
async fn get_received(
    State(app): State<App>,
    allowed: Auth<ViewTransfers>,
    Path(file): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Json<ReceivedFile>> {
    list::get(&app, &allowed, file, Language::of(&headers)).await.map(Json)
}

/// Has a file imported once more
///
/// One that is parked, failed, was dismissed or fitted no intake when it came. The intakes of now decide.
#[utoipa::path(
    post, path = "/v1/received-files/{file}/retry", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("file" = Uuid, Path)),
    responses((status = OK, body = ReceivedFile))
)]
async fn retry_received(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(file): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Json<ReceivedFile>> {
    decide::retry(&app, &allowed, file, Language::of(&headers)).await.map(Json)
}

/// Says that a file is not to be imported
///
/// One that waits, is parked or fitted no intake. Those behind it go on.
#[utoipa::path(
    post, path = "/v1/received-files/{file}/dismiss", tag = "exchange",
    security(("bearer" = ["manage_exchange"])),
    params(("file" = Uuid, Path)),
    responses((status = OK, body = ReceivedFile))
)]
async fn dismiss_received(
    State(app): State<App>,
    allowed: Auth<ManageExchange>,
    Path(file): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Json<ReceivedFile>> {
    decide::dismiss(&app, &allowed, file, Language::of(&headers)).await.map(Json)
}
