//! The HTTP API: what all capabilities share, and the router that puts them together.

pub mod edit;
pub mod listen;
pub mod page;
pub mod patch;
pub mod router;
pub mod time;
