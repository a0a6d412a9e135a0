//! By what is logged in at a customer's server: sealed together in one column, never shown.

use campo_protocol::faults::Faults;
use campo_remote_files::Credential;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    environment::Environment,
    problem::{Problem, Result},
    secrets::Secrets,
};

/// The most characters of a password or a passphrase, and of a private key.
const MAX_PASSWORD: usize = 500;
const MAX_KEY: usize = 20_000;

/// What is kept sealed of a customer's server.
#[derive(Clone, Default)]
pub(super) struct RemoteSecrets {
    pub(super) password: Option<Zeroizing<String>>,
    pub(super) private_key: Option<Zeroizing<String>>,
    pub(super) passphrase: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for RemoteSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RemoteSecrets(***)")
    }
}

impl RemoteSecrets {
    /// Takes what is given of them out of a document: a text sets, null removes, what is absent stays. True when any was
    /// given. Nothing that was found is repeated.
    pub(super) fn take(&mut self, given: &mut Value) -> Result<bool> {
        let mut faults = Faults::default();
        let mut any = false;
        let Value::Object(members) = given else { return Ok(false) };
        for (name, slot, most) in [
            ("password", &mut self.password, MAX_PASSWORD),
            ("private_key", &mut self.private_key, MAX_KEY),
            ("passphrase", &mut self.passphrase, MAX_PASSWORD),
        ] {
            let Some(value) = members.remove(name) else { continue };
            any = true;
            *slot = match value {
                Value::Null => None,
                Value::String(text) if text.is_empty() => None,
                Value::String(text) if text.chars().count() <= most && !text.contains('\0') => {
                    Some(Zeroizing::new(text))
                }
                Value::String(_) => {
                    faults.add(format!("/{name}"), "out_of_range", "", format!("at most {most} characters"));
                    None
                }
                _ => {
                    faults.add(format!("/{name}"), "wrong_type", "", "a string");
                    None
                }
            };
        }
        faults.into_result()?;
        Ok(any)
    }

    /// By what is logged in; the key where there is one.
    pub(super) fn credential(&self) -> Option<Credential> {
        match (&self.private_key, &self.password) {
            (Some(key), _) => Some(Credential::Key(key.clone(), self.passphrase.clone())),
            (None, Some(password)) => Some(Credential::Password(password.clone())),
            (None, None) => None,
        }
    }

    /// The same text with each of them overwritten: servers that are being debugged repeat what they were sent.
    pub(super) fn redact(&self, text: &str) -> String {
        let secrets = [&self.password, &self.passphrase].into_iter().flatten();
        secrets.fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "***"))
    }

    pub(super) fn seal(
        &self,
        secrets: &Secrets,
        account: i64,
        remote: Uuid,
        environment: &Environment,
    ) -> Result<Vec<u8>> {
        let text = |secret: &Option<Zeroizing<String>>| secret.as_ref().map(|secret| secret.to_string());
        let plain = Sealed {
            password: text(&self.password),
            private_key: text(&self.private_key),
            passphrase: text(&self.passphrase),
        };
        let plain = Zeroizing::new(serde_json::to_vec(&plain).map_err(Problem::internal)?);
        Ok(secrets.seal(account, &purpose(remote), &plain, environment))
    }

    pub(super) fn open(secrets: &Secrets, account: i64, remote: Uuid, sealed: &[u8]) -> Result<Self> {
        let plain = secrets
            .open(account, &purpose(remote), sealed)
            .ok_or_else(|| Problem::internal(anyhow::anyhow!("the secrets of a remote do not open")))?;
        let plain: Sealed = serde_json::from_slice(&Zeroizing::new(plain)).map_err(Problem::internal)?;
        Ok(Self {
            password: plain.password.map(Zeroizing::new),
            private_key: plain.private_key.map(Zeroizing::new),
            passphrase: plain.passphrase.map(Zeroizing::new),
        })
    }
}

/// As it is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    password: Option<String>,
    private_key: Option<String>,
    passphrase: Option<String>,
}

fn purpose(remote: Uuid) -> String {
    format!("secrets of remote {remote}")
}
