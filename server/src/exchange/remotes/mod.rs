//! Customers' servers: files that are taken from there feed the intakes, and files of exports are brought there.
//!
//! One job of a server at a time, in a lane of its own: first what is to be brought, then what is to be taken. A file is
//! brought under a part name and renamed when it is all there; which of both was done last stands in its row, so that
//! after a kill it is gone on with and never brought twice. A file is taken once by name, length and time, when it has
//! been the same at two looks.

pub mod definition;
mod job;
mod open;
mod pull;
mod push;
mod routes;
mod secrets;
pub mod trial;
pub mod trouble;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub use job::JOB;
pub(in crate::exchange) use job::run_due;
pub(in crate::exchange) use push::order;

/// The routes of customers' servers.
pub(super) fn routes() -> OpenApiRouter<App> {
    routes::routes()
}
