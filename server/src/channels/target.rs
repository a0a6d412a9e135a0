//! Where a channel delivers to, as it is stored, and opened for sending.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::secrets::ChannelSecrets;
use crate::{
    app::App,
    problem::{Problem, Result},
};

/// The column `target` of a channel over HTTP.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HttpTarget {
    /// Where to
    pub url: String,
}

impl HttpTarget {
    /// Of its text in the table.
    pub fn stored(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(Problem::internal)
    }

    /// As the table holds it.
    pub fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Problem::internal)
    }
}

/// A receiver, ready to be sent to.
#[derive(Debug)]
pub struct Receiver {
    /// Where to; none when that can no longer be read
    pub url: Option<Url>,
    /// Headers that are sent besides
    pub headers: HeaderMap,
    /// Signs, and knows what must not be shown
    pub secrets: ChannelSecrets,
}

impl Receiver {
    /// The receiver of a channel, from its columns.
    pub fn open(app: &App, account: i64, channel: Uuid, target: &str, sealed: &[u8]) -> Result<Self> {
        let secrets = ChannelSecrets::open(&app.secrets, account, channel, sealed)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &secrets.headers {
            // They were checked when they were set.
            if let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                value.set_sensitive(true);
                headers.insert(name, value);
            }
        }
        let url = Url::parse(&HttpTarget::stored(target)?.url).ok();
        Ok(Self { url, headers, secrets })
    }
}
