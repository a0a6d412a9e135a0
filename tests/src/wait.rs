//! Waiting for a condition, with an end.

use std::time::Duration;

use anyhow::{Result, bail};

const PAUSE: Duration = Duration::from_millis(10);

/// Waits until `condition` gives something, and tries again every 10 ms until then.
///
/// Fails when the time is over, with `what` was waited for, or with the condition's own error.
pub async fn until<T>(
    what: &str,
    within: Duration,
    mut condition: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let tries = async {
        loop {
            if let Some(found) = condition().await? {
                return Ok(found);
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    match tokio::time::timeout(within, tries).await {
        Ok(result) => result,
        Err(_) => bail!("waited {within:?} in vain for {what}"),
    }
}
