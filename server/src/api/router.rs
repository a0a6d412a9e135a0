//! The router of the whole API, and its OpenAPI document, made together from the same handlers.

use axum::{Router, middleware::from_fn_with_state};
use serde_json::Value;
use tower::ServiceExt as _;
use utoipa_axum::router::OpenApiRouter;

use super::{console, layers, openapi};
use crate::{
    app::{App, Limits},
    calls, capabilities, soap,
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
    let tap = from_fn_with_state(app.clone(), calls::tap);
    let router = router.merge(openapi::page()).merge(console::pages()).with_state(app.clone()).layer(tap);
    let router = layers::around(router, app);
    // Before a route is chosen, since customers write the address of the services in any case
    Router::new().fallback_service(router.map_request(soap::spelled))
}
