//! All tests of whole Campo, in one binary since linking is what costs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod backup;
mod files;
mod kit;
mod log;
mod objects;
mod history;
mod kit;
mod log;
mod rebuild;
mod verify;
