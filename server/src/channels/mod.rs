//! Channels: the configured ways by which an account's events leave, each with its target, its secrets, and its place
//! in the log of events.

pub mod channel;
pub mod edit;
pub mod filter;
pub mod headers;
pub mod mail_target;
pub mod read;
mod recipient_routes;
pub mod recipients;
mod routes;
mod secret_routes;
pub mod secrets;
pub mod target;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The topic of channels and of what became of their deliveries.
pub const TOPIC: &str = "channels";

/// The routes of channels, their secrets and their recipients.
pub fn routes() -> OpenApiRouter<App> {
    routes::routes().merge(secret_routes::routes()).merge(recipient_routes::routes())
}
