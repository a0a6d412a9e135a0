//! All tests of whole Campo, in one binary since linking is what costs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod backup;
mod bad_input;
mod calls;
mod canary;
mod changes;
mod contract;
mod demo;
mod entries;
mod events;
mod exchange;
mod files;
mod history;
mod identity;
mod imports;
mod journey;
mod kit;
mod live;
mod log;
mod mail;
mod messages;
mod notifications;
mod objects;
mod operation;
mod phone;
mod pooler;
mod process;
mod rebuild;
mod routes;
mod schema;
mod sim;
mod soap;
mod statements;
mod sync;
mod tasks;
mod timesheets;
mod upgrade;
mod verify;
