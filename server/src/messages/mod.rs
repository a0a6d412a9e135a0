//! Messages between the office and employees: each is an entry.

mod routes;

pub mod list;
pub mod send;

pub use routes::routes;
