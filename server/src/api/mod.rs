//! The HTTP API: what all capabilities share, and the router that puts them together.

mod addresses;
mod console;
pub mod edit;
pub(crate) mod html;
pub mod layers;
pub mod listen;
pub mod noted;
pub mod openapi;
pub mod overlap;
mod pace;
pub mod page;
pub mod patch;
pub mod problems;
pub mod router;
pub mod search;
pub mod table;
pub mod time;
pub mod tls;
