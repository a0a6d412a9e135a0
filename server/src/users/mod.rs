//! Users: people at the web console, their passwords and sessions.

pub(crate) mod managers;
pub mod password;
mod password_routes;
pub mod rescue;
mod routes;
mod session_routes;
pub mod sessions;
pub mod user;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes of users and sessions.
pub fn routes() -> OpenApiRouter<App> {
    routes::routes().merge(password_routes::routes()).merge(session_routes::routes())
}
