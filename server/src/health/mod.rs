//! Health tells the truth: *live* the process turns, *ready* this replica can commit, and `/health` names each
//! subsystem, its oldest undone work and whose fault that is.

pub mod checks;
mod readiness;
mod report;
mod routes;

pub use readiness::Health;
pub use report::{Check, Fault, Finding, Report, Status, report};
pub use routes::{metrics_alone, routes};
