//! `/v1/events` and `/v1/event-kinds`.

use axum::{extract::State, http::HeaderMap};
use campo_protocol::model::Ref;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    Asked, EventShown, Events, Wanted,
    kinds::{self, Described},
};
use crate::{
    access::Anybody,
    api::page::PageQuery,
    app::App,
    channels::filter::Filter,
    extract::{Json, Path, Query},
    problem::Result,
    texts::Language,
};

/// The routes of events.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get)).routes(routes!(list_kinds))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// `position` of the answer before; 0 or absent from the beginning
    after: Option<i64>,
    /// How many items at most, 1 to 500; 100 when absent
    limit: Option<i64>,
    /// How many seconds the answer waits for an event where there is none yet, 0 to 50; 0 when absent
    wait: Option<i64>,
    /// Events of these kinds, such as `entry.complete`; those about entries and tasks where none is named.
    /// `GET /v1/event-kinds` has all, with the permission that each needs
    #[serde(default)]
    kind: Vec<String>,
    /// About entries of these kinds, such as `shift.start`
    #[serde(default)]
    entry_kind: Vec<String>,
    /// About tasks of these types
    #[serde(default)]
    #[param(value_type = Vec<String>)]
    task_type: Vec<Ref>,
    /// Of employees of these groups and those below them
    #[serde(default)]
    #[param(value_type = Vec<String>)]
    group: Vec<Ref>,
    /// Of these employees
    #[serde(default)]
    #[param(value_type = Vec<String>)]
    employee: Vec<Ref>,
    /// About these forms
    #[serde(default)]
    #[param(value_type = Vec<String>)]
    form: Vec<Ref>,
}

/// Reads events
///
/// In order and without gaps: whoever asks again with `after` set to the `position` of the answer before misses none of
/// those it wants. A page can have fewer items than `limit`, or none, although there are more: `more` says so. With
/// `wait` an answer that would be empty comes when there is an event, or when the time is over. The filters are those of
/// channels. At most 50 readers of an account wait at a time; one more is answered with 429 and `Retry-After`.
#[utoipa::path(
    get, path = "/v1/events", tag = "events",
    security(
        ("bearer" = ["view_entries"]), ("bearer" = ["run_imports"]), ("bearer" = ["view_transfers"]),
        ("bearer" = ["manage_installations"]), ("bearer" = ["manage_channels"]), ("bearer" = ["view_timesheets"]),
        ("bearer" = ["manage_users"]), ("bearer" = ["manage_keys"])
    ),
    params(EventsQuery),
    responses((status = OK, body = Events))
)]
async fn list(
    State(app): State<App>,
    Anybody(caller): Anybody,
    Query(query): Query<EventsQuery>,
) -> Result<Json<Events>> {
    let limit = PageQuery { after: None, limit: query.limit }.limit()?;
    let filter = Filter {
        entry_kinds: query.entry_kind,
        task_types: query.task_type,
        groups: query.group,
        employees: query.employee,
        forms: query.form,
    };
    let wanted = Wanted { after: query.after.unwrap_or(0), limit, kinds: query.kind, filter };
    super::list(&app, &caller, Asked { wanted, wait_s: query.wait.unwrap_or(0) }).await.map(Json)
}

/// One event
#[utoipa::path(
    get, path = "/v1/events/{id}", tag = "events",
    security(
        ("bearer" = ["view_entries"]), ("bearer" = ["run_imports"]), ("bearer" = ["view_transfers"]),
        ("bearer" = ["manage_installations"]), ("bearer" = ["manage_channels"]), ("bearer" = ["view_timesheets"]),
        ("bearer" = ["manage_users"]), ("bearer" = ["manage_keys"])
    ),
    params(("id" = Uuid, Path, description = "Its id")),
    responses((status = OK, body = EventShown))
)]
async fn get(
    State(app): State<App>,
    Anybody(caller): Anybody,
    Path(id): Path<Uuid>,
) -> Result<Json<EventShown>> {
    super::get(&app, &caller, id).await.map(Json)
}

/// The kinds of events
///
/// Each with its meaning, the permission that reading or subscribing needs, what it is about, and of those of the server
/// the JSON Schema of what they tell, with an example.
#[utoipa::path(
    get, path = "/v1/event-kinds", tag = "events",
    security(("bearer" = [])),
    responses((status = OK, body = Vec<Described>))
)]
async fn list_kinds(_caller: Anybody, headers: HeaderMap) -> Json<Vec<Described>> {
    Json(kinds::described(Language::of(&headers)))
}
