//! Clock and chance: the only module that may ask the machine for either.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use uuid::Uuid;

/// Where the time, ids and random bytes come from. Cheap to clone; clones share one clock and one chance.
#[derive(Clone)]
pub struct Environment {
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

impl Environment {
    /// The machine's clocks and the operating system's random bytes.
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock::new()), chance: Arc::new(SystemChance) }
    }

    /// A world of its own, for tests and simulations: the same `seed` gives the same bytes in the same order, and
    /// the clock stands at `start_us` (microseconds since 1970 UTC) until [`Self::advance`] moves it.
    pub fn seeded(seed: u64, start_us: i64) -> Self {
        Self {
            clock: Arc::new(VirtualClock { start_us, now_us: watch::Sender::new(start_us) }),
            chance: Arc::new(SeededChance { seed, drawn: AtomicU64::new(0) }),
        }
    }

    /// The wall clock: microseconds since 1970 UTC. It may jump in either direction.
    pub fn now_us(&self) -> i64 {
        self.clock.now_us()
    }

    /// Microseconds since an arbitrary start of this process; never goes back. For durations.
    pub fn monotonic_us(&self) -> i64 {
        self.clock.monotonic_us()
    }

    /// A new id (UUIDv7). Its time is a help for indexes, never an order to rely on.
    pub fn uuid(&self) -> Uuid {
        let milliseconds = u64::try_from(self.now_us() / 1000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &self.random()).into_uuid()
    }

    /// Random bytes, good enough for keys and secrets when the environment is the system's.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.chance.fill(&mut bytes);
        bytes
    }

    /// Waits. In a virtual environment: until the clock was advanced by as much.
    pub async fn sleep(&self, duration: Duration) {
        self.clock.sleep(duration).await;
    }

    /// Moves a virtual clock forward by `us` microseconds and wakes the sleepers whose time has come.
    ///
    /// # Panics
    /// On the system's clock, which nobody can move: a mistake of the caller, who is a test or a simulation.
    pub fn advance(&self, us: i64) {
        self.clock.advance(us);
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

type Sleep<'a> = std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

trait Clock: Send + Sync {
    fn now_us(&self) -> i64;
    fn monotonic_us(&self) -> i64;
    fn sleep(&self, duration: Duration) -> Sleep<'_>;
    fn advance(&self, us: i64);
}

trait Chance: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

struct SystemClock {
    start: Instant,
}

impl SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    fn now_us(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => microseconds(since),
            Err(before) => -microseconds(before.duration()),
        }
    }

    fn monotonic_us(&self) -> i64 {
        microseconds(self.start.elapsed())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn advance(&self, _us: i64) {
        panic!("only a virtual clock can be advanced");
    }
}

struct SystemChance;

impl Chance for SystemChance {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    fn fill(&self, bytes: &mut [u8]) {
        // Without random bytes every secret would be guessable, so nothing may go on. Since Linux 3.17 it cannot
        // fail once the machine has booted.
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

struct VirtualClock {
    start_us: i64,
    /// Written by `advance` alone; sleepers watch it
    now_us: watch::Sender<i64>,
}

impl Clock for VirtualClock {
    fn now_us(&self) -> i64 {
        *self.now_us.borrow()
    }

    fn monotonic_us(&self) -> i64 {
        self.now_us().saturating_sub(self.start_us)
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        let mut now_us = self.now_us.subscribe();
        let until_us = self.now_us().saturating_add(microseconds(duration));
        Box::pin(async move {
            // An error would mean that the clock is gone, and with it the time to wait for.
            let _ = now_us.wait_for(|now_us| *now_us >= until_us).await;
        })
    }

    fn advance(&self, us: i64) {
        self.now_us.send_modify(|now_us| *now_us = now_us.saturating_add(us.max(0)));
    }
}

struct SeededChance {
    seed: u64,
    /// How many blocks were drawn, by whichever clone
    drawn: AtomicU64,
}

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let number = self.drawn.fetch_add(1, Ordering::Relaxed);
            let block: [u8; 32] = Sha256::new()
                .chain_update(self.seed.to_be_bytes())
                .chain_update(number.to_be_bytes())
                .finalize()
                .into();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

fn microseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context, Waker},
    };

    use super::*;

    const START_US: i64 = 1_800_000_000_000_000;

    #[test]
    fn the_same_seed_gives_the_same_world() {
        let draw = |seed| {
            let environment = Environment::seeded(seed, START_US);
            (environment.random::<70>(), environment.uuid(), environment.uuid())
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let (_, first, second) = draw(1);
        assert_ne!(first, second);
    }

    #[test]
    fn an_id_is_a_uuid_of_version_7_with_the_time_of_the_clock() {
        for environment in [Environment::seeded(7, START_US), Environment::system()] {
            let before_ms = environment.now_us() / 1000;
            let id = environment.uuid();
            assert_eq!(id.get_version_num(), 7);
            let (seconds, nanoseconds) = id.get_timestamp().unwrap().to_unix();
            let id_ms = seconds as i64 * 1000 + i64::from(nanoseconds) / 1_000_000;
            assert!((before_ms..=environment.now_us() / 1000).contains(&id_ms));
        }
    }

    #[test]
    fn a_virtual_clock_moves_only_when_it_is_advanced() {
        let environment = Environment::seeded(1, START_US);
        let clone = environment.clone();
        assert_eq!((environment.now_us(), environment.monotonic_us()), (START_US, 0));
        environment.advance(5);
        environment.advance(-3);
        assert_eq!((clone.now_us(), clone.monotonic_us()), (START_US + 5, 5));
        environment.advance(i64::MAX);
        assert_eq!(clone.now_us(), i64::MAX);
    }

    #[test]
    fn a_sleeper_in_a_virtual_world_wakes_when_its_time_has_come() {
        let environment = Environment::seeded(1, START_US);
        let mut context = Context::from_waker(Waker::noop());
        let mut sleep = pin!(environment.sleep(Duration::from_micros(10)));
        for (advance_us, done) in [(0, false), (9, false), (1, true)] {
            environment.advance(advance_us);
            assert_eq!(sleep.as_mut().poll(&mut context).is_ready(), done, "after {advance_us} more");
        }
    }

    #[test]
    fn the_clock_of_the_machine_is_after_2025_and_its_chance_is_not_repeated() {
        let environment = Environment::system();
        assert!(environment.now_us() > 1_735_689_600_000_000);
        let earlier_us = environment.monotonic_us();
        assert!(environment.monotonic_us() >= earlier_us);
        assert_ne!(environment.random::<32>(), environment.random::<32>());
    }
}
