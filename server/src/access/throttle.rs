//! Slows down those who guess: a few tries at once, then one each time that an interval is over.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use campo_protocol::entry::hash;

use crate::problem::{Code, Limit, Problem, Result};

/// The most keys that are remembered. Beyond, those that have waited longest are forgotten.
const MAX_KEYS: usize = 50_000;

/// SHA-256 of a key: what a stranger names may be long, and what is remembered of it is not.
type KeyHash = [u8; 32];

/// Counts tries by key, in the memory of this process. What was wrong is counted for all replicas by [`super::tries`].
#[derive(Debug)]
pub struct Throttle {
    /// What its limit is called
    name: &'static str,
    /// How many tries at once
    burst: i64,
    /// How long until there is one more
    interval_us: i64,
    /// For each key that has tried, when all its tries will be back
    full_at_us: Mutex<HashMap<KeyHash, i64>>,
}

impl Throttle {
    /// A limit of this name: allows `burst` tries at once and one more every `interval_us`.
    pub fn new(name: &'static str, burst: i64, interval_us: i64) -> Self {
        Self { name, burst, interval_us, full_at_us: Mutex::default() }
    }

    /// Uses up a try of `key`, before it is known whether it is right, so that tries at the same time count too. None
    /// left: [`Code::TooManyRequests`] with the time to wait. `now_us` is a monotonic clock.
    pub fn take(&self, key: &str, now_us: i64) -> Result<()> {
        let key = hash(key.as_bytes());
        let mut full_at_us = self.lock();
        let before_us = full_at_us.get(&key).copied().unwrap_or(now_us).max(now_us);
        self.allow(before_us, now_us)?;
        if full_at_us.len() >= MAX_KEYS && !full_at_us.contains_key(&key) {
            forget(&mut full_at_us, now_us);
        }
        full_at_us.insert(key, before_us + self.interval_us);
        Ok(())
    }

    /// [`Code::TooManyRequests`] where all tries will be back so late that there is none now.
    pub(super) fn allow(&self, full_at_us: i64, now_us: i64) -> Result<()> {
        let wait_us = full_at_us - now_us - (self.burst - 1) * self.interval_us;
        if wait_us > 0 {
            return Err(Problem::new(Code::TooManyRequests).beyond(self.limit(wait_us)));
        }
        Ok(())
    }

    /// What its limit is called.
    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// How long until there is one try more.
    pub(super) const fn interval_us(&self) -> i64 {
        self.interval_us
    }

    /// How long until all tries are back at most.
    pub(super) const fn longest_us(&self) -> i64 {
        self.burst * self.interval_us
    }

    fn limit(&self, wait_us: i64) -> Limit {
        let window_s = (self.burst * self.interval_us / 1_000_000).unsigned_abs().max(1);
        let limit = Limit::within(self.name, self.burst.unsigned_abs(), window_s);
        limit.back_in_s(wait_us.unsigned_abs().div_ceil(1_000_000))
    }

    /// Gives back a try that was right.
    pub fn give_back(&self, key: &str) {
        if let Some(full_at_us) = self.lock().get_mut(&hash(key.as_bytes())) {
            *full_at_us -= self.interval_us;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<KeyHash, i64>> {
        // Nothing panics while the lock is held; if something did, the map would still be whole.
        self.full_at_us.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets the keys that have all their tries; where there is none, the one that has most.
fn forget(full_at_us: &mut HashMap<KeyHash, i64>, now_us: i64) {
    full_at_us.retain(|_, at_us| *at_us > now_us);
    if full_at_us.len() >= MAX_KEYS
        && let Some(key) = full_at_us.iter().min_by_key(|(_, at_us)| **at_us).map(|(key, _)| *key)
    {
        full_at_us.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_few_tries_one_has_to_wait() {
        let throttle = Throttle::new("x", 2, 10_000_000);
        throttle.take("a", 0).unwrap();
        throttle.take("a", 0).unwrap();
        let problem = throttle.take("a", 1).unwrap_err();
        assert_eq!(problem.code(), Code::TooManyRequests);
        throttle.take("b", 1).unwrap();
        assert!(throttle.take("a", 9_999_999).is_err());
        throttle.take("a", 10_000_000).unwrap();
        assert!(throttle.take("a", 10_000_001).is_err(), "one interval gives one try");
    }

    #[test]
    fn what_was_right_costs_no_try() {
        let throttle = Throttle::new("x", 1, 10_000_000);
        for _ in 0..10 {
            throttle.take("a", 5).unwrap();
            assert!(throttle.take("a", 5).is_err(), "two at the same time");
            throttle.give_back("a");
        }
        throttle.give_back("never seen");
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_worst_is_remembered_longest() {
        let throttle = Throttle::new("x", 2, 10);
        throttle.take("worst", 0).unwrap();
        throttle.take("worst", 0).unwrap();
        for number in 0..MAX_KEYS + 10 {
            throttle.take(&number.to_string(), 1).unwrap();
        }
        assert_eq!(throttle.lock().len(), MAX_KEYS);
        assert!(throttle.take("worst", 1).is_err());
    }
}
