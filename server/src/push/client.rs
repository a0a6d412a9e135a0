//! The HTTP client towards push services: deliberate roots, short time-outs, nothing followed.

use std::{sync::Arc, time::Duration};

use rustls::{ClientConfig, RootCertStore};

/// A push that takes longer is tried again later.
const TIME: Duration = Duration::from_secs(10);

/// A client that speaks HTTP/2 where the service does. Over plain `http`, which only tests use, it speaks HTTP/2 from
/// the first byte when `http2_only`.
pub(super) fn client(http2_only: bool) -> anyhow::Result<reqwest::Client> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols =
        if http2_only { vec![b"h2".to_vec()] } else { vec![b"h2".to_vec(), b"http/1.1".to_vec()] };
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .timeout(TIME)
        .redirect(reqwest::redirect::Policy::none());
    if http2_only {
        builder = builder.http2_prior_knowledge();
    }
    Ok(builder.build()?)
}

/// What a failure to reach a service is called in the log: its kind without the address, which can hold a token.
pub(super) fn because(error: reqwest::Error) -> String {
    format!("{:#}", anyhow::Error::from(error.without_url()))
}
