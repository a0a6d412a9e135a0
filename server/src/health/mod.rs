//! Health tells the truth: *live* the process turns, *ready* this replica can commit, and `/health` names each
//! subsystem, its oldest undone work and whose fault that is.

mod readiness;
mod routes;

pub use readiness::Health;
pub use routes::routes;
