//! Duties and health.

mod duties;
mod health;
mod maps;
mod nginx;
mod retention;
