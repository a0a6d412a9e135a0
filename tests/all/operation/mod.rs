//! Duties and health.

mod duties;
mod forgetting;
mod health;
mod maps;
mod nginx;
mod retention;
