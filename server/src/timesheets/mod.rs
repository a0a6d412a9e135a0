//! Working time: timesheets derived from the entry log at reading, corrections, agreements, closed periods, receipts.
//!
//! Nothing derived is stored. The rules are [`campo_protocol::shift`]; here are the few statements that read what they
//! need, for one employee or for a page of them, and the entries that the office writes.

pub mod correct;
mod decision_routes;
mod entries;
pub(crate) mod pages;
mod people;
pub mod periods;
mod read;
pub mod receipt;
mod routes;
pub mod shown;
pub(crate) mod table;

pub use routes::routes;
