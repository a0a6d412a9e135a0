//! The test kit itself: what the other tests rely on must be able to fail.

mod powerloss;
mod powerloss_model;
mod random;
