//! When a failed exchange is tried again: full jitter, so that a thousand phones do not come back at once.

use super::event::Instruction;

/// The longest first wait: 2 s.
const FIRST_US: i64 = 2_000_000;
/// The longest wait: 5 minutes.
const LONGEST_US: i64 = 300_000_000;
/// The longest wait for a file that was refused, which costs its whole length at each try: 1 hour.
const LONGEST_FILE_US: i64 = 3_600_000_000;
/// How often an app in the foreground asks by itself: between 5 and 10 minutes.
const QUIET_US: (i64, i64) = (300_000_000, 600_000_000);

/// The wait after so many failures in a row, at least as long as the server said.
pub(super) fn after(failures: u32, retry_after_s: Option<u64>) -> Instruction {
    let longest_us = grown(failures, LONGEST_US);
    let at_least_us = retry_after_s
        .map_or(0, |seconds| i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000))
        .min(24 * 3_600_000_000);
    Instruction::Wait { at_least_us, at_most_us: at_least_us.saturating_add(longest_us) }
}

/// The wait before files that could not be sent are tried again, after so many failures.
pub(super) fn of_files(failures: u32) -> Instruction {
    Instruction::Wait { at_least_us: 0, at_most_us: grown(failures, LONGEST_FILE_US) }
}

/// The wait of an app in the foreground that has nothing to send.
pub(super) const fn quiet() -> Instruction {
    Instruction::Wait { at_least_us: QUIET_US.0, at_most_us: QUIET_US.1 }
}

fn grown(failures: u32, longest_us: i64) -> i64 {
    FIRST_US.saturating_mul(1 << failures.saturating_sub(1).min(20)).min(longest_us)
}
