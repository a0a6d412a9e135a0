//! Secrets: the keys derived from the master secret, what is made with them, and how secrets are carried.

mod bearer;
mod master;
mod password;
mod readable;
mod weak;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use ed25519_dalek::SigningKey;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use serde::Deserialize;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use self::{
    bearer::{Bearer, Holder},
    master::{MasterKey, MasterKeyError},
    password::{NOBODY, hash_password, verify_password},
    readable::{READABLE, readable, readable_secret, typed},
    weak::{is_weak_password, is_weak_pin},
};
use crate::environment::Environment;

/// The first byte of everything sealed: how it was sealed.
const SEAL_FORMAT: u8 = 1;
/// Length of the nonce that follows it.
const NONCE_BYTES: usize = 24;

/// The keys derived from the master secret. Cheap to clone.
#[derive(Clone)]
pub struct Secrets(Arc<Keys>);

struct Keys {
    tokens: Zeroizing<[u8; 32]>,
    sealing: Zeroizing<[u8; 32]>,
    heads: Zeroizing<[u8; 32]>,
    uploads: Zeroizing<[u8; 32]>,
    links: Zeroizing<[u8; 32]>,
    bearers: Zeroizing<[u8; 32]>,
    devices: Zeroizing<[u8; 32]>,
    check: [u8; 16],
    /// Filled by [`Secrets::head_key`] alone: one key for each account that this process signed for
    signing: RwLock<HashMap<i64, SigningKey>>,
}

impl Secrets {
    /// Derives every key (HKDF-SHA256) and forgets the master secret.
    pub fn new(master: MasterKey) -> Self {
        let MasterKey(master) = master;
        let derive = Hkdf::<Sha256>::new(None, &master[..]);
        Self(Arc::new(Keys {
            tokens: Zeroizing::new(expand(&derive, b"campo tokens 1")),
            sealing: Zeroizing::new(expand(&derive, b"campo sealing 1")),
            heads: Zeroizing::new(expand(&derive, b"campo heads 1")),
            uploads: Zeroizing::new(expand(&derive, b"campo uploads 1")),
            links: Zeroizing::new(expand(&derive, b"campo links 1")),
            bearers: Zeroizing::new(expand(&derive, b"campo bearers 1")),
            devices: Zeroizing::new(expand(&derive, b"campo devices 1")),
            check: expand(&derive, b"campo check 1"),
            signing: RwLock::default(),
        }))
    }

    /// The keyed hash under which tables keep a bearer's secret, so that who reads the tables cannot use it, nor
    /// put in one of their own. Compare with [`same`].
    pub fn token_hash(&self, secret: &str) -> [u8; 32] {
        keyed_hash(&self.0.tokens, secret.as_bytes())
    }

    /// What tells, without a look at tables, that this server made a bearer secret.
    fn bearer_check(&self, bearer: &[u8]) -> [u8; 32] {
        keyed_hash(&self.0.bearers, bearer)
    }

    /// What proves that somebody logged in with a browser before. Compare with [`same`].
    pub fn device_check(&self, device: &[u8]) -> [u8; 32] {
        keyed_hash(&self.0.devices, device)
    }

    /// What proves that this server made the ticket of an upload. Compare with [`same`].
    pub fn upload_signature(&self, ticket: &[u8]) -> [u8; 32] {
        keyed_hash(&self.0.uploads, ticket)
    }

    /// The secret of a link in a mail, from its id alone: it stands nowhere, and a mail that is tried again has the same.
    /// Tables keep [`Self::token_hash`] of its text.
    pub fn link_secret(&self, id: Uuid) -> [u8; 32] {
        keyed_hash(&self.0.links, id.as_bytes())
    }

    /// Encrypts what must be read again (a password for SOAP, a customer's FTP credentials). It opens only for the
    /// same account and purpose, so that a row cannot be moved to where somebody else reads it.
    ///
    /// # Panics
    /// For more than 256 GiB, which no caller can hold.
    pub fn seal(&self, account: i64, purpose: &str, plain: &[u8], environment: &Environment) -> Vec<u8> {
        let nonce = environment.random::<NONCE_BYTES>();
        let associated = associated_data(account, purpose);
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &associated })
            .expect("the text fits the cipher");
        [&[SEAL_FORMAT][..], &nonce, &sealed].concat()
    }

    /// What was sealed for this account and purpose; `None` when it was not, or was altered.
    pub fn open(&self, account: i64, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (&SEAL_FORMAT, rest) = sealed.split_first()? else { return None };
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let associated = associated_data(account, purpose);
        self.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &associated }).ok()
    }

    /// The key that signs the heads of an account's chains. The same on every replica and after every restart.
    pub fn head_key(&self, account: i64) -> SigningKey {
        // A panic while the lock is held leaves the map whole, so that poisoning says nothing.
        let known = self.0.signing.read().unwrap_or_else(PoisonError::into_inner).get(&account).cloned();
        known.unwrap_or_else(|| {
            let key = SigningKey::from_bytes(&keyed_hash(&self.0.heads, &account.to_be_bytes()));
            self.0.signing.write().unwrap_or_else(PoisonError::into_inner).insert(account, key.clone());
            key
        })
    }

    /// Says which master secret this is without telling anything of it. The database keeps it, so that a replica with
    /// another secret refuses to start instead of failing at every token.
    pub fn check_value(&self) -> [u8; 16] {
        self.0.check
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0.sealing).into())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(***)")
    }
}

/// True when both are the same, in a time that depends on their length only.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// A secret on its way through the code: shown as `***`, overwritten when dropped.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a secret.
    pub fn new(secret: String) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// The secret itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self::new(secret)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl utoipa::PartialSchema for Secret {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Password)))
            .write_only(true)
            .into()
    }
}

impl utoipa::ToSchema for Secret {}

fn expand<const N: usize>(derive: &Hkdf<Sha256>, purpose: &[u8]) -> [u8; N] {
    let mut key = [0; N];
    // It fails for more than 8,160 bytes only.
    derive.expand(purpose, &mut key).expect("the key is short");
    key
}

fn keyed_hash(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    Hmac::<Sha256>::new_from_slice(key)
        // HMAC takes keys of any length.
        .expect("the key is a key")
        .chain_update(message)
        .finalize()
        .into_bytes()
        .into()
}

fn associated_data(account: i64, purpose: &str) -> Vec<u8> {
    [&account.to_be_bytes(), purpose.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(byte: u8) -> Secrets {
        Secrets::new(MasterKey(Zeroizing::new([byte; 32])))
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_account_and_purpose_only() {
        let environment = Environment::seeded(1, 0);
        let sealed = secrets(1).seal(7, "soap", b"clave", &environment);
        assert_ne!(sealed, secrets(1).seal(7, "soap", b"clave", &environment), "each has a nonce of its own");
        for (byte, account, purpose, opens) in
            [(1, 7, "soap", true), (2, 7, "soap", false), (1, 8, "soap", false), (1, 7, "ftp", false)]
        {
            let opened = secrets(byte).open(account, purpose, &sealed);
            assert_eq!(opened, opens.then(|| b"clave".to_vec()), "{byte} {account} {purpose}");
        }
    }

    #[test]
    fn what_was_altered_or_cut_does_not_open() {
        let sealed = secrets(1).seal(7, "soap", b"clave", &Environment::seeded(1, 0));
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert_eq!(secrets(1).open(7, "soap", &altered), None, "byte {index}");
            assert_eq!(secrets(1).open(7, "soap", &sealed[..index]), None, "cut at {index}");
        }
    }

    #[test]
    fn every_derived_value_depends_on_the_master_secret_and_on_nothing_else_of_the_process() {
        let derived = |secrets: Secrets| {
            let key = secrets.head_key(7);
            assert_eq!(key, secrets.head_key(7), "from the cache");
            (secrets.token_hash("x"), key.to_bytes(), secrets.check_value())
        };
        let (first, again, other) = (derived(secrets(1)), derived(secrets(1)), derived(secrets(2)));
        assert_eq!(first, again);
        assert_ne!(first.0, other.0);
        assert_ne!(first.1, other.1);
        assert_ne!(first.2, other.2);
        assert_ne!(secrets(1).head_key(7), secrets(1).head_key(8));
        assert_ne!(secrets(1).token_hash("x"), secrets(1).token_hash("y"));
    }

    #[test]
    fn derived_values_stay_what_they_are_over_releases() {
        let secrets = secrets(1);
        let hex = campo_protocol::text::hex;
        // Computed by another implementation of HKDF and HMAC
        assert_eq!(hex(&secrets.check_value()), "c2f931272d3615392c92dce890a33764");
        assert_eq!(hex(&secrets.token_hash("x")[..8]), "5badf9cab5992876");
        assert_eq!(hex(&secrets.head_key(7).to_bytes()[..8]), "547391a266e1a982");
    }

    #[test]
    fn comparing_finds_what_differs() {
        for (a, b, equal) in [("ab", "ab", true), ("ab", "ac", false), ("ab", "abc", false), ("", "", true)] {
            assert_eq!(same(a.as_bytes(), b.as_bytes()), equal, "{a} {b}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        #[derive(Debug, Deserialize)]
        struct Login {
            password: Secret,
        }
        let login: Login = serde_json::from_str(r#"{"password":"hunter2"}"#).unwrap();
        assert_eq!(format!("{login:?} {}", login.password), "Login { password: *** } ***");
        assert_eq!(login.password.reveal(), "hunter2");
        assert_eq!(format!("{:?}", secrets(1)), "Secrets(***)");
    }
}
