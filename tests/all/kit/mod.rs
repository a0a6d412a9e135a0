//! The test kit itself: what the other tests rely on must be able to fail.

mod postgres;
mod powerloss;
mod powerloss_model;
mod process;
mod proxy;
mod random;
