//! Exports: what leaves as a table. A definition says what, which columns, which name and where to; each run is a row
//! that fixes its range of the log of events, so that runs follow each other without a gap, and its bytes are kept, so
//! that "again" gives the same. A run is a table, or a file for each entry; photos can stand beside.

mod again;
mod check;
pub mod definition;
mod documents;
pub mod fields;
mod make;
mod read;
mod routes;
pub mod run;
mod run_files;
mod run_routes;
mod schedule;
mod value;
pub mod what;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub use make::JOB;
pub(super) use schedule::{next_of_schedule, run_due};

/// The routes of exports.
pub(super) fn routes() -> OpenApiRouter<App> {
    routes::routes().merge(run_routes::routes())
}
