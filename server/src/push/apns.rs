//! Apple's push service: HTTP/2, with a token that the provider signs itself.

use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::{Deserialize, Serialize};

use super::{PUSH_TIME, Push, Pushed, Service, Target, bearer, jwt::SigningKey};
use crate::{
    environment::Environment,
    outbound::{Outbound, Post, Rules},
    secrets::Secret,
};

/// Apple refuses provider tokens older than an hour, and those renewed more than once in 20 minutes.
const RENEWED_AFTER_US: i64 = 40 * 60 * 1_000_000;
/// How long the service keeps a push for a phone it cannot reach, in seconds.
const KEPT_S: i64 = 12 * 3600;

/// The key of a provider, as Apple's console gives it.
#[derive(Debug)]
pub struct ApnsKey {
    /// PEM, the content of the `.p8` file
    pub key: Secret,
    /// Its id
    pub key_id: String,
    /// The team it belongs to
    pub team_id: String,
    /// The app's bundle id
    pub topic: String,
}

/// The service for one app.
pub struct Apns {
    address: String,
    key: SigningKey,
    key_id: String,
    team_id: String,
    topic: String,
    outbound: Outbound,
    environment: Environment,
    /// The provider token and when it was signed, on the monotonic clock
    provider: Mutex<Option<(Secret, i64)>>,
}

impl std::fmt::Debug for Apns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Apns").field("address", &self.address).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
}

#[derive(Deserialize)]
struct Refusal {
    reason: String,
}

impl Apns {
    /// The service at `address`, such as `https://api.push.apple.com`.
    pub fn new(address: &str, key: ApnsKey, environment: Environment, rules: Rules) -> anyhow::Result<Self> {
        Ok(Self {
            address: address.to_owned(),
            key: SigningKey::es256(key.key.reveal())?,
            key_id: key.key_id,
            team_id: key.team_id,
            topic: key.topic,
            outbound: Outbound::over_http2(rules),
            environment,
            provider: Mutex::new(None),
        })
    }

    async fn send(&self, target: &Target) -> Result<Pushed, String> {
        let provider = self.provider()?;
        let expires_s = self.environment.now_us() / 1_000_000 + KEPT_S;
        // Tokens are hexadecimal: whoever registers another text can name no other path.
        let token = target.token.reveal();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Pushed::Gone);
        }
        let url = self
            .outbound
            .check(&format!("{}/3/device/{token}", self.address))
            .map_err(|error| error.to_string())?;
        let headers = self.headers(&provider, expires_s)?;
        let body = br#"{"aps":{"content-available":1}}"#.to_vec();
        let reply = self
            .outbound
            .post(Post { url, headers, body, within: PUSH_TIME, authority: None })
            .await
            .map_err(|error| error.to_string())?;
        let status = reply.status;
        if status == 200 {
            return Ok(Pushed::Taken);
        }
        let reason =
            serde_json::from_slice::<Refusal>(&reply.body).map(|refusal| refusal.reason).unwrap_or_default();
        Ok(match (status, reason.as_str()) {
            // Not `DeviceTokenNotForTopic`: a wrong setting must not cost every phone its token.
            (410, "Unregistered" | "ExpiredToken") | (400, "BadDeviceToken") => Pushed::Gone,
            (403, _) => {
                *self.provider.lock().unwrap_or_else(PoisonError::into_inner) = None;
                Pushed::NotNow(format!("status {status}"))
            }
            _ => Pushed::NotNow(format!("status {status}")),
        })
    }

    fn headers(&self, provider: &Secret, expires_s: i64) -> Result<HeaderMap, String> {
        let topic = HeaderValue::try_from(&self.topic).map_err(|error| error.to_string())?;
        Ok(HeaderMap::from_iter([
            (header::AUTHORIZATION, bearer(provider)?),
            (HeaderName::from_static("apns-topic"), topic),
            (HeaderName::from_static("apns-push-type"), HeaderValue::from_static("background")),
            // What background pushes must have
            (HeaderName::from_static("apns-priority"), HeaderValue::from_static("5")),
            (HeaderName::from_static("apns-collapse-id"), HeaderValue::from_static("changed")),
            (HeaderName::from_static("apns-expiration"), HeaderValue::from(expires_s)),
        ]))
    }

    fn provider(&self) -> Result<Secret, String> {
        let now_us = self.environment.monotonic_us();
        let mut provider = self.provider.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, signed_us)) = &*provider
            && now_us - signed_us < RENEWED_AFTER_US
        {
            return Ok(token.clone());
        }
        let claims = Claims { iss: &self.team_id, iat: self.environment.now_us() / 1_000_000 };
        let token = self.key.token(Some(&self.key_id), &claims).map_err(|error| error.to_string())?;
        let token = Secret::new(token);
        *provider = Some((token.clone(), now_us));
        Ok(token)
    }
}

impl Push for Apns {
    fn served(&self) -> &[Service] {
        &[Service::Apns]
    }

    fn wake<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Pushed> {
        Box::pin(async { self.send(target).await.unwrap_or_else(Pushed::NotNow) })
    }
}
