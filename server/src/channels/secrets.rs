//! The secrets of a channel, sealed together in one column: those that sign, and the headers that are sent besides.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    environment::Environment,
    problem::{Problem, Result},
    secrets::{Secret, Secrets},
};

/// What a secret that signs begins with (Standard Webhooks).
const PREFIX: &str = "whsec_";
/// How many random bytes it has: as many as the hash, within the 24 to 64 of Standard Webhooks.
const BYTES: usize = 32;

/// What a channel keeps sealed.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct ChannelSecrets {
    /// Those that sign, the newest first
    signing: Vec<Signing>,
    /// Headers by their names in lower case
    pub headers: BTreeMap<String, String>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Signing {
    secret: String,
    /// Until when it signs; without end when absent
    until_us: Option<i64>,
}

impl std::fmt::Debug for ChannelSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChannelSecrets(***)")
    }
}

impl ChannelSecrets {
    /// Adds a secret, which it returns; the one before it signs until `until_us`, and those before that no longer.
    pub fn rotate(&mut self, until_us: i64, environment: &Environment) -> Secret {
        let secret = format!("{PREFIX}{}", STANDARD.encode(environment.random::<BYTES>()));
        self.signing.truncate(1);
        self.signing.iter_mut().for_each(|before| before.until_us = Some(until_us));
        self.signing.insert(0, Signing { secret: secret.clone(), until_us: None });
        Secret::new(secret)
    }

    /// The keys that sign at `now_us`, the newest first.
    pub fn keys(&self, now_us: i64) -> Vec<Zeroizing<Vec<u8>>> {
        let valid =
            self.signing.iter().filter(|signing| signing.until_us.is_none_or(|until_us| now_us < until_us));
        valid
            .filter_map(|signing| {
                Some(Zeroizing::new(STANDARD.decode(signing.secret.strip_prefix(PREFIX)?).ok()?))
            })
            .collect()
    }

    /// The same text with each secret in it overwritten: receivers that are being debugged repeat what they were sent.
    pub fn redact(&self, text: &str) -> String {
        let signing = self.signing.iter().filter_map(|signing| signing.secret.strip_prefix(PREFIX));
        let values = self.headers.values().map(String::as_str);
        signing
            .chain(values)
            .filter(|secret| !secret.is_empty())
            .fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }

    /// As the table holds it, for this channel and no other.
    pub fn seal(
        &self,
        secrets: &Secrets,
        account: i64,
        channel: Uuid,
        environment: &Environment,
    ) -> Result<Vec<u8>> {
        let plain = Zeroizing::new(serde_json::to_vec(self).map_err(Problem::internal)?);
        Ok(secrets.seal(account, &purpose(channel), &plain, environment))
    }

    /// What the table holds.
    pub fn open(secrets: &Secrets, account: i64, channel: Uuid, sealed: &[u8]) -> Result<Self> {
        let plain = secrets
            .open(account, &purpose(channel), sealed)
            .ok_or_else(|| Problem::internal(anyhow::anyhow!("the secrets of a channel do not open")))?;
        serde_json::from_slice(&Zeroizing::new(plain)).map_err(Problem::internal)
    }
}

fn purpose(channel: Uuid) -> String {
    format!("secrets of channel {channel}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_a_secret_is_rotated_two_sign_and_never_three() {
        let environment = Environment::seeded(1, 0);
        let mut secrets = ChannelSecrets::default();
        secrets.rotate(0, &environment);
        let first = secrets.keys(5);
        secrets.rotate(10, &environment);
        let both = secrets.keys(9);
        assert_eq!((first.len(), both.len(), secrets.keys(10).len()), (1, 2, 1));
        assert_eq!(both[1], first[0]);
        assert_eq!(secrets.keys(10)[0], both[0]);
        secrets.rotate(20, &environment);
        assert_eq!(secrets.keys(9).len(), 2);
        assert_eq!(secrets.keys(9)[1], both[0]);
    }

    #[test]
    fn a_secret_that_an_answer_repeats_is_overwritten() {
        let environment = Environment::seeded(1, 0);
        let mut secrets = ChannelSecrets::default();
        let signing = secrets.rotate(0, &environment);
        secrets.headers.insert("x-api-key".to_owned(), "hunter2".to_owned());
        let text = format!("got hunter2 and {}", signing.reveal());
        assert_eq!(secrets.redact(&text), "got *** and whsec_***");
    }
}
