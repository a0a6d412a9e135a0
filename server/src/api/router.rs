//! The router of the whole API, and its OpenAPI document, made together from the same handlers.

use axum::{Router, extract::DefaultBodyLimit, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::{
    InfoBuilder, OpenApi, OpenApiBuilder,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    accounts,
    app::{App, Limits},
    files, health, installations, keys, messages, objects, problem, profiles, sync, tasks, telemetry, users,
};

/// Every route of the API with its document.
fn routes(limits: &Limits) -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(description())
        .merge(accounts::routes())
        .merge(files::routes())
        .merge(health::routes())
        .merge(installations::routes())
        .merge(keys::routes())
        .merge(messages::routes())
        .merge(objects::routes(limits))
        .merge(profiles::routes())
        .merge(sync::routes(limits))
        .merge(tasks::routes())
        .merge(users::routes())
}

/// The OpenAPI document (3.1) of this release.
pub fn document() -> OpenApi {
    routes(&Limits::default()).into_openapi()
}

/// The API as a service.
pub fn router(app: App) -> Router {
    let (router, _) = routes(&app.limits).split_for_parts();
    router
        .layer(DefaultBodyLimit::max(app.limits.request_bytes))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn(problem::localize))
        .layer(middleware::from_fn_with_state(app.environment.clone(), telemetry::observe))
        .with_state(app)
}

fn description() -> OpenApi {
    let mut document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Campo")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Work between the office and the field. Every operation names the permission it needs in \
                     `security`. Errors are `application/problem+json` (RFC 9457) with a stable `code`.",
                ))
                .build(),
        )
        .build();
    let bearer = SecurityScheme::Http(
        HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A key, a session or an installation: `campo_…`"))
            .build(),
    );
    document.components.get_or_insert_default().add_security_scheme("bearer", bearer);
    document
}
