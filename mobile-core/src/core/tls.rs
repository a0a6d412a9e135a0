//! Whom the phone trusts. The one place where TLS is set up: the platform's verifier panics on Android unless it was
//! initialised through JNI, so the roots of Mozilla are compiled in.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use super::failure::{CoreFailure, Result};

/// The roots of Mozilla, and the company's own certificate authorities (PEM) where it has any.
pub fn client_config(company_roots_pem: Option<&str>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for root in CertificateDer::pem_slice_iter(company_roots_pem.unwrap_or_default().as_bytes()) {
        let root = root.map_err(|_| CoreFailure::refused("root_certificate_unreadable"))?;
        roots.add(root).map_err(|_| CoreFailure::refused("root_certificate_unreadable"))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| CoreFailure::internal(&error))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roots_of_mozilla_are_there_and_a_broken_one_of_the_company_is_named() {
        assert!(client_config(None).is_ok());
        assert!(client_config(Some("")).is_ok());
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let failure = client_config(Some(broken)).unwrap_err();
        assert_eq!(failure, CoreFailure::refused("root_certificate_unreadable"));
    }
}
