//! Profiles of users: named sets of permissions.

pub mod profile;
mod routes;

pub use routes::routes;
