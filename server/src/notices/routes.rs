//! `/v1/notices`.

use axum::{extract::State, http::HeaderMap};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::notice::{self, Notice, NoticeQuery};
use crate::{
    access::Anybody,
    api::page::Page,
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
    texts::Language,
};

/// The routes of notices.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(done))
}

/// What somebody must be told
///
/// Those notices whose kind asks for a permission that the caller has, the last one first.
#[utoipa::path(
    get, path = "/v1/notices", tag = "notices", params(NoticeQuery),
    security(("bearer" = [])),
    responses((status = OK, body = Page<Notice>))
)]
async fn list(
    State(app): State<App>,
    Anybody(caller): Anybody,
    headers: HeaderMap,
    Query(query): Query<NoticeQuery>,
) -> Result<Json<Page<Notice>>> {
    notice::list(&app, &caller, Language::of(&headers), query).await.map(Json)
}

/// Says that a notice is done with
///
/// Repeating it changes nothing. When its cause happens again there is a new notice.
#[utoipa::path(
    post, path = "/v1/notices/{notice}/done", tag = "notices",
    security(("bearer" = [])),
    params(("notice" = Uuid, Path, description = "Its id")),
    responses((status = OK, body = Notice))
)]
async fn done(
    State(app): State<App>,
    Anybody(caller): Anybody,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Result<Json<Notice>> {
    notice::done(&app, &caller, Language::of(&headers), id).await.map(Json)
}
