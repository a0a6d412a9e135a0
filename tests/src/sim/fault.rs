//! What goes wrong, and how often it struck what.

use std::{collections::BTreeMap, fmt};

use crate::random::Random;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The next request of a phone never arrives
    RequestLost,
    /// The server takes the next request, and its answer never arrives
    AnswerLost,
    /// Half of the next answer arrives
    AnswerCut,
    /// The next request arrives twice, and so does its answer
    Twice,
    /// Something in between answers the next requests with a page of its own
    Portal,
    /// The server ends and begins again
    ServerRestart,
    /// The server is killed when its next answer has left
    ServerKilled,
    /// The server is restored from its last backup
    ServerRestore,
    /// A phone's process is killed and started some time later
    PhoneKilled,
    /// A phone's disk is full for a while
    DiskFull,
    /// Somebody sets a phone's clock
    ClockJump,
    /// A phone is started anew: its monotonic clock begins again
    Reboot,
    /// A phone is revoked for a while
    Revoked,
    /// A phone has no network for a while
    Offline,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 14] = [
        Self::RequestLost,
        Self::AnswerLost,
        Self::AnswerCut,
        Self::Twice,
        Self::Portal,
        Self::ServerRestart,
        Self::ServerKilled,
        Self::ServerRestore,
        Self::PhoneKilled,
        Self::DiskFull,
        Self::ClockJump,
        Self::Reboot,
        Self::Revoked,
        Self::Offline,
    ];

    pub(super) fn any(random: &mut Random) -> Self {
        Self::ALL[random.number() as usize % Self::ALL.len()]
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// How often each fault struck each kind of step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits(pub BTreeMap<(Fault, &'static str), u64>);

impl Hits {
    pub(super) fn add(&mut self, fault: Fault, step: &'static str) {
        *self.0.entry((fault, step)).or_default() += 1;
    }

    /// Adds those of another run.
    pub fn merge(&mut self, other: &Self) {
        for (key, count) in &other.0 {
            *self.0.entry(*key).or_default() += count;
        }
    }
}
