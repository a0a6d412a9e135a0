//! Firebase Cloud Messaging, HTTP v1: a service account's signed word is changed for an access token, which sends.

use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Mutex;

use super::{PUSH_TIME, Push, Pushed, Service, Target, bearer, jwt::SigningKey};
use crate::{
    environment::Environment,
    outbound::{Outbound, Post, Reply, Rules},
    secrets::Secret,
};

/// What the access token is for.
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
/// How long a signed word holds: the longest that Google takes.
const WORD_S: i64 = 3600;
/// An access token is renewed this long before it is over.
const MARGIN_US: i64 = 5 * 60 * 1_000_000;
/// How long the service keeps a push for a phone it cannot reach: as long as a working day, in seconds.
const KEPT: &str = "43200s";

/// The file of a service account, as Google's console gives it.
#[derive(Debug, Deserialize)]
pub struct ServiceAccount {
    /// The project that the app belongs to
    pub project_id: String,
    /// Who signs
    pub client_email: String,
    /// The key that signs, PEM
    pub private_key: Secret,
    /// Where a signed word is changed for an access token
    pub token_uri: String,
}

/// The service for one project.
pub struct Fcm {
    send_address: String,
    token_uri: String,
    client_email: String,
    key: SigningKey,
    outbound: Outbound,
    environment: Environment,
    /// The access token and until when it holds on the monotonic clock. Held while one is fetched, so that there is one
    /// request for it at a time.
    access: Mutex<Option<(Secret, i64)>>,
}

impl std::fmt::Debug for Fcm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fcm").field("send_address", &self.send_address).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'static str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Access {
    access_token: Secret,
    expires_in: i64,
}

impl Fcm {
    /// The service at `address`, such as `https://fcm.googleapis.com`.
    pub fn new(
        address: &str,
        account: &ServiceAccount,
        environment: Environment,
        rules: Rules,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            send_address: format!("{address}/v1/projects/{}/messages:send", account.project_id),
            token_uri: account.token_uri.clone(),
            client_email: account.client_email.clone(),
            key: SigningKey::rs256(account.private_key.reveal())?,
            outbound: Outbound::new(rules),
            environment,
            access: Mutex::new(None),
        })
    }

    async fn send(&self, target: &Target) -> Result<Pushed, String> {
        let access = self.access().await?;
        let message = json!({ "message": {
            "token": target.token.reveal(),
            "data": { "campo": "changed" },
            "android": { "priority": "high", "collapse_key": "changed", "ttl": KEPT },
        } });
        let headers = HeaderMap::from_iter([
            (header::AUTHORIZATION, bearer(&access)?),
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        ]);
        let reply = self.post(&self.send_address, headers, message.to_string()).await?;
        let problem = String::from_utf8_lossy(&reply.body);
        let status = reply.status;
        Ok(match status {
            200..=299 => Pushed::Taken,
            // What the documentation says of tokens that are no longer, or never were, any. The status alone does not
            // say so: a wrong address or project must not cost every phone its token.
            404 if problem.contains("UNREGISTERED") => Pushed::Gone,
            400 if problem.contains("INVALID_ARGUMENT") && problem.contains("registration token") => {
                Pushed::Gone
            }
            401 | 403 => {
                *self.access.lock().await = None;
                Pushed::NotNow(format!("status {status}"))
            }
            _ => Pushed::NotNow(format!("status {status}")),
        })
    }

    async fn post(&self, address: &str, headers: HeaderMap, body: String) -> Result<Reply, String> {
        let url = self.outbound.check(address).map_err(|error| error.to_string())?;
        let post = Post { url, headers, body: body.into_bytes(), within: PUSH_TIME, authority: None };
        self.outbound.post(post).await.map_err(|error| error.to_string())
    }

    async fn access(&self) -> Result<Secret, String> {
        let mut access = self.access.lock().await;
        if let Some((token, until_us)) = &*access
            && self.environment.monotonic_us() < *until_us
        {
            return Ok(token.clone());
        }
        let now_s = self.environment.now_us() / 1_000_000;
        let claims = Claims {
            iss: &self.client_email,
            scope: SCOPE,
            aud: &self.token_uri,
            iat: now_s,
            exp: now_s + WORD_S,
        };
        let word = self.key.token(None, &claims).map_err(|error| error.to_string())?;
        let asked_us = self.environment.monotonic_us();
        let form =
            format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={word}");
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, form_type)]);
        let reply = self.post(&self.token_uri, headers, form).await?;
        if !(200..300).contains(&reply.status) {
            return Err(format!("no access token: status {}", reply.status));
        }
        // What is wrong inside is not shown: it could be a part of the token.
        let Access { access_token, expires_in } = serde_json::from_slice(&reply.body)
            .map_err(|_| "no access token: the answer is none of Google's".to_owned())?;
        let until_us =
            asked_us.saturating_add(expires_in.saturating_mul(1_000_000)).saturating_sub(MARGIN_US);
        *access = Some((access_token.clone(), until_us));
        Ok(access_token)
    }
}

impl Push for Fcm {
    fn served(&self) -> &[Service] {
        &[Service::Fcm]
    }

    fn wake<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Pushed> {
        Box::pin(async { self.send(target).await.unwrap_or_else(Pushed::NotNow) })
    }
}
