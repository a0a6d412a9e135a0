//! Drafts of imports: a file is uploaded once, looked at, mapped, tried, and started. Every answer of a person is a change
//! of the draft, so that nothing is lost on the way; it is kept for seven days.
//!
//! What was found out of the file ([`analysis`]) is stored with the draft and made anew when it is to be read otherwise;
//! a preview is an import whose every batch is rolled back. A file that came by file exchange is opened as one, too.

mod analysis;
mod arrived;
mod edit;
mod found;
mod make;
mod nearly;
mod preview;
mod proposals;
mod questions;
mod receive;
mod routes;
mod row;
mod shown;
mod start;
pub mod sweep;
mod warnings;

pub(crate) use arrived::{Arrived, open};
pub(super) use routes::routes;
pub(crate) use shown::DraftShown;
