//! Notifications: the account's events on their way to the receivers of its channels, signed, at least once, in the
//! order that each channel asks for, the same bytes on every try.
//!
//! The road of an event: [`scan`] finds channels with something to do; [`worker`] takes the lease on one and works in
//! batches: [`batch`] reads what comes next and groups it into chains that keep order, [`flight`] has the chains go side by
//! side, [`send`] tries each event by the channel's way ([`ways`]), [`record`] writes what became of them in one
//! transaction, which moves the channel's cursor. What goes well leaves no row.

pub mod batch;
pub mod deliveries;
mod delivery_routes;
pub mod flight;
pub mod format;
pub mod health;
pub mod office_track;
pub mod record;
pub mod replay;
pub mod retry;
mod routes;
pub mod scan;
pub mod send;
pub mod signature;
pub mod test;
pub mod wanted;
pub mod ways;
pub mod worker;

use utoipa_axum::router::OpenApiRouter;

pub use worker::run;

use crate::app::App;

/// The routes of what channels deliver.
pub fn routes() -> OpenApiRouter<App> {
    routes::routes().merge(delivery_routes::routes())
}
