//! The exchange with phones: entries in, receipts out, and what is new in the phone's view.

pub mod awake;
mod body;
pub mod contacts;
mod encode;
mod exchange;
mod intake;
mod routes;
pub(crate) mod scopes;
mod stream;
mod view;
pub(crate) mod wake;

pub use exchange::exchange;
pub use routes::routes;
