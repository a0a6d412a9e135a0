//! `/v1/calls`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::read::{self, CallQuery, CallShown, CallWhole};
use crate::{
    access::{Auth, permissions::ViewCalls},
    api::page::Page,
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
};

/// The routes of the log of calls.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_calls)).routes(routes!(get_call))
}

/// Lists calls
///
/// What the company's systems called by REST and SOAP in the last 30 days, the latest first. Calls of phones, people
/// at the console, log-ins and files are not among them.
#[utoipa::path(
    get, path = "/v1/calls", tag = "calls", params(CallQuery),
    security(("bearer" = ["view_calls"])),
    responses((status = OK, body = Page<CallShown>))
)]
async fn list_calls(
    State(app): State<App>,
    allowed: Auth<ViewCalls>,
    Query(query): Query<CallQuery>,
) -> Result<Json<Page<CallShown>>> {
    read::list(&app, &allowed, query).await.map(Json)
}

/// Gets a call
///
/// With the beginning of its request and of its answer, secrets masked.
#[utoipa::path(
    get, path = "/v1/calls/{call}", tag = "calls", params(("call" = Uuid, Path)),
    security(("bearer" = ["view_calls"])),
    responses((status = OK, body = CallWhole))
)]
async fn get_call(
    State(app): State<App>,
    allowed: Auth<ViewCalls>,
    Path(call): Path<Uuid>,
) -> Result<Json<CallWhole>> {
    read::get(&app, &allowed, call).await.map(Json)
}
