//! Tasks: the office part, edited here with before-images, and what entries made of each task, shown beside it.

mod draft;
mod links;
mod numbers;
mod reference;
mod routes;

pub mod batch;
pub mod decide;
pub mod edit;
pub mod history;
pub mod list;
pub mod phones;
pub mod read;
pub mod remove;
pub mod retire;
pub mod save;
pub mod shown;
pub mod table;
pub mod undo;

pub use links::Links;
pub use reference::TaskReference;
pub use routes::routes;
