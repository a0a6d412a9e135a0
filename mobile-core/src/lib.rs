//! The phone: offline store, capture, sync and view state, one core for Android and iOS.

pub mod capture;
pub mod core;
pub mod environment;
pub mod machine;
pub mod screens;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod wire;
