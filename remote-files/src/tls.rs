//! TLS towards a server of FTP: vouched for by a known authority, or by a person who accepted its fingerprint.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use sha2::{Digest as _, Sha256};

/// What was found of the server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A known authority vouches for it
    Vouched,
    /// It is the one that was accepted; its fingerprint
    Accepted(String),
    /// Nobody vouches for it; its fingerprint
    Unknown(String),
}

/// What the last handshake found.
pub(crate) type Found = Arc<Mutex<Option<Seen>>>;

#[derive(Debug)]
struct Verifier {
    authorities: Arc<WebPkiServerVerifier>,
    accepted: Option<String>,
    found: Found,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let vouched = self.authorities.verify_server_cert(certificate, intermediates, name, ocsp, now);
        let fingerprint = fingerprint(certificate);
        let (seen, verified) = match vouched {
            Ok(verified) => (Seen::Vouched, Ok(verified)),
            Err(_) if self.accepted.as_deref() == Some(fingerprint.as_str()) => {
                (Seen::Accepted(fingerprint), Ok(ServerCertVerified::assertion()))
            }
            Err(error) => (Seen::Unknown(fingerprint), Err(error)),
        };
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        verified
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}

fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    Sha256::digest(certificate).iter().fold("SHA256:".to_owned(), |mut text, byte| {
        // Writing into a text cannot fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A configuration whose data connections go on with the session of the control connection, as vsftpd and ProFTPD demand
/// it: that works with TLS 1.2 alone.
pub(crate) fn config(accepted: Option<String>) -> Result<(Arc<ClientConfig>, Found), Error> {
    let provider = Arc::new(ring::default_provider());
    let roots = Arc::new(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    let authorities = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
        .build()
        .map_err(|error| Error::General(error.to_string()))?;
    let found = Found::default();
    let verifier = Verifier { authorities, accepted, found: Arc::clone(&found) };
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok((Arc::new(config), found))
}
