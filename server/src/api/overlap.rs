//! For how long a secret holds beside its successor.

use campo_protocol::faults::Faults;

use crate::problem::Result;

/// The longest time for both: 30 days.
const MAX_HOURS: i64 = 30 * 24;
const HOUR_US: i64 = 3600 * 1_000_000;

/// Until when the secret before holds, where a request asks for `given` hours, or for none and so for `usual`.
pub fn until_us(given: Option<i64>, usual: i64, now_us: i64) -> Result<i64> {
    let hours = given.unwrap_or(usual);
    let mut faults = Faults::default();
    faults.check_range("/overlap_hours", hours as f64, 0.0, MAX_HOURS as f64);
    faults.into_result()?;
    Ok(now_us.saturating_add(hours * HOUR_US))
}
