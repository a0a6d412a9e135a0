//! The clock: read here and nowhere else.

use std::time::Duration;

/// The instant, as logs show it.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Rests.
#[expect(clippy::disallowed_methods, reason = "the one place that waits")]
pub(crate) async fn rest(time: Duration) {
    tokio::time::sleep(time).await;
}
