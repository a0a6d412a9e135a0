//! Forgetting: what is kept for a time goes when that is over, what the office deleted goes some days later, and what a
//! person wrote goes when somebody asks for it. For how long what stays is declared in [`crate::privacy`].
//!
//! Of an entry the bytes and the salt go, with its files, its message and the snapshots of its events. Its row and its
//! leaf in the chain stay, and an entry of the kind `erased` says by which rule it went: `campo verify` asks for that.
//! All of a step is one transaction, and each step begins where the last one ended. What an account holds stays.

mod deleted;
mod erase;
pub mod requests;
mod routes;
pub mod rows;
pub mod rules;
mod steps;

pub use routes::routes;
pub(crate) use steps::begin_anew;
pub use steps::duty;

/// A day.
const DAY_US: i64 = 24 * 3600 * 1_000_000;
/// How long what was done with is still shown: notices, rows and files of imports, events that were given up, files that
/// left.
pub const SHOWN_US: i64 = 90 * DAY_US;
