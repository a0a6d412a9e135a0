//! The exchange with phones: what a phone holds is what the server's view of it is.

mod contacts;
mod pages;
mod scopes;
mod uploads;
mod wire;
