//! Duties and health.

mod duties;
mod forgetting;
mod health;
mod nginx;
mod retention;
