//! Wire types and pure rules that phone, server and agent share. No I/O, no clock, no randomness.

pub mod chain;
pub mod civil;
pub mod clock;
pub mod digest;
pub mod document;
pub mod entry;
pub mod expression;
pub mod faults;
pub mod message;
pub mod model;
pub mod planted;
pub mod scope;
pub mod shift;
pub mod sync;
pub mod task;
pub mod text;
pub mod track;
pub mod zones;
