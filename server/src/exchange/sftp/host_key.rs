//! The host key: made once, sealed in the database, the same at all replicas and in backups.

use campo_protocol::text::{hex, unhex};
use russh::keys::{HashAlg, PrivateKey, ssh_key::private::Ed25519Keypair};

use crate::{
    app::App,
    problem::{Problem, Result},
    server_setting,
};

const NAME: &str = "sftp_host_key";
/// It is the whole server's, which no account is.
const NO_ACCOUNT: i64 = 0;

/// The host key, made if there is none.
pub(super) async fn load(app: &App) -> Result<PrivateKey> {
    let made: [u8; 32] = app.environment.random();
    let sealed = app.secrets.seal(NO_ACCOUNT, NAME, &made, &app.environment);
    let kept = server_setting::get_or_set(&app.db, NAME, &hex(&sealed)).await?;
    let seed = unhex(&kept).and_then(|sealed| app.secrets.open(NO_ACCOUNT, NAME, &sealed));
    let seed: Option<[u8; 32]> = seed.and_then(|seed| seed.try_into().ok());
    let seed = seed.ok_or_else(|| Problem::internal(anyhow::anyhow!("the SFTP host key does not open")))?;
    Ok(PrivateKey::from(Ed25519Keypair::from_seed(&seed)))
}

/// By which clients recognise this server: `SHA256:…`.
pub async fn fingerprint(app: &App) -> Result<String> {
    Ok(load(app).await?.public_key().fingerprint(HashAlg::Sha256).to_string())
}
