//! What is on its way, in the order of virtual time.

use std::collections::BTreeMap;

use campo_mobile_core::{core::transport::HttpRequest, machine::event::Failure, wire::HttpAnswer};
use campo_protocol::clock::Clock;

/// What becomes due.
#[derive(Debug, Clone)]
pub(super) enum Due {
    /// A request reaches the server
    Arrive(Message),
    /// An answer, or that there is none, reaches a phone
    Answer { message: Message, result: Result<HttpAnswer, Failure> },
    /// A phone's timer fires, if it is still that one
    Timer { phone: usize, life: u64, token: u64 },
    /// A phone is started again
    Boot { phone: usize },
    /// A phone has network again
    Online { phone: usize },
    /// A phone's disk has room again
    Room { phone: usize },
    /// A phone is no longer revoked
    Restored { phone: usize },
}

/// A request on its way.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) phone: usize,
    /// The life of the phone's process that sent it
    pub(super) life: u64,
    pub(super) number: u64,
    /// The clocks of an exchange; none for an upload
    pub(super) clock: Option<Clock>,
    /// What it is, for the statistics
    pub(super) what: &'static str,
    pub(super) request: HttpRequest,
}

/// A queue by virtual time; what is due at once comes in the order in which it was put.
#[derive(Debug, Default)]
pub(super) struct Queue {
    due: BTreeMap<(i64, u64), Due>,
    count: u64,
}

impl Queue {
    pub(super) fn put(&mut self, at_us: i64, due: Due) {
        self.count += 1;
        self.due.insert((at_us, self.count), due);
    }

    /// The next that is due by `until_us`, and when.
    pub(super) fn next(&mut self, until_us: i64) -> Option<(i64, Due)> {
        let key = *self.due.first_key_value()?.0;
        if key.0 > until_us {
            return None;
        }
        self.due.remove(&key).map(|due| (key.0, due))
    }
}
