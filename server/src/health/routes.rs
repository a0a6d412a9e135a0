//! `GET /health/live`, `GET /health/ready`.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    extract::Json,
    problem::{Code, Problem, Result},
};

/// The routes of health.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(live)).routes(routes!(ready))
}

/// That something is as it should be.
#[derive(Debug, Serialize, ToSchema)]
struct Well {
    /// Always `ok`; another answer has another status
    #[schema(example = "ok")]
    status: &'static str,
}

const WELL: Json<Well> = Json(Well { status: "ok" });

/// The process turns
///
/// For whoever restarts processes that hang. It asks nothing of the database, so that an outage there restarts
/// nobody.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = OK, body = Well)))]
async fn live() -> Json<Well> {
    WELL
}

/// This replica can commit
///
/// For whoever distributes requests. It commits a row within some seconds, at most once a second however often it is
/// asked, and is not ready any more as soon as the process is asked to end.
#[utoipa::path(
    get, path = "/health/ready", tag = "health",
    responses((status = OK, body = Well), (status = SERVICE_UNAVAILABLE, description = "Send requests elsewhere"))
)]
async fn ready(State(app): State<App>) -> Result<Json<Well>> {
    if app.health.is_stopping() {
        return Err(Problem::new(Code::Unavailable));
    }
    app.health.can_commit(&app).await.map_err(|_| Code::Unavailable)?;
    Ok(WELL)
}
