//! How often a PIN may be tried, across restarts of the app and of the phone.
//!
//! Four digits are ten thousand PINs: after five wrong ones each further one costs a wait that doubles, up to a quarter of
//! an hour. The wait is counted by the clock that runs during sleep; where the phone was started anew meanwhile, it
//! begins again, so that neither a restart nor the wall clock shortens it.

use campo_protocol::clock::Clock;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::failure::CaptureFailure;
use crate::{
    environment::{Moment, with_boot},
    store::{
        Store,
        settings::{self, name},
    },
};

/// How many wrong ones cost nothing.
const FREE: u32 = 5;
/// The first wait, in microseconds.
const FIRST_WAIT_US: i64 = 30 * 1_000_000;
/// The longest wait.
const LONGEST_WAIT_US: i64 = 15 * 60 * 1_000_000;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Tries {
    wrong: u32,
    /// The clocks at the last wrong one
    clock: Option<Clock>,
}

impl Store {
    /// Counts a try before the PIN is looked at, durably: killing the app in between saves nobody a wait.
    pub fn begin_pin_try(&mut self, moment: &Moment, employee: Uuid) -> Result<(), CaptureFailure> {
        let transaction = self.begin()?;
        let setting = settings::of_earlier(name::PIN_TRIES, employee);
        let clock = with_boot(&transaction, moment.clock.clone(), moment.ids[1])?;
        let tries: Tries = settings::get(&transaction, &setting)?.unwrap_or_default();
        let wait_us = wait_us(&tries, &clock);
        if wait_us == 0 {
            let wrong = tries.wrong.saturating_add(1);
            settings::set(&transaction, &setting, &Tries { wrong, clock: Some(clock) })?;
        } else if !same_boot(&tries, &clock) {
            // The clocks that the wait is counted from are noted where they began anew
            settings::set(&transaction, &setting, &Tries { clock: Some(clock), ..tries })?;
        }
        transaction.commit()?;
        if wait_us == 0 {
            Ok(())
        } else {
            Err(CaptureFailure::PinWait { seconds: (wait_us + 999_999) / 1_000_000 })
        }
    }

    /// The PIN was right: the tries before it are forgotten.
    pub fn end_pin_tries(&mut self, employee: Uuid) -> Result<(), CaptureFailure> {
        Ok(settings::remove(self.read(), &settings::of_earlier(name::PIN_TRIES, employee))?)
    }
}

fn same_boot(tries: &Tries, clock: &Clock) -> bool {
    tries.clock.as_ref().is_some_and(|tried| tried.boot == clock.boot)
}

/// How long to wait until the next one is looked at: microseconds.
fn wait_us(tries: &Tries, clock: &Clock) -> i64 {
    let Some(over) = tries.wrong.checked_sub(FREE) else { return 0 };
    let whole_us = FIRST_WAIT_US.saturating_mul(1 << over.min(10)).min(LONGEST_WAIT_US);
    let tried = tries.clock.as_ref().filter(|_| same_boot(tries, clock));
    let elapsed_us = tried.and_then(|tried| {
        // Without a monotonic clock the wall clock is all there is
        match (clock.monotonic_us, tried.monotonic_us) {
            (Some(now_us), Some(then_us)) => now_us.checked_sub(then_us),
            _ => clock.wall_us.checked_sub(tried.wall_us),
        }
    });
    (whole_us - elapsed_us.unwrap_or(0).max(0)).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(monotonic_s: i64, boot: &str) -> Clock {
        Clock {
            wall_us: 1_800_000_000_000_000,
            monotonic_us: Some(monotonic_s * 1_000_000),
            boot: Some(boot.to_owned()),
            zone: None,
            offset_s: None,
            automatic: None,
        }
    }

    #[test]
    fn each_wrong_pin_beyond_the_fifth_doubles_the_wait_and_a_restart_begins_it_again() {
        for (wrong, now_s, boot, wait_s) in [
            (0, 100, "a", 0),
            (4, 100, "a", 0),
            (5, 100, "a", 30),
            (5, 110, "a", 20),
            (5, 131, "a", 0),
            (6, 100, "a", 60),
            (60, 100, "a", 900),
            (5, 500, "b", 30),
        ] {
            let tries = Tries { wrong, clock: Some(clock(100, "a")) };
            assert_eq!(wait_us(&tries, &clock(now_s, boot)), wait_s * 1_000_000, "{wrong} {now_s} {boot}");
        }
    }
}
