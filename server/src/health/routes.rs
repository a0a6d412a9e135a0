//! `GET /health`, `/health/live`, `/health/ready`, `/metrics`.

use axum::{
    Router,
    extract::{FromRequestParts as _, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::report::{Report, Status};
use crate::{
    access::Operator,
    app::App,
    extract::Json,
    problem::{Code, Result},
};

/// The version of Prometheus' text format that is spoken.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The routes of health and metrics.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(live))
        .routes(routes!(ready))
        .routes(routes!(health))
        .routes(routes!(metrics))
}

/// Metrics and the health of each subsystem for whoever asks, at an address of their own.
pub fn metrics_alone(app: App) -> Router {
    Router::new()
        .route("/metrics", get(|State(app): State<App>| async move { rendered(&app) }))
        .route("/health", get(|State(app): State<App>| async move { whole(app.health.report(&app).await) }))
        .with_state(app)
}

/// How something is.
#[derive(Debug, Serialize, ToSchema)]
struct Simply {
    /// How well it works
    status: Status,
}

const OK: Json<Simply> = Json(Simply { status: Status::Ok });

/// The process turns
///
/// For whoever restarts processes that hang. It asks nothing of the database, so that an outage there restarts
/// nobody.
#[utoipa::path(get, path = "/health/live", tag = "operation", responses((status = OK, body = Simply)))]
async fn live() -> Json<Simply> {
    OK
}

/// This replica can commit
///
/// For whoever distributes requests. It commits a row within some seconds, at most once a second however often it is
/// asked, and is not ready any more as soon as the process is asked to end.
#[utoipa::path(
    get, path = "/health/ready", tag = "operation",
    responses((status = OK, body = Simply), (status = SERVICE_UNAVAILABLE, description = "Send requests elsewhere"))
)]
async fn ready(State(app): State<App>) -> Result<Json<Simply>> {
    app.health.can_commit(&app).await.map_err(|_| Code::Unavailable)?;
    Ok(OK)
}

/// The health of each subsystem
///
/// Names each subsystem, its oldest undone work and whose fault that is. Only a failure that is our own fault is
/// answered with 503. Without the bearer secret of whoever runs the server, its setting `operator_token`, it says the
/// overall status alone. Where `metrics_listen` is set it says all there, to whoever asks.
#[utoipa::path(
    get, path = "/health", tag = "operation",
    security((), ("operator" = [])),
    responses((status = OK, body = Report), (status = SERVICE_UNAVAILABLE, body = Report))
)]
async fn health(State(app): State<App>, mut parts: Parts) -> Result<Response> {
    if parts.headers.contains_key(header::AUTHORIZATION) {
        Operator::from_request_parts(&mut parts, &app).await?;
        return Ok(whole(app.health.report(&app).await));
    }
    let status = app.health.report(&app).await.status;
    Ok((code_of(status), Json(Simply { status })).into_response())
}

fn whole(report: Report) -> Response {
    (code_of(report.status), Json(report)).into_response()
}

fn code_of(status: Status) -> StatusCode {
    if status == Status::Failed { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}

/// Metrics in Prometheus' text format
///
/// They show the whole server, so that no account can hold or grant them: they need the bearer secret of whoever runs
/// the server, its setting `operator_token`. Where `metrics_listen` is set they are also given there, to whoever asks.
#[utoipa::path(
    get, path = "/metrics", tag = "operation",
    security(("operator" = [])),
    responses((status = OK, body = String, content_type = "text/plain"))
)]
async fn metrics(State(app): State<App>, _operator: Operator) -> Response {
    rendered(&app)
}

fn rendered(app: &App) -> Response {
    metrics::gauge!("campo_queue_entries").set(app.log.waiting_entries() as f64);
    metrics::gauge!("campo_queue_turns").set(app.log.waiting_turns() as f64);
    let oldest_us = app.log.oldest_waiting_us().unwrap_or(0);
    metrics::gauge!("campo_queue_oldest_seconds").set(oldest_us as f64 / 1e6);
    metrics::gauge!("campo_file_connections").set(app.connections.count() as f64);
    ([(header::CONTENT_TYPE, METRICS_TYPE)], app.metrics.render()).into_response()
}
