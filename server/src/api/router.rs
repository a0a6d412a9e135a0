//! The router of the whole API, and its OpenAPI document, made together from the same handlers.

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::{layers, openapi, problems};
use crate::{
    accounts,
    app::{App, Limits},
    chains, channels, entries, events, files, health, imports, installations, keys, messages, notifications,
    objects, profiles, push, sync, tasks, timesheets, uploads, users,
};

/// Every route of the API with its document.
fn routes(limits: &Limits) -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::description())
        .merge(accounts::routes())
        .merge(chains::routes())
        .merge(channels::routes())
        .merge(entries::routes())
        .merge(events::routes())
        .merge(files::routes())
        .merge(health::routes())
        .merge(imports::routes(limits))
        .merge(installations::routes())
        .merge(keys::routes())
        .merge(messages::routes())
        .merge(notifications::routes())
        .merge(objects::routes(limits))
        .merge(openapi::routes())
        .merge(problems::routes())
        .merge(profiles::routes())
        .merge(push::routes())
        .merge(sync::routes(limits))
        .merge(tasks::routes())
        .merge(timesheets::routes())
        .merge(uploads::routes())
        .merge(users::routes())
}

/// The OpenAPI document (3.1) of this release.
pub fn document() -> OpenApi {
    let mut document = routes(&Limits::default()).into_openapi();
    openapi::complete(&mut document);
    document
}

/// The API as a service.
pub fn router(app: App) -> Router {
    let (router, _) = routes(&app.limits).split_for_parts();
    let (request_bytes, environment) = (app.limits.request_bytes, app.environment.clone());
    layers::around(router.merge(openapi::page()).with_state(app), request_bytes, &environment)
}
