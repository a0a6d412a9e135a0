//! Clock and chance: what the platform gives, and what the core makes of it. The core has no clock of its own.

use std::sync::Arc;

use campo_protocol::clock::Clock;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::{
    Store,
    failure::Result,
    settings::{self, name},
};

/// How far wall and monotonic clock may come apart between two looks at them before the wall clock was set, or the
/// phone was started anew: 10 s.
const APART_US: i64 = 10_000_000;

/// How often the clocks are noted while both go on: once an hour, so that their drift stays far below [`APART_US`].
const NOTED_US: i64 = 3600 * 1_000_000;

/// The platform's clocks.
pub trait PlatformClock: Send + Sync {
    /// What they show now. `boot` is none where the platform names no boot; `monotonic_us` must run during sleep.
    fn read(&self) -> Clock;
}

/// Random bytes, good enough for ids.
pub trait Chance: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's random bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "the one place that asks the machine; without random bytes no id is unique, and nothing may go on"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// Where time and ids come from.
#[derive(Clone)]
pub struct Environment {
    clock: Arc<dyn PlatformClock>,
    chance: Arc<dyn Chance>,
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

/// One moment: the clocks, and ids for what may come into being in it.
#[derive(Debug, Clone)]
pub struct Moment {
    /// The clocks, with the platform's boot or none
    pub clock: Clock,
    /// Ids (UUIDv7)
    pub ids: [Uuid; 3],
}

impl Environment {
    /// The platform's clock, and whatever chance.
    pub fn new(clock: Arc<dyn PlatformClock>, chance: Arc<dyn Chance>) -> Self {
        Self { clock, chance }
    }

    /// The clocks and new ids.
    pub fn moment(&self) -> Moment {
        let clock = self.clock.read();
        let ids = std::array::from_fn(|_| self.uuid(clock.wall_us));
        Moment { clock, ids }
    }

    /// The wall clock: microseconds since 1970 UTC.
    pub fn now_us(&self) -> i64 {
        self.clock.read().wall_us
    }

    /// A number between the two, drawn by chance.
    pub fn between(&self, least: i64, most: i64) -> i64 {
        let mut bytes = [0; 8];
        self.chance.fill(&mut bytes);
        let span = most.saturating_sub(least).max(0) as u64;
        least.saturating_add((u64::from_be_bytes(bytes) % span.saturating_add(1)) as i64)
    }

    fn uuid(&self, wall_us: i64) -> Uuid {
        let mut bytes = [0; 10];
        self.chance.fill(&mut bytes);
        let milliseconds = u64::try_from(wall_us / 1000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid()
    }
}

/// The clocks as last seen, and the clock session that the core gave them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    wall_us: i64,
    monotonic_us: i64,
    session: String,
}

/// The clocks with a boot. Where the platform names none, the core opens a clock session of its own, and a new one
/// whenever the monotonic clock went back or the two clocks came apart. Written in the transaction of `connection`.
pub(crate) fn with_boot(connection: &Connection, mut clock: Clock, new_session: Uuid) -> Result<Clock> {
    let Some(monotonic_us) = clock.monotonic_us.filter(|_| clock.boot.is_none()) else { return Ok(clock) };
    let before: Option<Seen> = settings::get(connection, name::CLOCK)?;
    let before = before.filter(|seen| continues(seen, clock.wall_us, monotonic_us));
    let recent =
        before.as_ref().is_some_and(|seen| monotonic_us.saturating_sub(seen.monotonic_us) < NOTED_US);
    let session = before.map_or_else(|| new_session.to_string(), |seen| seen.session);
    clock.boot = Some(session.clone());
    if !recent {
        settings::set(connection, name::CLOCK, &Seen { wall_us: clock.wall_us, monotonic_us, session })?;
    }
    Ok(clock)
}

impl Store {
    /// The clocks of an exchange, with a boot.
    pub fn clock(&mut self, moment: &Moment) -> Result<Clock> {
        let transaction = self.begin()?;
        let clock = with_boot(&transaction, moment.clock.clone(), moment.ids[0])?;
        transaction.commit()?;
        Ok(clock)
    }
}

fn continues(seen: &Seen, wall_us: i64, monotonic_us: i64) -> bool {
    let wall = wall_us.saturating_sub(seen.wall_us);
    let monotonic = monotonic_us.saturating_sub(seen.monotonic_us);
    monotonic >= 0 && wall.saturating_sub(monotonic).saturating_abs() <= APART_US
}

/// When something happened by the server's clock, as well as the phone can tell: microseconds since 1970 UTC.
pub(crate) fn estimate_us(connection: &Connection, clock: &Clock) -> Result<i64> {
    let anchor: Option<(Clock, i64)> = settings::get(connection, name::ANCHOR)?;
    let anchored = || {
        let (sent, received_us) = anchor?;
        let same_boot = clock.boot.is_some() && clock.boot == sent.boot;
        let elapsed_us = clock.monotonic_us?.checked_sub(sent.monotonic_us?)?;
        same_boot.then(|| received_us.saturating_add(elapsed_us))
    };
    Ok(anchored().unwrap_or(clock.wall_us))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_session_ends_when_the_clocks_come_apart() {
        let store = Store::in_memory().unwrap();
        let clock = |wall_us, monotonic_us| Clock {
            wall_us,
            monotonic_us: Some(monotonic_us),
            boot: None,
            zone: None,
            offset_s: None,
            automatic: None,
        };
        let mut number = 0;
        let mut boot = |wall_s: i64, monotonic_s: i64| {
            number += 1;
            let clock = clock(wall_s * 1_000_000, monotonic_s * 1_000_000);
            with_boot(store.read(), clock, Uuid::from_u128(number)).unwrap().boot.unwrap()
        };
        let first = boot(1000, 10);
        assert_eq!(boot(1060, 70), first, "both went on");
        assert_eq!(boot(1065, 70), first, "a clock that was set by a few seconds");
        let second = boot(4000, 80);
        assert_ne!(second, first, "the wall clock was set");
        let third = boot(4100, 20);
        assert_ne!(third, second, "the phone was started anew");
        let named = Clock { boot: Some("b".to_owned()), ..clock(1, 1) };
        assert_eq!(with_boot(store.read(), named.clone(), Uuid::nil()).unwrap(), named);
    }
}
