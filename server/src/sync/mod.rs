//! The exchange with phones. Now its intake half: entries in, receipts out.

mod body;
mod intake;
mod routes;

pub use routes::routes;
