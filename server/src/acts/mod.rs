//! Acts: what one person did to many things at once, and taking it back.
//!
//! An act is recorded in the transaction that it is, with what each thing was before. It is undone where a thing is still
//! as the act left it and no work on it followed; what went on stays, and is listed with the reason. Undoing needs the
//! permission of the act and is an act itself. What changed more things than one transaction holds is taken back by a job.
//! How a kind of thing is put back is a row of [`crate::capabilities::UNDOERS`].

mod act;
mod record;
mod routes;
pub mod undo;
mod undo_job;

pub use act::Act;
pub use record::{Changed, NewAct, close, extend, open, record};
pub use routes::routes;
pub use undo::{Kept, Undoer, Undone};
pub use undo_job::{JOB, take_back};
