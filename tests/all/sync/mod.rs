//! The exchange with phones: what a phone holds is what the server's view of it is.

mod again;
mod awake;
mod clocks;
mod contacts;
mod pages;
mod push;
mod scopes;
mod services;
mod unsent;
mod uploads;
mod wire;
