//! Files: photos of entries and attachments of tasks and points of interest, by (account, SHA-256).

pub mod attach;
mod attached;
pub mod complete;
pub mod download;
pub(crate) mod media_type;
pub(crate) mod range;
pub(crate) mod reference;
pub mod room;
mod routes;
pub mod store;
pub mod sweep;
pub mod upload;

pub use attached::{AttachedFile, attached_to, with_files};
pub use routes::routes;
