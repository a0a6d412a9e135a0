//! Installations: phones enrolled for an account, who may use each, and their sessions.

mod employee_routes;
pub mod employee_sessions;
pub mod enrolment;
mod enrolment_routes;
pub mod installation;
mod installation_routes;
pub mod members;
pub mod pins;
pub mod redeem;
pub mod rosters;
pub mod silent;
mod tree;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The topic of phones and of codes to enrol them.
pub const TOPIC: &str = "installations";

/// The routes of enrolments, installations, PINs and employees' sessions.
pub fn routes() -> OpenApiRouter<App> {
    enrolment_routes::routes().merge(installation_routes::routes()).merge(employee_routes::routes())
}
