//! Agents: programs at customers' sites that bring files from folders there and put files into others, over HTTPS alone.
//! An agent sees folders of its own, as a key does by SFTP, and may do nothing else.

pub mod definition;
pub mod download;
pub mod enrol;
mod routes;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes of agents.
pub(super) fn routes() -> OpenApiRouter<App> {
    routes::routes()
}
