//! `GET` of timesheets and receipts.

use axum::{extract::State, http::HeaderMap, response::Response};
use campo_protocol::{civil::CivilDate, faults::Faults, model::Ref};
use campo_spreadsheets::write::Format;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    decision_routes,
    read::{self, MAX_DAYS_OF_MANY, Span, Whose},
    receipt::{self, EntryReceipt},
    shown::Timesheet,
    table,
};
use crate::{
    access::{
        Auth,
        permissions::{ViewEntries, ViewTimesheets},
    },
    api::page::{Page, PageQuery},
    app::App,
    extract::{Json, Path, Query},
    problem::Result,
    texts::Language,
};

/// The routes of working time.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(of_employee))
        .routes(routes!(of_employee_as_table))
        .routes(routes!(of_employee_as_workbook))
        .routes(routes!(of_many))
        .routes(routes!(of_many_as_table))
        .routes(routes!(of_many_as_workbook))
        .routes(routes!(receipt_of_entry))
        .merge(decision_routes::routes())
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SpanQuery {
    /// The first day; without one the first of the month of the last one
    from: Option<CivilDate>,
    /// The last day, included, today when absent; at most 93 days
    to: Option<CivilDate>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ManyQuery {
    /// One day; otherwise `from` and `to`
    date: Option<CivilDate>,
    /// The first day
    from: Option<CivilDate>,
    /// The last day, included; at most 31 days
    to: Option<CivilDate>,
    /// Employees of this group and of those below it: an id or `code:` and its code
    #[param(value_type = Option<String>)]
    group: Option<Ref>,
    /// `next` of the page before
    after: Option<String>,
    /// How many employees at most, 1 to 500; 100 when absent
    limit: Option<i64>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TableQuery {
    /// The first day
    from: CivilDate,
    /// The last day, included; at most 31 days
    to: CivilDate,
    /// Employees of this group and of those below it: an id or `code:` and its code
    #[param(value_type = Option<String>)]
    group: Option<Ref>,
}

impl ManyQuery {
    fn span(&self) -> Result<Span> {
        let mut faults = Faults::default();
        let (from, to) = match (self.date, self.from, self.to) {
            (Some(date), None, None) => (date, date),
            (None, Some(from), Some(to)) => (from, to),
            _ => {
                faults.add("/date", "required", "", "either a date, or `from` and `to`");
                return Err(faults.into());
            }
        };
        Span::new(from, to, MAX_DAYS_OF_MANY)
    }
}

/// The timesheet of an employee
///
/// Derived from the entries at this moment. Each shift belongs to the day on which it began, in the zone of its first
/// punch. Durations are time that passed.
#[utoipa::path(
    get, path = "/v1/employees/{employee}/timesheet", tag = "timesheets",
    security(("bearer" = ["view_timesheets"])),
    params(("employee" = Ref, Path, description = "Its id, or `number:` and its number"), SpanQuery),
    responses((status = OK, body = Timesheet))
)]
async fn of_employee(
    State(app): State<App>,
    auth: Auth<ViewTimesheets>,
    Path(employee): Path<Ref>,
    Query(SpanQuery { from, to }): Query<SpanQuery>,
) -> Result<Json<Timesheet>> {
    read::one(&app, &auth, &employee, (from, to)).await.map(Json)
}

/// The timesheet of an employee as a table
///
/// CSV with a row for each day, headings in the language of `Accept-Language`.
#[utoipa::path(
    get, path = "/v1/employees/{employee}/timesheet.csv", tag = "timesheets",
    security(("bearer" = ["view_timesheets"])),
    params(("employee" = Ref, Path, description = "Its id, or `number:` and its number"), SpanQuery),
    responses((status = OK, body = String, content_type = "text/csv"))
)]
async fn of_employee_as_table(
    State(app): State<App>,
    auth: Auth<ViewTimesheets>,
    Path(employee): Path<Ref>,
    Query(SpanQuery { from, to }): Query<SpanQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let sheet = read::one(&app, &auth, &employee, (from, to)).await?;
    table::answer(Format::Csv, &[sheet], Language::of(&headers)).await
}

/// The timesheet of an employee as a workbook
///
/// xlsx with a row for each day, headings in the language of `Accept-Language`.
#[utoipa::path(
    get, path = "/v1/employees/{employee}/timesheet.xlsx", tag = "timesheets",
    security(("bearer" = ["view_timesheets"])),
    params(("employee" = Ref, Path, description = "Its id, or `number:` and its number"), SpanQuery),
    responses((status = OK, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
)]
async fn of_employee_as_workbook(
    State(app): State<App>,
    auth: Auth<ViewTimesheets>,
    Path(employee): Path<Ref>,
    Query(SpanQuery { from, to }): Query<SpanQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let sheet = read::one(&app, &auth, &employee, (from, to)).await?;
    table::answer(Format::Xlsx, &[sheet], Language::of(&headers)).await
}

/// The timesheets of all employees
///
/// Sorted by name, a page at a time.
#[utoipa::path(
    get, path = "/v1/timesheets", tag = "timesheets",
    security(("bearer" = ["view_timesheets"])),
    params(ManyQuery),
    responses((status = OK, body = Page<Timesheet>))
)]
async fn of_many(
    State(app): State<App>,
    auth: Auth<ViewTimesheets>,
    Query(query): Query<ManyQuery>,
) -> Result<Json<Page<Timesheet>>> {
    let span = query.span()?;
    let page = PageQuery { after: query.after, limit: query.limit };
    let whose = Whose { group: query.group, after: page.after()?.unwrap_or_default() };
    read::many(&app, &auth, whose, span, page.limit()?).await.map(Json)
}

/// The timesheets of all employees as a table
///
/// CSV with a row for each employee and day, headings in the language of `Accept-Language`; at most 2,000 employees.
#[utoipa::path(
    get, path = "/v1/timesheets.csv", tag = "timesheets",
    security(("bearer" = ["view_timesheets"])),
    params(TableQuery),
    responses((status = OK, body = String, content_type = "text/csv"))
)]
async fn of_many_as_table(
    State(app): State<App>,
    auth: Auth<ViewTimesheets>,
    Query(TableQuery { from, to, group }): Query<TableQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let sheets = read::all(&app, &auth, group, Span::new(from, to, MAX_DAYS_OF_MANY)?).await?;
    table::answer(Format::Csv, &sheets, Language::of(&headers)).await
}

/// The timesheets of all employees as a workbook
///
/// xlsx with a row for each employee and day, headings in the language of `Accept-Language`; at most 2,000 employees.
#[utoipa::path(
    get, path = "/v1/timesheets.xlsx", tag = "timesheets",
    security(("bearer" = ["view_timesheets"])),
    params(TableQuery),
    responses((status = OK, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
)]
async fn of_many_as_workbook(
    State(app): State<App>,
    auth: Auth<ViewTimesheets>,
    Query(TableQuery { from, to, group }): Query<TableQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let sheets = read::all(&app, &auth, group, Span::new(from, to, MAX_DAYS_OF_MANY)?).await?;
    table::answer(Format::Xlsx, &sheets, Language::of(&headers)).await
}

/// The receipt of an entry
///
/// With its places in the chains and their signed heads. Keep it outside this server: `campo verify --against` takes
/// the answer as it is.
#[utoipa::path(
    get, path = "/v1/entries/{id}/receipt", tag = "entries",
    security(("bearer" = ["view_entries"])),
    params(("id" = Uuid, Path, description = "Its id")),
    responses((status = OK, body = EntryReceipt))
)]
async fn receipt_of_entry(
    State(app): State<App>,
    auth: Auth<ViewEntries>,
    Path(id): Path<Uuid>,
) -> Result<Json<EntryReceipt>> {
    receipt::receipt(&app, &auth, id).await.map(Json)
}
