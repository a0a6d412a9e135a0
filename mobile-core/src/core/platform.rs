//! What the platform gives besides clock and network. What it throws is survived: it is logged, and the work goes on.

use super::SyncState;

/// The platform did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the platform: {0}")]
pub struct PlatformFailure(pub String);

/// Where secrets are kept: the keychain, the keystore.
pub trait SecureStore: Send + Sync {
    /// The secret of that name.
    fn get(&self, name: &str) -> Result<Option<String>, PlatformFailure>;

    /// Keeps a secret.
    fn set(&self, name: &str, value: &str) -> Result<(), PlatformFailure>;

    /// Removes a secret; one that is not there is removed already.
    fn remove(&self, name: &str) -> Result<(), PlatformFailure>;
}

/// Who hears of changes. Called outside every lock, from the core's own thread, which waits for it.
pub trait Listener: Send + Sync {
    /// What screens show may have changed. `revision` rises.
    fn changed(&self, revision: u64) -> Result<(), PlatformFailure>;

    /// The exchange with the server stands otherwise.
    fn sync_state(&self, state: &SyncState) -> Result<(), PlatformFailure>;
}

/// Nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoListener;

impl Listener for NoListener {
    fn changed(&self, _revision: u64) -> Result<(), PlatformFailure> {
        Ok(())
    }

    fn sync_state(&self, _state: &SyncState) -> Result<(), PlatformFailure> {
        Ok(())
    }
}
