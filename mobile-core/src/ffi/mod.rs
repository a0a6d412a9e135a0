//! The border to Kotlin and Swift: coarse, thin, and nothing decided here.
//!
//! Ids are text, instants are microseconds since 1970 UTC. Every exported async function only waits: dropping it drops
//! nothing but the waiting. What the foreign side throws is survived, see [`platform`].

pub mod captures;
pub mod core;
pub mod platform;
pub mod records;

uniffi::setup_scaffolding!();
