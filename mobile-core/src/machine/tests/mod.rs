//! The machine over a real store, against a small model of a server. After every step the machine's book is compared
//! with what the store holds.

mod faults;
mod random;
mod rig;
mod server;
mod view;
