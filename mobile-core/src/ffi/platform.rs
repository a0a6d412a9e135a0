//! The platform as foreign traits. A callback that throws something undeclared becomes a failure like any other.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use campo_protocol::clock::Clock;

use super::records::SyncStatus;
use crate::{
    core::{
        SyncState,
        http::Http,
        platform::{self, PlatformFailure},
        transport::{Answering, HttpRequest, Transport},
    },
    environment::PlatformClock,
    machine::event::Failure,
};

/// The platform did not do what was asked.
#[derive(Debug, Clone, thiserror::Error, uniffi::Error)]
pub enum PlatformError {
    /// With the platform's own words
    #[error("{detail}")]
    Failed {
        /// What it said
        detail: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for PlatformError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { detail: error.reason }
    }
}

impl From<PlatformError> for PlatformFailure {
    fn from(error: PlatformError) -> Self {
        Self(error.to_string())
    }
}

/// What the platform's clocks show.
#[derive(Debug, Clone, uniffi::Record)]
pub struct ClockReading {
    /// The wall clock: microseconds since 1970 UTC
    pub wall_us: i64,
    /// The clock that also runs during sleep: `elapsedRealtime`, `mach_continuous_time`
    pub monotonic_us: i64,
    /// The boot, where the platform names one
    pub boot: Option<String>,
    /// The IANA zone
    pub zone: Option<String>,
    /// Seconds east of UTC
    pub offset_s: Option<i32>,
    /// True when the platform sets the wall clock by itself
    pub automatic: Option<bool>,
}

/// The platform's clocks.
#[uniffi::export(with_foreign)]
pub trait ClockSource: Send + Sync {
    /// What they show now.
    fn read(&self) -> Result<ClockReading, PlatformError>;
}

/// The keychain, the keystore.
#[uniffi::export(with_foreign)]
pub trait SecretStore: Send + Sync {
    /// The secret of that name.
    fn get(&self, name: String) -> Result<Option<String>, PlatformError>;
    /// Keeps a secret.
    fn set(&self, name: String, value: String) -> Result<(), PlatformError>;
    /// Removes a secret.
    fn remove(&self, name: String) -> Result<(), PlatformError>;
}

/// What the platform says of the network.
#[uniffi::export(with_foreign)]
pub trait NetworkState: Send + Sync {
    /// True when there is one that may be used. Without one nothing is tried, so that no request waits for nothing.
    fn is_there(&self) -> Result<bool, PlatformError>;
}

/// Runs the core later, also when the app is not open: WorkManager, JobScheduler, BGTaskScheduler.
#[uniffi::export(with_foreign)]
pub trait JobScheduler: Send + Sync {
    /// Something waits to be sent, or nothing does any more. A job that runs calls `sync_now`.
    fn wanted(&self, waits: bool) -> Result<(), PlatformError>;
}

/// Who hears of changes.
#[uniffi::export(with_foreign)]
pub trait ChangeListener: Send + Sync {
    /// What screens show may have changed; `revision` rises.
    fn changed(&self, revision: u64) -> Result<(), PlatformError>;
    /// The exchange with the server stands otherwise.
    fn sync_status(&self, status: SyncStatus) -> Result<(), PlatformError>;
}

/// A foreign clock behind the core's trait.
pub(super) struct ForeignClock(pub(super) Arc<dyn ClockSource>);

impl PlatformClock for ForeignClock {
    fn read(&self) -> Clock {
        match self.0.read() {
            Ok(reading) => Clock {
                wall_us: reading.wall_us,
                monotonic_us: Some(reading.monotonic_us),
                boot: reading.boot,
                zone: reading.zone,
                offset_s: reading.offset_s,
                automatic: reading.automatic,
            },
            Err(error) => {
                tracing::error!(%error, "the platform's clocks could not be read");
                // 1970 is marked as suspect by the server, and the time of receipt stands in for it: nothing is lost
                Clock {
                    wall_us: 0,
                    monotonic_us: None,
                    boot: None,
                    zone: None,
                    offset_s: None,
                    automatic: None,
                }
            }
        }
    }
}

/// A foreign secure store behind the core's trait.
pub(super) struct ForeignSecrets(pub(super) Arc<dyn SecretStore>);

impl platform::SecureStore for ForeignSecrets {
    fn get(&self, name: &str) -> Result<Option<String>, PlatformFailure> {
        Ok(self.0.get(name.to_owned())?)
    }

    fn set(&self, name: &str, value: &str) -> Result<(), PlatformFailure> {
        Ok(self.0.set(name.to_owned(), value.to_owned())?)
    }

    fn remove(&self, name: &str) -> Result<(), PlatformFailure> {
        Ok(self.0.remove(name.to_owned())?)
    }
}

/// HTTP where the platform says that there is a network.
pub(super) struct WhereThereIsNetwork {
    pub(super) http: Http,
    pub(super) network: Arc<dyn NetworkState>,
}

impl Transport for WhereThereIsNetwork {
    fn send(&self, request: HttpRequest) -> Answering<'_> {
        // A platform that cannot say is not the reason to send nothing
        if matches!(self.network.is_there(), Ok(false)) {
            return Box::pin(async { Err(Failure::Offline) });
        }
        self.http.send(request)
    }
}

/// A foreign listener behind the core's trait, and the jobs that follow from what it hears.
pub(super) struct ForeignListener {
    pub(super) listener: Arc<dyn ChangeListener>,
    pub(super) jobs: Arc<dyn JobScheduler>,
    /// What the jobs were told last; written by the road alone
    pub(super) wanted: AtomicBool,
}

impl platform::Listener for ForeignListener {
    fn changed(&self, revision: u64) -> Result<(), PlatformFailure> {
        Ok(self.listener.changed(revision)?)
    }

    fn sync_state(&self, state: &SyncState) -> Result<(), PlatformFailure> {
        let waits = state.unsent_entries + state.unsent_files > 0 && state.access.sends();
        if self.wanted.swap(waits, Ordering::Relaxed) != waits {
            self.jobs.wanted(waits)?;
        }
        Ok(self.listener.sync_status(SyncStatus::from(state))?)
    }
}
