//! Files that came: each a row of the intake that it fits, in the order in which they came. Its identity is its arrival
//! and never its content, so that the same content twice is two files with two answers.

pub(super) mod arrive;
pub(crate) mod confirm;
mod decide;
mod draft;
pub mod file;
pub(super) mod judge;
mod list;
mod routes;

pub(super) use routes::routes;
