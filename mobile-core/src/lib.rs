//! The phone: offline store, capture, sync and view state, one core for Android and iOS.
