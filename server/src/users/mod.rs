//! Users: people at the web console, their passwords and sessions.

pub mod email;
mod email_routes;
pub(crate) mod managers;
pub mod password;
mod password_routes;
pub mod rescue;
pub mod reset;
mod reset_routes;
mod routes;
mod session_routes;
pub mod sessions;
pub mod user;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes of users and sessions.
pub fn routes() -> OpenApiRouter<App> {
    routes::routes()
        .merge(email_routes::routes())
        .merge(password_routes::routes())
        .merge(reset_routes::routes())
        .merge(session_routes::routes())
}
