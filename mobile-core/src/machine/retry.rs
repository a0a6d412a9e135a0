//! When a failed exchange is tried again: full jitter, so that a thousand phones do not come back at once.

use super::event::Instruction;

/// The longest first wait: 2 s.
const FIRST_US: i64 = 2_000_000;
/// The longest wait: 5 minutes.
const LONGEST_US: i64 = 300_000_000;
/// How often an app in the foreground asks by itself: between 5 and 10 minutes.
const QUIET_US: (i64, i64) = (300_000_000, 600_000_000);

/// The wait after so many failures in a row, at least as long as the server said.
pub(super) fn after(failures: u32, retry_after_s: Option<u64>) -> Instruction {
    let longest_us = FIRST_US.saturating_mul(1 << failures.saturating_sub(1).min(20)).min(LONGEST_US);
    let at_least_us = retry_after_s
        .map_or(0, |seconds| i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000))
        .min(24 * 3_600_000_000);
    Instruction::Wait { at_least_us, at_most_us: at_least_us.saturating_add(longest_us) }
}

/// The wait of an app in the foreground that has nothing to send.
pub(super) const fn quiet() -> Instruction {
    Instruction::Wait { at_least_us: QUIET_US.0, at_most_us: QUIET_US.1 }
}
