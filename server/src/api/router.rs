//! The router of the whole API, and its OpenAPI document, made together from the same handlers.

use axum::Router;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;

use super::{console, layers, openapi};
use crate::{
    app::{App, Limits},
    capabilities,
};

/// Every route of the API with its document.
fn routes(limits: &Limits) -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::description())
        .merge(capabilities::routes(limits))
        .merge(openapi::routes())
}

/// The OpenAPI document (3.1) of this release.
pub fn document() -> Value {
    openapi::of(routes(&Limits::default()).into_openapi())
}

/// The API as a service.
pub fn router(app: App) -> Router {
    let (router, _) = routes(&app.limits).split_for_parts();
    let (request_bytes, environment) = (app.limits.request_bytes, app.environment.clone());
    layers::around(
        router.merge(openapi::page()).merge(console::pages()).with_state(app),
        request_bytes,
        &environment,
    )
}
