//! Duties and health.

mod duties;
mod health;
mod retention;
