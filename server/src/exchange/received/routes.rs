//! `/v1/received-files`.

use axum::{extract::State, http::HeaderMap};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    decide, draft,
    file::ReceivedFile,
    list::{self, ReceivedQuery},
};
use crate::{
    access::{
        Auth,
        permissions::{ManageExchange, RunImports, ViewTransfers},
    },
    api::{edit::Versioned, page::Page},
    app::App,
    extract::{Json, Path, Query},
    imports::DraftShown,
    problem::Result,
    texts::Language,
};

/// The routes of files that came.
pub(in crate::exchange) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_received))
        .routes(routes!(get_received))
        .routes(routes!(open_received))
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

/// Opens a file that waits for a person as a draft of an import
///
/// One that is parked or failed. The draft has the id of the file and is the same as long as it lives, whoever opens it; it
/// begins with the template of the intake where that can be used. What is open is answered there, and
/// `POST /v1/imports/drafts/{draft}/start` starts the import of the file, with the rights of whoever starts it: the file is
/// `importing` then, its results are put beside it, and those behind it go on. A draft that is thrown away or expires
/// leaves the file as it is.
#[utoipa::path(
    post, path = "/v1/received-files/{file}/draft", tag = "exchange",
    security(("bearer" = ["manage_exchange", "run_imports"])),
    params(("file" = Uuid, Path)),
    responses((status = OK, body = DraftShown, headers(("ETag" = String))))
)]
async fn open_received(
    State(app): State<App>,
    allowed: Auth<RunImports>,
    Path(file): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Versioned<DraftShown>> {
    draft::open(&app, &allowed, file, Language::of(&headers)).await
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
