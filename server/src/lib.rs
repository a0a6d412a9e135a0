//! The backend of Campo: everything behind the binary `campo`.

pub mod access;
pub mod accounts;
pub mod api;
pub mod app;
pub mod backup;
pub mod config;
pub mod database;
pub mod environment;
pub mod extract;
pub mod files;
pub mod health;
pub mod log;
pub mod messages;
pub mod objects;
pub mod problem;
pub mod rebuild;
pub mod secrets;
pub mod server_setting;
pub mod sync;
pub mod tasks;
pub mod telemetry;
pub mod texts;
pub mod verify;
