//! `/v1/events`.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{EventShown, Events};
use crate::{
    access::{Auth, permissions::ViewEntries},
    api::page::PageQuery,
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
};

/// The routes of events.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// `position` of the answer before; 0 or absent from the beginning
    after: Option<i64>,
    /// How many items at most, 1 to 500; 100 when absent
    limit: Option<i64>,
    /// Events of this kind, such as `entry.complete`
    kind: Option<String>,
}

/// Reads events
///
/// In order and without gaps: whoever asks again with `after` set to the `position` of the answer before misses none.
/// A page can have fewer items than `limit` although there are more.
#[utoipa::path(
    get, path = "/v1/events", tag = "events",
    security(("bearer" = ["view_entries"])),
    params(EventsQuery),
    responses((status = OK, body = Events))
)]
async fn list(
    State(app): State<App>,
    auth: Auth<ViewEntries>,
    Query(query): Query<EventsQuery>,
) -> Result<Json<Events>> {
    let limit = PageQuery { after: None, limit: query.limit }.limit()?;
    super::list(&app, &auth, query.kind.as_deref(), query.after.unwrap_or(0), limit).await.map(Json)
}

/// One event
#[utoipa::path(
    get, path = "/v1/events/{id}", tag = "events",
    security(("bearer" = ["view_entries"])),
    params(("id" = Uuid, Path, description = "Its id")),
    responses((status = OK, body = EventShown))
)]
async fn get(
    State(app): State<App>,
    auth: Auth<ViewEntries>,
    Path(id): Path<Uuid>,
) -> Result<Json<EventShown>> {
    super::get(&app, &auth, id).await.map(Json)
}
