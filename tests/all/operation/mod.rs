//! Duties and health.

mod duties;
mod health;
mod nginx;
mod retention;
