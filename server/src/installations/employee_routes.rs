//! `/v1/employees/{employee}/pin` and `/v1/employee-sessions`.

use axum::{extract::State, http::StatusCode};
use campo_protocol::model::Ref;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    employee_sessions::{self, EmployeeSession, EmployeeSessionQuery},
    pins::{self, PinGiven},
};
use crate::{
    access::{
        Auth,
        permissions::{ManageEmployees, ViewEntries},
    },
    api::page::Page,
    app::App,
    extract::{Json, Path, Private, Query},
    problem::Result,
};

/// The routes of what employees do on installations.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(set_pin, remove_pin)).routes(routes!(list_sessions))
}

/// Sets the PIN of an employee
///
/// Phones get a salted verifier of it; the PIN itself is kept nowhere.
#[utoipa::path(
    put, path = "/v1/employees/{employee}/pin", tag = "employees",
    security(("bearer" = ["manage_employees"])),
    params(("employee" = Ref, Path, description = "Its id, or `number:` and its number")),
    request_body = PinGiven,
    responses((status = NO_CONTENT))
)]
async fn set_pin(
    State(app): State<App>,
    allowed: Auth<ManageEmployees>,
    Path(employee): Path<Ref>,
    Private(given): Private<PinGiven>,
) -> Result<StatusCode> {
    pins::set(&app, &allowed, &employee, &given).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the PIN of an employee away
#[utoipa::path(
    delete, path = "/v1/employees/{employee}/pin", tag = "employees",
    security(("bearer" = ["manage_employees"])),
    params(("employee" = Ref, Path, description = "Its id, or `number:` and its number")),
    responses((status = NO_CONTENT))
)]
async fn remove_pin(
    State(app): State<App>,
    allowed: Auth<ManageEmployees>,
    Path(employee): Path<Ref>,
) -> Result<StatusCode> {
    pins::remove(&app, &allowed, &employee).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The sessions of employees on installations
#[utoipa::path(
    get, path = "/v1/employee-sessions", tag = "employees",
    security(("bearer" = ["view_entries"])),
    params(EmployeeSessionQuery),
    responses((status = OK, body = Page<EmployeeSession>))
)]
async fn list_sessions(
    State(app): State<App>,
    allowed: Auth<ViewEntries>,
    Query(query): Query<EmployeeSessionQuery>,
) -> Result<Json<Page<EmployeeSession>>> {
    employee_sessions::list(&app, &allowed, &query).await.map(Json)
}
