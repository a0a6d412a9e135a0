//! SSH public keys of a log-in.

use std::collections::HashMap;

use campo_protocol::faults::{Faults, pointer};
use russh::keys::{HashAlg, PublicKey};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::time::Instant,
    app::App,
    log::write::Write,
    problem::{Problem, Result},
};

/// The most SSH keys of a log-in.
const MAX_KEYS: usize = 20;
/// The most characters of one as it is given.
const MAX_TEXT: usize = 8000;

/// A public key as OpenSSH writes it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SshKeyDraft {
    /// One line, such as those in `id_ed25519.pub`
    #[schema(example = "ssh-ed25519 AAAA… erp@acme")]
    pub public_key: String,
}

/// A public key with which a log-in is used.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SshKey {
    /// Its id
    pub id: Uuid,
    /// By which it is recognised
    #[schema(example = "SHA256:…")]
    pub fingerprint: String,
    /// What stood behind it
    pub comment: String,
    /// When it was added
    pub created_at: Instant,
}

#[derive(FromRow)]
struct Row {
    login: Uuid,
    id: Uuid,
    fingerprint: String,
    comment: String,
    created_us: i64,
}

fn parse(text: &str) -> Option<PublicKey> {
    if text.len() > MAX_TEXT {
        return None;
    }
    PublicKey::from_openssh(text.trim()).ok()
}

/// By which a key is found.
pub(super) fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// Names what is wrong with keys at `/ssh_keys`.
pub(super) fn check(keys: &[SshKeyDraft], faults: &mut Faults) {
    faults.check_count("/ssh_keys", keys.len(), MAX_KEYS);
    for (index, key) in keys.iter().enumerate().filter(|(_, key)| parse(&key.public_key).is_none()) {
        let field = format!("{}/public_key", pointer("/ssh_keys", index));
        // A private key that somebody pasted is not repeated
        let found = if key.public_key.contains("PRIVATE KEY") { "" } else { &key.public_key };
        faults.add(field, "invalid_value", found, "a public key of OpenSSH such as `ssh-ed25519 AAAA…`");
    }
}

/// Adds a key that was checked.
pub(super) async fn insert(write: &mut Write, login: Uuid, draft: &SshKeyDraft) -> Result<SshKey> {
    let key = parse(&draft.public_key).ok_or_else(|| Problem::internal(anyhow::anyhow!("no public key")))?;
    let (account, id, now_us) = (write.account(), write.new_id(), write.now_us);
    let comment: String = key.comment().to_string().chars().filter(|c| !c.is_control()).take(200).collect();
    let shown = SshKey { id, fingerprint: fingerprint(&key), comment, created_at: Instant(now_us) };
    write
        .tx()
        .execute(
            "insert into key_ssh_key (account, login, id, fingerprint, public_key, comment, created_us) \
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (account, login, fingerprint) do nothing",
            (
                account,
                login,
                id,
                shown.fingerprint.as_str(),
                draft.public_key.trim(),
                shown.comment.as_str(),
                now_us,
            ),
        )
        .await?;
    Ok(shown)
}

/// The keys of the log-ins of an access key, by log-in.
pub(super) async fn of_key(app: &App, account: i64, key: Uuid) -> Result<HashMap<Uuid, Vec<SshKey>>> {
    let rows: Vec<Row> = app
        .db
        .fetch_all(
            "select s.login, s.id, s.fingerprint, s.comment, s.created_us from key_ssh_key s \
             join key_login k on k.account = s.account and k.id = s.login \
             where s.account = $1 and k.key = $2 order by s.created_us, s.id",
            (account, key),
        )
        .await?;
    let mut keys: HashMap<Uuid, Vec<SshKey>> = HashMap::new();
    for Row { login, id, fingerprint, comment, created_us } in rows {
        let key = SshKey { id, fingerprint, comment, created_at: Instant(created_us) };
        keys.entry(login).or_default().push(key);
    }
    Ok(keys)
}
