//! What stands between a stranger and the secrets of this server: tries are counted, and the costly work of checking
//! a password is bounded.

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{proven::Proven, throttle::Throttle};
use crate::problem::{Code, Limit, Problem, Result};

/// Passwords that are hashed at a time: each takes a core and 19 MiB.
const HASHING: usize = 4;
/// Requests that wait for it, or are in it; more are asked to come again.
const WAITING: usize = 64;

const SECOND_US: i64 = 1_000_000;

/// The guards of a process.
#[derive(Debug)]
pub struct Guards {
    /// Tries to log in under one name from one address: whoever guesses elsewhere keeps nobody out
    pub login_names: Throttle,
    /// Tries under one name from all addresses where its owner has not been
    pub login_strangers: Throttle,
    /// Tries to log in from one address, behind which there can be a whole office
    pub login_addresses: Throttle,
    /// Tries of one-time codes and of links from one address
    pub codes: Throttle,
    /// Links to set a password anew that are asked for under one name from one address
    pub resets: Throttle,
    /// Bearer secrets without a check that were right before; [`super::authenticate`] writes it
    pub(super) proven: Proven,
    /// Sessions whose last request is just being noted; [`super::authenticate`] writes it
    pub(super) noting_sessions: Mutex<HashSet<Uuid>>,
    hashing: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            login_names: Throttle::new("log-in-name", 10, 30 * SECOND_US),
            login_strangers: Throttle::new("log-in-stranger", 60, 10 * SECOND_US),
            login_addresses: Throttle::new("log-in-address", 60, 5 * SECOND_US),
            codes: Throttle::new("enrolment-code", 20, 30 * SECOND_US),
            resets: Throttle::new("password-reset", 5, 300 * SECOND_US),
            proven: Proven::default(),
            noting_sessions: Mutex::default(),
            hashing: Arc::new(Semaphore::new(HASHING)),
            waiting: Arc::new(Semaphore::new(WAITING)),
        }
    }
}

impl Guards {
    /// Runs `work`, which hashes a password, on a thread for it. It stays counted until it ends, also when the
    /// request is given up.
    pub async fn hash<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy =
            || Problem::new(Code::TooManyRequests).beyond(Limit::at_a_time("passwords", WAITING as u64));
        let place = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| busy())?;
        // The semaphore is never closed.
        let turn = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| busy())?;
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop((turn, place));
            result
        })
        .await
        .map_err(Problem::internal)
    }
}

/// Under which key an address is counted: an IPv6 network of one customer (/64) is one.
pub fn address_key(address: Option<IpAddr>) -> String {
    match address {
        None => "nowhere".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_work_of_hashing_is_bounded_and_who_is_too_many_is_told_so() {
        let guards = Arc::new(Guards::default());
        let (release, held) = std::sync::mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let work = |guards: Arc<Guards>, held: Arc<Mutex<std::sync::mpsc::Receiver<()>>>| async move {
            guards.hash(move || held.lock().unwrap().recv().unwrap()).await
        };
        let waiting: Vec<_> =
            (0..WAITING).map(|_| tokio::spawn(work(Arc::clone(&guards), Arc::clone(&held)))).collect();
        while guards.waiting.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(guards.hash(|| ()).await.unwrap_err().code(), Code::TooManyRequests);
        assert_eq!(guards.hashing.available_permits(), 0);
        for _ in 0..WAITING {
            release.send(()).unwrap();
        }
        for one in waiting {
            one.await.unwrap().unwrap();
        }
        guards.hash(|| ()).await.unwrap();
    }

    #[test]
    fn the_addresses_of_one_network_are_counted_together() {
        for (address, key) in [
            (Some("2001:db8:1:2::7"), "2001:db8:1:2"),
            (Some("2001:db8:1:2:ff::8"), "2001:db8:1:2"),
            (Some("192.0.2.1"), "192.0.2.1"),
            (None, "nowhere"),
        ] {
            assert_eq!(address_key(address.map(|address| address.parse().unwrap())), key);
        }
    }
}
