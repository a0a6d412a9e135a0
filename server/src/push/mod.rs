//! Wake-ups for phones that sleep: one coalesced push without content for each, through the service of its platform.
//!
//! What changed is in the exchange that follows; a push says only that there is something. At most one is outstanding
//! for a phone until it exchanges again.

mod apns;
mod fcm;
mod jwt;
mod recording;
mod routes;
mod settings;
mod tokens;
pub mod wake_ups;

use std::{fmt, time::Duration};

use futures_util::future::BoxFuture;
use http::HeaderValue;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use apns::{Apns, ApnsKey};
pub use fcm::{Fcm, ServiceAccount};
pub use recording::Recording;
pub use routes::routes;
pub use settings::{Services, SettingsError};

use crate::secrets::Secret;

/// A push that takes longer is tried again later.
const PUSH_TIME: Duration = Duration::from_secs(10);

/// A platform's push service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Firebase Cloud Messaging
    Fcm,
    /// Apple Push Notification service
    Apns,
}

impl Service {
    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fcm => "fcm",
            Self::Apns => "apns",
        }
    }

    /// The service of that name, if this release knows it.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Fcm, Self::Apns].into_iter().find(|service| service.name() == name)
    }
}

/// Where a push goes.
#[derive(Debug, Clone)]
pub struct Target {
    /// The service
    pub service: Service,
    /// What the service knows the app on this phone by
    pub token: Secret,
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// The service took it
    Taken,
    /// The token is none, or the app is no longer there: it is not tried again
    Gone,
    /// It was not taken now, for this reason, which holds no secret
    NotNow(String),
}

/// Whatever can wake a phone.
pub trait Push: fmt::Debug + Send + Sync {
    /// The services whose phones it can wake.
    fn served(&self) -> &[Service];

    /// Sends one push without content.
    fn wake<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Pushed>;
}

/// The header that shows a service this token.
fn bearer(token: &Secret) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.reveal()))
        .map_err(|_| "a token is no text of a header".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}
