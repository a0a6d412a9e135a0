//! What consoles hear at once: that something changed, never what.
//!
//! A topic is a word with a counter. Most counters are heads that stand in the tables anyway (entries, events, changes);
//! the others are rows of `live_topic`, raised in the transaction that changes what the topic is about
//! ([`crate::log::write::Write::touch`]). They are read once a second, for the accounts that somebody listens to at this
//! replica, with one statement for all of them.

mod listeners;
mod routes;
pub mod topics;

pub use listeners::Live;
pub use routes::routes;
pub use topics::{Counters, TOPICS, Topic};
