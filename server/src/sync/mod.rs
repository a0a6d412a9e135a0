//! The exchange with phones: entries in, receipts out, and what is new in the phone's view.

mod body;
pub mod contacts;
mod encode;
mod exchange;
mod intake;
mod routes;
pub(crate) mod scopes;
mod view;

pub use exchange::exchange;
pub use routes::routes;
