//! `/v1/acts`.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    act::{self, Act},
    undo::{self, UndoState, Undone},
};
use crate::{
    access::Anybody,
    api::page::{Page, PageQuery},
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
};

/// The routes of acts.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get)).routes(routes!(undo_act, get_undo))
}

/// How an act is taken back.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UndoQuery {
    /// True to only count what would go back and what would stay. A place at which there is a task that would be
    /// withdrawn counts as in use
    #[serde(default)]
    dry_run: bool,
}

/// What was done to many things at once
///
/// The acts whose permission the caller has, the last one first.
#[utoipa::path(
    get, path = "/v1/acts", tag = "acts", params(PageQuery),
    security(("bearer" = [])),
    responses((status = OK, body = Page<Act>))
)]
async fn list(
    State(app): State<App>,
    Anybody(caller): Anybody,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Act>>> {
    act::list(&app, &caller, page).await.map(Json)
}

/// One act
#[utoipa::path(
    get, path = "/v1/acts/{act}", tag = "acts",
    security(("bearer" = [])),
    params(("act" = Uuid, Path, description = "Its id")),
    responses((status = OK, body = Act))
)]
async fn get(State(app): State<App>, Anybody(caller): Anybody, Path(id): Path<Uuid>) -> Result<Json<Act>> {
    act::get(&app, &caller, id).await.map(Json)
}

/// Takes an act back
///
/// What is still as the act left it, and on which no work followed, becomes as it was before; what went on stays, and is
/// listed with the reason. It needs the permission of the act and, of whoever is not its author, those in `also`; and it
/// is an act itself. What changed more than 500 things, or things of several kinds, goes on in the background: the answer is
/// 202, and `GET` shows how far it is. 410 when it was taken back before, its time is over, or the act itself still goes on.
#[utoipa::path(
    post, path = "/v1/acts/{act}/undo", tag = "acts", params(("act" = Uuid, Path, description = "Its id"), UndoQuery),
    security(("bearer" = [])),
    responses((status = OK, body = Undone), (status = ACCEPTED, body = Undone))
)]
async fn undo_act(
    State(app): State<App>,
    Anybody(caller): Anybody,
    Path(id): Path<Uuid>,
    Query(query): Query<UndoQuery>,
) -> Result<(StatusCode, Json<Undone>)> {
    let undone = undo::undo(&app, &caller, id, query.dry_run).await?;
    let status = if undone.state == UndoState::Running { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(undone)))
}

/// How far taking an act back is
///
/// Its counts are what was done until now; what stays is named with the reason.
#[utoipa::path(
    get, path = "/v1/acts/{act}/undo", tag = "acts", params(("act" = Uuid, Path, description = "Its id")),
    security(("bearer" = [])),
    responses((status = OK, body = Undone))
)]
async fn get_undo(
    State(app): State<App>,
    Anybody(caller): Anybody,
    Path(id): Path<Uuid>,
) -> Result<Json<Undone>> {
    undo::shown(&app, &caller, id).await.map(Json)
}
