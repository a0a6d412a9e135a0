//! The one place that waits for time to pass.

use std::time::Duration;

/// Waits so many microseconds.
#[expect(clippy::disallowed_methods, reason = "the one place that waits; the machine says for how long")]
pub(super) async fn after_us(us: i64) {
    tokio::time::sleep(Duration::from_micros(us.max(0) as u64)).await;
}
