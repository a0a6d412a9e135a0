//! The certificate of FTPS: the operator's, or one that the server signs itself, which is made once, sealed in the
//! database and the same at all replicas.

use std::{path::PathBuf, sync::Arc};

use campo_protocol::text::{hex, unhex};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject as _},
};
use serde::{Deserialize, Serialize};

use crate::{
    app::App,
    problem::{Problem, Result},
    server_setting,
};

const NAME: &str = "ftp_certificate";
/// It is the whole server's, which no account is.
const NO_ACCOUNT: i64 = 0;

#[derive(Serialize, Deserialize)]
struct Stored {
    certificate: String,
    key: String,
}

/// How TLS is spoken.
pub(super) async fn config(app: &App, files: Option<&(PathBuf, PathBuf)>) -> Result<Arc<ServerConfig>> {
    let (chain, key) = match files {
        Some((chain, key)) => from_files(chain, key)?,
        None => own(app).await?,
    };
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Problem::internal)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(Problem::internal)?;
    Ok(Arc::new(config))
}

fn from_files(
    chain: &PathBuf,
    key: &PathBuf,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let named = |path: &PathBuf, error: String| {
        Problem::internal(anyhow::anyhow!("{} cannot be read: {error}", path.display()))
    };
    let chain_of =
        CertificateDer::pem_file_iter(chain).and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>);
    let chain = chain_of.map_err(|error| named(chain, error.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| named(key, error.to_string()))?;
    Ok((chain, key))
}

async fn own(app: &App) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let made = rcgen::generate_simple_self_signed(vec!["campo".to_owned()]).map_err(Problem::internal)?;
    let stored = Stored { certificate: hex(made.cert.der()), key: hex(&made.signing_key.serialize_der()) };
    let plain = serde_json::to_vec(&stored).map_err(Problem::internal)?;
    let sealed = app.secrets.seal(NO_ACCOUNT, NAME, &plain, &app.environment);
    let kept = server_setting::get_or_set(&app.db, NAME, &hex(&sealed)).await?;
    let plain = unhex(&kept).and_then(|sealed| app.secrets.open(NO_ACCOUNT, NAME, &sealed));
    let closed = || Problem::internal(anyhow::anyhow!("the certificate of FTPS does not open"));
    let stored: Stored = serde_json::from_slice(&plain.ok_or_else(closed)?).map_err(Problem::internal)?;
    let (certificate, key) = unhex(&stored.certificate).zip(unhex(&stored.key)).ok_or_else(closed)?;
    Ok((vec![CertificateDer::from(certificate)], PrivatePkcs8KeyDer::from(key).into()))
}
