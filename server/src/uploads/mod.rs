//! Files of phones, by ticket: whole, or part by part over a line that breaks.
//!
//! A ticket names the file and lets whoever holds it send this file and nothing else, so that a platform's own uploader
//! can carry it without other headers. Parts stand in the store until the file is whole; their hash and length are
//! checked then, and the file is committed before anybody is told that it is stored.

mod answer;
mod parts;
mod receive;
mod routes;
pub mod sweep;
mod ticket;

pub(crate) use answer::answers;
pub use routes::routes;
pub use ticket::Ticket;
