//! The certificate of this server, read again when its files change.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::environment::Environment;

/// How often it is looked whether the files have changed.
const LOOK: Duration = Duration::from_secs(30);

/// What is wrong with a certificate or its key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read as PEM
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// Which file
        path: PathBuf,
        /// Why
        reason: String,
    },
    /// Certificate and key are read, and do not fit each other or are of an unknown kind
    #[error("the certificate and its key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// The certificate of this server. Connections that begin get the newest one that could be read.
#[derive(Debug)]
pub struct Certificate {
    chain_path: PathBuf,
    key_path: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads the chain, the server's own certificate first, and its key, both PEM (RFC 7468).
    pub fn open(chain_path: &Path, key_path: &Path) -> Result<Arc<Self>, TlsError> {
        let current = RwLock::new(Arc::new(read(chain_path, key_path)?));
        let (chain_path, key_path) = (chain_path.to_owned(), key_path.to_owned());
        Ok(Arc::new(Self { chain_path, key_path, current }))
    }

    /// How connections are taken over TLS 1.2 and 1.3 that speak one of `protocols` (ALPN, RFC 7301).
    pub fn config(self: &Arc<Self>, protocols: &[&[u8]]) -> Result<Arc<ServerConfig>, TlsError> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Ok(Arc::new(config))
    }

    /// Reads the files again whenever they have changed. Runs until dropped; what cannot be read leaves the certificate
    /// of before in use.
    pub async fn keep(&self, environment: &Environment) {
        let mut seen = self.changed();
        loop {
            environment.sleep(LOOK).await;
            let now = self.changed();
            if now == seen {
                continue;
            }
            seen = now;
            match self.reload() {
                Ok(()) => tracing::info!(path = %self.chain_path.display(), "the certificate was read again"),
                Err(error) => tracing::error!(%error, "the certificate of before stays in use"),
            }
        }
    }

    /// Reads the files again.
    pub fn reload(&self) -> Result<(), TlsError> {
        let read = Arc::new(read(&self.chain_path, &self.key_path)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    fn changed(&self) -> [Option<SystemTime>; 2] {
        [&self.chain_path, &self.key_path]
            .map(|path| fs::metadata(path).and_then(|file| file.modified()).ok())
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(chain_path: &Path, key_path: &Path) -> Result<CertifiedKey, TlsError> {
    let unreadable = |path: &Path, reason: String| TlsError::Unreadable { path: path.to_owned(), reason };
    let chain = CertificateDer::pem_file_iter(chain_path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(chain_path, error.to_string()))?;
    if chain.is_empty() {
        let none = io::Error::from(io::ErrorKind::UnexpectedEof);
        return Err(unreadable(chain_path, format!("it holds no certificate ({none})")));
    }
    let key =
        PrivateKeyDer::from_pem_file(key_path).map_err(|error| unreadable(key_path, error.to_string()))?;
    let provider: CryptoProvider = ring::default_provider();
    Ok(CertifiedKey::from_der(chain, key, &provider)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
        fs::write(&chain, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        (chain, key)
    }

    #[test]
    fn a_renewed_certificate_is_taken_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (chain, key) = write(folder.path(), "one.example");
        let certificate = Certificate::open(&chain, &key).unwrap();
        let shown = || certificate.current.read().unwrap().cert[0].to_vec();
        let first = shown();
        write(folder.path(), "two.example");
        certificate.reload().unwrap();
        let second = shown();
        assert_ne!(first, second);
        fs::write(&chain, "-----BEGIN CERTIFICATE-----\nnonsense").unwrap();
        assert!(matches!(certificate.reload(), Err(TlsError::Unreadable { path, .. }) if path == chain));
        assert_eq!(shown(), second);
        fs::write(&chain, "").unwrap();
        assert!(certificate.reload().unwrap_err().to_string().contains("no certificate"));
    }
}
