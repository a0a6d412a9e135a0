//! What a worker does becomes an entry: one transaction, and it is durable when the call returns.
//!
//! A screen takes an `intent` when it opens. The same intent again gives the same entry, so that a double tap, a
//! dropped future or a recreated screen never makes two clock-ins.

mod action;
mod entry;
pub mod failure;
mod pin_tries;
mod reading;
pub mod session;
mod track;

#[cfg(test)]
mod tests;

pub use action::{Action, Capture, Photo, TaskStep};
pub use entry::Captured;
pub(crate) use entry::form_draft;
pub use track::Noted;
