//! What the office keeps besides tasks: groups, employees and their profiles, types of task, points of interest, work
//! orders, forms, the catalogue and non-working days, all by the same few functions.
//!
//! The road of an edit: `edit` reads documents into candidates, `links` turns codes into ids, `check` refuses what
//! the tables would contradict, `store` writes, and `feed` files what phones must know. Each step is a few
//! statements for any number of objects, so that one edit and an import of hundreds are the same code.

mod check;
mod describe;
mod draft;
pub mod edit;
pub mod feed;
mod in_tasks;
mod kept;
mod links;
mod object;
pub mod read;
mod routes;
mod store;
pub mod undo;

pub use edit::{Operation, Outcome, Replaced, Saved, What, create, merge, remove, replace, save_many};
pub use feed::{Edited, poi_views};
pub use kept::Kept;
pub use object::Object;
pub use read::{Filter, States, get, list, versions};
pub use routes::routes;
