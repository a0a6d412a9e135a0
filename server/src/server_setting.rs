//! The few facts about the whole server that its database holds.

use uuid::Uuid;

use crate::{
    database::{Db, Tx},
    environment::Environment,
    problem::{Problem, Result},
    secrets::{Secrets, same},
};

/// Changes whenever the database is restored: phones and receivers then announce again.
const EPOCH: &str = "epoch";
/// By which a replica with another master secret is recognised.
const SECRET_CHECK: &str = "secret_check";

/// Why a server cannot work on a database.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// What the tables hold was hashed and sealed with another one
    #[error(
        "the master secret is not the one this database was made with; set secret_key or secret_key_file to that one"
    )]
    OtherSecret,
    /// The database does not do what it should
    #[error("the database cannot be prepared")]
    Problem(#[from] Problem),
}

/// The epoch.
pub async fn epoch(db: &Db) -> Result<Uuid> {
    let text = get(db, EPOCH).await?;
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| Problem::internal(anyhow::anyhow!("there is no epoch")))
}

/// Sets what is missing, and refuses to go on with another master secret than the database was made with.
pub async fn prepare(db: &Db, environment: &Environment, secrets: &Secrets) -> Result<(), PrepareError> {
    set_if_missing(db, EPOCH, &environment.uuid().to_string()).await?;
    let check = campo_protocol::text::hex(&secrets.check_value());
    set_if_missing(db, SECRET_CHECK, &check).await?;
    let stored = get(db, SECRET_CHECK).await?.unwrap_or_default();
    same(stored.as_bytes(), check.as_bytes()).then_some(()).ok_or(PrepareError::OtherSecret)
}

/// Begins a new epoch, in the transaction of a restore.
pub async fn set_epoch(tx: &mut Tx, environment: &Environment) -> Result<Uuid> {
    let epoch = environment.uuid();
    tx.execute(
        "insert into server_setting (name, value) values ($1, $2) \
         on conflict (name) do update set value = excluded.value",
        (EPOCH, epoch.to_string()),
    )
    .await?;
    Ok(epoch)
}

/// Holds a lock that there is once on this server, until the transaction ends. On SQLite it is held already.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    tx.execute("update server_setting set value = value where name = $1", (EPOCH,)).await?;
    Ok(())
}

/// The value of a setting, which is `value` where nobody set it before.
pub async fn get_or_set(db: &Db, name: &'static str, value: &str) -> Result<String> {
    if let Some(kept) = get(db, name).await? {
        return Ok(kept);
    }
    set_if_missing(db, name, value).await?;
    let kept = get(db, name).await?;
    kept.ok_or_else(|| Problem::internal(anyhow::anyhow!("a setting of the server is gone")))
}

async fn get(db: &Db, name: &'static str) -> Result<Option<String>> {
    let row: Option<(String,)> =
        db.fetch_optional("select value from server_setting where name = $1", (name,)).await?;
    Ok(row.map(|row| row.0))
}

async fn set_if_missing(db: &Db, name: &'static str, value: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.execute(
        "insert into server_setting (name, value) values ($1, $2) on conflict (name) do nothing",
        (name, value),
    )
    .await?;
    tx.commit().await
}
